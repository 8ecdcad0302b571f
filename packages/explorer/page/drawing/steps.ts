/**
 * The course of a computation, one op at a time: forward in order, then backward by the rules.
 */
import type { GraphData } from "@adjoint/autograd";

/** One step: the op of a node runs, or its rules do. */
export interface Step {
  readonly direction: "forward" | "backward";
  /** The forward node. */
  readonly node: number;
}

/** All steps, and when each node has been computed. */
export interface Course {
  readonly steps: readonly Step[];
  /** For each node the step that computes it; −1 for what is there from the start. */
  readonly doneAt: readonly number[];
}

/** The steps of a graph. */
export function courseOf({ nodes, backward }: GraphData): Course {
  const steps: Step[] = nodes
    .filter(({ role }) => role === "op")
    .map(({ id }) => ({ direction: "forward" as const, node: id }));
  const doneAt = new Array<number>(nodes.length).fill(-1);
  for (const [i, { node }] of steps.entries()) doneAt[node] = i;
  const firstBackward = steps.length;
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
  for (const { total } of backward?.starts ?? []) mark(total, firstBackward);
  for (const [k, { node, contributions }] of (backward?.steps ?? []).entries()) {
    for (const { gradient, total } of contributions) {
      mark(gradient, firstBackward + k);
      mark(total, firstBackward + k);
    }
    steps.push({ direction: "backward", node });
  }
  for (const { id, role } of nodes)
    if (role === "gradient" && !marked.has(id)) doneAt[id] = Math.max(0, steps.length - 1);
  return { steps, doneAt };
}

/** The nodes that have been computed after a step. */
export function doneAfter({ doneAt }: Course, step: number): Set<number> {
  const done = new Set<number>();
  for (const [id, at] of doneAt.entries()) if (at <= step) done.add(id);
  return done;
}

/** The nodes that a step is about: the op's own, and what its rules computed. */
export function currentAt({ steps, doneAt }: Course, step: number): Set<number> {
  const current = new Set<number>();
  if (steps[step] === undefined) return current;
  current.add(steps[step].node);
  for (const [id, at] of doneAt.entries()) if (at === step) current.add(id);
  return current;
}
