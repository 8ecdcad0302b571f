/** Parts of tensors and their adjoint, writing a part into zeros; triangles of matrices. */
import { allocate, type DType } from "../dtype.ts";
import { DTypeError, ShapeError } from "../errors.ts";
import { checkShape, normalizeAxis, type Shape, sameShape, sizeOf } from "../shape.ts";
import { formatShape } from "../shown.ts";
import { Tensor } from "../tensor.ts";
import { type AxisSlice, sliceView } from "../views.ts";
import { move } from "./move.ts";
import { forEachMergedPlane, forEachPlane } from "./planes.ts";

/** Takes `length` elements from `start` in steps of `step` along each axis; axes not named are taken whole. A view. */
export function slice<D extends DType>(x: Tensor<D>, slices: readonly AxisSlice[]): Tensor<D> {
  const whole = x.shape.slice(slices.length).map((length) => ({ start: 0, step: 1, length }));
  return sliceView(x, [...slices, ...whole]);
}

/** Writes x into `target`, which has its shape, wherever it lies. */
function writeInto(target: Tensor, x: Tensor): void {
  const at = [target.offset, x.offset];
  forEachMergedPlane(x.shape, [target.strides, x.strides], at, (m, n, [toRow, fromRow], [to, from]) =>
    move(false, x.data, at[1], [1, 0, m, fromRow, n, from], target.data, at[0], [1, 0, m, toRow, n, to]),
  );
}

/** @throws ShapeError unless x has the shape of the part of `shape` that it is written to */
export function checkPart(x: { readonly shape: Shape }, shape: Shape, part: Shape): void {
  if (sameShape(x.shape, part)) return;
  throw ShapeError.of("padSlice", "x", x, `${formatShape(part)}, as that slice of ${formatShape(shape)}`);
}

/**
 * Zeros of `shape` with x written where `slice` with the same slices would read. The adjoint of {@link slice}.
 * @throws ShapeError when that slice has another shape than x
 */
export function padSlice<D extends DType>(x: Tensor<D>, shape: Shape, slices: readonly AxisSlice[]): Tensor<D> {
  checkShape("padSlice", shape);
  const out = new Tensor<D>(allocate<D>(x.dtype, sizeOf(shape)), shape);
  const part = slice(out, slices);
  checkPart(x, shape, part.shape);
  writeInto(part as unknown as Tensor, x as unknown as Tensor);
  return out;
}

/** What joining along an axis gives: lengths but for that of the axis, and dtypes, have to be the same. */
export function concatSpec(xs: readonly Pick<Tensor, "shape" | "dtype">[], axis: number) {
  if (xs.length === 0) {
    throw ShapeError.of("concat", "xs", "none", "at least one Variable", { problem: "there is nothing to join" });
  }
  const [{ shape, dtype }] = xs;
  normalizeAxis("concat", axis, shape.length);
  let length = 0;
  for (const x of xs) {
    if (x.shape.length !== shape.length || !x.shape.every((n, i) => i === axis || n === shape[i])) {
      throw ShapeError.of("concat", "xs", x, "equal lengths of all other axes", {
        problem: `shapes ${xs.map((x) => formatShape(x.shape)).join(", ")} cannot be joined along axis ${axis}`,
      });
    }
    if (x.dtype !== dtype) throw DTypeError.of("concat", "xs", x, `${dtype}, the dtype of the first`);
    length += x.shape[axis];
  }
  return { shape: shape.with(axis, length), dtype };
}

/**
 * Joins tensors along `axis` (counted from the front), which alone may differ in length; dtypes are the caller's to
 * make equal.
 */
export function concat(xs: readonly Tensor[], axis: number): Tensor {
  const { shape, dtype } = concatSpec(xs, axis);
  const out = new Tensor(allocate(dtype, sizeOf(shape)), shape);
  let start = 0;
  for (const x of xs) {
    const part = shape.map((n, i) => ({ start: i === axis ? start : 0, step: 1, length: i === axis ? x.shape[i] : n }));
    writeInto(sliceView(out, part), x);
    start += x.shape[axis];
  }
  return out;
}

/** Refuses tensors of fewer than two axes. */
export function checkMatrices(op: string, x: Pick<Tensor, "shape" | "dtype">): void {
  if (x.shape.length < 2) throw ShapeError.of(op, "x", x, "matrices, […, rows, columns]");
}

/** The elements of each matrix with low ≤ j − i ≤ high; zeros elsewhere. */
function band(op: string, x: Tensor, low: number, high: number): Tensor {
  checkMatrices(op, x);
  const out = allocate(x.dtype, x.size);
  const [rows, columns] = x.shape.slice(-2);
  const [rowStep, step] = x.strides.slice(-2);
  const { data } = x;
  const at = [x.offset];
  forEachPlane({ shape: x.shape, strides: [x.strides] }, at, (plane) => {
    for (let i = 0; i < rows; i++) {
      const o = (plane * rows + i) * columns;
      const end = Math.min(columns - 1, i + high);
      for (let j = Math.max(0, i + low); j <= end; j++) out[o + j] = data[at[0] + i * rowStep + j * step];
    }
  });
  return new Tensor(out, x.shape);
}

/** The lower triangle of each matrix: zeros above diagonal `k` (0 is the main one, 1 the next above). */
export function tril(x: Tensor, k = 0): Tensor {
  return band("tril", x, Number.NEGATIVE_INFINITY, k);
}

/** The upper triangle of each matrix: zeros below diagonal `k` (0 is the main one, 1 the next above). */
export function triu(x: Tensor, k = 0): Tensor {
  return band("triu", x, k, Number.POSITIVE_INFINITY);
}
