/**
 * The steps of the computation, and which of them is the present one.
 */
import { batch, computed, signal } from "@preact/signals";
import { largestOf, type StepState } from "../drawing/painting/appearance.ts";
import { niceEnd } from "../drawing/painting/numbers.ts";
import { shownAs } from "../drawing/quiet.ts";
import {
  type Course,
  courseOf,
  currentAt,
  doneAfter,
  receiversOf,
  type Step,
  stepAt,
  upstreamOf,
} from "../drawing/steps.ts";
import { graph, summaries } from "./document.ts";
import { folded, selected, showsQuiet } from "./view.ts";

/** The steps: layers that are folded take one each. */
export const course = computed((): Course => {
  const { boxes, boxOf } = folded.value;
  const foldedInto = (node: number): string | null => {
    const key = boxOf[node];
    return key !== null && boxes.get(key)?.scope != null ? key : null;
  };
  return courseOf(graph.value, { ...(showsQuiet.value ? {} : { shown: shownAs(graph.value) }), foldedInto });
});

/** The number of the op that the present step ends with, among all of the graph; null when all are done, −1 before them. */
export const reached = signal<number | null>(null);

/** The present step: null when all are done, −1 before the first. */
export const step = computed((): number | null => {
  if (reached.value === null || reached.value < 0) return reached.value;
  return stepAt(course.value, reached.value);
});

/** The step that is shown; null before the first, and when all are done. */
export const presentStep = computed((): Step | null =>
  step.value === null ? null : (course.value.steps[step.value] ?? null),
);

/** The nodes that have been computed; null when all have. */
export const done = computed(() => (step.value === null ? null : doneAfter(course.value, step.value)));

/** Whether a node's value may be shown: it belongs to no step that is still to come. */
export function isKnown(id: number): boolean {
  return done.value === null || done.value.has(id);
}

/** What the drawing shows of the present step. */
export const stepState = computed((): StepState | null => {
  const present = presentStep.value;
  if (present === null || step.value === null) return null;
  const current = currentAt(course.value, step.value);
  const upstream = upstreamOf(graph.value, present, current);
  const shown = new Set([...current, ...upstream]);
  // Of the backward pass the gradients share a scale; the values that rules read have another size.
  if (present.direction === "forward") {
    for (const id of present.nodes) for (const input of graph.value.nodes[id].inputs) shown.add(input);
  } else for (const id of present.nodes) shown.delete(id);
  let largest = 0;
  for (const id of shown) {
    const summary = summaries.value[id];
    if (summary != null && summary.size > 0) largest = Math.max(largest, largestOf(summary) || 0);
  }
  return {
    direction: present.direction,
    current,
    upstream,
    receivers: receiversOf(graph.value, present),
    scale: niceEnd(largest),
  };
});

/** Goes to a step; null: all done. */
export function goToStep(to: number | null): void {
  const { steps } = course.value;
  const next = to === null ? null : Math.max(-1, Math.min(steps.length - 1, to));
  batch(() => {
    reached.value = next === null || next < 0 ? next : steps[next].index;
    if (next !== null && next >= 0) selected.value = folded.value.boxOf[steps[next].node];
  });
}

/** The step before or after the present one. */
export function nextStep(): void {
  if (course.value.steps.length === 0) return;
  goToStep(step.value === null ? 0 : step.value + 1);
}

export function previousStep(): void {
  const { steps } = course.value;
  if (steps.length === 0) return;
  goToStep(step.value === null ? steps.length - 1 : step.value - 1);
}
