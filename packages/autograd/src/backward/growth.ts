/**
 * Warns of graphs that grow: parameters updated by recorded ops keep the graph of every step before, until memory is
 * full. Backward sweeps, which see each graph anyway, warn once; ops pay nothing for it.
 */
import { type Node, nodesMade } from "../core/variable.ts";

/** The number of times that a graph must have grown, and of sweeps that it must have lived. */
const steps = 100;

/** The sizes in nodes from which on a graph is watched, and from which on its growth is worth a warning. */
const watchedFrom = 1000;
const warnedFrom = 2000;

/** The number of nodes at each of the last sweeps, at its number modulo `steps`. */
const marks: number[] = [];

let sweeps = 0;
let hasWarned = false;

/** By the oldest leaf of a graph: its largest size, and the times that it was larger than ever. */
const growths = new WeakMap<Node, { largest: number; times: number }>();

/**
 * Examines the nodes that a sweep is about to visit, and warns when graphs behind one leaf keep growing.
 *
 * A graph counts as growing when it is larger than ever and still holds ops from a hundred sweeps ago. Long sequences
 * are large and do not grow; sequences of other lengths are made anew; one graph that is swept many times stays as it
 * is.
 */
export function watchGrowth(order: readonly Node[]): void {
  if (hasWarned) return;
  const slot = sweeps++ % steps;
  const longAgo = marks[slot];
  marks[slot] = nodesMade();
  if (order.length < watchedFrom || longAgo === undefined) return;
  let leaf: Node | null = null;
  let isOld = false;
  for (const node of order) {
    if (node.op !== null) isOld ||= node.id < longAgo;
    else if (leaf === null || node.id < leaf.id) leaf = node;
  }
  if (leaf === null || !isOld) return;
  const growth = growths.get(leaf) ?? { largest: 0, times: 0 };
  growths.set(leaf, growth);
  if (order.length <= growth.largest) return;
  growth.largest = order.length;
  growth.times++;
  if (growth.times < steps || order.length < warnedFrom) return;
  hasWarned = true;
  console.warn(
    `adjoint: the graph behind ${leaf.name === undefined ? "a Variable without a name" : `"${leaf.name}"`} grew with each ` +
      `of the last ${steps} gradients and has ${order.length.toLocaleString("en-US")} nodes: each step keeps the graph of ` +
      "all steps before it. Update parameters by an optimizer, by x.assign(…), or inside noGrad(() => …), and cut a state " +
      "that is carried on with detach(); to differentiate through the steps, ignore this.",
  );
}
