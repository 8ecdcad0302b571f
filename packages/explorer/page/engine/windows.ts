/**
 * Windows over images, as im2col and col2im see them: which pixels each window reads, and what its gradient gives back.
 * All of it is what the library's ops give, for images whose pixels are their own numbers.
 */
import { argmax, col2im, im2col, matmul, max, reshape, type Variable, variable, vjp } from "@adjoint/autograd";
import { kernels, sizeOf, windowOf as sizesOf, type Tensor, tensor } from "@adjoint/tensor";

/** What to look at. */
export interface WindowsSpec {
  /** [N, C, H, W] */
  readonly shape: readonly [number, number, number, number];
  readonly filter: readonly [number, number];
  readonly stride: number;
  readonly pad: number;
  readonly dilation: number;
  /** The pixels, in row-major order. */
  readonly pixels: readonly number[];
  /** What is done with a window: its product with a filter, or its maximum. */
  readonly mode: "product" | "max";
  /** The gradients that arrive at the windows, and the filter: ones, or 1, 2, 3, … */
  readonly upstream: "ones" | "count";
  readonly weights: "ones" | "count";
}

/** What there is to see. Places are those of the padded images, in row-major order. */
export interface WindowsView {
  readonly filter: WindowsSpec["filter"];
  /** [N, C, H + 2·pad, W + 2·pad] */
  readonly padded: readonly [number, number, number, number];
  readonly pixels: readonly number[];
  readonly isPadding: readonly boolean[];
  /** For each window the places that it reads, in the order of the filter's entries. */
  readonly places: readonly (readonly number[])[];
  readonly values: readonly (readonly number[])[];
  /** What arrives at each window. */
  readonly upstream: readonly number[];
  /** The filter's entries; ones for a maximum. */
  readonly weights: readonly number[];
  /** Of a maximum the entry of each window that was chosen. */
  readonly chosen: readonly number[] | null;
  /** What each window gives back to the places that it reads. */
  readonly given: readonly (readonly number[])[];
  /** What the image has received after so many windows, from none to all. */
  readonly sums: readonly (readonly number[])[];
  /** How many of so many windows read each place, from none to all. */
  readonly counts: readonly (readonly number[])[];
  /** The shape of y, [N, 1 or C, rows, columns]. */
  readonly output: readonly [number, number, number, number];
  /** The product of each row and the filter, or its maximum: y in row-major order. */
  readonly y: readonly number[];
  /** The window of each pixel of y. */
  readonly windowOf: readonly number[];
}

/** The most entries of all windows together. */
export const mostEntries = 2400;

const float64 = (data: readonly number[], shape: readonly number[]): Tensor =>
  tensor(Float64Array.from(data), { shape, dtype: "float64" });

const rowsOf = (x: Variable): number[][] => x.value.toArray() as number[][];
const flat = (x: Tensor): number[] => [...kernels.copy(x).data].map(Number);
const counted = (length: number, kind: "ones" | "count"): number[] =>
  Array.from({ length }, (_, i) => (kind === "ones" ? 1 : i + 1));

/** @throws ShapeError when the window is larger than the padded image */
export function windowsView(spec: WindowsSpec): WindowsView {
  const { shape, filter, stride, pad, dilation, mode } = spec;
  const [images, channels, height, width] = shape;
  const { outputH, outputW } = sizesOf("im2col", shape, ...filter, { stride, pad, dilation });
  const padded = [images, channels, height + 2 * pad, width + 2 * pad] as const;
  const size = sizeOf(padded);
  const isPadding = Array.from({ length: size }, (_, place) => {
    const [row, column] = [Math.floor(place / padded[3]) % padded[2], place % padded[3]];
    return row < pad || row >= pad + height || column < pad || column >= pad + width;
  });
  let next = 0;
  const pixels = isPadding.map((is) => (is ? 0 : (spec.pixels[next++] ?? 0)));
  const unfold = (x: Variable): Variable => {
    const rows = im2col(x, ...filter, { stride, dilation });
    return mode === "max" ? reshape(rows, [rows.shape[0] * channels, filter[0] * filter[1]]) : rows;
  };
  const of = (data: readonly number[]): Variable => variable(float64(data, padded));
  const places = rowsOf(unfold(of(Array.from({ length: size }, (_, place) => place))));
  if (places.length * places[0].length > mostEntries) throw new Error(`more than ${mostEntries} entries`);
  const windows = unfold(of(pixels));
  const upstream = counted(places.length, spec.upstream);
  const weights = counted(places[0].length, mode === "max" ? "ones" : spec.weights);
  const chosen = mode === "max" ? flat(argmax(windows, { axis: 1 }).value) : null;
  const given = upstream.map((y, row) =>
    weights.map((w, entry) => (chosen === null ? y * w : entry === chosen[row] ? y : 0)),
  );
  /** What arrives at the image when only the first windows have given back. */
  const back = (rows: readonly (readonly number[])[]): number[] => {
    if (mode === "product") {
      const data = float64(rows.flat(), [rows.length, weights.length]);
      return flat(col2im(variable(data), padded, ...filter, { stride, dilation }).value);
    }
    const sums = rows.map((row) => row.reduce((a, b) => a + b, 0));
    const { pullback } = vjp((x: Variable) => max(unfold(x), { axis: 1 }), of(pixels));
    return flat(pullback(variable(float64(sums, [sums.length])))[0].value);
  };
  const sums = Array.from({ length: places.length + 1 }, (_, k) =>
    back(given.map((row, i) => (i < k ? row : row.map(() => 0)))),
  );
  const perRow = channels * filter[0] * filter[1];
  const counts = sums.map((_, k) => {
    const ones = places.flatMap((row, i) => row.map(() => (i < k ? 1 : 0)));
    const rows = variable(float64(ones, [ones.length / perRow, perRow]));
    return flat(col2im(rows, padded, ...filter, { stride, dilation }).value);
  });
  const output = [images, mode === "max" ? channels : 1, outputH, outputW] as const;
  // Rows are in the order [N, OH, OW, C] of windows, pixels of y in [N, C, OH, OW].
  const windowOf = Array.from({ length: places.length }, (_, place) => {
    const area = outputH * outputW;
    const [image, channel] = [Math.floor(place / (area * output[1])), Math.floor(place / area) % output[1]];
    return (image * area + (place % area)) * output[1] + channel;
  });
  const results =
    mode === "max"
      ? flat(max(windows, { axis: 1 }).value)
      : flat(matmul(windows, variable(float64(weights, [weights.length, 1]))).value);
  return {
    filter,
    padded,
    pixels,
    isPadding,
    places,
    values: rowsOf(windows),
    upstream,
    weights,
    chosen,
    given,
    sums,
    counts,
    output,
    y: windowOf.map((row) => results[row]),
    windowOf,
  };
}
