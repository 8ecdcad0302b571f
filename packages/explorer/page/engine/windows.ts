/**
 * Windows over images, as im2col and col2im see them: which pixels each window reads, and what its gradient gives back.
 * All of it is what the library's ops give, for images whose pixels are their own numbers.
 */
import { argmax, col2im, im2col, max, reshape, type Variable, variable, vjp } from "@adjoint/autograd";
import { kernels, sizeOf, type Tensor, tensor, windowOf } from "@adjoint/tensor";

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
  /** [N, C, H + 2·pad, W + 2·pad] */
  readonly padded: readonly [number, number, number, number];
  readonly pixels: readonly number[];
  /** Whether a place is padding. */
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
  /** How many windows read each place. */
  readonly counts: readonly number[];
  /** Windows down and across, of one image. */
  readonly output: readonly [number, number];
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
  const { outputH, outputW } = windowOf("im2col", shape, ...filter, { stride, pad, dilation });
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
  const ones = variable(
    float64(new Array(places.length * places[0].length).fill(1), [places.length, places[0].length]),
  );
  const rows = mode === "max" ? reshape(ones, [places.length / channels, channels * filter[0] * filter[1]]) : ones;
  const counts = flat(col2im(rows, padded, ...filter, { stride, dilation }).value);
  return {
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
    output: [outputH, outputW],
  };
}
