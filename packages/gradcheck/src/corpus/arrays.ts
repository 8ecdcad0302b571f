/**
 * Mistakes in rules of ops on arrays: sums not taken, axes in the wrong order, indices that overwrite, borders.
 */
import {
  add,
  broadcastTo,
  constant,
  cumsum,
  im2col,
  matmul,
  mul,
  repeat,
  reshape,
  roll,
  sum,
  transpose,
  type Variable,
} from "@adjoint/autograd";
import { kernels, Tensor } from "@adjoint/tensor";
import { type Context, of, values, type WrongRule, wrongRule } from "./wrong-rule.ts";

const twoRows = of("repeat", { shape: [2, 3] });
const rowSums = of("sum", { axes: [1], keepDims: false });
const rowMaxima = of("max", { axis: 1, keepDims: true });
const runningSums = of("cumsum", { axis: 1, reverse: false });
const transposed = of("transpose", { axes: [1, 0] });
const windows = of("im2col", { filterH: 2, filterW: 2, stride: 1, pad: 0, dilation: 1 });
const ofB = of("matmul", {}, 1);
const ofA = of("matmul");
const flattened = of("reshape", { shape: [6] });
const square3 = values([3, 3], 11);
const other3 = values([3, 3], 12);
const wide = values([2, 3], 13);
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
  return matmul(transpose(places), mul(grad, repeat(mask, grad.shape)));
}

/** The upstream gradient at the first index along an axis. */
export function keptFirst(grad: Variable, axis: number): Variable {
  const { shape } = grad;
  const first = shape.map((n, i) => ({ start: 0, step: 1, length: i === axis ? 1 : n }));
  return constant(kernels.copy(kernels.slice(grad.value, first)));
}

