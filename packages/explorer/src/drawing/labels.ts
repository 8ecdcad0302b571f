/**
 * What boxes say, and how large they are for that. Sizes follow from the text alone, so that a layout needs no screen.
 */
import type { GraphData, GraphNode } from "@adjoint/autograd";
import { sizeOf as elementsIn, withoutUnprintable } from "@adjoint/tensor";
import type { Box } from "./fold.ts";
import { completedIn } from "./homes.ts";
import { isCareful } from "./quiet.ts";

/** What a box says. */
export interface Label {
  readonly title: string;
  /** The shape, and nothing for a single number; of a folded layer how many nodes are in it. */
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
    logisticDensity: "σ′",
    sech2: "tanh′",
    padSlice: "pad",
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

const longestTitle = 26;

/** Whether a name is a sum, a product or another formula, which needs brackets inside of one: `1 + e⁻ˣ`. */
export function isFormula(name: string): boolean {
  return /[−×÷·]|\s[-+*/=<>]\s/.test(name.replaceAll(/\([^()]*\)/g, ""));
}

/** Whether the gradient of a value with this name has it in brackets: ∂(x − μ)² could be a square of ∂(x − μ). */
export function isBracketed(name: string): boolean {
  return isFormula(name) || /[^\p{L}\p{N}][²³ⁿˣᵀ]$|⁻.$/u.test(name);
}

/** What the gradient of a value with this name is called. */
function gradientName(name: string): string {
  return isBracketed(name) ? `∂(${name})` : `∂ ${name}`;
}

/** How names begin or end that say which op gives them. */
const marks: ReadonlyMap<string, RegExp> = new Map([
  ["sum", /^Σ/],
  ["sqrt", /^√/],
  ["square", /²$/],
  ["transpose", /ᵀ$/],
  ["exp", /^e[⁻ˣ]/],
]);

/** Whether a name says by itself which op gives it: `log y`, `Σx`, `(x − μ)²`, `kᵀ`. */
export function tellsOp(name: string, op: string): boolean {
  return marks.get(op)?.test(name) ?? (name.startsWith(`${op} `) || name.startsWith(`${op}(`));
}

/**
 * Op and name in one line; a name that is the formula of its op stands alone. Signs with letters in them would read as
 * part of the name: words stand for them.
 */
function opBeside(name: string, { op, role }: GraphNode): string {
  if ((isFormula(name) || tellsOp(name, op as string)) && role !== "gradient") return name;
  const sign = signs.get(op as string) ?? op;
  return `${/[axˣ]/.test(`${sign}`) || isFormula(name) ? op : sign} ${name}`;
}

/** The first characters of a text, as a reader counts them, on one line. */
export function shortened(text: string, length = longestTitle): string {
  // Most names are plain words, for which nothing has to be segmented.
  if (/^[!-~]+(?: [!-~]+)*$/.test(text)) return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
  const spaced = text.slice(0, 20 * length).replaceAll(/[\s\p{Cc}]+/gu, " ");
  const line = withoutUnprintable(spaced, "\u{FFFD}");
  const characters = [...new Intl.Segmenter().segment(line)].map(({ segment }) => segment);
  return characters.length <= length && line.length === text.length
    ? line
    : `${characters.slice(0, length - 1).join("")}…`;
}

/** A shape as it stands in boxes: `4×10`, and nothing for a single number. */
export function shapeText(shape: readonly number[]): string {
  return shape.length === 0 ? "" : shape.join("×");
}

/** A node for people: its own name, the value whose gradient it is, or its op with its number. */
export function nameIn(graph: GraphData, id: number): string {
  const node = graph.nodes[id];
  if (node === undefined) return `n${id}`;
  const of = node.role === "gradient" ? completedIn(graph).get(id) : undefined;
  const known = gradientNameIn(graph, node, of);
  if (known !== undefined) return known;
  if (node.role === "gradient" && of !== undefined && node.op === null) return gradientName(nameIn(graph, of));
  return node.name ?? (node.op === null ? `const n${id}` : `${wordOf(node.op)} n${id}`);
}

/** What a gradient is called: by a name of its own, or after the value that it is the gradient of. */
function gradientNameIn({ nodes }: GraphData, { op, name }: GraphNode, of: number | undefined): string | undefined {
  if (of === undefined || (op !== null && name !== undefined)) return name;
  return nodes[of].name === undefined ? undefined : gradientName(nodes[of].name);
}

/** The ops that have a name of their own only in their signs. */
const signed: ReadonlySet<string> = new Set(["logisticDensity", "sech2", "padSlice"]);

/** An op in a sentence: by the sign that its boxes have, where that is a name. */
export function wordOf(op: string): string {
  return signed.has(op) ? (signs.get(op) ?? op) : op;
}

/** The shape of a node, and nothing for a single number. */
function shapeOf({ nodes }: GraphData, id: number): string {
  return elementsIn(nodes[id].shape) === 1 ? "" : shapeText(nodes[id].shape);
}

/** The op whose whole rule a box stands for; null where it stands for its node alone. */
export function ruleIn({ nodes }: GraphData, { nodes: [own, ...rest], scope }: Box): string | null {
  const { op, gradientOf } = nodes[own];
  const of = gradientOf === undefined || gradientOf === null ? null : nodes[gradientOf].op;
  if (scope !== null || op === null || !isCareful(of)) return null;
  return rest.some((id) => nodes[id].op !== "reshape") ? of : null;
}

/** The lines of a box. */
export function labelOf(graph: GraphData, box: Box): Label {
  if (box.scope !== null) {
    const name = box.scope.slice(box.scope.lastIndexOf("/") + 1);
    const shape = shapeOf(graph, resultOf(graph, box));
    const leaf = leafOf(graph, box);
    return {
      title: `${box.isBackward ? "▸ ∂ " : "▸ "}${shortened(name)}`,
      detail: leaf === null ? shape : `${leaf} ${shape}`.trim(),
    };
  }
  const node = graph.nodes[box.nodes[0]];
  const of = node.role === "gradient" ? completedIn(graph).get(node.id) : undefined;
  // A gradient has the shape of its value, which a reshape that is part of the box may give it.
  const detail = shapeOf(graph, of ?? node.id);
  const name = gradientNameIn(graph, node, of);
  if (node.op === null) return { title: shortened(name ?? (of === undefined ? "const" : "∂ output")), detail };
  const careful = ruleIn(graph, box);
  if (careful !== null) return { title: shortened(name ?? `∂ ${careful}`), detail };
  const title = name === undefined ? (signs.get(node.op) ?? node.op) : opBeside(name, node);
  return { title: shortened(title), detail };
}

/**
 * Of the gradients of a folded layer that no layer before it gets, the leaf that the last of them is of: `∂ weight`. Such
 * a gradient is of another size than those of the other layers, which are those of values.
 */
function leafOf(graph: GraphData, box: Box): string | null {
  const of = box.isBackward ? completedIn(graph).get(resultOf(graph, box)) : undefined;
  if (of === undefined || graph.nodes[of].op !== null) return null;
  const { name } = graph.nodes[of];
  if (name === undefined) return null;
  const own = `${box.scope}.`;
  return gradientName(shortened(name.startsWith(own) ? name.slice(own.length) : name, longestTitle / 2));
}

/** The node that stands for what a box gives: of a folded layer the last op in it. */
export function resultOf({ nodes }: GraphData, box: Box): number {
  if (box.scope === null) return box.nodes[0];
  return box.nodes.findLast((id) => nodes[id].op !== null) ?? box.nodes[0];
}

/** A rough width of a text in pixels: exact enough to leave room for it. */
export function textWidth(text: string, size: number): number {
  let width = 0;
  for (const character of text) {
    width += (character.codePointAt(0) as number) > 0x2e7f ? 1 : "mwMW".includes(character) ? 0.85 : 0.6;
  }
  return width * size;
}

/** Height of boxes without numbers in rows. */
export const boxHeight = { forward: 48, backward: 42 } as const;

/** Side of the square that shows a tensor in its box. */
export const pictureSize = 34;

/** A cell of a tensor whose numbers stand in its box, and the line above them. */
export const cellSize = { width: 40, height: 16, top: 22, bottom: 7, side: 6, gap: 6 } as const;

/** The most rows, and columns, of numbers that are shown one by one in a box. */
export const mostCells = 6;

/** How the numbers of a small tensor are laid out: planes of rows and columns, side by side and one below the other. */
export interface Grid {
  readonly rows: number;
  readonly columns: number;
  /** Rows and columns of one plane; between planes is a gap. */
  readonly plane: readonly [rows: number, columns: number];
}

/** The numbers of a tensor in rows and columns; null for a single number, and where there are more than `most` of one. */
export function gridOf(shape: readonly number[], most: number = mostCells): Grid | null {
  if (shape.length > 4) {
    const outer = shape.findIndex((length) => length !== 1);
    return outer < 0 || shape.length - outer > 4 ? null : gridOf(shape.slice(outer), most);
  }
  const [down, across, height, width] = [...new Array<number>(4 - shape.length).fill(1), ...shape];
  const [rows, columns] = [down * height, across * width];
  if (rows * columns < 2 || rows > most || columns > most) return null;
  return { rows, columns, plane: [height, width] };
}

/** The row and the column at which an element (in row-major order) of a grid is shown. */
export function placeInGrid({ columns, plane: [height, width] }: Grid, place: number): readonly [number, number] {
  const across = columns / width;
  const [plane, inside] = [Math.floor(place / (height * width)), place % (height * width)];
  return [
    Math.floor(plane / across) * height + Math.floor(inside / width),
    (plane % across) * width + (inside % width),
  ];
}

/** The rectangle of an element of a grid, counted from the corner of its box. */
export function cellIn(grid: Grid, boxWidth: number, place: number): readonly [x: number, y: number] {
  const [row, column] = placeInGrid(grid, place);
  const [height, width] = grid.plane;
  const inner = gridSize(grid).width;
  return [
    (boxWidth - inner) / 2 + column * cellSize.width + Math.floor(column / width) * cellSize.gap,
    cellSize.top + row * cellSize.height + Math.floor(row / height) * cellSize.gap,
  ];
}

/** How much room the numbers of a grid take. */
export function gridSize({ rows, columns, plane: [height, width] }: Grid) {
  return {
    width: columns * cellSize.width + (columns / width - 1) * cellSize.gap,
    height: rows * cellSize.height + (rows / height - 1) * cellSize.gap,
  };
}

/** The numbers that a box shows one by one, of a folded layer those of its result; null where there is one or too many. */
export function gridIn(graph: GraphData, box: Box): Grid | null {
  return gridOf(graph.nodes[resultOf(graph, box)].shape);
}

/** Whether a box shows its tensor as a picture. */
export function hasPicture(graph: GraphData, box: Box): boolean {
  if (box.scope !== null) return false;
  const { shape } = graph.nodes[box.nodes[0]];
  return elementsIn(shape) > 1 && gridOf(shape) === null;
}

/** The size of a box. */
export function sizeOf(graph: GraphData, box: Box): { readonly width: number; readonly height: number } {
  const { title, detail } = labelOf(graph, box);
  const grid = gridIn(graph, box);
  if (grid !== null) {
    const inner = gridSize(grid);
    const line = textWidth(title, 14.5) + textWidth(detail, 11.5) + 10;
    return {
      width: Math.round(Math.max(56, line, inner.width) + 2 * cellSize.side),
      height: cellSize.top + inner.height + cellSize.bottom,
    };
  }
  const picture = hasPicture(graph, box) ? pictureSize + 8 : 0;
  // A single number shows its value and its gradient where others show their shape; a folded layer its norm.
  const numbers =
    picture !== 0 ? 0 : box.scope !== null ? 96 : box.isBackward ? 64 : hasGradient(graph, box) ? 128 : 60;
  const text = Math.max(textWidth(title, 14.5), textWidth(detail, 11.5), numbers);
  return {
    width: Math.round(Math.max(56, text + picture + 20)),
    height: box.scope !== null && detail !== "" ? 56 : box.isBackward ? boxHeight.backward : boxHeight.forward,
  };
}

/** Whether a gradient can stand beside the number of a forward node: constants have none. */
function hasGradient({ nodes, backward }: GraphData, box: Box): boolean {
  const { role } = nodes[box.nodes[0]];
  return backward !== undefined && (role === "op" || role === "parameter");
}
