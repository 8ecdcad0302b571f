/**
 * Mistakes in rules of ops on arrays: sums not taken, axes in the wrong order, indices that overwrite, borders.
 */
import { kernels, Tensor } from "@adjoint/tensor";
import { constant } from "../../core/leaf.ts";
import type { Variable } from "../../core/variable.ts";
import { primitives } from "../../ops/all.ts";
import { add, mul } from "../../ops/arithmetic.ts";
import { cumsum } from "../../ops/cumsum-sort.ts";
import { im2col } from "../../ops/im2col-col2im.ts";
import { matmul } from "../../ops/matmul.ts";
import { broadcastTo, repeat, sum } from "../../ops/repeat-sum.ts";
import { reshape, transpose } from "../../ops/reshape-transpose.ts";
import { roll } from "../../ops/slice-pad.ts";
import { matrixTranspose } from "../../ops/views.ts";
import { type Context, values, type WrongRule, wrongRule } from "./wrong-rule.ts";

const of = (name: keyof typeof primitives) => ({ definition: primitives[name] });
const square3 = values([3, 3], 11);
const other3 = values([3, 3], 12);
const wide = values([2, 3], 13);
const window = { filterH: 2, filterW: 2, stride: 1, pad: 0, dilation: 1 };
const image = values([1, 1, 3, 4], 14);

/** Writes where contributions should add up: of all that fall on one place the last one stays. */
export function lastOnly(context: Context, index: Tensor, length: number): Variable {
  const rows = Array.from(kernels.copy(index).data as Int32Array);
  const keep = rows.map((row, i) => (rows.lastIndexOf(row) === i ? 1 : 0));
  const { grad } = context;
  const mask = constant(new Tensor(Float64Array.from(keep), [rows.length, 1]));
  const oneHot = new Float64Array(rows.length * length);
  rows.forEach((row, i) => {
    oneHot[i * length + row] = 1;
  });
  const places = constant(new Tensor(oneHot, [rows.length, length]));
  return matmul(matrixTranspose(places), mul(grad, repeat(mask, grad.shape)));
}

/** The upstream gradient at the first index along an axis. */
export function keptFirst(grad: Variable, axis: number): Variable {
  const { shape } = grad;
  const first = shape.map((n, i) => ({ start: 0, step: 1, length: i === axis ? 1 : n }));
  return constant(kernels.copy(kernels.slice(grad.value, first)));
}

