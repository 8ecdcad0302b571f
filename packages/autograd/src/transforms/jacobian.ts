/** Jacobians, Hessians, and Hessians times vectors. */
import { checkOneOf, checkOptions, Tensor } from "@adjoint/tensor";
import { checkFunction } from "@adjoint/tensor/internal";
import { asVariable, constant } from "../core/leaf.ts";
import { Variable, type VariableLike } from "../core/variable.ts";
import { add, mul } from "../ops/arithmetic.ts";
import { cast } from "../ops/cast-detach.ts";
import { stack } from "../ops/concat-split.ts";
import { sum } from "../ops/repeat-sum.ts";
import { reshape } from "../ops/reshape-transpose.ts";
import { gradOf } from "./grad.ts";
import { jvpOf } from "./jvp.ts";
import type { VariableFunction } from "./point.ts";
import { directionsAt, type GradientTree, type InputTree, leavesOf } from "./tree.ts";
import { vjpOf } from "./vjp.ts";
import { withoutTrace } from "./without-trace.ts";

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
  const leaves = leavesOf("hvp", [v], () => "v");
  const directions = directionsAt("hvp", point, leaves);
  const slope = gradOf("hvp", f, {}, place);
  const along = (z: never): Variable =>
    innerProduct(leavesOf("hvp", [slope(z)], place).leaves, directions) ?? constant(0);
  return gradOf("hvp", along, {}, place)(x);
}

/** Options of {@link jacobian} and {@link hessian}. */
export interface JacobianOptions {
  /**
   * `"reverse"`: one backward sweep for each entry of f(x); `"forward"`: one run of f for each entry of x, at twice its
   * cost; random ops draw the same in each. Default `"auto"`: forward where x has fewer entries than f(x).
   */
  readonly mode?: "auto" | "reverse" | "forward";
}

/** Entry `i` of the identity matrix's rows, in the form of x. */
function unit(x: Variable, i: number): Variable {
  const data = x.dtype === "float64" ? new Float64Array(x.size) : new Float32Array(x.size);
  data[i] = 1;
  return constant(new Tensor(data, x.shape));
}

/** {@link jacobian} for whoever is called `op`. */
function jacobianOf(op: string, f: VariableFunction, mode: JacobianOptions["mode"], x: VariableLike): Variable {
  const source = asVariable(op, x);
  const entries = Array.from({ length: source.size }, (_, j) => j);
  const column = (j: number): Variable => jvpOf(op, f, [source], [unit(source, j)], () => "x").tangent;
  if (mode === "forward" && entries.length > 0) {
    const last = entries.length - 1;
    return byColumns(source, [...entries.slice(0, last).map((j) => withoutTrace(() => column(j))), column(last)]);
  }
  const { value, pullback } = vjpOf(op, f, [source], () => "x");
  if (mode === "auto" && source.size > 0 && source.size < value.size) {
    const columns = entries.map((j) => withoutTrace(() => column(j)));
    return byColumns(source, columns);
  }
  const rows = Array.from({ length: value.size }, (_, i) => pullback(unit(value, i))[0] as Variable);
  const shape = [...value.shape, ...source.shape];
  if (rows.length === 0) return cast(constant(new Tensor(new Float32Array(0), shape)), value.dtype);
  return reshape(stack(rows, { axis: 0 }), shape);
}

function byColumns(x: Variable, columns: readonly Variable[]): Variable {
  return reshape(stack(columns, { axis: -1 }), [...columns[0].shape, ...x.shape]);
}

type Form = (x: VariableLike) => Variable;

/** What {@link jacobian} and {@link hessian} take after f: a point, options, both or none. */
function withPoint(
  op: string,
  f: VariableFunction,
  at: unknown,
  options: JacobianOptions | undefined,
): Form | Variable {
  // Arrays and null are points, which are refused in words of their own.
  const isOptions =
    options === undefined &&
    typeof at === "object" &&
    at !== null &&
    !(at instanceof Variable || at instanceof Tensor || Array.isArray(at) || ArrayBuffer.isView(at));
  const chosen = (isOptions ? (at as JacobianOptions) : options) ?? {};
  checkOptions(op, chosen, ["mode"]);
  const { mode = "auto" } = chosen;
  checkOneOf(op, "mode", mode, ["auto", "reverse", "forward"]);
  const of: Form = (x) => jacobianOf(op, f, mode, x);
  return at === undefined || isOptions ? of : of(at as VariableLike);
}

/**
 * The Jacobian of f at x, J[i, j] = ∂f(x)[i]/∂x[j]: shape [...f(x).shape, ...x.shape].
 * @throws DTypeError when x is int32 or bool
 */
export function jacobian(f: VariableFunction, options?: JacobianOptions): Form;
export function jacobian(f: VariableFunction, x: VariableLike, options?: JacobianOptions): Variable;
export function jacobian(
  f: VariableFunction,
  at?: VariableLike | JacobianOptions,
  options?: JacobianOptions,
): Variable | Form {
  checkFunction("jacobian", f, "f");
  return withPoint("jacobian", f, at, options);
}

/**
 * The Hessian of f (to a single number) at x, H[i, j] = ∂²f/∂x[i]∂x[j]: shape [...x.shape, ...x.shape]. It is the
 * Jacobian of the gradient: `mode: "forward"` takes forward derivatives of the backward sweep.
 * @throws DTypeError when x is int32 or bool
 */
export function hessian(f: VariableFunction, options?: JacobianOptions): Form;
export function hessian(f: VariableFunction, x: VariableLike, options?: JacobianOptions): Variable;
export function hessian(
  f: VariableFunction,
  at?: VariableLike | JacobianOptions,
  options?: JacobianOptions,
): Variable | Form {
  const slope = gradOf("hessian", f, {}, () => "x") as VariableFunction;
  return withPoint("hessian", slope, at, options);
}
