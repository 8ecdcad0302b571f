/**
 * What boxes say, and how large they are for that. Sizes follow from the text alone, so that a layout needs no screen.
 */
import type { GraphData, GraphNode } from "@adjoint/autograd";
import { withoutUnprintable } from "@adjoint/tensor";
import type { Box } from "./fold.ts";

/** The lines of a box. */
export interface Label {
  readonly title: string;
  readonly detail: string;
}

/** Signs for ops that everyone writes as signs. A map: an op of somebody else may be called `constructor`. */
const signs: ReadonlyMap<string, string> = new Map(
  Object.entries({
    add: "+",
    sub: "−",
    mul: "×",
    div: "÷",
    neg: "−x",
    square: "x²",
    sqrt: "√x",
    matmul: "matmul",
    sum: "Σ sum",
    exp: "eˣ",
    abs: "|x|",
    pow: "aᵇ",
    eq: "=",
    ne: "≠",
    lt: "<",
    le: "≤",
    gt: ">",
    ge: "≥",
  }),
);

const longestTitle = 22;

/** The first characters of a text, as a reader counts them, on one line. */
export function shortened(text: string, length = longestTitle): string {
  const spaced = text.slice(0, 20 * length).replaceAll(/[\s\p{Cc}]+/gu, " ");
  const line = withoutUnprintable(spaced, "\u{FFFD}");
  const characters = [...new Intl.Segmenter().segment(line)].map(({ segment }) => segment);
  return characters.length <= length && line.length === text.length
    ? line
    : `${characters.slice(0, length - 1).join("")}…`;
}

/** A shape as it stands in boxes: `4 × 10`, and nothing for a single number. */
export function shapeText(shape: readonly number[]): string {
  return shape.length === 0 ? "" : shape.join("×");
}

/** The name of a node for people: its own, or what it is. */
export function nameOfNode(node: GraphNode): string {
  return node.name ?? (node.op === null ? `constant n${node.id}` : `${node.op} n${node.id}`);
}

/** The lines of a box. */
export function labelOf(graph: GraphData, box: Box): Label {
  if (box.scope !== null) {
    const count = `${box.nodes.length} ${box.nodes.length === 1 ? "node" : "nodes"}`;
    const name = box.scope.slice(box.scope.lastIndexOf("/") + 1);
    return { title: `${box.isBackward ? "▸ ∂ " : "▸ "}${shortened(name)}`, detail: count };
  }
  const node = graph.nodes[box.nodes[0]];
  const detail = shapeText(node.shape);
  if (node.op === null) return { title: shortened(node.name ?? "const"), detail };
  const sign = signs.get(node.op) ?? node.op;
  return { title: shortened(node.name === undefined ? sign : `${sign} ${node.name}`), detail };
}

/** A rough width of a text in pixels: exact enough to leave room for it. */
export function textWidth(text: string, size: number): number {
  let width = 0;
  for (const character of text) width += (character.codePointAt(0) as number) > 0x2e7f ? 1 : 0.6;
  return width * size;
}

/** Height of boxes. */
export const boxHeight = { forward: 48, backward: 40 } as const;

/** Side of the square that shows a tensor in its box. */
export const pictureSize = 30;

/** Whether a box shows its tensor as a picture. */
export function hasPicture(graph: GraphData, box: Box): boolean {
  if (box.scope !== null) return false;
  return graph.nodes[box.nodes[0]].shape.reduce((product, n) => product * n, 1) > 1;
}

/** The size of a box. */
export function sizeOf(graph: GraphData, box: Box): { readonly width: number; readonly height: number } {
  const { title, detail } = labelOf(graph, box);
  const picture = hasPicture(graph, box) ? pictureSize + 8 : 0;
  // A single number shows its value and its gradient where others show their shape.
  const numbers = box.scope === null && picture === 0 ? (box.isBackward ? 52 : 104) : 0;
  const text = Math.max(textWidth(title, 13.5), textWidth(detail, 11), numbers);
  return {
    width: Math.round(Math.max(56, text + picture + 20)),
    height: box.isBackward ? boxHeight.backward : boxHeight.forward,
  };
}
