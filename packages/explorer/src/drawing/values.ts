/** What drawings show of tensors: sums over them, and small pictures. Plain data, which a worker can send. */
import { kernels, type Tensor, type TypedArray } from "@adjoint/tensor";
import { gridOf } from "./labels.ts";
import type { Summary } from "./painting/appearance.ts";

/** A picture of a tensor: planes side by side, thinned out where they are large. */
export interface Picture {
  readonly rows: number;
  readonly columns: number;
  /** Row by row; NaN between planes. */
  readonly values: Float32Array;
  /** Of each pixel the element it shows, in row-major order; −1 between planes. */
  readonly places: Int32Array;
}

/** How many elements a view lists. */
export const mostElements = 4096;

/**
 * The elements that a tensor has in memory, in row-major order: what is repeated along an axis is there once, however long
 * the axis is.
 */
export function storedIn(x: Tensor): TypedArray {
  const once = x.strides.map((stride, axis) => ({ start: 0, step: 1, length: stride === 0 ? 1 : x.shape[axis] }));
  return kernels.copy(x.size === 0 ? x : kernels.slice(x, once)).data;
}

/** The element at a place in row-major order. */
export function elementAt({ data, shape, strides, offset }: Tensor, place: number): number {
  let at = offset;
  let rest = place;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    at += (rest % shape[axis]) * strides[axis];
    rest = Math.floor(rest / shape[axis]);
  }
  return Number(data[at]);
}

/** The first elements in row-major order. */
export function elementsOf(x: Tensor): number[] {
  return Array.from({ length: Math.min(x.size, mostElements) }, (_, place) => elementAt(x, place));
}

/** The sums over a tensor. */
export function summaryOf(x: Tensor, data = storedIn(x)): Summary {
  let [min, max, sum, squares, notFinite] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 0, 0];
  for (let i = 0; i < data.length; i++) {
    const value = Number(data[i]);
    if (!Number.isFinite(value)) {
      notFinite++;
      continue;
    }
    if (value < min) min = value;
    if (value > max) max = value;
    sum += value;
    squares += value * value;
  }
  const count = data.length - notFinite;
  return {
    min: count === 0 ? Number.NaN : min,
    max: count === 0 ? Number.NaN : max,
    mean: sum / count,
    rms: Math.sqrt(squares / count),
    notFinite: (notFinite * x.size) / Math.max(1, data.length),
    size: x.size,
    value: x.size === 1 ? Number(data[0]) : null,
    elements: gridOf(x.shape) === null ? null : elementsOf(x),
  };
}

/** The tensor as a picture of at most `side` × `side`; null for single numbers and empty tensors. */
export function pictureOf(x: Tensor, side: number): Picture | null {
  if (x.size < 2) return null;
  const height = x.ndim < 2 ? 1 : x.shape[x.ndim - 2];
  const width = x.shape[x.ndim - 1];
  const planes = x.size / (height * width);
  const across = Math.min(planes, Math.max(1, Math.round(Math.sqrt((planes * height) / width))), side);
  const shown = Math.min(planes, across * across);
  const down = Math.ceil(shown / across);
  const gap = shown > 1 ? 1 : 0;
  const full = { rows: down * (height + gap) - gap, columns: across * (width + gap) - gap };
  const rows = Math.min(full.rows, side);
  const columns = Math.min(full.columns, side);
  const values = new Float32Array(rows * columns);
  const places = new Int32Array(rows * columns);
  for (let r = 0; r < rows; r++) {
    const fullRow = Math.floor((r * full.rows) / rows);
    const [tileRow, i] = [Math.floor(fullRow / (height + gap)), fullRow % (height + gap)];
    for (let c = 0; c < columns; c++) {
      const fullColumn = Math.floor((c * full.columns) / columns);
      const [tileColumn, j] = [Math.floor(fullColumn / (width + gap)), fullColumn % (width + gap)];
      const plane = tileRow * across + tileColumn;
      const isOutside = i >= height || j >= width || plane >= shown;
      const place = isOutside ? -1 : (plane * height + i) * width + j;
      places[r * columns + c] = place;
      values[r * columns + c] = isOutside ? Number.NaN : elementAt(x, place);
    }
  }
  return { rows, columns, values, places };
}
