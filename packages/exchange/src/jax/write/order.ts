/** What is written of a program, in order: forward by layers, backward from the last layer to the first, updates. */
import type { GraphNode } from "@adjoint/autograd";
import type { Nodes } from "../recognize/nodes.ts";

/** The numbers of the nodes that `ends` follow from, inputs first; the inputs of nodes for which `stops` holds are not. */
export function ancestors(nodes: Nodes, ends: Iterable<number>, stops: (id: number) => boolean): number[] {
  const order: number[] = [];
  const done = new Set<number>();
  const open = [...ends].map((id) => nodes.idOf(id)).reverse();
  for (let id = open.at(-1); id !== undefined; id = open.at(-1)) {
    const inputs = stops(id) ? [] : nodes.at(id).inputs.map((input) => nodes.idOf(input));
    const waiting = done.has(id) ? [] : inputs.filter((input) => !done.has(input));
    if (waiting.length > 0) {
      open.push(...waiting.reverse());
      continue;
    }
    open.pop();
    if (!done.has(id)) order.push(id);
    done.add(id);
  }
  return order;
}

/** Sections of the text by number: forward, backward and updates by turns. */
export const sectionNames = ["", "backward", "update"] as const;

/** The section of each node: it follows those of its inputs. */
export function sectionsOf(nodes: Nodes, order: readonly number[], outputs: readonly number[]): Map<number, number> {
  const isGradient = ({ op, role }: GraphNode): boolean => op !== null && role === "gradient";
  const feeding = new Set(
    ancestors(nodes, [...outputs, ...order.filter((id) => isGradient(nodes.at(id)))], () => false),
  );
  const sections = new Map<number, number>();
  for (const id of order) {
    const node = nodes.at(id);
    const after = Math.max(0, ...node.inputs.map((input) => sections.get(nodes.idOf(input)) ?? 0));
    const kind = isGradient(node) ? 1 : after === 0 && feeding.has(id) ? 0 : 2;
    sections.set(id, node.op === null ? 0 : after + ((kind - after + 3 * (after + 1)) % 3));
  }
  return sections;
}

/** The order in which nodes are written: by section and layer, as far as their inputs allow. */
export function writingOrder(
  nodes: Nodes,
  order: readonly number[],
  sections: ReadonlyMap<number, number>,
  stops: (id: number) => boolean,
): number[] {
  const rank = (id: number): number => {
    const { gradientOf } = nodes.at(id);
    const isBackward = (sections.get(id) as number) % 3 === 1;
    return isBackward ? -(gradientOf ?? Number.POSITIVE_INFINITY) : nodes.placeOf(id);
  };
  const sorted = order.toSorted(
    (a, b) => (sections.get(a) as number) - (sections.get(b) as number) || Math.sign(rank(a) - rank(b)) || 0,
  );
  return ancestors(nodes, sorted, stops);
}
