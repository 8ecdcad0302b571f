/** Gives drawings of graphs in any language their parts: the labels of nodes, and the boxes that they lie in. */
import { formatShape, withoutUnprintable } from "@adjoint/tensor";
import type { GraphData, GraphNode, Role } from "../data.ts";

/** Colours by role: fill and border. */
export const colors: Readonly<Record<Role, readonly [fill: string, border: string]>> = {
  parameter: ["#fde9c8", "#b7791f"],
  input: ["#d6ebff", "#2b6cb0"],
  constant: ["#eeeeee", "#888888"],
  op: ["#ffffff", "#333333"],
  gradient: ["#fbe3e4", "#b83253"],
};

/** The names of the leaves whose complete gradient each node is. */
export function completedGradients({ nodes, gradients }: GraphData): Map<number, string[]> {
  const completes = new Map<number, string[]>();
  for (const [leaf, gradient] of Object.entries(gradients)) {
    const { name } = nodes[Number(leaf)];
    if (name === undefined) continue;
    const names = completes.get(gradient);
    if (names === undefined) completes.set(gradient, [name]);
    else names.push(name);
  }
  return completes;
}

/** What a node says, in lines: op or name, whose gradient it completes, and its shape. */
export function label(node: GraphNode, completes: ReadonlyMap<number, readonly string[]>): string {
  const title = node.op ?? node.name ?? (node.value?.size === 1 ? String(node.value) : node.role);
  const name = node.op !== null && node.name !== undefined ? `\n${node.name}` : "";
  const of = completes.get(node.id);
  return `${title}${name}${of === undefined ? "" : `\ngradient of ${of.join(", ")}`}\n${formatShape(node.shape)}`;
}

/** A scope: its own nodes, and the scopes in it. Forward and backward have separate boxes. */
export interface Box {
  readonly title: string;
  readonly nodes: GraphNode[];
  readonly boxes: Map<string, Box>;
}

/** The boxes of a graph, nested as its scopes are. */
export function boxesOf(nodes: readonly GraphNode[]): Box {
  const root: Box = { title: "", nodes: [], boxes: new Map() };
  for (const node of nodes) {
    let box = root;
    if (node.scope !== "") {
      for (const name of node.scope.split("/")) {
        const title = node.role === "gradient" ? `${name} (backward)` : name;
        const key = `${node.role === "gradient" ? "backward" : "forward"} ${name}`;
        let inner = box.boxes.get(key);
        if (inner === undefined) {
          inner = { title, nodes: [], boxes: new Map() };
          box.boxes.set(key, inner);
        }
        box = inner;
      }
    }
    box.nodes.push(node);
  }
  return root;
}

/** A text with `\n` between lines, and U+FFFD for what is no character, is not seen, or turns the text around it. */
export function plainText(text: string): string {
  return withoutUnprintable(text.replace(/\r\n?|[\u2028\u2029]/g, "\n"), "\u{FFFD}");
}

/** How far lines are indented at the most: deeply nested scopes must not make a text that grows with their square. */
const MOST_INDENT = 32;

/** The indentation of what is in a box whose own is `indent`. */
export function deeper(indent: string): string {
  return indent.length < MOST_INDENT ? `${indent}  ` : indent;
}
