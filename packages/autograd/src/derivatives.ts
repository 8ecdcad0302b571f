/**
 * Derivatives as functions of functions. All nest, because backward rules are ops like any other.
 */
import {
  checkOptions,
  formatShape,
  GraphError,
  kernels,
  ShapeError,
  SpecError,
  sameShape,
  Tensor,
} from "@adjoint/tensor";
import { startingGradient, sweep } from "./backward.ts";
import { ambient, checkFunction, withRecording } from "./modes.ts";
import type { Node } from "./node.ts";
import { add, mul } from "./ops/arithmetic.ts";
import { cast, detach, identity } from "./ops/cast-detach.ts";
import { stack } from "./ops/concat-split.ts";
import { sum } from "./ops/repeat-sum.ts";
import { reshape } from "./ops/reshape-transpose.ts";
import { topologicalOrder } from "./order.ts";
import { asVariable, constant, Variable, type VariableLike, variable } from "./variable.ts";
import { raised, wholeBatch } from "./vmap/batched.ts";

/** A function of Variables. */
export type VariableFunction = (...xs: Variable[]) => Variable;

/** Options of {@link grad} and {@link valueAndGrad}. */
export interface GradOptions {
  /** Which argument to differentiate with respect to, or several: then the result is a list. Default 0. */
  readonly argnums?: number | readonly number[];
}

/**
 * Fresh Variables with the values of `xs`, connected to them where a gradient could flow on outwards. Inside vmap these
 * are the whole batches: derivatives are taken below, for all elements at once, and only what f sees is one of them.
 */
function entries(op: string, xs: readonly VariableLike[]): Variable[] {
  return xs.map((x, i) => {
    const outer = wholeBatch(asVariable(op, x, `argument ${i}`));
    return outer.requiresGrad && ambient.recording !== "none" ? identity(outer) : variable(outer.value);
  });
}

