/** A graph as DOT text for Graphviz: scopes as boxes, forward solid, backward dashed. */
import { checkOptions } from "@adjoint/tensor";
import { checkGraph, type GraphData, type Role } from "../data.ts";
import { type Box, boxesOf, colors, completedGradients, deeper, label, plainText } from "./boxes.ts";

/** Options of {@link toDot}. */
export interface DotOptions {
  /** The title under the drawing. */
  readonly title?: string;
  /** Direction of the forward pass: "LR" (default) or "TB". */
  readonly direction?: "LR" | "TB";
}

/**
 * A text in DOT. Graphviz reads HTML entities in it, so that an ampersand has to be one; it ends a text at a NUL, and
 * fails at a line of no length.
 */
function quoted(text: string): string {
  const escaped = plainText(text)
    .replaceAll("&", "&amp;")
    .replaceAll("\\", "\\\\")
    .replaceAll('"', '\\"')
    .split("\n")
    .map((line) => (line === "" ? " " : line));
  return `"${escaped.join("\\n")}"`;
}

const forms: Readonly<Record<Role, string>> = {
  parameter: "box",
  input: "box",
  constant: "box",
  op: "ellipse",
  gradient: "ellipse",
};

/** The graph in the DOT language. Every node of the graph is a node `n<id>` of the text, every input an edge. */
export function toDot(graph: GraphData, options: DotOptions = {}): string {
  checkGraph("toDot", graph);
  checkOptions("toDot", options, ["title", "direction"]);
  const { title, direction = "LR" } = options;
  const lines = [
    "digraph adjoint {",
    `  rankdir=${direction};`,
    '  graph [fontname="Helvetica", fontsize=12, style="rounded", color="#bbbbbb"];',
    '  node [fontname="Helvetica", fontsize=11, style="filled"];',
    '  edge [color="#555555", arrowsize=0.7];',
  ];
  if (title !== undefined) lines.push(`  label=${quoted(title)};`);
  const completes = completedGradients(graph);
  let clusters = 0;
  const draw = ({ nodes, boxes }: Box, indent: string): void => {
    for (const node of nodes) {
      const [fill, border] = colors[node.role];
      const look = `shape=${forms[node.role]}, fillcolor="${fill}", color="${border}"`;
      lines.push(`${indent}n${node.id} [label=${quoted(label(node, completes))}, ${look}];`);
    }
    for (const box of boxes.values()) {
      lines.push(`${indent}subgraph cluster_${clusters++} {`, `${indent}  label=${quoted(box.title)};`);
      draw(box, deeper(indent));
      lines.push(`${indent}}`);
    }
  };
  draw(boxesOf(graph.nodes), "  ");
  for (const node of graph.nodes) {
    for (const input of node.inputs) {
      const style = node.role === "gradient" ? ' [style=dashed, color="#b83253"]' : "";
      lines.push(`  n${input} -> n${node.id}${style};`);
    }
  }
  lines.push("}");
  return `${lines.join("\n")}\n`;
}
