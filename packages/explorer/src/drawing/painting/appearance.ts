/** How a box or an arrow looks at the moment: what both the screen and the exported picture show. */
import type { GraphData } from "@adjoint/autograd";
import type { Box } from "../fold.ts";
import { gridIn, resultOf } from "../labels.ts";
import type { DrawnLink } from "../layout/arrows.ts";
import { type Course, currentAt, receiversOf, upstreamOf } from "../steps.ts";
import type { Colors } from "./colors.ts";
import { niceEnd, numberText } from "./numbers.ts";

/** What is known of a node's value. */
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
  /** The elements in row-major order, of a tensor that is small enough to show them all; null of others. */
  readonly elements: readonly number[] | null;
}

/** What the present step is about. */
export interface StepState {
  readonly direction: "forward" | "start" | "backward";
  /** The nodes that run, and what their rules compute. */
  readonly current: ReadonlySet<number>;
  /** What the rules are given. */
  readonly upstream: ReadonlySet<number>;
  /** Where their gradients arrive. */
  readonly receivers: ReadonlySet<number>;
  /** The gradients that the rules give, and the sums that these are added to. */
  readonly given: ReadonlySet<number>;
  /** The tensors that share a scale of colours, and its end: forward all of the step, backward its gradients. */
  readonly shared: ReadonlySet<number>;
  readonly scale: number;
  /** The values that a backward step reads, which are of another size than its gradients, and the end of their scale. */
  readonly read: ReadonlySet<number>;
  readonly readScale: number;
}

/** What the drawing shows of a step. */
export function stepStateOf(
  graph: GraphData,
  course: Course,
  step: number,
  summaries: readonly (Summary | null)[],
): StepState {
  const present = course.steps[step];
  const current = currentAt(course, step);
  const upstream = upstreamOf(graph, present, current);
  const own = [...current, ...present.nodes];
  const all = new Set([...own, ...upstream, ...own.flatMap((id) => graph.nodes[id].inputs)]);
  const isForward = present.direction === "forward";
  // What a rule computes from values alone, as 2x, has their size, and not that of the gradient that it is multiplied with.
  const carries = (id: number): boolean =>
    upstream.has(id) ||
    (graph.nodes[id].role === "gradient" && (!current.has(id) || graph.nodes[id].inputs.some(carries)));
  const isGradient = (id: number): boolean =>
    present.direction === "start" ? graph.nodes[id].role === "gradient" : carries(id);
  const [shared, read] = [new Set<number>(), new Set<number>()];
  for (const id of all) (isForward || isGradient(id) ? shared : read).add(id);
  const endOf = (ids: ReadonlySet<number>): number => {
    let largest = 0;
    for (const id of ids) {
      const summary = summaries[id];
      if (summary != null && summary.size > 0) largest = Math.max(largest, largestOf(summary) || 0);
    }
    return niceEnd(largest);
  };
  const receivers = receiversOf(graph, present);
  const scales = { shared, scale: endOf(shared), read, readScale: endOf(read) };
  const steps = (graph.backward?.steps ?? []).filter(
    ({ node }) => present.direction === "backward" && present.nodes.includes(node),
  );
  const given = new Set(
    steps.flatMap(({ contributions }) => contributions.flatMap((one) => [one.gradient, one.total])),
  );
  return { direction: present.direction, current, upstream, receivers, given, ...scales };
}

/** What the drawing says besides the graph itself. */
export interface DrawingState {
  readonly graph: GraphData;
  readonly summaries: readonly (Summary | null)[];
  /** The same before the reader changed anything. */
  readonly before: readonly (Summary | null)[];
  /** For each forward node the node of its completed gradient. */
  readonly gradientOf: ReadonlyMap<number, number>;
  /** How far the stepper is: nodes that have been computed; null when all have. */
  readonly done: ReadonlySet<number> | null;
  readonly step: StepState | null;
  readonly selected: string | null;
  readonly found: ReadonlySet<number>;
  /** Elements that are pointed out: those that the reader points at, and those that they come from and go to. */
  readonly lit: ReadonlyMap<number, ReadonlySet<number>>;
  /** Leaves that the reader has changed. */
  readonly changed: ReadonlySet<number>;
  /** A way through the graph: its arrows are strong, all else is pale. None: no way is shown. */
  readonly way?: Way;
}

/** A way through the graph. */
export interface Way {
  readonly nodes: ReadonlySet<number>;
  /** From each node to the next: `5>14`. Others between its nodes are beside it. */
  readonly edges: ReadonlySet<string>;
}

/** The way through nodes, in the order in which values and then gradients flow along it. */
export function wayAlong(nodes: readonly number[]): Way {
  return { nodes: new Set(nodes), edges: new Set(nodes.slice(1).map((to, i) => `${nodes[i]}>${to}`)) };
}

/** What a box is coloured by: its role, or that it is a folded scope. */
export function boxInk({ graph }: Pick<DrawingState, "graph">, box: Box): keyof Colors["box"] {
  if (box.scope !== null) return box.isBackward ? "scopeBackward" : "scope";
  return graph.nodes[box.nodes[0]].role;
}

