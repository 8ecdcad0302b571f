/** How expressions are written on the page at the moment. */
import type { Writing } from "../../src/drawing/writing/expression.ts";
import { type WritingOfGraph, writingOf } from "../../src/drawing/writing/lines.ts";
import { graph, summaries } from "../state/document.ts";
import { text } from "../state/settings.ts";

/** What is written of the graph with its present values. */
export const presentWriting = (): WritingOfGraph => writingOf(graph.value, summaries.value, text.value);

/** The value of a node in a line of text; null where it is too long. */
export const valueText = (node: number): string | null => presentWriting().valueText(node);

const by = (kind: "symbolic" | "numeric"): Writing => ({
  valueOf: (node, symbol) => presentWriting()[kind].valueOf(node, symbol),
  summed: (what, axes, from) => text.value.summed(what, axes, from),
  repeated: (what, shape) => text.value.repeated(what, shape),
  shapeOf: (node) => graph.value.nodes[node]?.shape ?? [],
});

/** With symbols; constants without a name as their number. */
export const symbolic: Writing = by("symbolic");

/** With numbers where they are few, else with symbols. */
export const numeric: Writing = by("numeric");
