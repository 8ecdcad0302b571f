/** Pooling: extremes, averages and norms of windows, or of whole images. */
import { constant, type Variable } from "@adjoint/autograd";
import { isFloat, sizeOf } from "@adjoint/tensor";
import type { NodeCall } from "../../nodes/call.ts";
import type { Lowerings } from "../lowering.ts";
import { surrounded, type Width } from "./padding.ts";
import { type AxisWindow, windowsOf } from "./windows.ts";

/** Reduces the last axis, which holds a window. */
type Reduce = (windows: Variable) => Variable;

const one: AxisWindow = { size: 1, stride: 1, dilation: 1, pads: [0, 0], count: 1, extra: 0 };

/** Images [N, C, H, W] reduced window by window, padded with a number. */
function reducedImages(x: Variable, [down, across]: readonly AxisWindow[], padding: number, reduce: Reduce): Variable {
  const widths = [down, across].map(({ pads: [before, after], extra }): Width => [before, after + extra]);
  // im2col pads with zeros, both sides alike: whatever else there is is added before.
  const isEven = padding === 0 && widths.every(([before, after]) => before === after && before >= 0);
  const input = isEven ? x : surrounded(x, [[0, 0], [0, 0], ...widths], constant(padding, { dtype: x.dtype }));
  const [images, channels] = x.shape;
  const area = down.size * across.size;
  const col = input.im2col(down.size, across.size, {
    stride: [down.stride, across.stride],
    dilation: [down.dilation, across.dilation],
    pad: isEven ? [widths[0][0], widths[1][0]] : 0,
  });
  const y = reduce(col.reshape([images * down.count * across.count * channels, area]));
  return y.reshape([images, down.count, across.count, channels]).transpose([0, 3, 1, 2]);
}

/** x [N, C, …] reduced by windows over all axes: the last two together, those before one by one. */
function reducedBy(x: Variable, windows: readonly AxisWindow[], padding: number, reduce: Reduce): Variable {
  const [images, channels, ...lengths] = x.shape;
  if (lengths.length === 2) return reducedImages(x, windows, padding, reduce);
  const [first, ...others] = windows;
  if (lengths.length === 1) {
    const y = reducedImages(x.reshape([images, channels, 1, lengths[0]]), [one, first], padding, reduce);
    return y.reshape([images, channels, first.count]);
  }
  const rest = sizeOf(lengths.slice(1));
  const along = { ...one, count: rest };
  const rows = reducedImages(x.reshape([images, channels, lengths[0], rest]), [first, along], padding, reduce);
  const inner = rows.transpose([0, 2, 1, 3]).reshape([images * first.count, channels, ...lengths.slice(1)]);
  const y = reducedBy(inner, others, padding, reduce);
  const shape = [images, first.count, channels, ...y.shape.slice(2)];
  return y.reshape(shape).transpose([0, 2, 1, ...shape.slice(3).map((_, i) => i + 3)]);
}

function windows(node: NodeCall, x: Variable): AxisWindow[] {
  const ceil = node.int("ceil_mode", 0) !== 0;
  const all = windowsOf(node, x.shape.slice(2), node.ints("kernel_shape") ?? [], { ceil });
  const isPadding = all.some(({ size, dilation, pads }) => Math.max(...pads) > dilation * (size - 1));
  if (isPadding) throw node.refuse("has windows over nothing but padding");
  return all;
}

/** What no element of x is below. */
const lowestOf = ({ dtype }: Variable): number => (isFloat(dtype) ? Number.NEGATIVE_INFINITY : -(2 ** 31));

function maxPool(node: NodeCall): Variable | readonly Variable[] {
  const x = node.x();
  const all = windows(node, x);
  const isColumns = node.int("storage_order", 0) !== 0;
  const y = reducedBy(x, all, lowestOf(x), (rows) => rows.max({ axis: 1 }));
  if (!node.wants(1)) return y;
  if (x.ndim !== 4) throw node.refuse("gives the indices of maxima that are not of images");
  return [y, maximaOf(node, x, all, isColumns)];
}

/** Where in the flat x the maxima lie. */
function maximaOf(node: NodeCall, x: Variable, [down, across]: readonly AxisWindow[], isColumns: boolean): Variable {
  const [images, channels, height, width] = x.shape;
  const at = reducedImages(x, [down, across], lowestOf(x), (rows) => rows.argmax({ axis: 1 }));
  const column = at.remainder(across.size);
  const row = at.sub(column).div(across.size).cast("int32");
  node.checkMade([down.count]);
  node.checkMade([across.count]);
  const starts = (window: AxisWindow): Int32Array =>
    Int32Array.from({ length: window.count }, (_, i) => i * window.stride - window.pads[0]);
  const h = row.mul(down.dilation).add(node.made(starts(down), [down.count, 1]));
  const w = column.mul(across.dilation).add(node.made(starts(across), [across.count]));
  const inside = isColumns ? w.mul(height).add(h) : h.mul(width).add(w);
  node.checkMade([images, channels]);
  return inside.add(node.multiples(images * channels, height * width, [images, channels, 1, 1]));
}

/** How many elements each window along one axis averages. */
function countsOf({ size, stride, dilation, pads, count }: AxisWindow, length: number, withPads: boolean): number[] {
  const [least, most] = withPads ? [-pads[0], length + pads[1]] : [0, length];
  return Array.from({ length: count }, (_, i) => {
    let inside = 0;
    for (let k = 0; k < size; k++) {
      const at = i * stride - pads[0] + k * dilation;
      if (at >= least && at < most) inside++;
    }
    return inside;
  });
}

function averagePool(node: NodeCall): Variable {
  const x = node.x();
  const all = windows(node, x);
  const withPads = node.int("count_include_pad", 0) !== 0;
  const total = reducedBy(x, all, 0, (rows) => rows.sum({ axis: 1 }));
  const counts = all.map((window, i) => {
    node.checkMade([window.count, window.size]);
    return countsOf(window, x.shape[i + 2], withPads);
  });
  const area = all.reduce((product, { size }) => product * size, 1);
  if (counts.every((list, i) => list.every((n) => n === all[i].size))) return total.div(area);
  return counts.reduce((y, list, i) => {
    const shape = all.map((_, k) => (k === i ? list.length : 1));
    return y.div(node.reals(list, shape, x));
  }, total);
}

function lpPool(node: NodeCall): Variable {
  const x = node.x();
  const p = node.int("p", 2);
  const y = reducedBy(x.abs().pow(p), windows(node, x), 0, (rows) => rows.sum({ axis: 1 }));
  return y.pow(1 / p);
}

/** The axes of images, behind [N, C]. */
const inside = (x: Variable): number[] => x.shape.slice(2).map((_, i) => i + 2);

export const pools: Lowerings = {
  MaxPool: maxPool,
  AveragePool: averagePool,
  LpPool: lpPool,
  GlobalMaxPool: (node) => node.x().max({ axis: inside(node.x()), keepDims: true }),
  GlobalAveragePool: (node) => node.x().mean({ axis: inside(node.x()), keepDims: true }),
  GlobalLpPool: (node) => {
    const p = node.int("p", 2);
    const powers = node.x().abs().pow(p);
    return powers.sum({ axis: inside(powers), keepDims: true }).pow(1 / p);
  },
};
