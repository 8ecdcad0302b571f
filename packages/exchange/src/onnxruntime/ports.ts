/** The inputs and outputs of the session that runs a program. */
import type { Program } from "@adjoint/compiler";
import { isFloat } from "@adjoint/tensor";
import type { NamedNode } from "../onnx/out/write-graph.ts";
import { before, type Draws } from "./draws.ts";
import type { Joined } from "./joined.ts";

/** What goes into a session and comes out of it: nodes under names. */
export interface Ports {
  readonly inputs: readonly NamedNode[];
  readonly outputs: readonly NamedNode[];
  /** The output that has the value of each check. Those that ask for finite numbers are read where a sum is not finite. */
  readonly checks: readonly { readonly node: number; readonly name: string; readonly isAlwaysRead: boolean }[];
}

/** The inputs and outputs of a session. */
export function portsOf(
  { inputs, outputs, states, checks }: Program,
  { graph, blocks, finite }: Joined,
  draws: Draws | null,
): Ports {
  const numbered = (word: string, nodes: readonly (number | null)[]): NamedNode[] =>
    nodes.flatMap((node, i) => (node === null ? [] : [{ node, name: `${word}${i}` }]));
  const isJoined = new Set(blocks.flatMap((block) => block.states.map(({ state }) => state)));
  const nextOnes = states.map(({ next }, i) => (isJoined.has(i) ? null : next));
  const nextBlocks = blocks.map(({ next }) => next);
  const results = [
    ...numbered("output", outputs),
    ...numbered("next", nextOnes),
    ...numbered("nextBlock", nextBlocks),
    ...(finite === null ? [] : [{ node: finite, name: "finite" }]),
  ];
  const names = new Map(results.map(({ node, name }) => [node, name]));
  const checked = checks.map(({ node, passes }, i) => {
    const name = names.get(node) ?? `check${i}`;
    names.set(node, name);
    return { node, name, isAlwaysRead: passes !== "finite" || !isFloat(graph.nodes[node].dtype) };
  });
  const returned = [...results, ...checked.filter(({ name }, i) => name === `check${i}`)];
  const drawn = draws?.nodes ?? [];
  const ends = returned.map(({ node }) => node);
  const needed = new Set(before(ends, graph.nodes, drawn).map(({ id }) => id));
  const leaves = blocks.map(({ leaf }) => leaf);
  const stateNodes = states.map(({ node }) => node);
  const given = [
    ...numbered("input", inputs),
    ...numbered("state", stateNodes),
    ...numbered("block", leaves),
    ...numbered("drawn", drawn),
  ];
  return { inputs: given.filter(({ node }) => needed.has(node)), outputs: returned, checks: checked };
}
