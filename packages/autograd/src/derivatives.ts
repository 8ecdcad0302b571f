/**
 * Derivatives as functions of functions. All nest, because backward rules are ops like any other.
 */
import {
  checkOptions,
  DTypeError,
  formatShape,
  GraphError,
  isFloat,
  kernels,
  ShapeError,
  SpecError,
  sameShape,
  Tensor,
} from "@adjoint/tensor";
import { checkRealResult, startingGradient, sweep } from "./backward.ts";
import { ambient, checkFunction, checkSynchronous, outsideVmaps, withRecording } from "./modes.ts";
import type { Node } from "./node.ts";
import { add, mul } from "./ops/arithmetic.ts";
import { cast, detach, identity } from "./ops/cast-detach.ts";
import { stack } from "./ops/concat-split.ts";
import { sum } from "./ops/repeat-sum.ts";
import { reshape } from "./ops/reshape-transpose.ts";
import { topologicalOrder } from "./order.ts";
import { ownVariable } from "./own.ts";
import { type GradientTree, type InputTree, type Leaves, leavesOf } from "./tree.ts";
import { asVariable, checkResult, constant, type Variable, type VariableLike, variable } from "./variable.ts";
import { BatchedVariable, raised, wholeBatch } from "./vmap/batched.ts";

/** A function of Variables. */
export type VariableFunction = (...xs: Variable[]) => Variable;

/** A function of Variables, or of trees of them. */
type TreeFunction<Args extends readonly unknown[]> = (...xs: Args) => Variable;

/** Options of {@link grad} and {@link valueAndGrad}. */
export interface GradOptions {
  /** Which argument to differentiate with respect to, or several: then the result is a list. Default 0. */
  readonly argnums?: number | readonly number[];
}

/** The gradients that `argnums` asks for. */
type Chosen<Args extends readonly unknown[], N extends number | readonly number[]> = N extends number
  ? GradientTree<Args[N]>
  : { -readonly [K in keyof N]: N[K] extends number ? GradientTree<Args[N[K]]> : never };

/** Where a function is differentiated: its arguments, and fresh Variables in place of all of their leaves. */
interface Point extends Leaves {
  readonly inputs: readonly Variable[];
}

/**
 * Fresh Variables with the values of `xs`, connected to them where a gradient could flow on outwards. Inside vmap these
 * are the whole batches: derivatives are taken below, for all elements at once, and only what f sees is one of them.
 */
function pointAt(op: string, xs: readonly unknown[], place?: (i: number) => string): Point {
  const found = leavesOf(op, xs, place);
  const inputs = found.leaves.map((x) => {
    const outer = wholeBatch(x);
    return outer.requiresGrad && ambient.recording !== "none" ? identity(outer) : variable(outer.value);
  });
  return { ...found, inputs };
}

/** Refuses leaves of dtypes that have no derivative among those from `from` up to `to`. */
function checkReal(op: string, { inputs, places }: Point, from = 0, to = inputs.length, hint = ""): void {
  for (let i = from; i < to; i++) {
    const { dtype } = inputs[i];
    if (isFloat(dtype)) continue;
    throw new DTypeError({
      op,
      problem: `${places[i]} is ${dtype}, and only real numbers have derivatives`,
      argument: places[i],
      expected: "float32 or float64",
      received: dtype,
      hint: `Convert it, for example with x.cast("float32")${hint === "" ? ", or let the function read it from outside: (x) => f(x, labels)" : hint}.`,
    });
  }
}

/** Runs `f` at a point with the graph recorded even inside noGrad. */
function record(op: string, f: (...xs: never[]) => Variable, { inputs, rebuild }: Point): Variable {
  const y = withRecording(ambient.recording === "none" ? "needed" : ambient.recording, () =>
    f(...(rebuild(inputs.map(raised)) as never[])),
  );
  checkResult(op, checkSynchronous(op, y, "f"), "f");
  return wholeBatch(y);
}

/** The gradient to start from, given or 1, for each element of a batch. */
function start(op: string, y: Variable, upstream?: VariableLike): Variable {
  return wholeBatch(startingGradient(op, raised(y), upstream));
}

/** Whether the derivatives of `y` may be differentiated again: does anything but fresh inputs require a gradient? */
function dependsOnOthers(y: Variable, inputs: readonly Variable[]): boolean {
  if (ambient.recording === "none") return false;
  const fresh = new Set(inputs.filter((x) => x.isLeaf).map((x) => x.node));
  return topologicalOrder([y.node], (node) => node.requiresGrad).some((node) => node.op === null && !fresh.has(node));
}

