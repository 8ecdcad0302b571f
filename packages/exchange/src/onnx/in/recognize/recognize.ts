/** The one list of what is recognized in the nodes of a file, and the search for it. */
import { AdjointError } from "@adjoint/tensor";
import { graphsIn, type Message } from "../../messages/schema.ts";
import { opsetOfBits } from "../../out/ops/random.ts";
import type { OnnxSource } from "../file/source.ts";
import { draws } from "./draws.ts";
import { ownFunctions, torchFunctions } from "./functions.ts";
import { matched, Parts, type Recognized, type Template, type Written, writtenOf } from "./templates.ts";

/** Templates as they are written; those that are one op, or have no form in ONNX, are left out. */
const ready = (templates: readonly Template[]): (() => readonly Written[]) => {
  let made: readonly Written[] | null = null;
  return () => {
    made ??= templates.flatMap((template) => {
      try {
        const written = writtenOf(template, opsetOfBits);
        return written.parts.nodes.size > 1 ? [written] : [];
      } catch (error) {
        if (error instanceof AdjointError) return [];
        throw error;
      }
    });
    return made;
  };
};

const written = { own: ready([...draws, ...ownFunctions]), torch: ready(torchFunctions) } as const;

/**
 * The nodes of a graph without those that only recognized ones follow from, and these by the nodes that they end in.
 *
 * @param producer  who wrote the file
 */
export function recognized(source: OnnxSource, graph: Message<"Graph">, producer: string | undefined) {
  const found = new Map<Message<"Node">, Recognized>();
  const parts = new Parts(source, graph);
  const all = [...written.own(), ...(producer === "adjoint" ? [] : written.torch())];
  const possible = new Map<string, Written[]>();
  for (const template of all) {
    if ([...template.parts.ops].some((op) => !parts.ops.has(op))) continue;
    possible.set(template.lastOp, [...(possible.get(template.lastOp) ?? []), template]);
  }
  for (const node of graph.node) {
    const templates = possible.get(node.op_type ?? "") ?? [];
    const before = templates.length === 0 ? [] : node.input.map((name) => parts.nodes.get(name)?.op_type);
    for (const template of templates) {
      if (template.opsBefore.some((op) => !before.includes(op))) continue;
      const one = matched(template, parts, node.output[0] ?? "", source);
      if (one === null) continue;
      found.set(node, one);
      break;
    }
  }
  if (found.size === 0) return { graph, found };
  // What nothing else reads is left out.
  const needed = new Set(graph.output.map(({ name }) => name ?? ""));
  const kept = graph.node.toReversed().filter((node) => {
    if (!node.output.some((name) => needed.has(name))) return false;
    for (const name of found.get(node)?.inputs ?? namesReadBy(node)) needed.add(name);
    return true;
  });
  return { graph: { ...graph, node: kept.reverse() }, found };
}

/** The names that a node reads, in its graphs, too. */
function namesReadBy(node: Message<"Node">): string[] {
  const inner = graphsIn(node).flatMap((graph) => [
    ...graph.node.flatMap(namesReadBy),
    ...graph.output.map(({ name = "" }) => name),
  ]);
  return [...node.input, ...inner];
}