/** Runs `f` on `inputs` with the graph recorded even inside noGrad. */
function record(op: string, f: VariableFunction, inputs: readonly Variable[]): Variable {
  checkFunction(op, f, "f");
  const y = withRecording(ambient.recording === "none" ? "needed" : ambient.recording, () => f(...inputs.map(raised)));
  if (!(y instanceof Variable)) {
    throw new GraphError({
      op,
      problem: `the function returned ${y === undefined ? "nothing" : `a ${typeof y}`}`,
      expected: "a Variable",
      hint: "Return the Variable that the function computes.",
    });
  }
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

function zerosLike(x: Variable): Variable {
  return constant(
    new Tensor(
      x.dtype === "float64" ? new Float64Array(1) : new Float32Array(1),
      x.shape,
      x.shape.map(() => 0),
    ),
  );
}

/** The gradients of ⟨upstream, y⟩ with respect to `inputs`; zeros where y does not depend on one. */
function pull(y: Variable, upstream: Variable, inputs: readonly Variable[], createGraph: boolean): Variable[] {
  const targets = new Set<Node>(inputs.map((x) => x.node));
  const run = () => sweep([{ node: y.node, grad: upstream }], targets);
  const grads = createGraph ? run() : withRecording("none", run);
  return inputs.map((x) => grads.get(x.node) ?? zerosLike(x));
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

/**
 * The function that computes f and its gradient together: `(…xs) → { value, grad }`, grad of the shape of x.
 *
 * @param f a function of Variables to a single number
 * @throws GraphError when f's result is not a single number
 */
export function valueAndGrad(f: VariableFunction): (...xs: VariableLike[]) => { value: Variable; grad: Variable };
export function valueAndGrad(
  f: VariableFunction,
  options: { readonly argnums: readonly number[] },
): (...xs: VariableLike[]) => { value: Variable; grad: Variable[] };
export function valueAndGrad(
  f: VariableFunction,
  options: GradOptions,
): (...xs: VariableLike[]) => { value: Variable; grad: Variable | Variable[] };
export function valueAndGrad(f: VariableFunction, options: GradOptions = {}) {
  checkFunction("grad", f, "f");
  checkOptions("grad", options, ["argnums"]);
  const { argnums = 0 } = options;
  if (typeof argnums !== "number" && !Array.isArray(argnums)) {
    throw new SpecError({
      op: "grad",
      problem: `argnums is ${String(argnums)}`,
      argument: "argnums",
      expected: "the number of an argument, or a list of them",
      received: String(argnums),
      hint: "Arguments count from 0: { argnums: 1 }, or { argnums: [0, 1] }.",
    });
  }
  return (...xs: VariableLike[]): { value: Variable; grad: Variable | Variable[] } => {
    const wanted = selected("grad", argnums, xs.length);
    const inputs = entries("grad", xs);
    const y = record("grad", f, inputs);
    const createGraph = dependsOnOthers(y, inputs);
    const chosen = wanted.map((i) => inputs[i]);
    const grads = (y.requiresGrad ? pull(y, start("grad", y), chosen, createGraph) : chosen.map(zerosLike)).map(raised);
    const value = raised(createGraph ? y : detach(y));
    return { value, grad: typeof argnums === "number" ? grads[0] : grads };
  };
}

/**
 * The gradient of f as a function of the same arguments: `grad(f)(x)` is df/dx, of the shape of x. `grad(grad(f))` is
 * the second derivative of a function of one number.
 *
 * @param f a function of Variables to a single number
 */
export function grad(f: VariableFunction): (...xs: VariableLike[]) => Variable;
export function grad(
  f: VariableFunction,
  options: { readonly argnums: readonly number[] },
): (...xs: VariableLike[]) => Variable[];
export function grad(f: VariableFunction, options: GradOptions): (...xs: VariableLike[]) => Variable | Variable[];
export function grad(f: VariableFunction, options: GradOptions = {}) {
  const both = valueAndGrad(f, options);
  return (...xs: VariableLike[]) => both(...xs).grad;
}

/**
 * The value of f at xs, and the function from a gradient of that value to the gradients of xs (the transposed
 * Jacobian times a vector): `pullback(u) = [uᵀ ∂f/∂x_0, uᵀ ∂f/∂x_1, …]`, each of the shape of its argument.
 */
export function vjp(
  f: VariableFunction,
  ...xs: VariableLike[]
): { value: Variable; pullback: (upstream?: VariableLike) => Variable[] } {
  checkFunction("vjp", f, "f");
  const inputs = entries("vjp", xs);
  const y = record("vjp", f, inputs);
  const outside = dependsOnOthers(y, inputs);
  const { batches } = ambient;
  return {
    value: raised(outside ? y : detach(y)),
    pullback: (upstream) => {
      // Made outside of all vmaps and called inside one: then the upstream gradients are the batch.
      if (batches.length === 0 && ambient.batches.length > 0) {
        if (!y.requiresGrad) return inputs.map(zerosLike);
        const first = startingGradient("vjp", y, upstream);
        return pull(y, first, inputs, ambient.recording !== "none" && (outside || first.requiresGrad));
      }
      if (ambient.batches !== batches) throw elsewhere();
      if (!y.requiresGrad) return inputs.map(zerosLike).map(raised);
      const first = start("vjp", y, upstream);
      return pull(y, first, inputs, ambient.recording !== "none" && (outside || first.requiresGrad)).map(raised);
    },
  };
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
 * The value of f at xs and its derivative along vs (the Jacobian times a vector), by differentiating the vjp, which is
 * linear in its upstream: J v = ∂⟨Jᵀu, v⟩/∂u, of the shape of f(x); vs have the shapes of xs.
 */
export function jvp(
  f: VariableFunction,
  xs: readonly VariableLike[],
  vs: readonly VariableLike[],
): { value: Variable; tangent: Variable } {
  checkFunction("jvp", f, "f");
  if (!Array.isArray(xs) || !Array.isArray(vs)) {
    throw new GraphError({
      op: "jvp",
      problem: "arguments and tangents are no lists",
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
  const inputs = entries("jvp", xs);
  const y = record("jvp", f, inputs);
  const outside = dependsOnOthers(y, inputs);
  if (!y.requiresGrad) return { value: raised(y), tangent: raised(zerosLike(y)) };
  const tangents = vs.map((v, i) => start("jvp", inputs[i], v));
  const upstream = variable(kernels.contiguous(zerosLike(y).value));
  const tangent = withRecording(ambient.recording === "none" ? "needed" : ambient.recording, () => {
    const grads = pull(y, upstream, inputs, true);
    let inner: Variable | null = null;
    for (let i = 0; i < grads.length; i++) {
      const term = sum(mul(grads[i], tangents[i]));
      inner = inner === null ? term : add(inner, term);
    }
    if (inner === null || !inner.requiresGrad) return zerosLike(y);
    const again = outside || tangents.some((t) => t.requiresGrad);
    return pull(inner, startingGradient("jvp", inner, undefined), [upstream], again)[0];
  });
  return { value: raised(outside ? y : detach(y)), tangent: raised(tangent) };
}

/**
 * The Hessian of f (to a single number) times a vector, H v = ∂⟨∇f(x), v⟩/∂x, of the shape of x: the derivative of grad f
 * along v, without the matrix.
 * @throws ShapeError when v has another shape than x
 */
export function hvp(f: VariableFunction, x: VariableLike, v: VariableLike): Variable {
  const [point, direction] = [asVariable("hvp", x), asVariable("hvp", v, "v")];
  if (!sameShape(point.shape, direction.shape)) {
    throw new ShapeError({
      op: "hvp",
      problem: `x has shape ${formatShape(point.shape)}, v ${formatShape(direction.shape)}`,
      argument: "v",
      expected: formatShape(point.shape),
      received: formatShape(direction.shape),
      hint: "A direction has the shape of the point.",
    });
  }
  return grad((z) => sum(mul((grad(f) as VariableFunction)(z), direction)))(x);
}

/**
 * The Jacobian of f at x, J[i, j] = ∂f(x)[i]/∂x[j]: shape [...f(x).shape, ...x.shape], one backward sweep for each entry
 * of f(x).
 */
export function jacobian(f: VariableFunction): (x: VariableLike) => Variable;
export function jacobian(f: VariableFunction, x: VariableLike): Variable;
export function jacobian(f: VariableFunction, at?: VariableLike): Variable | ((x: VariableLike) => Variable) {
  checkFunction("jacobian", f, "f");
  const of = (x: VariableLike): Variable => {
    const { value, pullback } = vjp(f, x);
    const source = asVariable("jacobian", x);
    const rows = Array.from({ length: value.size }, (_, i) => {
      const data = value.dtype === "float64" ? new Float64Array(value.size) : new Float32Array(value.size);
      data[i] = 1;
      return pullback(constant(new Tensor(data, value.shape)))[0];
    });
    const shape = [...value.shape, ...source.shape];
    if (rows.length === 0) return cast(constant(new Tensor(new Float32Array(0), shape)), value.dtype);
    return reshape(stack(rows, { axis: 0 }), shape);
  };
  return at === undefined ? of : of(at);
}

/** The Hessian of f (to a single number) at x, H[i, j] = ∂²f/∂x[i]∂x[j]: shape [...x.shape, ...x.shape]. */
export function hessian(f: VariableFunction): (x: VariableLike) => Variable;
export function hessian(f: VariableFunction, x: VariableLike): Variable;
export function hessian(f: VariableFunction, at?: VariableLike): Variable | ((x: VariableLike) => Variable) {
  const of = jacobian(grad(f) as VariableFunction);
  return at === undefined ? of : of(at);
}