/** A value for the caller, connected to what it depends on outside of the function. */
function handedOut(y: Variable, isConnected: boolean): Variable {
  return raised(ownVariable(isConnected ? y : detach(y)));
}

function zerosLike(x: Variable): Variable {
  return constant(
    new Tensor(
      x.dtype === "float64" ? new Float64Array(1) : new Float32Array(1),
      x.shape,
      x.shape.map(() => 0),
    ),
  );
}

/**
 * The gradients of ⟨upstream, y⟩ with respect to `inputs`; zeros where y does not depend on one. Inside vmap rules run
 * below it, on whole batches, unless it is the upstream gradient that is batched.
 */
function pull(y: Variable, upstream: Variable, inputs: readonly Variable[], createGraph: boolean): Variable[] {
  const targets = new Set<Node>(inputs.map((x) => x.node));
  const run = (): Variable[] => {
    const grads = sweep([{ node: y.node, grad: upstream }], targets);
    return inputs.map((x) => {
      const found = grads.get(x.node);
      return found === undefined ? zerosLike(x) : ownVariable(found);
    });
  };
  const below = upstream instanceof BatchedVariable ? run : () => outsideVmaps(run);
  return createGraph ? below() : withRecording("none", below);
}

function selected(op: string, argnums: number | readonly number[], count: number): number[] {
  const list = typeof argnums === "number" ? [argnums] : [...argnums];
  for (const i of list) {
    if (!Number.isInteger(i) || i < 0 || i >= count) {
      throw new GraphError({
        op,
        problem: `argument ${i} does not exist: the function was called with ${count}`,
        argument: "argnums",
        expected: `0 … ${count - 1}`,
        received: String(i),
      });
    }
  }
  return list;
}

/** {@link valueAndGrad} for whoever is called `op`. */
function valueAndGradOf(
  op: string,
  f: (...xs: never[]) => Variable,
  options: GradOptions = {},
  place?: (i: number) => string,
): (...xs: unknown[]) => { value: Variable; grad: unknown } {
  checkFunction(op, f, "f");
  checkOptions(op, options, ["argnums"]);
  const { argnums = 0 } = options;
  if (typeof argnums !== "number" && !Array.isArray(argnums)) {
    throw new SpecError({
      op,
      problem: `argnums is ${String(argnums)}`,
      argument: "argnums",
      expected: "the number of an argument, or a list of them",
      received: String(argnums),
      hint: "Arguments count from 0: { argnums: 1 }, or { argnums: [0, 1] }.",
    });
  }
  return (...xs) => {
    const wanted = selected(op, argnums, xs.length);
    const point = pointAt(op, xs, place);
    const { inputs, ranges } = point;
    const others = place === undefined && xs.length > 1 ? ", or choose other arguments by argnums" : undefined;
    for (const i of wanted) checkReal(op, point, ...ranges[i], others);
    const y = record(op, f, point);
    checkRealResult(op, y);
    const createGraph = dependsOnOthers(y, inputs);
    const places = [...new Set(wanted)].flatMap((i) => inputs.map((_, k) => k).slice(...ranges[i]));
    const chosen = places.map((k) => inputs[k]);
    const found = y.requiresGrad ? pull(y, start(op, y), chosen, createGraph) : chosen.map(zerosLike);
    const byPlace: Variable[] = [];
    for (const [i, k] of places.entries()) byPlace[k] = raised(found[i]);
    const grads = point.rebuild(byPlace);
    const value = handedOut(y, createGraph);
    return { value, grad: typeof argnums === "number" ? grads[argnums] : wanted.map((i) => grads[i]) };
  };
}

/**
 * The function that computes f and its gradient together: `(…xs) → { value, grad }`, grad of the shape of x.
 *
 * Arguments may be trees, records and lists of Variables: `valueAndGrad(loss)({ w, b })` gives a gradient `{ w, b }`.
 *
 * @param f a function of Variables, or of trees of them, to a single number
 * @throws GraphError when f's result is not a single number; DTypeError when what is differentiated is int32 or bool
 */
