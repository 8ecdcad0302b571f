/**
 * Mistakes in rules on inputs so large that their Jacobians are not compared as a whole: each must be diagnosed as it
 * is of a small input.
 */
import { div, matmul, mean, mul, sqrt, transpose, type Variable, variance } from "@adjoint/autograd";
import { Tensor } from "@adjoint/tensor";
import { keptFirst, lastOnly, overwritten } from "./arrays.ts";
import { deviation, fused, normalizations, softmaxes, sorts } from "./fused.ts";
import { of, values, type WrongRule, wrongRule } from "./wrong-rule.ts";

const spread = (z: Variable): Variable => sqrt(variance(z, { axis: 0, keepDims: true, correction: 0 }));
const square = [values([32, 32], 71), values([32, 32], 72)];

/** Rules whose mistake shows in how entries and results belong together. */
export const largeMistakes: readonly WrongRule[] = [
  wrongRule(
    of("mul"),
    "own operand instead of the other, 22 × 22",
    "swapped-inputs",
    [values([22, 22], 73), values([22, 22], 74)],
    ({ grad, inputs }) => mul(grad, inputs[0]),
  ),
  wrongRule(
    of("mul"),
    "own operand instead of the other, 33 × 32",
    "swapped-inputs",
    [values([33, 32], 73), values([33, 32], 74)],
    ({ grad, inputs }) => mul(grad, inputs[0]),
  ),
  wrongRule(of("matmul"), "b not transposed, 32 × 32", "transposed", square, ({ grad, inputs: [, q] }) =>
    matmul(grad, q),
  ),
  wrongRule(
    of("matmul", {}, 1),
    "result not transposed back, 20 × 20",
    "transposed",
    [values([30, 20], 75), values([20, 20], 76)],
    (c, right) => transpose(right(c)),
  ),
  wrongRule(
    of("transpose", { axes: [1, 0] }),
    "not transposed back, 40 × 40",
    "transposed",
    [values([40, 40], 77)],
    ({ grad }) => grad,
  ),
  wrongRule(
    of("transpose", { axes: [1, 2, 0] }),
    "the permutation, not its inverse, 11 × 11 × 11",
    "permuted",
    [values([11, 11, 11], 78)],
    ({ grad }) => transpose(grad, [1, 2, 0]),
  ),
  wrongRule(of("flip", { axes: [0] }), "not flipped, 1,000", "permuted", [values([1000], 79)], ({ grad }) => grad),
  wrongRule(of("flip", { axes: [1] }), "not flipped, 30 × 41", "permuted", [values([30, 41], 79)], ({ grad }) => grad),
  wrongRule(
    of("im2col", { filterH: 2, filterW: 2, stride: 1, pad: 0, dilation: 1 }),
    "overlaps overwrite, 8 × 8",
    "overlap",
    [values([1, 2, 8, 8], 80)],
    (c) => overwritten(c),
  ),
  wrongRule(
    of("indexSelect", { axis: 0 }),
    "repeated indices overwrite, 50 × 40",
    "overlap",
    [values([50, 40], 81), new Tensor(Int32Array.of(2, 0, 2, 49, 2, 17, 0), [7])],
    (c) => lastOnly(c, c.inputs[1].value, 50),
  ),
  softmaxes("the sum detached, 12 × 12", "detached", [values([12, 12], 82)], ({ grad, output }) => mul(grad, output)),
  normalizations("mean and deviation detached, 40 × 40", "detached", [values([40, 40], 83)], (c) =>
    div(c.grad, deviation(c.inputs[0])),
  ),
  fused("batchNorm", (z) => div(z, spread(z)))(
    "statistics detached, 64 × 20",
    "detached",
    [values([64, 20], 84)],
    ({ grad, inputs: [z] }) => div(grad, spread(z)),
  ),
  fused("center", (z) => mul(z, mean(z, { axis: 1, keepDims: true })))(
    "the mean detached, 40 × 30",
    "detached",
    [values([40, 30], 85)],
    ({ grad, inputs: [z] }) => mul(grad, mean(z, { axis: 1, keepDims: true })),
  ),
  wrongRule(
    of("repeat", { shape: [20, 30] }),
    "the first copy alone, 20 × 30",
    "missing-sum",
    [values([1, 30], 86)],
    (c) => keptFirst(c.grad, 0),
  ),
  sorts("left in sorted order, 500", "permuted", [values([500], 87)], ({ grad }) => mul(grad, 1)),
];
