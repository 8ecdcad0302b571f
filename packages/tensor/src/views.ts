/** Views: other shapes and strides over the same storage. `reshape` copies where no strides say the new shape. */
import type { DType } from "./dtype.ts";
import { IndexError, ShapeError } from "./errors.ts";
import { contiguous } from "./kernels/copy.ts";
import {
  checkBroadcastable,
  contiguousStrides,
  normalizeAxis,
  reshapedStrides,
  reshapeShape,
  type Shape,
} from "./shape.ts";
import { formatShape, shown } from "./shown.ts";
import { Tensor } from "./tensor.ts";

function view<D extends DType>(x: Tensor<D>, shape: Shape, strides: readonly number[], offset = x.offset): Tensor<D> {
  return new Tensor<D>(x.data, shape, strides, offset, x.base);
}

/** The axes in another order: y[i_axes[0], i_axes[1], …] = x[i_0, i_1, …]; without `axes`, reversed. A view. */
export function transpose<D extends DType>(x: Tensor<D>, axes?: readonly number[]): Tensor<D> {
  return x.transpose(axes);
}

/** Repeats axes of length 1, and adds leading axes, up to `shape`. A view with stride 0: costs nothing. */
export function broadcastTo<D extends DType>(x: Tensor<D>, shape: Shape): Tensor<D> {
  checkBroadcastable("repeat", x.shape, shape);
  const lead = shape.length - x.ndim;
  const strides = new Array<number>(shape.length);
  for (let i = 0; i < shape.length; i++) {
    strides[i] = i < lead || x.shape[i - lead] !== shape[i] ? 0 : x.strides[i - lead];
  }
  return view(x, shape, strides);
}

/** The same elements in row-major order under another shape; one length may be −1. A view where possible. */
export function reshape<D extends DType>(x: Tensor<D>, shape: Shape): Tensor<D> {
  const to = reshapeShape("reshape", x.shape, shape);
  const strides = reshapedStrides(x, to);
  if (strides !== null) return view(x, to, strides);
  const copy = contiguous(x);
  return view(copy, to, contiguousStrides(to));
}

/** The part of one axis that a slice takes: from `start` in steps of `step`, `length` elements. */
export interface AxisSlice {
  readonly start: number;
  readonly step: number;
  readonly length: number;
}

const hint = "Call the op itself, with start, stop and step: it clips, and takes missing axes whole.";

/**
 * The shape of the part that slices take.
 * @throws ShapeError unless there is one slice for each axis, IndexError where one leaves its axis
 */
export function partShape(op: string, shape: Shape, slices: readonly AxisSlice[]): Shape {
  if (slices.length !== shape.length) {
    const problem = `${shown(slices.length)} axis slices for shape ${formatShape(shape)}`;
    throw ShapeError.of(op, "slices", slices.length, `${shape.length}, one for each axis`, { problem, hint });
  }
  return slices.map(({ start, step, length }, i) => {
    const last = start + (length - 1) * step;
    if (length === 0 || (start >= 0 && start < shape[i] && last >= 0 && last < shape[i])) return length;
    throw IndexError.of(op, "slices", `${start} … ${last}`, `indices 0 … ${shape[i] - 1}`, {
      problem: `start ${start}, step ${step}, length ${length} leave axis ${i} of ${formatShape(shape)}`,
      hint,
    });
  });
}

/** Takes `length` elements from `start` in steps of `step` along every axis (all in range already). A view. */
export function sliceView<D extends DType>(x: Tensor<D>, slices: readonly AxisSlice[]): Tensor<D> {
  const shape = partShape("slice", x.shape, slices);
  const strides = new Array<number>(x.ndim);
  let offset = x.offset;
  for (let i = 0; i < x.ndim; i++) {
    const { start, step, length } = slices[i];
    if (length > 0) offset += start * x.strides[i];
    strides[i] = x.strides[i] * step;
  }
  return view(x, shape, strides, offset);
}

/** A new axis of length 1 before `axis` (which may equal the number of axes). A view. */
export function unsqueeze<D extends DType>(x: Tensor<D>, axis: number): Tensor<D> {
  const place = normalizeAxis("unsqueeze", axis, x.ndim + 1);
  return view(x, x.shape.toSpliced(place, 0, 1), x.strides.toSpliced(place, 0, 0));
}
