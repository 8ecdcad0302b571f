/**
 * How expressions are written on the page: with symbols, or with numbers where these are few.
 */

import type { Writing } from "../../src/drawing/expression.ts";
import { cellText, numberText } from "../../src/drawing/painting/numbers.ts";
import { graph, summaries } from "../state/document.ts";
import { text } from "../state/settings.ts";

/** The most elements whose numbers stand in a line of text. */
const few = 4;

/** The value of a node in a line of text; null where it is too long. */
export function valueText(node: number): string | null {
  const summary = summaries.value[node];
  if (summary == null) return null;
  if (summary.value !== null) return numberText(summary.value);
  const { shape } = graph.value.nodes[node];
  const isRow = shape.filter((n) => n !== 1).length === 1;
  if (summary.elements === null || summary.elements.length > few || !isRow) return null;
  return `[${summary.elements.map(cellText).join(", ")}]`;
}

const common = {
  summed: (what: string, axes: readonly number[], from: readonly number[]): string =>
    text.value.summed(what, axes, from),
  repeated: (what: string, shape: string): string => text.value.repeated(what, shape),
  shapeOf: (node: number): readonly number[] => graph.value.nodes[node]?.shape ?? [],
};

/** The number of a constant that has no name: one number, or the one that all of its elements are. */
function constantText(node: number): string {
  const summary = summaries.value[node];
  return summary == null || summary.min !== summary.max ? `n${node}` : numberText(summary.min);
}

/** With symbols; constants without a name as their number. */
export const symbolic: Writing = {
  ...common,
  valueOf: (node, symbol) => (symbol === "" || /^n\d+$/.test(symbol) ? constantText(node) : symbol),
};

/** With numbers where they are few, else with symbols. */
export const numeric: Writing = {
  ...common,
  valueOf: (node, symbol) => valueText(node) ?? symbolic.valueOf(node, symbol),
};
