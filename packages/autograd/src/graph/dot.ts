/**
 * A graph as DOT text for Graphviz: scopes as boxes, forward solid, backward dashed.
 */
import { checkOptions, formatShape } from "@adjoint/tensor";
import type { GraphData, GraphNode } from "./data.ts";

/** Options of {@link toDot}. */
export interface DotOptions {
  /** The title under the drawing. */
  readonly title?: string;
  /** Direction of the forward pass: "LR" (default) or "TB". */
  readonly direction?: "LR" | "TB";
}

function quoted(text: string): string {
  return `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n")}"`;
}

/** Colours and forms by role: [fill, border, shape]. */
const looks: Readonly<Record<GraphNode["role"], readonly [string, string, string]>> = {
  parameter: ["#fde9c8", "#b7791f", "box"],
  input: ["#d6ebff", "#2b6cb0", "box"],
  constant: ["#eeeeee", "#888888", "box"],
  op: ["#ffffff", "#333333", "ellipse"],
  gradient: ["#fbe3e4", "#b83253", "ellipse"],
};

/** What a node says: op or name, whose gradient it completes, and its shape. */
function label(node: GraphNode, completes: ReadonlyMap<number, readonly string[]>): string {
  const title = node.op ?? node.name ?? (node.value?.size === 1 ? String(node.value) : node.role);
  const name = node.op !== null && node.name !== undefined ? `\n${node.name}` : "";
  const of = completes.get(node.id);
  return `${title}${name}${of === undefined ? "" : `\ngradient of ${of.join(", ")}`}\n${formatShape(node.shape)}`;
}

/** The names of the leaves whose complete gradient each node is. */
function completedGradients({ nodes, gradients }: GraphData): Map<number, string[]> {
  const completes = new Map<number, string[]>();
  for (const [leaf, gradient] of Object.entries(gradients)) {
    const { name } = nodes[Number(leaf)];
    if (name !== undefined) completes.set(gradient, [...(completes.get(gradient) ?? []), name]);
  }
  return completes;
}

/**
 * The graph in the DOT language. Every node of the graph is a node `n<id>` of the text, every input an edge.
 */
export function toDot(graph: GraphData, options: DotOptions = {}): string {
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
  lines.push(...cluster(graph.nodes, "", 1, { next: 0 }, completes));
  for (const node of graph.nodes) {
    for (const input of node.inputs) {
      const style = node.role === "gradient" ? ' [style=dashed, color="#b83253"]' : "";
      lines.push(`  n${input} -> n${node.id}${style};`);
    }
  }
  lines.push("}");
  return `${lines.join("\n")}\n`;
}

/** The nodes of one scope, and inner scopes as boxes of their own. Forward and backward have separate boxes. */
function cluster(
  nodes: readonly GraphNode[],
  path: string,
  depth: number,
  counter: { next: number },
  completes: ReadonlyMap<number, readonly string[]>,
): string[] {
  const indent = "  ".repeat(depth);
  const lines: string[] = [];
  const inner = new Map<string, GraphNode[]>();
  for (const node of nodes) {
    const rest = path === "" ? node.scope : node.scope.slice(path.length + 1);
    if (rest === "") {
      const [fill, border, shape] = looks[node.role];
      lines.push(
        `${indent}n${node.id} [label=${quoted(label(node, completes))}, shape=${shape}, fillcolor="${fill}", color="${border}"];`,
      );
    } else {
      const key = `${rest.split("/")[0]}${node.role === "gradient" ? "\u0000backward" : ""}`;
      inner.set(key, [...(inner.get(key) ?? []), node]);
    }
  }
  for (const [key, members] of inner) {
    const [name, backward] = key.split("\u0000");
    const innerPath = path === "" ? name : `${path}/${name}`;
    lines.push(
      `${indent}subgraph cluster_${counter.next++} {`,
      `${indent}  label=${quoted(backward ? `${name} (backward)` : name)};`,
      ...cluster(members, innerPath, depth + 1, counter, completes),
      `${indent}}`,
    );
  }
  return lines;
}
