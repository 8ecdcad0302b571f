/**
 * Jacobians, Hessians, and Hessians times vectors.
 */
import { Tensor } from "@adjoint/tensor";
import { checkFunction } from "../core/synchronous.ts";
import { asVariable, constant, type Variable, type VariableLike } from "../core/variable.ts";
import { add, mul } from "../ops/arithmetic.ts";
import { cast } from "../ops/cast-detach.ts";
import { stack } from "../ops/concat-split.ts";
import { sum } from "../ops/repeat-sum.ts";
import { reshape } from "../ops/reshape-transpose.ts";
import { gradOf } from "./grad.ts";
import type { VariableFunction } from "./point.ts";
import { directionsAt, type GradientTree, type InputTree, leavesOf } from "./tree.ts";
import { vjpOf } from "./vjp.ts";

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
