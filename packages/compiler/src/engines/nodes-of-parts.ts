/** Which nodes of a program the parts of an engine stand for. */
import type { Graph } from "@adjoint/autograd";

/**
 * The nodes of each part. `partOf` gives the part that computes a node, undefined where none does: a view, or what a
 * kernel leaves out. Such a node goes to the parts that read it.
 */
export function nodesOfParts(
  { nodes }: Graph,
  count: number,
  partOf: (id: number) => number | undefined,
): readonly (readonly number[])[] {
  const of: number[][] = Array.from({ length: count }, () => []);
  const homes: Set<number>[] = nodes.map(() => new Set());
  for (const { id, op, inputs } of nodes.toReversed()) {
    if (op === null) continue;
    const part = partOf(id);
    if (part !== undefined) homes[id] = new Set([part]);
    for (const home of homes[id]) of[home].push(id);
    for (const input of inputs) for (const home of homes[id]) homes[input].add(home);
  }
  return of.map((ids) => ids.reverse());
}
