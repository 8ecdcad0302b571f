/**
 * Rounding to whole numbers: constant between its jumps, so that the gradient is taken as 0 everywhere.
 */
import { kernels } from "@adjoint/tensor";
import { defineOp, type UnaryOp } from "../op.ts";
import { mul } from "./arithmetic.ts";
import { countedSpec } from "./broadcast.ts";

/** The largest whole number not above x; the gradient is 0. */
export const floor: UnaryOp = defineOp({
  name: "floor",
  infer: ([x]) => countedSpec(x),
  forward: ([x]) => kernels.floor(x),
  backward: [({ grad }) => mul(grad, 0)],
  saves: "none",
  batch: "elementwise",
  math: { forward: "y = ⌊x⌋", backward: "x̄ = 0" },
  words: "A step function is flat: no gradient passes.",
  reference: { shapes: "[…] → […]" },
});

/** The smallest whole number not below x; the gradient is 0. */
export const ceil: UnaryOp = defineOp({
  name: "ceil",
  infer: ([x]) => countedSpec(x),
  forward: ([x]) => kernels.ceil(x),
  backward: [({ grad }) => mul(grad, 0)],
  saves: "none",
  batch: "elementwise",
  math: { forward: "y = ⌈x⌉", backward: "x̄ = 0" },
  words: "A step function is flat: no gradient passes.",
  reference: { shapes: "[…] → […]" },
});

/** The nearest whole number, halves to the even one; the gradient is 0. */
export const round: UnaryOp = defineOp({
  name: "round",
  infer: ([x]) => countedSpec(x),
  forward: ([x]) => kernels.round(x),
  backward: [({ grad }) => mul(grad, 0)],
  saves: "none",
  batch: "elementwise",
  math: { forward: "y = x rounded", backward: "x̄ = 0" },
  words: "A step function is flat: no gradient passes.",
  reference: { shapes: "[…] → […]" },
});

/** The primitives of this file. */
export const roundingPrimitives = { floor, ceil, round };
