/** Ops that rearrange, join, cut and repeat. */
import { concat, constant, type Variable } from "@adjoint/autograd";
import { broadcastShapes, sizeOf } from "@adjoint/tensor";
import type { NodeCall } from "../nodes/call.ts";
import { padded } from "./images/padding.ts";
import type { Lowerings } from "./lowering.ts";

function reshaped(node: NodeCall): Variable {
  const x = node.x();
  const given = node.numbersOr(1, "shape") ?? [];
  const keepsZeros = node.int("allowzero", 0) !== 0;
  const shape = given.map((n, i) => (n === 0 && !keepsZeros ? (x.shape[i] ?? 0) : n));
  return x.reshape(shape);
}

/** Two axes: those before `axis` joined, and the others. */
function flattened(node: NodeCall): Variable {
  const x = node.x();
  const given = node.int("axis", 1);
  const axis = given === x.ndim ? given : node.axis(given, Math.max(1, x.ndim));
  return x.reshape([sizeOf(x.shape.slice(0, axis)), sizeOf(x.shape.slice(axis))]);
}

function squeezed(node: NodeCall): Variable {
  const x = node.x();
  const axes = node.version < 13 ? node.ints("axes") : node.numbersOr(1, "axes");
  return axes === undefined || axes.length === 0 ? x.squeeze() : x.squeeze({ axis: node.axes(axes, x.ndim) });
}

function unsqueezed(node: NodeCall): Variable {
  const x = node.x();
  const given = (node.version < 13 ? node.ints("axes") : node.numbersOr(1, "axes")) ?? [];
  const places = new Set(node.axes(given, x.ndim + given.length));
  const lengths = [...x.shape];
  const shape = Array.from({ length: x.ndim + given.length }, (_, i) => (places.has(i) ? 1 : (lengths.shift() ?? 1)));
  return x.reshape(shape);
}

function expanded(node: NodeCall): Variable {
  const x = node.x();
  const shape = broadcastShapes("Expand", x.shape, node.numbers(1));
  node.checkMade(shape);
  return x.broadcastTo(shape);
}

function tiled(node: NodeCall): Variable {
  const x = node.x();
  if (node.version < 6) throw node.refuse(`is of version ${node.version}`, { expected: "version 6 or later" });
  const counts = node.numbers(1);
  node.checkMade(x.shape.map((n, i) => n * (counts[i] ?? 1)));
  return x.tile(counts);
}

function cut(node: NodeCall): readonly Variable[] {
  const x = node.x();
  const axis = node.axis(node.int("axis", 0), x.ndim);
  const lengths = node.version < 13 ? node.ints("split") : node.numbersOr(1, "split");
  const parts = node.int("num_outputs") ?? node.outputs;
  if (lengths !== undefined) return x.split(lengths, { axis });
  if (parts !== node.outputs) throw node.refuse(`cuts into ${parts} parts and names ${node.outputs}`);
  // The last part is shorter where they cannot be equal.
  const most = Math.ceil(x.shape[axis] / parts);
  const rest = (i: number): number => Math.max(0, Math.min(most, x.shape[axis] - i * most));
  const all = Array.from({ length: parts }, (_, i) => rest(i));
  return x.split(all, { axis });
}

/** Python's slices; bounds beyond the axis mean its ends. */
function sliced(node: NodeCall): Variable {
  const x = node.x();
  const [starts, stops] = [node.numbersOr(1, "starts") ?? [], node.numbersOr(2, "ends") ?? []];
  const axes = node.axes(node.numbersOr(3, "axes") ?? starts.map((_, i) => i), x.ndim);
  const steps = node.has(4) ? node.numbers(4) : starts.map(() => 1);
  if (stops.length !== starts.length || axes.length !== starts.length || steps.length !== starts.length) {
    throw node.refuse("has lists of starts, ends, axes and steps that differ in length");
  }
  const start = x.shape.map(() => 0);
  const stop = x.shape.map((n) => n);
  const step = x.shape.map(() => 1);
  const flipped: number[] = [];
  axes.forEach((axis, i) => {
    const n = x.shape[axis];
    const by = steps[i];
    if (by === 0) throw node.refuse("has a step of 0");
    const held = (place: number, least: number, most: number): number =>
      Math.min(Math.max(place < 0 ? place + n : place, least), most);
    if (by > 0) [start[axis], stop[axis]] = [held(starts[i], 0, n), held(stops[i], 0, n)];
    else {
      // From the end: what lies at place k lies at n − 1 − k of the flipped axis.
      flipped.push(axis);
      [start[axis], stop[axis]] = [n - 1 - held(starts[i], -1, n - 1), n - 1 - held(stops[i], -1, n - 1)];
    }
    stop[axis] = Math.max(stop[axis], start[axis]);
    step[axis] = Math.min(Math.abs(by), Math.max(1, n));
  });
  return (flipped.length > 0 ? x.flip({ axis: flipped }) : x).slice({ start, stop, step });
}