export function valueAndGrad(
  f: VariableFunction,
  options?: { readonly argnums?: number },
): (...xs: VariableLike[]) => { value: Variable; grad: Variable };
export function valueAndGrad(
  f: VariableFunction,
  options: { readonly argnums: readonly number[] },
): (...xs: VariableLike[]) => { value: Variable; grad: Variable[] };
export function valueAndGrad(
  f: VariableFunction,
  options: GradOptions,
): (...xs: VariableLike[]) => { value: Variable; grad: Variable | Variable[] };
export function valueAndGrad<Args extends readonly unknown[]>(
  f: TreeFunction<Args>,
): (...xs: { [K in keyof Args]: InputTree<Args[K]> }) => { value: Variable; grad: GradientTree<Args[0]> };
export function valueAndGrad<Args extends readonly unknown[], const N extends number | readonly number[]>(
  f: TreeFunction<Args>,
  options: { readonly argnums: N },
): (...xs: { [K in keyof Args]: InputTree<Args[K]> }) => { value: Variable; grad: Chosen<Args, N> };
export function valueAndGrad(f: (...xs: never[]) => Variable, options: GradOptions = {}): unknown {
  return valueAndGradOf("valueAndGrad", f, options);
}

/** {@link grad} for whoever is called `op`. */
function gradOf(op: string, f: (...xs: never[]) => Variable, options?: GradOptions, place?: (i: number) => string) {
  const both = valueAndGradOf(op, f, options, place);
  return (...xs: unknown[]): unknown => both(...xs).grad;
}

/**
 * The gradient of f as a function of the same arguments: `grad(f)(x)` is df/dx, of the shape of x. `grad(grad(f))` is
 * the second derivative of a function of one number.
 *
 * Arguments may be trees, records and lists of Variables: `grad(loss)({ w, b })` is `{ w, b }` of gradients.
 *
 * @param f a function of Variables, or of trees of them, to a single number
 * @throws GraphError when f's result is not a single number; DTypeError when what is differentiated is int32 or bool
 */
export function grad(f: VariableFunction, options?: { readonly argnums?: number }): (...xs: VariableLike[]) => Variable;
export function grad(
  f: VariableFunction,
  options: { readonly argnums: readonly number[] },
): (...xs: VariableLike[]) => Variable[];
export function grad(f: VariableFunction, options: GradOptions): (...xs: VariableLike[]) => Variable | Variable[];
export function grad<Args extends readonly unknown[]>(
  f: TreeFunction<Args>,
): (...xs: { [K in keyof Args]: InputTree<Args[K]> }) => GradientTree<Args[0]>;
export function grad<Args extends readonly unknown[], const N extends number | readonly number[]>(
  f: TreeFunction<Args>,
  options: { readonly argnums: N },
): (...xs: { [K in keyof Args]: InputTree<Args[K]> }) => Chosen<Args, N>;
export function grad(f: (...xs: never[]) => Variable, options: GradOptions = {}): unknown {
  return gradOf("grad", f, options);
}

/** {@link vjp} for whoever is called `op`. */
function vjpOf(op: string, f: (...xs: never[]) => Variable, xs: readonly unknown[], place?: (i: number) => string) {
  checkFunction(op, f, "f");
  const point = pointAt(op, xs, place);
  const { inputs } = point;
  checkReal(op, point);
  const y = record(op, f, point);
  checkRealResult(op, y);
  const outside = dependsOnOthers(y, inputs);
  const { batches } = ambient;
  return {
    value: handedOut(y, outside),
    pullback: (upstream?: VariableLike): unknown[] => {
      // Made outside of all vmaps and called inside one: then the upstream gradients are the batch.
      const isLater = batches.length === 0 && ambient.batches.length > 0;
      if (!isLater && ambient.batches !== batches) throw elsewhere();
      const as = isLater ? (x: Variable) => x : raised;
      if (!y.requiresGrad) return point.rebuild(inputs.map(zerosLike).map(as));
      const first = isLater ? startingGradient(op, y, upstream) : start(op, y, upstream);
      const again = ambient.recording !== "none" && (outside || first.requiresGrad);
      return point.rebuild(pull(y, first, inputs, again).map(as));
    },
  };
}

/**
 * The value of f at xs, and the function from a gradient of that value to the gradients of xs (the transposed
 * Jacobian times a vector): `pullback(u) = [uᵀ ∂f/∂x_0, uᵀ ∂f/∂x_1, …]`, each with the structure
 * of its argument, and its shape.
 *
 * @throws DTypeError when an argument, or a leaf of one, is int32 or bool
 */
