/**
 * Ops that only rearrange: reshape (adjoint: reshape back), transpose (adjoint: the inverse permutation), flip (its
 * own adjoint), and the public forms made from them.
 */
import {
  checkOptions,
  formatShape,
  inversePermutation,
  kernels,
  normalizeAxes,
  normalizeAxis,
  normalizePermutation,
  reshapeShape,
  type Shape,
  ShapeError,
  sizeOf,
} from "@adjoint/tensor";
import { asVariable } from "../core/leaf.ts";
import { defineOp, type Op } from "../core/op.ts";
import type { Variable, VariableLike } from "../core/variable.ts";
import { axesOf, axisOf, batchAlongAxes } from "./axes.ts";
import { axesArgument, shapeArgument } from "./list-argument.ts";

const reshapePrimitive: Op<{ readonly shape: Shape }> = defineOp<{ readonly shape: Shape }>({
  name: "reshape",
  infer: ([x], { shape }) => ({ shape: reshapeShape("reshape", x.shape, shape), dtype: x.dtype }),
  forward: ([x], { shape }) => kernels.reshape(x, shape),
  backward: [({ grad, inputs: [x] }) => reshape(grad, x.shape)],
  saves: "none",
  linear: true,
  batch: ({ inputs, size, shape, apply }) => apply(inputs, { shape: [size, ...shape] }),
  // y = x in another shape ⇒ x̄ = ȳ in the shape of x
  // The gradient takes the shape of the input again.
  // […] → shape; adjoint: reshape
});

/**
 * The same elements, row-major, in another shape; one length may be −1 and follows from the others.
 * A view where possible. Linear; adjoint: reshape back.
 * @throws ShapeError when the numbers of elements differ
 */
export function reshape(x: VariableLike, shape: Shape | { readonly shape: Shape }): Variable {
  const to = shapeArgument("reshape", shape);
  return reshapePrimitive(x, { shape: to });
}

const transposePrimitive: Op<{ readonly axes: readonly number[] }> = defineOp<{ readonly axes: readonly number[] }>({
  name: "transpose",
  infer: ([x], { axes }) => ({
    shape: normalizePermutation("transpose", axes, x.shape.length).map((a) => x.shape[a]),
    dtype: x.dtype,
  }),
  forward: ([x], { axes }) => kernels.transpose(x, axes),
  backward: [({ grad, attributes: { axes } }) => transpose(grad, inversePermutation(axes))],
  saves: "none",
  linear: true,
  batch: ({ inputs, attributes: { axes }, apply }) => apply(inputs, { axes: [0, ...axes.map((axis) => axis + 1)] }),
  // y[i_axes] = x[i] ⇒ x̄ = ȳ transposed by the inverse permutation
  // The gradient's axes go back to their places.
  // [n₀, n₁, …] → [n_axes]; adjoint: transpose; source: the book, 7.4.3
});

/**
 * The axes in another order: axis k of the result is axis `axes[k]` of x. Without `axes` they are reversed.
 * A view. Linear; adjoint: transpose by the inverse permutation.
 */
export function transpose(x: VariableLike, axes?: readonly number[] | { readonly axes?: readonly number[] }): Variable {
  return permuted("transpose", x, axes);
}

function permuted(op: string, x: VariableLike, axes?: readonly number[] | { readonly axes?: readonly number[] }) {
  const input = asVariable(op, x);
  const order = axesArgument(op, axes);
  return transposePrimitive(input, { axes: normalizePermutation(op, order, input.ndim) });
}

/**
 * The axes in the order given: {@link transpose} with all axes named. Axis k of the result is axis `axes[k]` of x.
 * @throws ShapeError unless every axis is named once
 */
export function permute(x: VariableLike, axes: readonly number[] | { readonly axes: readonly number[] }): Variable {
  if (axesArgument("permute", axes) === undefined) {
    throw ShapeError.of("permute", "axes", "nothing", "the axes in their new order", {
      problem: "there are no axes",
      hint: "Name every axis once, or call transpose, which reverses them.",
    });
  }
  return permuted("permute", x, axes);
}

/**
 * Exchanges axes `a` and `b` (negative from the end). A view.
 * @throws IndexError for an axis that x does not have
 */
