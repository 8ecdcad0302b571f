/** All that the drawing shows besides the graph. */
import { computed } from "@preact/signals";
import { type DrawingState, largestEver, wayAlong } from "../../src/drawing/painting/appearance.ts";
import { firstSummaries, gradients, graph, summaries } from "./document.ts";
import { litElements } from "./lit.ts";
import { done, stepState } from "./stepping.ts";
import { edits, found, selected, way } from "./view.ts";

export const drawingState = computed<DrawingState>(() => ({
  graph: graph.value,
  summaries: summaries.value,
  before: firstSummaries.value,
  gradientOf: gradients.value,
  done: done.value,
  step: stepState.value,
  selected: selected.value,
  found: new Set(found.value),
  lit: litElements.value,
  changed: new Set(edits.value.keys()),
  ...(way.value === null ? {} : { way: wayAlong(way.value) }),
}));

/** The end of the colour scale of a node's value by itself. */
export function scaleOf(id: number): number {
  return largestEver(summaries.value[id], firstSummaries.value[id]);
}
