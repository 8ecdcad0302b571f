/** The pair at the heart of broadcasting: repeat copies, and its adjoint sums; sum adds up, and its adjoint repeats. */
import {
  calledAs,
  checkBroadcastable,
  kernels,
  reducedShape,
  type Shape,
  ShapeError,
  sameShape,
  shown,
} from "@adjoint/tensor";
import { asVariable } from "../core/leaf.ts";
import { defineOp, type Op } from "../core/op.ts";
import type { Variable, VariableLike } from "../core/variable.ts";
import { batchAlongAxes, type ReduceOptions, reduceAxes, type SumAttributes } from "./axes.ts";
import { shapeArgument } from "./list-argument.ts";
import { reshape } from "./reshape-transpose.ts";

export type { ReduceOptions } from "./axes.ts";

const repeatPrimitive: Op<{ readonly shape: Shape }> = defineOp<{ readonly shape: Shape }>({
  name: "repeat",
  infer: ([x], { shape }) => {
    checkBroadcastable("repeat", x.shape, shape);
    return { shape, dtype: x.dtype };
  },
  forward: ([x], { shape }) => kernels.broadcastTo(x, shape),
  backward: [({ grad, inputs: [x] }) => sumTo(grad, x.shape)],
  saves: "none",
  linear: true,
  batch: ({ inputs: [x], size, attributes: { shape }, apply }) => {
    const [, ...lengths] = x.shape;
    const lead = new Array<number>(shape.length - lengths.length).fill(1);
    return apply([reshape(x, [size, ...lead, ...lengths])], { shape: [size, ...shape] });
  },
  // y = x repeated ⇒ x̄ = Σ ȳ over the copies
  // The repeat node: the gradients of all copies add up.
  // [1 or n, …] → shape; adjoint: sum; source: the book, 5.6
});

/**
 * Repeats axes of length 1, and adds leading axes, up to `shape` (NumPy's broadcast_to). A view with stride 0.
 * Linear; adjoint: {@link sumTo}. The book's repeat node.
 * @throws ShapeError when x cannot be repeated to that shape
 */
export function repeat(x: VariableLike, shape: Shape | { readonly shape: Shape }): Variable {
  const input = asVariable("repeat", x);
  const to = shapeArgument("repeat", shape);
  return sameShape(input.shape, to) ? input : repeatPrimitive(input, { shape: to });
}

/** NumPy's name for {@link repeat}. */
export const broadcastTo: typeof repeat = (x, shape) => calledAs("broadcastTo", () => repeat(x, shape));

/**
 * x laid side by side `counts` times along each axis (NumPy's tile; missing counts in front are 1). Linear.
 * @throws ShapeError unless counts are integers ≥ 0
 */
export function tile(x: VariableLike, counts: readonly number[]): Variable {
  const input = asVariable("tile", x);
  if (!Array.isArray(counts) || counts.some((n) => !Number.isInteger(n) || n < 0)) {
    throw ShapeError.of("tile", "counts", counts, "an array of integers ≥ 0, one for each axis", {
      problem: `counts are ${shown(counts)}`,
    });
  }
  const ndim = Math.max(input.ndim, counts.length);
  const shape = [...new Array<number>(ndim - input.ndim).fill(1), ...input.shape];
  const times = [...new Array<number>(ndim - counts.length).fill(1), ...counts];
  const apart = shape.flatMap((n) => [1, n]);
  const repeated = shape.flatMap((n, i) => [times[i], n]);
  const spread = repeat(reshape(input, apart), repeated);
  const joined = shape.map((n, i) => times[i] * n);
  return calledAs("tile", () => reshape(spread, joined));
}

const sumPrimitive: Op<SumAttributes> = defineOp<SumAttributes>({
  name: "sum",
  infer: ([x], { axes, keepDims }) => ({
    shape: reducedShape(x.shape, axes, keepDims),
    dtype: x.dtype === "bool" ? "int32" : x.dtype,
  }),
  forward: ([x], { axes, keepDims }) => kernels.sum(x, axes, keepDims),
  backward: [
    ({ grad, inputs: [x], attributes: { axes, keepDims } }) =>
      repeat(keepDims ? grad : reshape(grad, reducedShape(x.shape, axes, true)), x.shape),
  ],
  saves: "none",
  linear: true,
  batch: batchAlongAxes,
  // y = Σ x over axes ⇒ x̄ = ȳ repeated along axes
  // The sum node: the gradient is repeated for every element that was added.
  // […, n, …] → […, …]; adjoint: repeat; source: the book, 5.6
});

/**
 * y = Σ x over `axis` (all axes when not given). Linear; adjoint: {@link repeat}. The book's sum node.
 * An empty sum is 0.
 */
export function sum(x: VariableLike, options: ReduceOptions = {}): Variable {
  const input = asVariable("sum", x);
  return sumPrimitive(input, reduceAxes("sum", input, options));
}

/**
 * Sums x down to `shape`, which x could have been repeated from: leading axes, and axes of length 1 in `shape`.
 * The adjoint of {@link repeat}.
 * @throws ShapeError when `shape` cannot be repeated to the shape of x
 */
export function sumTo(x: VariableLike, shape: Shape | { readonly shape: Shape }): Variable {
  const input = asVariable("sumTo", x);
  const to = shapeArgument("sumTo", shape);
  if (sameShape(input.shape, to)) return input;
  checkBroadcastable("sumTo", to, input.shape);
  const lead = input.ndim - to.length;
  const axes: number[] = [];
  for (let i = 0; i < input.ndim; i++) if (i < lead || (to[i - lead] === 1 && input.shape[i] !== 1)) axes.push(i);
  const summed = sumPrimitive(input, { axes, keepDims: true });
  return lead === 0 ? summed : reshape(summed, to);
}

export const primitives = { repeat: repeatPrimitive, sum: sumPrimitive };
export default { repeat, broadcastTo, sum, sumTo, tile };