/** Rules that repeat, sum and reduce. */
export const reducingMistakes: readonly WrongRule[] = [
  wrongRule(of("repeat"), "not summed: the shape of the result", "missing-sum", [values([3], 21)], ({ grad }) => grad, {
    attributes: { shape: [2, 3] },
  }),
  wrongRule(
    of("repeat"),
    "the first copy alone",
    "missing-sum",
    [values([1, 3], 22)],
    ({ grad }) => keptFirst(grad, 0),
    { attributes: { shape: [2, 3] } },
  ),
  wrongRule(
    of("repeat"),
    "the first column alone",
    "missing-sum",
    [values([3, 1], 22)],
    ({ grad }) => keptFirst(grad, 1),
    { attributes: { shape: [3, 4] } },
  ),
  wrongRule(of("repeat"), "mean instead of sum", "scale", [values([1, 3], 23)], (c, right) => mul(right(c), 1 / 5), {
    attributes: { shape: [5, 3] },
  }),
  wrongRule(of("repeat"), "keepDims forgotten", "shape", [values([1, 3], 24)], ({ grad }) => sum(grad, { axis: 0 }), {
    attributes: { shape: [2, 3] },
  }),
  wrongRule(of("sum"), "1/N as if it were a mean", "scale", [values([2, 5], 25)], (c, right) => mul(right(c), 0.2), {
    attributes: { axes: [1], keepDims: false },
  }),
  wrongRule(
    of("sum"),
    "repeated along the wrong axis",
    "transposed",
    [square3],
    ({ grad }) => broadcastTo(grad, { shape: [3, 3] }),
    { attributes: { axes: [1], keepDims: false } },
  ),
  wrongRule(of("sum"), "not repeated", "shape", [wide], ({ grad }) => grad, {
    attributes: { axes: [1], keepDims: false },
  }),
  wrongRule(
    of("sum"),
    "to the first element alone",
    "masked",
    [values([3, 4], 26)],
    ({ grad, inputs: [z] }) => mul(repeat(grad, z.shape), constant(new Tensor(Float64Array.of(1, 0, 0, 0), [4]))),
    { attributes: { axes: [1], keepDims: true } },
  ),
  wrongRule(
    of("max"),
    "to every element",
    "masked",
    [values([3, 4], 27)],
    ({ grad, inputs: [z] }) => repeat(grad, z.shape),
    { attributes: { axis: 1, keepDims: true } },
  ),
  wrongRule(
    of("max"),
    "to every maximum in full",
    "kink",
    [new Tensor(Float64Array.of(1, 1, 0, 2, 3, 3), [2, 3])],
    ({ grad, inputs: [z], output }) =>
      mul(
        repeat(grad, z.shape),
        constant(kernels.cast(kernels.eq(z.value, kernels.broadcastTo(output.value, z.shape)), "float64")),
      ),
    { attributes: { axis: 1, keepDims: true } },
  ),
  wrongRule(of("cumsum"), "not reversed", "transposed", [values([4], 28)], ({ grad }) => cumsum(grad, { axis: 0 }), {
    attributes: { axis: 0, reverse: false },
  }),
  wrongRule(of("cumsum"), "not reversed, two axes", "transposed", [wide], ({ grad }) => cumsum(grad, { axis: 1 }), {
    attributes: { axis: 1, reverse: false },
  }),
  wrongRule(
    of("cumsum"),
    "along the other axis",
    "permuted",
    [square3],
    ({ grad }) => cumsum(grad, { axis: 0, reverse: true }),
    { attributes: { axis: 1, reverse: false } },
  ),
];