export function swapAxes(x: VariableLike, a: number, b: number): Variable {
  const input = asVariable("swapAxes", x);
  const [i, j] = [a, b].map((axis) => axisOf("swapAxes", input, axis));
  const axes = input.shape.map((_, k) => k);
  return transposePrimitive(input, { axes: axes.with(i, j).with(j, i) });
}

/**
 * Moves axis `from` to place `to` of the result (negative from the end); the others keep their order. A view.
 * @throws IndexError for an axis that x does not have
 */
export function moveAxis(x: VariableLike, from: number, to: number): Variable {
  const input = asVariable("moveAxis", x);
  const [i, j] = [from, to].map((axis) => axisOf("moveAxis", input, axis));
  const others = input.shape.map((_, k) => k).toSpliced(i, 1);
  return transposePrimitive(input, { axes: others.toSpliced(j, 0, i) });
}

const flipPrimitive: Op<{ readonly axes: readonly number[] }> = defineOp<{ readonly axes: readonly number[] }>({
  name: "flip",
  infer: ([x], { axes }) => {
    normalizeAxes("flip", axes, x.shape);
    return x;
  },
  forward: ([x], { axes }) =>
    kernels.slice(
      x,
      x.shape.map((length, i) =>
        axes.includes(i) ? { start: length - 1, step: -1, length } : { start: 0, step: 1, length },
      ),
    ),
  backward: [({ grad, attributes }) => flipPrimitive(grad, attributes)],
  saves: "none",
  linear: true,
  batch: batchAlongAxes,
  // y[i] = x[n − 1 − i] ⇒ x̄[i] = ȳ[n − 1 − i]
  // The gradient is flipped back.
  // […] → […]; adjoint: flip
});

/**
 * The elements in reverse order along `axis` (several, or all when not given). A view. Linear, its own adjoint.
 * @throws IndexError for an axis that x does not have
 */
export function flip(x: VariableLike, options: { readonly axis?: number | readonly number[] } = {}): Variable {
  checkOptions("flip", options, ["axis"]);
  const input = asVariable("flip", x);
  return flipPrimitive(input, { axes: axesOf("flip", input, options.axis) });
}

/**
 * Leaves out axes of length 1: those named by `axis`, or all of them. A reshape.
 * @throws ShapeError when a named axis has another length
 */
export function squeeze(x: VariableLike, options: { readonly axis?: number | readonly number[] } = {}): Variable {
  checkOptions("squeeze", options, ["axis"]);
  const input = asVariable("squeeze", x);
  const { shape } = input;
  const axes =
    options.axis === undefined ? shape.flatMap((n, i) => (n === 1 ? [i] : [])) : axesOf("squeeze", input, options.axis);
  for (const a of axes) {
    if (shape[a] !== 1) {
      throw ShapeError.of("squeeze", "axis", shape[a], "an axis of length 1", {
        problem: `axis ${a} of ${formatShape(shape)} has length ${shape[a]}`,
        hint: "Reduce the axis first.",
      });
    }
  }
  const kept = shape.filter((_, i) => !axes.includes(i));
  return reshape(input, kept);
}

/**
 * A new axis of length 1 at place `axis` of the result (negative counts from its end). A reshape.
 * @throws IndexError for a place that the result does not have
 */
export function unsqueeze(x: VariableLike, axis: number | { readonly axis: number }): Variable {
  const input = asVariable("unsqueeze", x);
  const place = normalizeAxis("unsqueeze", typeof axis === "object" ? axis?.axis : axis, input.ndim + 1);
  return reshape(input, input.shape.toSpliced(place, 0, 1));
}

/**
 * Joins the axes from `startAxis` (default 0) to the last into one. A reshape; a single number becomes [1].
 * @throws IndexError for an axis that x does not have
 */
export function flatten(x: VariableLike, options: { readonly startAxis?: number } = {}): Variable {
  checkOptions("flatten", options, ["startAxis"]);
  const input = asVariable("flatten", x);
  const start = input.ndim === 0 ? 0 : axisOf("flatten", input, options.startAxis ?? 0, "startAxis");
  return reshape(input, [...input.shape.slice(0, start), sizeOf(input.shape.slice(start))]);
}

export const primitives = { reshape: reshapePrimitive, transpose: transposePrimitive, flip: flipPrimitive };
export default { reshape, transpose, permute, swapAxes, moveAxis, flip, squeeze, unsqueeze, flatten };
