/** A graph as Mermaid text, which documentation draws: scopes as subgraphs, forward solid, backward dotted. */
import { checkOptions } from "@adjoint/tensor";
import { checkGraph, type GraphData, type Role } from "../data.ts";
import { type Box, boxesOf, colors, completedGradients, deeper, label, plainText } from "./boxes.ts";

/** Options of {@link toMermaid}. */
export interface MermaidOptions {
  /** The title over the drawing. */
  readonly title?: string;
  /** Direction of the forward pass: "LR" (default) or "TB". */
  readonly direction?: "LR" | "TB";
}

/**
 * A text in Mermaid. All but letters, digits, spaces and a few marks become numbers of characters: others may be
 * syntax, Markdown or HTML somewhere.
 */
function quoted(text: string): string {
  const escaped = plainText(text).replace(/[^\p{L}\p{N} .,=+()[\]]/gu, (c) =>
    c === "\n" ? "<br>" : `#${c.codePointAt(0)};`,
  );
  return `"${escaped}"`;
}

/** The text around a label that gives a node its form: leaves as boxes, ops as stadiums. */
const forms: Readonly<Record<Role, readonly [string, string]>> = {
  parameter: ["[", "]"],
  input: ["[", "]"],
  constant: ["[", "]"],
  op: ["([", "])"],
  gradient: ["([", "])"],
};

/**
 * The graph in Mermaid's language for flowcharts. Every node of the graph is a node `n<id>` of the text, every input an
 * edge. (Mermaid draws 500 edges and 50,000 characters unless `maxEdges` and `maxTextSize` are configured: a whole
 * network needs more.)
 */
export function toMermaid(graph: GraphData, options: MermaidOptions = {}): string {
  checkGraph("toMermaid", graph);
  checkOptions("toMermaid", options, ["title", "direction"]);
  const { title, direction = "LR" } = options;
  // The title stands in YAML, which reads the strings of JSON.
  const lines = title === undefined ? [] : ["---", `title: ${JSON.stringify(plainText(title))}`, "---"];
  lines.push(`flowchart ${direction}`);
  const completes = completedGradients(graph);
  let subgraphs = 0;
  const draw = ({ nodes, boxes }: Box, indent: string): void => {
    for (const node of nodes) {
      const [open, close] = forms[node.role];
      lines.push(`${indent}n${node.id}${open}${quoted(label(node, completes))}${close}:::${node.role}Node`);
    }
    for (const box of boxes.values()) {
      lines.push(`${indent}subgraph s${subgraphs++} [${quoted(box.title)}]`);
      draw(box, deeper(indent));
      lines.push(`${indent}end`);
    }
  };
  draw(boxesOf(graph.nodes), "  ");
  for (const node of graph.nodes) {
    const arrow = node.role === "gradient" ? "-.->" : "-->";
    for (const input of node.inputs) lines.push(`  n${input} ${arrow} n${node.id}`);
  }
  for (const role of new Set(graph.nodes.map((node) => node.role))) {
    const [fill, border] = colors[role];
    lines.push(`  classDef ${role}Node fill:${fill},stroke:${border},color:#222222`);
  }
  return `${lines.join("\n")}\n`;
}
