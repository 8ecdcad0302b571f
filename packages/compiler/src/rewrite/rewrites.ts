/**
 * The table of rewrites: what an op of a program is replaced by, and why. Programs are rewritten before an engine plans them;
 * the graph that was recorded stays as it is.
 */
import { div, exp, type GraphNode, log, max, repeat, sub, sum, type Variable } from "@adjoint/autograd";

/** A rewrite: at nodes of an op, other ops in its place. */
export interface Rewrite {
  readonly name: string;
  /** Why it pays. */
  readonly reason: string;
  readonly op: string;
  /** Whether it applies at a node. */
  applies(node: GraphNode): boolean;
  /** The op in other ops: equal but for rounding. */
  replace(inputs: readonly Variable[], attributes: never): Variable;
}

const isFloat32 = ({ dtype, shape }: GraphNode): boolean => dtype === "float32" && shape.every((n) => n > 0);

/** x less its largest element along the axis. */
function shifted(x: Variable, axis: number): Variable {
  return sub(x, repeat(max(x, { axis, keepDims: true }), x.shape));
}

/** The rewrites. */
export const rewrites: readonly Rewrite[] = [
  {
    name: "softmax in pieces",
    reason: "its exponentials run in the loops of the ops around it",
    op: "softmax",
    applies: isFloat32,
    replace: ([x], { axis }: { readonly axis: number }) => {
      const e = exp(shifted(x, axis));
      return div(e, repeat(sum(e, { axis, keepDims: true }), x.shape));
    },
  },
  {
    name: "logSoftmax in pieces",
    reason: "its exponentials run in the loops of the ops around it",
    op: "logSoftmax",
    applies: isFloat32,
    replace: ([x], { axis }: { readonly axis: number }) => {
      const y = shifted(x, axis);
      return sub(y, repeat(log(sum(exp(y), { axis, keepDims: true })), x.shape));
    },
  },
];