/** Rules that move elements. */
export const rearrangingMistakes: readonly WrongRule[] = [
  wrongRule(of("transpose"), "not transposed back", "transposed", [square3], ({ grad }) => grad, {
    attributes: { axes: [1, 0] },
  }),
  wrongRule(
    of("transpose"),
    "reshaped instead",
    "transposed",
    [wide],
    ({ grad, inputs: [z] }) => reshape(grad, z.shape),
    { attributes: { axes: [1, 0] } },
  ),
  wrongRule(
    of("transpose"),
    "the permutation, not its inverse",
    "permuted",
    [values([3, 3, 3], 31)],
    ({ grad }) => transpose(grad, [1, 2, 0]),
    { attributes: { axes: [1, 2, 0] } },
  ),
  wrongRule(of("transpose"), "the shape of the result", "transposed", [wide], ({ grad }) => grad, {
    attributes: { axes: [1, 0] },
  }),
  wrongRule(of("reshape"), "the shape of the result", "shape", [wide], ({ grad }) => grad, {
    attributes: { shape: [6] },
  }),
  wrongRule(
    of("reshape"),
    "column-major order",
    "transposed",
    [wide],
    ({ grad }) => transpose(reshape(grad, [3, 2]), [1, 0]),
    { attributes: { shape: [6] } },
  ),
  wrongRule(of("flip"), "not flipped", "permuted", [values([5], 32)], ({ grad }) => grad, {
    attributes: { axes: [0] },
  }),
  wrongRule(
    of("slice"),
    "one place too far",
    "shifted",
    [values([6], 33)],
    (c, right) => roll(right(c), 1, { axis: 0 }),
    { attributes: { slices: [{ start: 1, step: 1, length: 4 }] } },
  ),
  wrongRule(
    of("padSlice"),
    "one place too far",
    "shifted",
    [values([5], 34)],
    (c, right) => roll(right(c), -1, { axis: 0 }),
    { attributes: { shape: [9], slices: [{ start: 2, step: 1, length: 5 }] } },
  ),
  wrongRule(
    of("concat"),
    "the first part for the second",
    "swapped-inputs",
    [values([2, 2], 35), values([2, 2], 36)],
    ({ grad }) => keptFirstRows(grad, 2),
    { input: 1, attributes: { axis: 0 } },
  ),
  wrongRule(of("tril"), "triangle forgotten", "masked", [square3], ({ grad }) => grad, { attributes: { k: 0 } }),
  wrongRule(
    of("indexSelect"),
    "repeated indices overwrite",
    "overlap",
    [values([4, 2], 37), new Tensor(Int32Array.of(2, 0, 2, 1, 2), [5])],
    (c) => lastOnly(c, c.inputs[1].value, 4),
    { attributes: { axis: 0 } },
  ),
  wrongRule(of("im2col"), "overlaps overwrite", "overlap", [image], (c) => overwritten(c), { attributes: window }),
  wrongRule(of("im2col"), "divided by the number of windows", "masked", [image], (c, right) => averaged(right(c), c), {
    attributes: window,
  }),
  wrongRule(of("matmul"), "b not transposed", "transposed", [square3, other3], ({ grad, inputs: [, q] }) =>
    matmul(grad, q),
  ),
  wrongRule(
    of("matmul"),
    "a not transposed",
    "transposed",
    [square3, other3],
    ({ grad, inputs: [p] }) => matmul(p, grad),
    { input: 1 },
  ),
  wrongRule(
    of("matmul"),
    "result not transposed back",
    "transposed",
    [square3, other3],
    (c, right) => matrixTranspose(right(c)),
    { input: 1 },
  ),
  wrongRule(
    of("matmul"),
    "factors in the other order",
    "permuted",
    [square3, other3],
    ({ grad, inputs: [p] }) => matmul(grad, matrixTranspose(p)),
    { input: 1 },
  ),
  wrongRule(
    of("matmul"),
    "b not transposed, shapes differ",
    "transposed",
    [wide, values([3, 4], 38)],
    ({ grad, inputs: [, q] }) => matmul(grad, q),
  ),
  wrongRule(of("matmul"), "a bias's gradient added to it", "upstream-ignored", [square3, other3], (c, right) =>
    add(right(c), 0.5),
  ),
  wrongRule(
    of("scatterAdd"),
    "updates get nothing",
    "detached",
    [values([4], 39), new Tensor(Int32Array.of(1, 1, 3), [3]), values([3], 40)],
    ({ inputs }) => mul(inputs[2], 0),
    { input: 2, attributes: { axis: 0 } },
  ),
];

function keptFirstRows(grad: Variable, count: number): Variable {
  const rest = grad.shape.slice(1).map((length) => ({ start: 0, step: 1, length }));
  return constant(kernels.copy(kernels.slice(grad.value, [{ start: 0, step: 1, length: count }, ...rest])));
}

/** col2im with = instead of +=. */
export function overwritten({ grad, inputs: [z] }: Context): Variable {
  const ids = constant(
    new Tensor(
      Float64Array.from({ length: z.size }, (_, i) => i),
      z.shape,
    ),
  );
  const places = im2col(ids, 2, 2).value;
  const out = new Float64Array(z.size);
  const [where, from] = [kernels.contiguous(places), kernels.contiguous(grad.value)];
  for (let i = 0; i < where.size; i++) out[where.data[i]] = Number(from.data[i]);
  return constant(new Tensor(out, z.shape));
}

/** An average over overlapping windows instead of their sum. */
function averaged(grad: Variable, { inputs: [z] }: Context): Variable {
  const ones = constant(kernels.add(kernels.sub(z.value, z.value), constant(1, { dtype: "float64" }).value));
  const counts = kernels.col2im(im2col(ones, 2, 2).value, z.shape, 2, 2, {});
  return mul(grad, constant(kernels.div(ones.value, counts)));
}

/** All of them. */
export const arrayMistakes: readonly WrongRule[] = [...reducingMistakes, ...rearrangingMistakes];
