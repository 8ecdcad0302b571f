/** Ops that leave values as they are: identity, cast (its adjoint casts back) and detach (no gradient). */
import { checkDType, type DType, kernels } from "@adjoint/tensor";
import { asVariable } from "../core/leaf.ts";
import { defineOp, type Op } from "../core/op.ts";
import type { Variable, VariableLike } from "../core/variable.ts";

/** y = x as a node of its own. Linear, its own adjoint. */
export const identity: Op = defineOp({
  name: "identity",
  infer: ([x]) => x,
  forward: ([x]) => x,
  backward: [({ grad }) => grad],
  saves: "none",
  linear: true,
  batch: "elementwise",
  // y = x ⇒ x̄ = ȳ
  // The gradient passes on as it is.
  // […] → […]; adjoint: identity
});

const castPrimitive: Op<{ readonly dtype: DType }> = defineOp<{ readonly dtype: DType }>({
  name: "cast",
  infer: ([x], { dtype }) => ({ shape: x.shape, dtype }),
  forward: ([x], { dtype }) => kernels.cast(x, dtype),
  backward: [({ grad, inputs: [x] }) => cast(grad, x.dtype)],
  saves: "none",
  linear: true,
  batch: "elementwise",
  // y = x in another dtype ⇒ x̄ = ȳ in the dtype of x
  // The gradient is cast back to the dtype of the input.
  // […] → […]; adjoint: cast
});

/**
 * x in another dtype; real numbers become integers by truncation.
 * @throws DTypeError when a value does not fit, for example NaN in int32
 */
export function cast(x: VariableLike, dtype: DType | { readonly dtype: DType }): Variable {
  const to = typeof dtype === "object" ? dtype?.dtype : dtype;
  checkDType("cast", to);
  const input = asVariable("cast", x);
  return input.dtype === to ? input : castPrimitive(input, { dtype: to });
}

/** y = x, and no gradient flows back: what follows treats x as a constant. */
export const detach: Op = defineOp({
  name: "detach",
  infer: ([x]) => x,
  forward: ([x]) => x,
  backward: [null],
  saves: "none",
  batch: "elementwise",
  // y = x ⇒ x̄ = 0 (cut)
  // The gradient is cut off: what follows takes x for a constant.
});

export const primitives = { identity, cast: castPrimitive, detach };
export default { cast, detach, identity };
