/** Values of images between their elements: at the points of a grid, and the grids of affine maps. */
import { constant, sub, type Variable } from "@adjoint/autograd";
import { sizeOf } from "@adjoint/tensor";
import type { NodeCall } from "../../nodes/call.ts";
import type { Lowerings } from "../lowering.ts";

/** Elements of an axis and their weights, for every point. */
interface Tap {
  readonly place: Variable;
  readonly weight: Variable | null;
}

/** The free parameter of Keys's cubic kernel. Source: the ONNX operators, GridSample. */
const a = -0.75;

/** Keys's kernel up to a distance of 1, and from 1 to 2. Source: Keys 1981. */
const cubicInner = (t: Variable): Variable => {
  const line = t.mul(a + 2).sub(a + 3);
  return line.mul(t.mul(t)).add(1);
};
const cubicOuter = (t: Variable): Variable => t.sub(5).mul(t).add(8).mul(t).sub(4).mul(a);

/** Weights of the elements around a point by their distance in front of it, t of 0 … 1, and what is left to the next. */
const kernels: Readonly<Record<"linear" | "cubic", readonly ((t: Variable) => Variable)[]>> = {
  linear: [(t) => sub(1, t), (t) => t],
  cubic: [(t) => cubicOuter(t.add(1)), cubicInner, (t) => cubicInner(sub(1, t)), (t) => cubicOuter(sub(2, t))],
};

const paddings = ["zeros", "border", "reflection"] as const;

/** An axis as points see it: its length, and the range beyond which they are outside. */
interface Axis {
  readonly length: number;
  readonly low: number;
  readonly high: number;
  readonly padding: (typeof paddings)[number];
}

/** x reflected at both ends of the axis, as often as it takes to come inside. */
function reflected(x: Variable, { low, high }: Axis): Variable {
  const range = high - low;
  if (range === 0) return x.mul(0);
  const inPeriod = x.sub(low).remainder(2 * range);
  return sub(high, inPeriod.sub(range).abs());
}

/** The element at an integer place, which may lie outside. */
function tap(place: Variable, weight: Variable | null, axis: Axis): Tap {
  const last = axis.length - 1;
  const held = (axis.padding === "reflection" ? reflected(place, axis) : place).clip({ min: 0, max: last });
  if (axis.padding !== "zeros") return { place: held, weight };
  const isInside = place.ge(0).logicalAnd(place.le(last)).cast(place.dtype);
  return { place: held, weight: weight === null ? isInside : weight.mul(isInside) };
}

/** Images [N, C, …] at the points of a grid [N, …, axes], from −1 to 1. Source: the ONNX operators, GridSample. */
function gridSample(node: NodeCall): Variable {
  const [x, grid] = [node.x(0), node.x(1)];
  const [n, channels, ...lengths] = x.shape;
  const points = grid.shape.slice(1, -1);
  const isFit = lengths.length >= 1 && grid.ndim === x.ndim && grid.shape[grid.ndim - 1] === lengths.length;
  if (!isFit || grid.shape[0] !== n || lengths.includes(0)) {
    throw node.refuse(`samples [${x.shape.join(", ")}] by a grid of shape [${grid.shape.join(", ")}]`, {
      expected: "[N, C, …] with lengths > 0, and a grid [N, …, axes]",
    });
  }
  const mode = node.choice("mode", ["bilinear", "linear", "nearest", "bicubic", "cubic"], "linear");
  const padding = node.choice("padding_mode", paddings, "zeros");
  const alignsCorners = node.int("align_corners", 0) !== 0;
  const count = n * sizeOf(points);
  // The last coordinate of the grid is that of the first axis.
  const taps = lengths.map((length, i): Tap[] => {
    const start = grid.shape.map((_, k) => (k === grid.ndim - 1 ? lengths.length - 1 - i : 0));
    const stop = grid.shape.map((size, k) => (k === grid.ndim - 1 ? lengths.length - i : size));
    const at = grid.slice({ start, stop }).reshape([count]).add(1);
    const place = alignsCorners ? at.mul((length - 1) / 2) : at.mul(length / 2).sub(0.5);
    const [low, high] = alignsCorners ? [0, length - 1] : [-0.5, length - 0.5];
    const axis: Axis = { length, low, high, padding };
    if (mode === "nearest") return [tap(place.round(), null, axis)];
    const first = place.floor();
    const weights = kernels[mode === "bicubic" || mode === "cubic" ? "cubic" : "linear"];
    const before = weights.length / 2 - 1;
    return weights.map((weigh, k) => tap(first.add(k - before), weigh(place.sub(first)), axis));
  });
  const size = sizeOf(lengths);
  node.checkMade([n]);
  const pixels = x.reshape([n, channels, size]).transpose([0, 2, 1]);
  const rows = pixels.reshape([n * size, channels]);
  const starts = node.multiples(n, size, [n, 1]);
  /** The sum over the elements along axis i and those after it, whose places so far are `flat`, by their weights. */
  const sampled = (i: number, flat: Variable | null, weight: Variable | null): Variable => {
    if (i === lengths.length) {
      const all = (flat as Variable).reshape([n, count / n]).add(starts);
      const values = rows.indexSelect(all.reshape([count]));
      return weight === null ? values : values.mul(weight.reshape([count, 1]));
    }
    return taps[i]
      .map((one) => {
        const place = one.place.cast("int32");
        const whole = flat === null ? place : flat.mul(lengths[i]).add(place);
        const product = weight === null || one.weight === null ? (weight ?? one.weight) : weight.mul(one.weight);
        return sampled(i + 1, whole, product);
      })
      .reduce((sum, one) => sum.add(one));
  };
  if (count === 0 || channels === 0) return constant(0, { dtype: x.dtype }).broadcastTo([n, channels, ...points]);
  node.limits.checkOps(taps.reduce((product, { length }) => product * length, 1));
  const y = sampled(0, null, null).reshape([n, count / n, channels]);
  return y.transpose([0, 2, 1]).reshape([n, channels, ...points]);
}

/** Where affine maps [N, axes, axes + 1] take the points of images [N, C, …]. Source: the ONNX operators, AffineGrid. */
function affineGrid(node: NodeCall): Variable {
  const theta = node.x(0);
  const [n, channels, ...lengths] = node.numbers(1);
  const axes = lengths.length;
  if (axes < 1 || channels === undefined || lengths.some((length) => !(length >= 1))) {
    throw node.refuse(`makes a grid for images of shape [${node.numbers(1).join(", ")}]`);
  }
  node.checkShape(0, [n, axes, axes + 1]);
  const alignsCorners = node.int("align_corners", 0) !== 0;
  const count = sizeOf(lengths);
  node.checkMade([count, axes + 1]);
  const points = new Float64Array(count * (axes + 1)).fill(1);
  let stride = count;
  for (const [i, length] of lengths.entries()) {
    stride /= length;
    for (let k = 0; k < count; k++) {
      const at = Math.floor(k / stride) % length;
      const place = alignsCorners ? (length === 1 ? 0 : (2 * at) / (length - 1) - 1) : (2 * at + 1) / length - 1;
      points[k * (axes + 1) + axes - 1 - i] = place;
    }
  }
  const grid = node.reals(points, [count, axes + 1], theta).matmul(theta.transpose([0, 2, 1]));
  return grid.reshape([n, ...lengths, axes]);
}

export const samplings: Lowerings = { AffineGrid: affineGrid, GridSample: gridSample };
