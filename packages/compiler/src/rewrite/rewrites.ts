/**
 * The table of rewrites: what an op of a program is replaced by, and why. Programs are rewritten before an engine plans them;
 * the graph that was recorded stays as it is.
 */
import {
  add,
  col2im,
  div,
  exp,
  type GraphNode,
  gt,
  log,
  max,
  maximum,
  minimum,
  norm,
  pad,
  repeat,
  reshape,
  scatterAdd,
  slice,
  sub,
  sum,
  transpose,
  type Variable,
  where,
} from "@adjoint/autograd";
import type { AxisSlice, DType } from "@adjoint/tensor";
import { around, type NodeAt, numberOf, turnOf } from "../recognize/nodes.ts";
import { maxUnpoolingAt, windowsOn } from "../recognize/windows.ts";

/** What takes the place of a node: a function of other nodes, by their numbers. */
export interface Replacement {
  readonly inputs: readonly number[];
  /** The node in other ops: equal but for rounding. */
  replace(...inputs: Variable[]): Variable;
}

/** A rewrite: at nodes of an op, other ops in its place. */
export interface Rewrite {
  readonly name: string;
  /** Why it pays. */
  readonly reason: string;
  readonly op: string;
  /** What takes the place of a node; null where it stays. */
  find(node: GraphNode, at: NodeAt): Replacement | null;
}

const isFloat32 = ({ dtype, shape }: GraphNode): boolean => dtype === "float32" && shape.every((n) => n > 0);

const axisOf = ({ attributes }: GraphNode): number => (attributes as { readonly axis: number }).axis;

/**
 * A function along an axis whose exponentials are better off by themselves.
 * @param pieces  the function of x less its largest elements; it sums by `along`, and repeats what comes of it by `spread`
 */
const inPieces = (
  op: string,
  pieces: (y: Variable, along: { readonly axis: number }, spread: (x: Variable) => Variable) => Variable,
): Rewrite => ({
  name: `${op} in pieces`,
  reason: "its exponentials run in the loops of the ops around it",
  op,
  find(node) {
    if (!isFloat32(node)) return null;
    const along = { axis: axisOf(node), keepDims: true };
    const replace = (x: Variable): Variable => {
      const spread = (y: Variable): Variable => repeat(y, x.shape);
      return pieces(sub(x, spread(max(x, along))), along, spread);
    };
    return { inputs: node.inputs, replace };
  },
});

/** The axes of a reduction in runs of neighbors, in order. */
function runsOf({ attributes }: GraphNode): number[][] {
  const { axis, axes = [axis] } = attributes as { readonly axis: number; readonly axes?: readonly number[] };
  const runs: number[][] = [];
  for (const axis of axes.toSorted((a, b) => a - b)) {
    const run = runs.at(-1);
    if (run?.at(-1) === axis - 1) run.push(axis);
    else runs.push([axis]);
  }
  return runs;
}

/** A reduction of other dtypes than kernels have, whose order does not matter: each half is joined with the other one. */
const byHalves = (op: string, join: (a: Variable, b: Variable) => Variable, ...dtypes: readonly DType[]): Rewrite => ({
  name: `${op} of ${dtypes.join(" and ")} by halves`,
  reason: "loops join the halves, where there is no kernel of the op",
  op,
  find(node, at) {
    const [axes, ...others] = runsOf(node);
    const { shape, dtype } = at(node.inputs[0]);
    if (!dtypes.includes(dtype) || shape.includes(0) || axes === undefined || others.length > 0) return null;
    const replace = (x: Variable): Variable => {
      let y = reshape(x, around(shape, axes));
      const part = (start: number, stop: number): Variable => slice(y, { start: [0, start], stop: [y.shape[0], stop] });
      const rest: Variable[] = [];
      for (let n = y.shape[1]; n > 1; n = y.shape[1]) {
        const half = Math.floor(n / 2);
        if (n % 2 === 1) rest.push(part(n - 1, n));
        y = join(part(0, half), part(half, 2 * half));
      }
      return reshape(rest.reduce(join, y), node.shape);
    };
    return { inputs: node.inputs, replace };
  },
});

