/**
 * The course of a computation, one step at a time: forward in order, then the gradient that the backward pass starts from,
 * then backward by the rules. What is folded into one box takes one step.
 */
import type { GraphData } from "@adjoint/autograd";
import { append } from "./append.ts";
import type { FoldedGraph } from "./fold.ts";
import { shownAs } from "./quiet.ts";

/** What a step does: ops run, gradients are set that the backward pass starts from, or rules run. */
export type StepKind = "forward" | "start" | "backward";

/** One step. */
export interface Step {
  readonly direction: StepKind;
  /** The forward nodes: one, or all of a folded layer that run one after the other. */
  readonly nodes: readonly number[];
  /** The last of them, which the step is called after. */
  readonly node: number;
  /** The number of its last op among all of the graph, from 0: what does not change when layers fold. */
  readonly index: number;
}

/** All steps, and when each node has been computed. */
export interface Course {
  readonly steps: readonly Step[];
  /** For each node the step that computes it; −1 for what is there from the start. */
  readonly doneAt: readonly number[];
}

/** How steps are taken together. */
export interface CourseOptions {
  /** The nodes that have no step of their own: see quiet.ts. */
  readonly shown?: readonly number[];
  /** For each forward node what it is folded into; null for nothing. */
  readonly foldedInto?: (node: number) => string | null;
}

interface Taken {
  readonly direction: StepKind;
  readonly nodes: number[];
  readonly group: string | null;
  index: number;
}

/** The steps of a graph. */
export function courseOf(graph: GraphData, { shown, foldedInto = () => null }: CourseOptions = {}): Course {
  const { nodes, backward } = graph;
  const doneAt = new Array<number>(nodes.length).fill(-1);
  const steps: Taken[] = [];
  let index = -1;
  /** The step in which the next op runs: a new one, the present one of its layer, or the one before for a quiet op. */
  const take = (direction: StepKind, node: number): number => {
    index++;
    const last = steps.at(-1);
    const isQuiet = shown !== undefined && shown[node] !== node;
    const group = foldedInto(node);
    const continues = isQuiet
      ? last?.direction === direction || direction === "backward"
      : last?.direction === direction && group !== null && group === last.group;
    if (last !== undefined && continues) {
      if (!isQuiet) last.nodes.push(node);
      last.index = index;
    } else if (isQuiet && direction === "forward" && steps.length === 0) {
      // What is quiet about a leaf is there from the start.
      return -1;
    } else steps.push({ direction, nodes: [node], group, index });
    return steps.length - 1;
  };
  for (const { id, role } of nodes) if (role === "op") doneAt[id] = take("forward", id);
  const marked = new Set<number>();
  const mark = (id: number, step: number): void => {
    const open = [id];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      if (marked.has(next) || nodes[next].role !== "gradient") continue;
      marked.add(next);
      doneAt[next] = step;
      open.push(...nodes[next].inputs);
    }
  };
  for (const [k, { node, total }] of (backward?.starts ?? []).entries()) {
    const at = k === 0 ? take("start", node) : steps.length - 1;
    if (k > 0) steps[at].nodes.push(node);
    mark(total, at);
  }
  for (const { node, contributions } of backward?.steps ?? []) {
    const at = take("backward", node);
    for (const { gradient, total } of contributions) {
      mark(gradient, at);
      mark(total, at);
    }
  }
  for (const { id, role } of nodes)
    if (role === "gradient" && !marked.has(id)) doneAt[id] = Math.max(0, steps.length - 1);
  return {
    steps: steps.map(({ direction, nodes: own, index: at }) => ({
      direction,
      nodes: own,
      node: own[own.length - 1],
      index: at,
    })),
    doneAt,
  };
}

/** The steps of a graph as it is seen: what is folded into one box, or drawn as part of another, takes no step of its own. */
export function courseAsFolded(graph: GraphData, { boxes, boxOf }: FoldedGraph, quiet = false): Course {
  const foldedInto = (node: number): string | null => {
    const key = boxOf[node];
    return key !== null && boxes.get(key)?.scope != null ? key : null;
  };
  return courseOf(graph, { ...(quiet ? {} : { shown: shownAs(graph) }), foldedInto });
}

/** The step in which an op of the graph runs, by its number among all. */
export function stepAt({ steps }: Course, index: number): number {
  const found = steps.findIndex((step) => step.index >= index);
  return found < 0 ? steps.length - 1 : found;
}

/** The nodes that have been computed after a step. */
export function doneAfter({ doneAt }: Course, step: number): Set<number> {
  const done = new Set<number>();
  for (const [id, at] of doneAt.entries()) if (at <= step) done.add(id);
  return done;
}

/** The nodes that a step is about: the ops' own, and what their rules computed. */
export function currentAt({ steps, doneAt }: Course, step: number): Set<number> {
  const current = new Set<number>();
  if (steps[step] === undefined) return current;
  for (const node of steps[step].nodes) current.add(node);
  for (const [id, at] of doneAt.entries()) if (at === step) current.add(id);
  return current;
}

/** What a rule gives to one of the inputs of its op. */
export interface Given {
  /** The op, which it comes back from. */
  readonly node: number;
  readonly input: number;
  /** The node of the gradient that it gives. */
  readonly gradient: number;
  /** The node of what has been given so far, with it. */
  readonly total: number;
}

const givenIn = new WeakMap<GraphData, ReadonlyMap<number, readonly Given[]>>();

/** What the rules give to a forward node, in the order in which it arrives: its gradient is the sum. */
export function givenTo(graph: GraphData, receiver: number): readonly Given[] {
  const known = givenIn.get(graph);
  if (known !== undefined) return known.get(receiver) ?? [];
  const found = new Map<number, Given[]>();
  for (const { node, contributions } of graph.backward?.steps ?? []) {
    for (const given of contributions) {
      append(found, graph.nodes[node].inputs[given.input], { node, ...given });
    }
  }
  givenIn.set(graph, found);
  return found.get(receiver) ?? [];
}

/** Where the gradients of a step arrive: the forward nodes that its rules give to. */
export function receiversOf({ nodes, backward }: GraphData, step: Step): Set<number> {
  const own = new Set(step.nodes);
  const found = new Set<number>();
  if (step.direction !== "backward") return found;
  for (const { node, contributions } of backward?.steps ?? []) {
    if (!own.has(node)) continue;
    for (const { input } of contributions) {
      const receiver = nodes[node].inputs[input];
      if (!own.has(receiver)) found.add(receiver);
    }
  }
  return found;
}

/** The nodes that the rules of a step are given: the complete gradients of its ops, from outside the step. */
export function upstreamOf({ backward }: GraphData, step: Step, current: ReadonlySet<number>): Set<number> {
  const own = new Set(step.nodes);
  const found = new Set<number>();
  if (step.direction !== "backward") return found;
  for (const { node, upstream } of backward?.steps ?? []) {
    if (own.has(node) && !current.has(upstream)) found.add(upstream);
  }
  return found;
}