export function vjp(
  f: VariableFunction,
  ...xs: VariableLike[]
): { value: Variable; pullback: (upstream?: VariableLike) => Variable[] };
export function vjp<Args extends readonly unknown[]>(
  f: TreeFunction<Args>,
  ...xs: { [K in keyof Args]: InputTree<Args[K]> }
): { value: Variable; pullback: (upstream?: VariableLike) => { -readonly [K in keyof Args]: GradientTree<Args[K]> } };
export function vjp(f: (...xs: never[]) => Variable, ...xs: unknown[]) {
  return vjpOf("vjp", f, xs);
}

function elsewhere(): GraphError {
  return new GraphError({
    op: "vjp",
    problem: "pullback is called inside another vmap than the one that vjp was called in",
    argument: "pullback",
    hint: "Call vjp and its pullback in the same function, or vjp outside of all vmaps.",
  });
}

/**
 * The directions in the order of the leaves of a point, whose keys they may name in another order.
 * @throws GraphError for another structure; ShapeError for other shapes
 */
function directionsAt(op: string, at: Leaves, along: Leaves): Variable[] {
  const structure = ({ places, ranges }: Leaves): string[] =>
    ranges.flatMap(([from, to], i) => places.slice(from, to).map((place) => `${i}${place.replace(/^[^:]*/, "")}`));
  const wanted = structure(at);
  const given = new Map(structure(along).map((path, k) => [path, k]));
  const found = wanted.map((path) => given.get(path));
  const missing = found.indexOf(undefined);
  const known = new Set(wanted);
  const extra = [...given].find(([path]) => !known.has(path));
  if (missing >= 0 || extra !== undefined) {
    throw new GraphError({
      op,
      problem:
        missing >= 0
          ? `${at.places[missing]} has no direction of its own`
          : `${along.places[extra?.[1] ?? 0]} has no place among the arguments`,
      argument: "v",
      expected: "directions in the structure of the arguments",
      hint: "Give one direction for each Variable, in records and lists like those of the arguments.",
    });
  }
  return at.leaves.map((x, i) => {
    const k = found[i] ?? 0;
    const v = along.leaves[k];
    if (sameShape(x.shape, v.shape)) return v;
    throw new ShapeError({
      op,
      problem: `${at.places[i]} has shape ${formatShape(x.shape)}, ${along.places[k]} ${formatShape(v.shape)}`,
      argument: along.places[k],
      expected: formatShape(x.shape),
      received: formatShape(v.shape),
      hint: "A direction has the shape of the point.",
    });
  });
}

/** Σ ⟨a_i, b_i⟩. */
function innerProduct(as: readonly Variable[], bs: readonly Variable[]): Variable | null {
  let total: Variable | null = null;
  for (let i = 0; i < as.length; i++) {
    const term = sum(mul(as[i], bs[i]));
    total = total === null ? term : add(total, term);
  }
  return total;
}

/**
 * The value of f at xs and its derivative along vs (the Jacobian times a vector), by differentiating the vjp, which is
 * linear in its upstream: J v = ∂⟨Jᵀu, v⟩/∂u, of the shape of f(x). Arguments may be trees; vs have their structure and
 * shapes.
 *
 * @throws DTypeError when an argument, or a leaf of one, is int32 or bool
 */
export function jvp(
  f: VariableFunction,
  xs: readonly VariableLike[],
  vs: readonly VariableLike[],
): { value: Variable; tangent: Variable };
export function jvp<Args extends readonly unknown[]>(
  f: TreeFunction<Args>,
  xs: { readonly [K in keyof Args]: InputTree<Args[K]> },
  vs: { readonly [K in keyof Args]: InputTree<Args[K]> },
): { value: Variable; tangent: Variable };
export function jvp(
  f: (...xs: never[]) => Variable,
  xs: readonly unknown[],
  vs: readonly unknown[],
): { value: Variable; tangent: Variable } {
  checkFunction("jvp", f, "f");
  if (!Array.isArray(xs) || !Array.isArray(vs)) {
    throw new GraphError({
      op: "jvp",
      problem: "arguments and tangents are not lists",
      argument: Array.isArray(xs) ? "vs" : "xs",
      expected: "a list of arguments and a list of their tangents",
      received: typeof (Array.isArray(xs) ? vs : xs),
      hint: "Write jvp(f, [x], [v]), also for a single argument.",
    });
  }
  if (xs.length !== vs.length) {
    throw new GraphError({
      op: "jvp",
      problem: `${xs.length} arguments but ${vs.length} tangents`,
      argument: "vs",
      expected: `${xs.length} tangents`,
      received: String(vs.length),
      hint: "Give one tangent for each argument, of its shape.",
    });
  }
  const point = pointAt("jvp", xs);
  const { inputs } = point;
  checkReal("jvp", point);
  const directions = directionsAt(
    "jvp",
    point,
    leavesOf("jvp", vs, (i) => `tangent ${i}`),
  );
  const y = record("jvp", f, point);
  const outside = dependsOnOthers(y, inputs);
  const value = handedOut(y, outside);
  if (!y.requiresGrad) return { value, tangent: raised(zerosLike(y)) };
  const tangents = directions.map((v, i) => wholeBatch(cast(v, inputs[i].dtype)));
  const upstream = variable(kernels.contiguous(zerosLike(y).value));
  const tangent = withRecording(ambient.recording === "none" ? "needed" : ambient.recording, () => {
    const inner = innerProduct(pull(y, upstream, inputs, true), tangents);
    if (inner === null || !inner.requiresGrad) return zerosLike(y);
    const again = outside || tangents.some((t) => t.requiresGrad);
    return pull(inner, startingGradient("jvp", inner, undefined), [upstream], again)[0];
  });
  return { value, tangent: raised(tangent) };
}

