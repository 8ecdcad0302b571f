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
  const results = [
    ...numbered("output", outputs),
    ...numbered(
      "next",
      states.map(({ next }, i) => (isJoined.has(i) ? null : next)),
    ),
    ...numbered(
      "nextBlock",
      blocks.map(({ next }) => next),
    ),
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
  const needed = new Set(
    before(
      returned.map(({ node }) => node),
      graph.nodes,
      drawn,
    ).map(({ id }) => id),
  );
  const given = [
    ...numbered("input", inputs),
    ...numbered(
      "state",
      states.map(({ node }) => node),
    ),
    ...numbered(
      "block",
      blocks.map(({ leaf }) => leaf),
    ),
    ...numbered("drawn", drawn),
  ];
  return { inputs: given.filter(({ node }) => needed.has(node)), outputs: returned, checks: checked };
}
