/**
 * How a box or an arrow looks at the moment: what both the screen and the exported picture show.
 */
import type { GraphData } from "@adjoint/autograd";
import type { Box } from "../fold.ts";
import type { DrawnLink } from "../layout/arrows.ts";
import type { Colors } from "./colors.ts";

/** What is known of a node's value without its numbers. */
export interface Summary {
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  /** Root of the mean square. */
  readonly rms: number;
  /** How many elements are no finite numbers. */
  readonly notFinite: number;
  readonly size: number;
  /** The number, where there is only one. */
  readonly value: number | null;
}

/** What the drawing says besides the graph itself. */
export interface DrawingState {
  readonly graph: GraphData;
  readonly summaries: readonly (Summary | null)[];
  /** For each forward node the node of its completed gradient. */
  readonly gradientOf: ReadonlyMap<number, number>;
  /** How far the stepper is: nodes that have been computed; null when all have. */
  readonly done: ReadonlySet<number> | null;
  /** The nodes of the present step. */
  readonly current: ReadonlySet<number>;
  readonly selected: string | null;
  readonly found: ReadonlySet<number>;
}

/** A number as it stands in boxes. */
export function numberText(x: number): string {
  if (!Number.isFinite(x)) return Number.isNaN(x) ? "NaN" : x > 0 ? "∞" : "−∞";
  const size = Math.abs(x);
  const text = size !== 0 && (size >= 1e6 || size < 1e-4) ? x.toExponential(2) : String(Number(x.toPrecision(5)));
  return text.replace("-", "−").replace("e+", "e").replace("e-", "e−");
}

/** Fill and border of a box. */
export function boxColors({ graph }: DrawingState, box: Box, colors: Colors): readonly [string, string] {
  if (box.scope !== null) return box.isBackward ? colors.box.scopeBackward : colors.box.scope;
  return colors.box[graph.nodes[box.nodes[0]].role];
}

/** Whether the stepper has not come here yet. */
export function isWaiting({ done, graph }: DrawingState, box: Box): boolean {
  // A folded layer has leaves in it, which are there from the start: its ops say how far it is.
  const counts = (id: number): boolean => box.nodes.length === 1 || graph.nodes[id].op !== null;
  return done !== null && !box.nodes.some((id) => done.has(id) && counts(id));
}

/** The single numbers that a box shows: its value, and its gradient when that is known. */
export function numbersOf(state: DrawingState, box: Box): { readonly value: string; readonly gradient: string } {
  if (box.scope !== null || isWaiting(state, box)) return { value: "", gradient: "" };
  const [id] = box.nodes;
  const value = state.summaries[id]?.value ?? null;
  const gradientId = state.gradientOf.get(id);
  const isKnown = gradientId !== undefined && (state.done === null || state.done.has(gradientId));
  const gradient = isKnown ? (state.summaries[gradientId]?.value ?? null) : null;
  return {
    value: value === null ? "" : numberText(value),
    gradient: gradient === null || box.isBackward ? "" : `∂ ${numberText(gradient)}`,
  };
}

/** Whether an arrow belongs to the present step or the selected box. */
export function isEmphasized(state: DrawingState, link: DrawnLink): boolean {
  if (state.current.size > 0) return link.edges.some(([, to]) => state.current.has(to));
  return state.selected !== null && (link.from === state.selected || link.to === state.selected);
}

/** Whether an arrow carries something already. */
export function isLinkWaiting({ done }: DrawingState, link: DrawnLink): boolean {
  return done !== null && link.edges.length > 0 && !link.edges.some(([, to]) => done.has(to));
}