/**
 * The Hessian of f (to a single number) times a vector, H v = ∂⟨∇f(x), v⟩/∂x, of the shape of x: the derivative of
 * grad f along v, without the matrix. x may be a tree; v has its structure.
 *
 * @throws ShapeError when v has other shapes than x; DTypeError when x, or a leaf of it, is int32 or bool
 */
export function hvp(f: VariableFunction, x: VariableLike, v: VariableLike): Variable;
export function hvp<T>(f: (x: T) => Variable, x: InputTree<T>, v: InputTree<T>): GradientTree<T>;
export function hvp(f: (x: never) => Variable, x: unknown, v: unknown): unknown {
  const place = (): string => "x";
  const point = leavesOf("hvp", [x], place);
  const directions = directionsAt(
    "hvp",
    point,
    leavesOf("hvp", [v], () => "v"),
  );
  const slope = gradOf("hvp", f, {}, place);
  const along = (z: never): Variable =>
    innerProduct(leavesOf("hvp", [slope(z)], place).leaves, directions) ?? constant(0);
  return gradOf("hvp", along, {}, place)(x);
}

/** {@link jacobian} for whoever is called `op`. */
function jacobianOf(op: string, f: VariableFunction): (x: VariableLike) => Variable {
  return (x) => {
    const source = asVariable(op, x);
    const { value, pullback } = vjpOf(op, f, [x], () => "x");
    const rows = Array.from({ length: value.size }, (_, i) => {
      const data = value.dtype === "float64" ? new Float64Array(value.size) : new Float32Array(value.size);
      data[i] = 1;
      return pullback(constant(new Tensor(data, value.shape)))[0] as Variable;
    });
    const shape = [...value.shape, ...source.shape];
    if (rows.length === 0) return cast(constant(new Tensor(new Float32Array(0), shape)), value.dtype);
    return reshape(stack(rows, { axis: 0 }), shape);
  };
}

/**
 * The Jacobian of f at x, J[i, j] = ∂f(x)[i]/∂x[j]: shape [...f(x).shape, ...x.shape], one backward sweep for each entry
 * of f(x).
 * @throws DTypeError when x is int32 or bool
 */
export function jacobian(f: VariableFunction): (x: VariableLike) => Variable;
export function jacobian(f: VariableFunction, x: VariableLike): Variable;
export function jacobian(f: VariableFunction, at?: VariableLike): Variable | ((x: VariableLike) => Variable) {
  checkFunction("jacobian", f, "f");
  const of = jacobianOf("jacobian", f);
  return at === undefined ? of : of(at);
}

/**
 * The Hessian of f (to a single number) at x, H[i, j] = ∂²f/∂x[i]∂x[j]: shape [...x.shape, ...x.shape].
 * @throws DTypeError when x is int32 or bool
 */
export function hessian(f: VariableFunction): (x: VariableLike) => Variable;
export function hessian(f: VariableFunction, x: VariableLike): Variable;
export function hessian(f: VariableFunction, at?: VariableLike): Variable | ((x: VariableLike) => Variable) {
  const of = jacobianOf("hessian", gradOf("hessian", f, {}, () => "x") as VariableFunction);
  return at === undefined ? of : of(at);
}
