/** Resizing along axes by interpolation: each axis is a linear map, whose weights follow from its lengths. */
import type { Variable } from "@adjoint/autograd";
import type { NodeCall } from "../../nodes/call.ts";
import type { Lowerings } from "../lowering.ts";

interface Axis {
  readonly axis: number;
  readonly from: number;
  readonly to: number;
  readonly scale: number;
  /** Begin and end of the part that is cropped, in lengths of the axis. */
  readonly roi: readonly [number, number];
}

const coordinates = [
  "half_pixel",
  "half_pixel_symmetric",
  "pytorch_half_pixel",
  "align_corners",
  "asymmetric",
  "tf_crop_and_resize",
  "tf_half_pixel_for_nn",
] as const;

const roundings = ["round_prefer_floor", "round_prefer_ceil", "floor", "ceil"] as const;

/** Where element i of the result lies in the input. Source: the ONNX operators, Resize. */
function coordinateOf(mode: (typeof coordinates)[number], i: number, { from, to, scale, roi }: Axis): number {
  const [start, end] = roi;
  switch (mode) {
    case "half_pixel":
      return (i + 0.5) / scale - 0.5;
    case "half_pixel_symmetric": {
      const adjusted = to / (from * scale) || 1;
      const center = from / 2;
      return center * (1 - adjusted) + (i + 0.5) / scale - 0.5;
    }
    case "pytorch_half_pixel":
      return to > 1 ? (i + 0.5) / scale - 0.5 : 0;
    case "align_corners":
      // The length that the scale says, of which `to` is the whole part.
      return to === 1 ? 0 : (i * (from - 1)) / (from * scale - 1);
    case "asymmetric":
      return i / scale;
    case "tf_half_pixel_for_nn":
      return (i + 0.5) / scale;
    case "tf_crop_and_resize":
      return to > 1
        ? start * (from - 1) + (i * (end - start) * (from - 1)) / (to - 1)
        : 0.5 * (start + end) * (from - 1);
  }
}

function rounded(mode: (typeof roundings)[number], at: number): number {
  switch (mode) {
    case "round_prefer_floor":
      return Math.ceil(at - 0.5);
    case "round_prefer_ceil":
      return Math.floor(at + 0.5);
    case "floor":
      return Math.floor(at);
    case "ceil":
      return Math.ceil(at);
  }
}

/** Keys's cubic kernel. Source: Keys 1981, with its free parameter a. */
function cubic(x: number, a: number): number {
  const s = Math.abs(x);
  if (s <= 1) return ((a + 2) * s - (a + 3)) * s * s + 1;
  return s < 2 ? (((s - 5) * s + 8) * s - 4) * a : 0;
}

/** How interpolation weighs the elements around a coordinate. */
interface Kernel {
  readonly weigh: (distance: number) => number;
  /** Elements on each side. */
  readonly reach: number;
  /** Whether the kernel widens where the result is smaller, against aliases. */
  readonly antialias: boolean;
  readonly excludesOutside: boolean;
  readonly coordinate: (typeof coordinates)[number];
  /** What elements outside of the input are; null: the nearest. */
  readonly extrapolation: number | null;
}

/** The weights [to, from] along an axis, and whether each result lies outside. */
function weightsOf(axis: Axis, kernel: Kernel) {
  const { from, to, scale } = axis;
  const weights = new Float64Array(to * from);
  const outside = new Array<boolean>(to).fill(false);
  const stretch = kernel.antialias && scale < 1 ? 1 / scale : 1;
  for (let i = 0; i < to; i++) {
    const at = coordinateOf(kernel.coordinate, i, axis);
    if (kernel.extrapolation !== null && (at < 0 || at > from - 1)) {
      outside[i] = true;
      continue;
    }
    const first = Math.floor(at - kernel.reach * stretch) + 1;
    const last = Math.ceil(at + kernel.reach * stretch) - 1;
    let total = 0;
    const own: [number, number][] = [];
    for (let k = Math.min(first, Math.floor(at)); k <= Math.max(last, Math.floor(at) + 1); k++) {
      const isOutside = k < 0 || k >= from;
      if (isOutside && kernel.excludesOutside) continue;
      const weight = kernel.weigh((k - at) / stretch);
      total += weight;
      own.push([Math.min(Math.max(k, 0), from - 1), weight]);
    }
    for (const [k, weight] of own) weights[i * from + k] += weight / total;
  }
  return { weights, outside };
}

/** x with one axis multiplied by weights [to, from]. */
function mapped(node: NodeCall, x: Variable, { axis, from, to }: Axis, weights: Float64Array): Variable {
  const y = x.moveAxis(axis, -1);
  const rows = y.reshape([y.size / from, from]);
  const columns = new Float64Array(weights.length);
  for (let i = 0; i < to; i++) for (let k = 0; k < from; k++) columns[k * to + i] = weights[i * from + k];
  const product = rows.matmul(node.reals(columns, [from, to], x));
  return product.reshape([...y.shape.slice(0, -1), to]).moveAxis(-1, axis);
}