/** Mistakes in rules that repeat, sum and reduce, then of those that move elements. */
export const arrayMistakes: readonly WrongRule[] = [
  wrongRule(twoRows, "not summed: the shape of the result", "missing-sum", [values([3], 21)], ({ grad }) => grad),
  wrongRule(twoRows, "the first copy alone", "missing-sum", [values([1, 3], 22)], ({ grad }) => keptFirst(grad, 0)),
  wrongRule(
    of("repeat", { shape: [3, 4] }),
    "the first column alone",
    "missing-sum",
    [values([3, 1], 22)],
    ({ grad }) => keptFirst(grad, 1),
  ),
  wrongRule(of("repeat", { shape: [5, 3] }), "mean instead of sum", "scale", [values([1, 3], 23)], (c, right) =>
    mul(right(c), 1 / 5),
  ),
  wrongRule(twoRows, "keepDims forgotten", "shape", [values([1, 3], 24)], ({ grad }) => sum(grad, { axis: 0 })),
  wrongRule(rowSums, "1/N as if it were a mean", "scale", [values([2, 5], 25)], (c, right) => mul(right(c), 0.2)),
  wrongRule(rowSums, "repeated along the wrong axis", "transposed", [square3], ({ grad }) =>
    broadcastTo(grad, { shape: [3, 3] }),
  ),
  wrongRule(rowSums, "not repeated", "shape", [wide], ({ grad }) => grad),
  wrongRule(
    of("sum", { axes: [1], keepDims: true }),
    "to the first element alone",
    "masked",
    [values([3, 4], 26)],
    ({ grad, inputs: [z] }) => mul(repeat(grad, z.shape), constant(new Tensor(Float64Array.of(1, 0, 0, 0), [4]))),
  ),
  wrongRule(rowMaxima, "to every element", "masked", [values([3, 4], 27)], ({ grad, inputs: [z] }) =>
    repeat(grad, z.shape),
  ),
  wrongRule(
    rowMaxima,
    "to every maximum in full",
    "kink",
    [new Tensor(Float64Array.of(1, 1, 0, 2, 3, 3), [2, 3])],
    ({ grad, inputs: [z], output }) =>
      mul(
        repeat(grad, z.shape),
        constant(kernels.cast(kernels.eq(z.value, kernels.broadcastTo(output.value, z.shape)), "float64")),
      ),
  ),
  wrongRule(of("cumsum", { axis: 0, reverse: false }), "not reversed", "transposed", [values([4], 28)], ({ grad }) =>
    cumsum(grad, { axis: 0 }),
  ),
  wrongRule(runningSums, "not reversed, two axes", "transposed", [wide], ({ grad }) => cumsum(grad, { axis: 1 })),
  wrongRule(runningSums, "along the other axis", "permuted", [square3], ({ grad }) =>
    cumsum(grad, { axis: 0, reverse: true }),
  ),
  wrongRule(transposed, "not transposed back", "transposed", [square3], ({ grad }) => grad),
  wrongRule(transposed, "reshaped instead", "transposed", [wide], ({ grad, inputs: [z] }) => reshape(grad, z.shape)),
  wrongRule(
    of("transpose", { axes: [1, 2, 0] }),
    "the permutation, not its inverse",
    "permuted",
    [values([3, 3, 3], 31)],
    ({ grad }) => transpose(grad, [1, 2, 0]),
  ),
  wrongRule(transposed, "the shape of the result", "transposed", [wide], ({ grad }) => grad),
  wrongRule(flattened, "the shape of the result", "shape", [wide], ({ grad }) => grad),
  wrongRule(flattened, "column-major order", "transposed", [wide], ({ grad }) =>
    transpose(reshape(grad, [3, 2]), [1, 0]),
  ),
  wrongRule(of("flip", { axes: [0] }), "not flipped", "permuted", [values([5], 32)], ({ grad }) => grad),
  wrongRule(
    of("slice", { slices: [{ start: 1, step: 1, length: 4 }] }),
    "one place too far",
    "shifted",
    [values([6], 33)],
    (c, right) => roll(right(c), 1, { axis: 0 }),
  ),
  wrongRule(
    of("padSlice", { shape: [9], slices: [{ start: 2, step: 1, length: 5 }] }),
    "one place too far",
    "shifted",
    [values([5], 34)],
    (c, right) => roll(right(c), -1, { axis: 0 }),
  ),
  wrongRule(
    of("concat", { axis: 0 }, 1),
    "the first part for the second",
    "swapped-inputs",
    [values([2, 2], 35), values([2, 2], 36)],
    ({ grad }) => keptFirstRows(grad, 2),
  ),
  wrongRule(of("tril", { k: 0 }), "triangle forgotten", "masked", [square3], ({ grad }) => grad),
  wrongRule(
    of("indexSelect", { axis: 0 }),
    "repeated indices overwrite",
    "overlap",
    [values([4, 2], 37), new Tensor(Int32Array.of(2, 0, 2, 1, 2), [5])],
    (c) => lastOnly(c, c.inputs[1].value, 4),
  ),
  wrongRule(windows, "overlaps overwrite", "overlap", [image], (c) => overwritten(c)),
  wrongRule(windows, "divided by the number of windows", "masked", [image], (c, right) => averaged(right(c), c)),
  wrongRule(ofA, "b not transposed", "transposed", [square3, other3], ({ grad, inputs: [, q] }) => matmul(grad, q)),
  wrongRule(ofB, "a not transposed", "transposed", [square3, other3], ({ grad, inputs: [p] }) => matmul(p, grad)),
  wrongRule(ofB, "result not transposed back", "transposed", [square3, other3], (c, right) => transpose(right(c))),
  wrongRule(ofB, "factors in the other order", "permuted", [square3, other3], ({ grad, inputs: [p] }) =>
    matmul(grad, transpose(p)),
  ),
  wrongRule(
    ofA,
    "b not transposed, shapes differ",
    "transposed",
    [wide, values([3, 4], 38)],
    ({ grad, inputs: [, q] }) => matmul(grad, q),
  ),
  wrongRule(ofA, "a bias's gradient added to it", "upstream-ignored", [square3, other3], (c, right) =>
    add(right(c), 0.5),
  ),
  wrongRule(
    of("scatterAdd", { axis: 0 }, 2),
    "updates get nothing",
    "detached",
    [values([4], 39), new Tensor(Int32Array.of(1, 1, 3), [3]), values([3], 40)],
    ({ inputs }) => mul(inputs[2], 0),
  ),
];

function keptFirstRows(grad: Variable, count: number): Variable {
  const rest = grad.shape.slice(1).map((length) => ({ start: 0, step: 1, length }));
  return constant(kernels.copy(kernels.slice(grad.value, [{ start: 0, step: 1, length: count }, ...rest])));
}

/** col2im with = instead of +=. */
export function overwritten({ grad, inputs: [z] }: Context): Variable {
  const ids = new Tensor(Float64Array.from(Array(z.size).keys()), z.shape);
  const places = im2col(constant(ids), 2, 2).value;
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