function paddedBy(node: NodeCall): Variable {
  const x = node.x();
  const pads = node.numbersOr(1, "pads") ?? [];
  const mode = node.choice("mode", ["constant", "reflect", "edge", "wrap"], "constant");
  const axes = node.has(3) ? node.axes(node.numbers(3), x.ndim) : x.shape.map((_, i) => i);
  if (pads.length !== 2 * axes.length) throw node.refuse(`has ${pads.length} pads for ${axes.length} axes`);
  const widths = x.shape.map((): readonly [number, number] => [0, 0]);
  axes.forEach((axis, i) => {
    widths[axis] = [pads[i], pads[i + axes.length]];
  });
  const lengths = x.shape.map((n, i) => Math.max(0, n + widths[i][0] + widths[i][1]));
  node.checkMade(lengths);
  const given = node.version < 11 ? node.float("value", 0) : node.has(2) ? node.x(2) : 0;
  // Modes other than constants read places, one for each element of an axis.
  if (mode !== "constant") node.limits.hold(lengths.reduce((sum, n) => sum + n, 0));
  const value = typeof given === "number" ? constant(given, { dtype: x.dtype }) : given;
  return padded(x, widths, mode, value);
}

/** [N, C, H, W] to channels of fewer, larger images, or back. */
function depthToSpace(node: NodeCall): Variable {
  const x = node.x();
  const [n, c, h, w] = x.shape;
  const b = node.int("blocksize", 1);
  const isRows = node.choice("mode", ["DCR", "CRD"], "DCR") === "DCR";
  const own = c / (b * b);
  const y = isRows
    ? x.reshape([n, b, b, own, h, w]).transpose([0, 3, 4, 1, 5, 2])
    : x.reshape([n, own, b, b, h, w]).transpose([0, 1, 4, 2, 5, 3]);
  return y.reshape([n, own, h * b, w * b]);
}

function spaceToDepth(node: NodeCall): Variable {
  const x = node.x();
  const [n, c, h, w] = x.shape;
  const b = node.int("blocksize", 1);
  const isRows = node.choice("mode", ["DCR", "CRD"], "DCR") === "DCR";
  const y = x.reshape([n, c, h / b, b, w / b, b]).transpose(isRows ? [0, 3, 5, 1, 2, 4] : [0, 1, 3, 5, 2, 4]);
  return y.reshape([n, c * b * b, h / b, w / b]);
}

function triangle(node: NodeCall): Variable {
  const k = node.has(1) ? node.number(1) : 0;
  const x = node.x();
  const held = Math.max(Math.min(k, 2 ** 30), -(2 ** 30));
  return node.int("upper", 1) === 0 ? x.tril({ k: held }) : x.triu({ k: held });
}

/** The first elements of each sequence in reverse order, the others as they are. */
function reverseSequence(node: NodeCall): Variable {
  const x = node.x();
  const lengths = node.numbers(1);
  const [time, batch] = [node.int("time_axis", 0), node.int("batch_axis", 1)];
  if (lengths.length !== x.shape[batch])
    throw node.refuse(`has ${lengths.length} lengths for ${x.shape[batch]} sequences`);
  node.checkMade([x.shape[time], x.shape[batch]]);
  const parts = x.split(x.shape[batch], { axis: batch }).map((part, i) => {
    const steps = Array.from({ length: x.shape[time] }, (_, t) => (t < lengths[i] ? lengths[i] - 1 - t : t));
    return part.indexSelect(node.made(Int32Array.from(steps), [steps.length]), { axis: time });
  });
  return concat(parts, { axis: batch });
}

export const shapes: Lowerings = {
  Reshape: reshaped,
  Flatten: flattened,
  Transpose: (node) => node.x().transpose(node.ints("perm")),
  Squeeze: squeezed,
  Unsqueeze: unsqueezed,
  Expand: expanded,
  Tile: tiled,
  Concat: (node) => {
    node.checkSameType(0, node.count);
    return concat(node.xs(), { axis: node.axis(node.int("axis", 1), node.shape().length) });
  },
  Split: cut,
  Slice: sliced,
  Pad: paddedBy,
  DepthToSpace: depthToSpace,
  SpaceToDepth: spaceToDepth,
  Trilu: triangle,
  ReverseSequence: reverseSequence,
};