/** The axes that change, with their lengths and scales. */
function axesOf(node: NodeCall, x: Variable, inputs: { roi: number; scales: number; sizes: number }): Axis[] {
  const given = node.ints("axes");
  const axes = given === undefined ? x.shape.map((_, i) => i) : node.axes(given, x.ndim);
  const policy = node.choice("keep_aspect_ratio_policy", ["stretch", "not_larger", "not_smaller"], "stretch");
  const filled = (i: number): number[] => (i >= 0 && node.has(i) ? node.numbers(i) : []);
  const roi = filled(inputs.roi);
  const scales = filled(inputs.scales);
  const sizes = scales.length > 0 ? [] : filled(inputs.sizes);
  if (scales.length + sizes.length !== axes.length) throw node.refuse("has neither a scale nor a size for each axis");
  if ([...scales, ...sizes].some((n) => !(n > 0 && Number.isFinite(n)))) throw node.refuse("resizes by nothing");
  const ratios = sizes.map((size, k) => size / x.shape[axes[k]]);
  const ratio = policy === "stretch" ? null : policy === "not_larger" ? Math.min(...ratios) : Math.max(...ratios);
  return axes.map((axis, k): Axis => {
    const from = x.shape[axis];
    const scale = scales[k] ?? ratio ?? sizes[k] / from;
    const to =
      scales.length > 0 ? Math.floor(from * scale) : ratio === null ? sizes[k] : Math.floor(from * ratio + 0.5);
    return { axis, from, to, scale, roi: [roi[k] ?? 0, roi[k + axes.length] ?? 1] };
  });
}

function resized(node: NodeCall, axes: readonly Axis[]): Variable {
  let y = node.x();
  const mode = node.choice("mode", ["nearest", "linear", "bilinear", "cubic"], "nearest");
  const usual = node.op === "Upsample" ? "asymmetric" : "half_pixel";
  const coordinate = node.choice("coordinate_transformation_mode", coordinates, usual);
  const rounding = node.choice("nearest_mode", roundings, node.op === "Upsample" ? "floor" : "round_prefer_floor");
  const a = node.float("cubic_coeff_a", -0.75);
  const antialias = node.int("antialias", 0) !== 0;
  const excludesOutside = node.int("exclude_outside", 0) !== 0;
  const extrapolation = node.float("extrapolation_value", 0);
  const crops = coordinate === "tf_crop_and_resize";
  node.checkMade(y.shape.map((n, i) => axes.find(({ axis }) => axis === i)?.to ?? n));
  for (const one of axes) {
    if (one.from === one.to && one.scale === 1 && !crops) continue;
    if (one.from === 0 || one.to === 0) throw node.refuse(`resizes an axis of length ${one.from} to ${one.to}`);
    if (mode === "nearest" && !crops) {
      const places = Int32Array.from({ length: one.to }, (_, i) =>
        // As float32, in which scales are stored: 3 / 0.6 is 5 there, and a little less with their digits in float64.
        Math.min(Math.max(rounded(rounding, Math.fround(coordinateOf(coordinate, i, one))), 0), one.from - 1),
      );
      y = y.indexSelect(node.made(places, [places.length]), { axis: one.axis });
      continue;
    }
    if (mode === "nearest") throw node.refuse("crops by the nearest elements");
    node.checkMade([one.to, one.from]);
    const kernel: Kernel = {
      weigh: mode === "cubic" ? (x) => cubic(x, a) : (x) => Math.max(0, 1 - Math.abs(x)),
      reach: mode === "cubic" ? 2 : 1,
      antialias,
      excludesOutside,
      coordinate,
      extrapolation: crops ? extrapolation : null,
    };
    const { weights, outside } = weightsOf(one, kernel);
    y = mapped(node, y, one, weights);
    if (!outside.includes(true)) continue;
    const shape = y.shape.map((_, i) => (i === one.axis ? one.to : 1));
    const isOutside = node.made(Uint8Array.from(outside, Number), shape);
    y = isOutside.where(extrapolation, y);
  }
  return y;
}

/** Which inputs the numbers of a node are; −1 for those that it has not. */
const before11 = { roi: -1, scales: 1, sizes: -1 };
const from11 = { roi: 1, scales: 2, sizes: 3 };

export const resizes: Lowerings = {
  Resize: (node) => resized(node, axesOf(node, node.x(), node.version < 11 ? before11 : from11)),
  Upsample: (node) => resized(node, axesOf(node, node.x(), before11)),
};