/** The rewrites. */
export const rewrites: readonly Rewrite[] = [
  inPieces("softmax", (y, along, spread) => {
    const e = exp(y);
    return div(e, spread(sum(e, along)));
  }),
  inPieces("logSoftmax", (y, along, spread) => sub(y, spread(log(sum(exp(y), along))))),
  {
    name: "ReLU after max pooling, backward",
    reason: "a gradient goes back where the largest number of a window is positive, so that no image has to be masked",
    op: "where",
    find(node, at) {
      const [mask, gradients, other] = node.inputs.map(at);
      if (mask.op !== "gt" || numberOf(at(mask.inputs[1]), at) !== 0 || numberOf(other, at) !== 0) return null;
      const found = maxUnpoolingAt(gradients, at);
      if (found?.windows.images.id !== mask.inputs[0]) return null;
      const { rows, places, updates } = found;
      const { shape } = at(gradients.inputs[0]);
      const { filterH, filterW, ...options } = found.windows.attributes;
      const replace = (base: Variable, x: Variable, at: Variable, g: Variable): Variable => {
        const kept = where(gt(max(x, { axis: 1, keepDims: true }), 0), g, 0);
        const added = reshape(scatterAdd(base, at, kept, { axis: 1 }), shape);
        return col2im(added, node.shape, filterH, filterW, options);
      };
      return { inputs: [rows.inputs[0], places.inputs[0], places.id, updates.id], replace };
    },
  },
  {
    name: "sum of the gradients of max pooling",
    reason: "the rest of the image is 0",
    op: "sum",
    find(node, at) {
      const [x] = node.inputs.map(at);
      const { axes, keepDims } = node.attributes as { readonly axes: readonly number[]; readonly keepDims: boolean };
      const turned = x.op === "reshape" ? at(x.inputs[0]) : x;
      if (String(axes) !== "0" || turnOf(turned) !== "0,2,3,1") return null;
      const found = maxUnpoolingAt(at(turned.inputs[0]), at);
      const channels = turned.shape[3];
      if (found === null || x.shape.length !== 2 || x.shape[1] !== channels) return null;
      // What falls on the padding is lost.
      const { images, attributes } = found.windows;
      const { padH, padW } = windowsOn(images.shape, attributes);
      if (padH > 0 || padW > 0) return null;
      const replace = (g: Variable): Variable => sum(reshape(g, [-1, channels]), { axis: 0, keepDims });
      return { inputs: [found.updates.id], replace };
    },
  },
  {
    name: "sum along axes that lie apart",
    reason: "each run of axes is added up where it lies",
    op: "sum",
    find(node) {
      const runs = runsOf(node);
      if (runs.length < 2) return null;
      const replace = (x: Variable): Variable =>
        reshape(
          runs.reduceRight((y, axis) => sum(y, { axis, keepDims: true }), x),
          node.shape,
        );
      return { inputs: node.inputs, replace };
    },
  },
  {
    name: "norm along axes that lie apart",
    reason: "the numbers of each result lie side by side",
    op: "norm",
    find(node) {
      const axes = runsOf(node).flat();
      if (runsOf(node).length < 2) return null;
      const replace = (x: Variable): Variable => {
        const kept = [...x.shape.keys()].filter((axis) => !axes.includes(axis));
        const last = axes.map((_, i) => kept.length + i);
        return reshape(norm(transpose(x, [...kept, ...axes]), { axis: last }), node.shape);
      };
      return { inputs: node.inputs, replace };
    },
  },
  {
    name: "zeros along several axes",
    reason: "along one axis they are put around whole blocks of memory",
    op: "padSlice",
    find(node, at) {
      const { slices } = node.attributes as { readonly slices: readonly AxisSlice[] };
      const { shape } = at(node.inputs[0]);
      const axes = [...shape.keys()].filter((axis) => shape[axis] !== node.shape[axis]);
      if (axes.length < 2 || slices.some(({ step, length }) => step !== 1 && length > 1)) return null;
      const replace = (x: Variable): Variable =>
        axes.reduceRight((y, axis) => {
          const widths = y.shape.map((n, i): [number, number] => {
            return i === axis ? [slices[i].start, node.shape[i] - slices[i].start - n] : [0, 0];
          });
          return pad(y, widths);
        }, x);
      return { inputs: node.inputs, replace };
    },
  },
  byHalves("sum", add, "int32"),
  byHalves("max", maximum, "float64", "int32"),
  byHalves("min", minimum, "float64", "int32"),
];
