/** The steps of the computation, and which of them is the present one. */
import { batch, computed, signal } from "@preact/signals";
import { type StepState, stepStateOf } from "../../src/drawing/painting/appearance.ts";
import { type Course, courseAsFolded, doneAfter, type Step, stepAt } from "../../src/drawing/steps.ts";
import { graph, summaries } from "./document.ts";
import { folded, selected, showsQuiet, way } from "./view.ts";

/** The steps: layers that are folded take one each. */
export const course = computed((): Course => {
  return courseAsFolded(graph.value, folded.value, showsQuiet.value);
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
  if (presentStep.value === null || step.value === null) return null;
  return stepStateOf(graph.value, course.value, step.value, summaries.value);
});

/** Goes to a step; null: all done. */
export function goToStep(to: number | null): void {
  const { steps } = course.value;
  const next = to === null ? null : Math.max(-1, Math.min(steps.length - 1, to));
  batch(() => {
    way.value = null;
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
