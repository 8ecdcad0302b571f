/**
 * Graphs that grow: parameters updated by recorded ops keep the graph of every step before, until memory is full. Told
 * once, by what backward sweeps see anyway, so that ops pay nothing for it.
 */
import { type Node, nodesMade } from "./variable.ts";

/** How often a graph must have grown, and over how many sweeps it must have lived. */
const steps = 100;

/** Nodes from which on a graph is watched, and from which on its growth is worth a word. */
const watchedFrom = 1000;
const toldFrom = 2000;

/** How many nodes there were at the last sweeps, each at its number modulo `steps`. */
const marks: number[] = [];

let sweeps = 0;
let isTold = false;

/** By the oldest leaf of a graph: how large it was at most, and how often it was larger than ever. */
const growths = new WeakMap<Node, { largest: number; times: number }>();

/**
 * Looks at what a sweep is about to visit, and warns when graphs behind one leaf grow and grow.
 *
 * A graph counts as growing when it is larger than ever and still holds ops from a hundred sweeps ago. Long sequences are
 * large and do not grow; sequences of other lengths are made anew; one graph that is swept many times stays as it is.
 */
export function watchGrowth(order: readonly Node[]): void {
  if (isTold) return;
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
  if (growth.times < steps || order.length < toldFrom) return;
  isTold = true;
  console.warn(
    `adjoint: the graph behind ${leaf.name === undefined ? "a Variable without a name" : `"${leaf.name}"`} grew with each ` +
      `of the last ${steps} gradients and has ${order.length.toLocaleString("en-US")} nodes now: each step keeps the graph ` +
      "of all steps before it. Update parameters without recording, by an optimizer, by x.assign(…), or inside " +
      "noGrad(() => …); cut a state that is carried on with detach(). To differentiate through the steps, ignore this " +
      "warning, which comes once.",
  );
}