/** Fill and border of a box. */
export function boxColors(state: DrawingState, box: Box, colors: Colors): readonly [string, string] {
  return colors.box[boxInk(state, box)];
}

/** Leaves have corners, results of ops are round, folded scopes between. */
export function cornerOf({ graph }: Pick<DrawingState, "graph">, box: Box): number {
  if (box.scope !== null) return 8;
  return graph.nodes[box.nodes[0]].op === null ? 3 : gridIn(graph, box) === null ? 16 : 10;
}

/** Whether the stepper has not come here yet. */
export function isWaiting({ done, graph }: DrawingState, box: Box): boolean {
  if (done === null) return false;
  if (box.scope === null) return !done.has(box.nodes[0]);
  // A folded layer has leaves in it, which are there from the start: its ops say how far it is.
  return !box.nodes.some((id) => done.has(id) && graph.nodes[id].op !== null);
}

/** Whether a box is beside the way that is shown. */
export function isBeside({ way }: DrawingState, box: Box): boolean {
  return way !== undefined && !box.nodes.some((id) => way.nodes.has(id));
}

/** Whether an arrow is a part of the way that is shown. What a rule reads flows another way. */
function isOnWay(way: Way, { edges, carries, kind }: DrawnLink): boolean {
  if (carries !== undefined) return way.nodes.has(carries);
  return kind !== "saved" && edges.some(([from, to]) => way.edges.has(`${from}>${to}`));
}

/** What a step is to a box: it runs there, gives to it, or arrives at it. */
export type BoxPart = "current" | "upstream" | "receiver" | null;

/** The part that a box has in the present step. */
export function partOf({ step }: DrawingState, box: Box): BoxPart {
  if (step === null) return null;
  if (box.nodes.some((id) => step.current.has(id))) return "current";
  if (box.nodes.some((id) => step.upstream.has(id))) return "upstream";
  return box.nodes.some((id) => step.receivers.has(id)) ? "receiver" : null;
}

/** The numbers that a box shows in one line: its value, and its gradient when that is known; of a folded layer its norm. */
export function numbersOf(state: DrawingState, box: Box): { readonly value: string; readonly gradient: string } {
  if (isWaiting(state, box)) return { value: "", gradient: "" };
  if (box.scope !== null) {
    const summary = state.summaries[resultOf(state.graph, box)];
    if (summary === null || summary === undefined) return { value: "", gradient: "" };
    if (summary.value !== null) {
      return { value: box.isBackward ? `∂ ${numberText(summary.value)}` : numberText(summary.value), gradient: "" };
    }
    const norm = numberText(normOf(summary), 3);
    return { value: `${box.isBackward ? "‖∂‖" : "‖y‖"} ${norm}`, gradient: "" };
  }
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

/** The Euclidean norm of a tensor. */
export function normOf({ rms, size }: Summary): number {
  return rms * Math.sqrt(size);
}

/** The end of the colour scale of a tensor by itself: its largest absolute value. */
export function largestOf({ min, max }: Summary): number {
  return Math.max(Math.abs(min), Math.abs(max));
}

/** The elements of a small tensor that are not what they were before the reader changed something. */
export function changedElements(now: Summary | null | undefined, before: Summary | null | undefined): Set<number> {
  const [elements, old] = [now?.elements ?? null, before?.elements ?? null];
  if (elements === null || old === null || elements === old) return new Set();
  return new Set([...elements.keys()].filter((place) => !Object.is(elements[place], old[place])));
}

/** The end of the colour scale of a tensor that may have been changed: what it was before counts, so that it can be seen to shrink. */
export function largestEver(now: Summary | null | undefined, before: Summary | null | undefined): number {
  return Math.max(...[now, before].map((summary) => (summary == null ? 0 : largestOf(summary) || 0)));
}

/** The end of the colour scale that a node is shown in: the step's, which all of its tensors share, or its own. */
export function scaleFor({ step, summaries, before }: DrawingState, id: number): number {
  if (step?.shared.has(id)) return step.scale;
  if (step?.read.has(id)) return step.readScale;
  return largestEver(summaries[id], before[id]);
}

/** How strongly an arrow is drawn: it carries what the present step is about, or belongs to the chosen box. */
export function isEmphasized(state: DrawingState, link: DrawnLink): boolean {
  const { step, way } = state;
  if (way !== undefined) return isOnWay(way, link);
  if (step === null) return state.selected !== null && (link.from === state.selected || link.to === state.selected);
  if (link.kind === "arrival") return link.carries !== undefined && step.current.has(link.carries);
  const wanted = step.direction === "forward" ? "forward" : step.direction === "backward" ? "backward" : null;
  if (link.kind !== wanted && (link.kind !== "saved" || wanted !== "backward")) return false;
  return link.edges.some(([, to]) => step.current.has(to));
}

/** Whether an arrow carries nothing yet, or is beside the way that is shown. */
export function isLinkWaiting({ done, way }: DrawingState, link: DrawnLink): boolean {
  const { edges, carries } = link;
  if (way !== undefined && !isOnWay(way, link)) return true;
  if (done === null) return false;
  return carries === undefined ? !edges.some(([, to]) => done.has(to)) : !done.has(carries);
}
