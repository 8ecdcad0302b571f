/** What in a file cannot be read: all of it at once, before anything is made. */
import { graphsIn, type Message } from "../../messages/schema.ts";
import { controls } from "../nodes/control.ts";
import { sequences } from "../nodes/sequences.ts";
import { lowerings } from "../ops/all.ts";
import { type OnnxSource, refused } from "./source.ts";

/** The operator set of ONNX itself, which has two names. */
export const mainDomain = (domain: string | undefined): string =>
  domain === undefined || domain === "ai.onnx" ? "" : domain;

/** The name by which a function of the file is found. */
export const functionKey = (domain: string | undefined, name: string | undefined): string =>
  `${mainDomain(domain)}::${name ?? ""}`;

/** Names of nodes that a report lists for each op. */
const mostNames = 5;

/** Whether an op of ONNX itself is read. */
export const isSupported = (op: string): boolean => controls.has(op) || sequences.has(op) || lowerings.has(op);

/** @throws DataError that lists every op which cannot be read, how often it occurs, and in which nodes */
export function checkSupported(
  source: OnnxSource,
  graph: Message<"Graph">,
  functions: ReadonlyMap<string, Message<"Function">>,
): void {
  const unknown = new Map<string, string[]>();
  const scan = (nodes: readonly Message<"Node">[]): void => {
    for (const node of nodes) {
      for (const inner of graphsIn(node)) scan(inner.node);
      if (functions.has(functionKey(node.domain, node.op_type))) continue;
      const domain = mainDomain(node.domain);
      const op = node.op_type ?? "";
      if (domain === "" && isSupported(op)) continue;
      const name = domain === "" ? op : `${domain}.${op}`;
      const names = unknown.get(name) ?? [];
      names.push(node.name || node.output[0] || "");
      unknown.set(name, names);
    }
  };
  scan(graph.node);
  for (const { node } of functions.values()) scan(node);
  if (unknown.size === 0) return;
  const listed = [...unknown].map(([op, names]) => {
    const more = names.length > mostNames ? ", …" : "";
    return `${op} (${names.length}: ${names.slice(0, mostNames).join(", ")}${more})`;
  });
  throw refused(source, `has ${unknown.size} unknown op${unknown.size === 1 ? "" : "s"}: ${listed.join("; ")}`, {
    expected: "ops that are read from ONNX",
    received: [...unknown.keys()].join(", "),
    hint: "docs/onnx-in.md lists the ops that are read. Export the model with other ops, or cut it before these.",
  });
}
