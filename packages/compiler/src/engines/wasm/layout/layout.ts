/** The layout of a program: its units in the order in which they run, and where everything lies. */
import type { Graph } from "@adjoint/autograd";
import type { Program } from "../../../program.ts";
import type { Rewritten } from "../../../rewrite/applied.ts";
import { rewritten } from "../../../rewrite/rewrite.ts";
import { rewrites } from "../../../rewrite/rewrites.ts";
import type { PatternOptions } from "../kernels/pattern.ts";
import { alsoWritten, inPlace, living, prune } from "./living.ts";
import { placePermanent, placeTemporary, reachOf } from "./memory.ts";
import { type Constant, hasForm, Plan } from "./planner.ts";
import { following, ordered, type Unit } from "./units.ts";
import { freshValue, type Value } from "./values.ts";

/** Where everything lies, and what runs. */
export interface Layout {
  /** The program as it was rewritten. */
  readonly program: Program;
  /** The same, with what was rewritten and what kernels were found for. */
  readonly rewritten: Rewritten;
  /** Where the value of each node lies. */
  readonly values: readonly Value[];
  readonly constants: readonly Constant[];
  readonly units: readonly Unit[];
  /** The nodes that each unit stands for. */
  readonly nodes: readonly (readonly number[])[];
  /** How many units run before the checks; those after write over states. */
  readonly early: number;
  /** How many units have run when the value of a check is there, by the number of the check. */
  readonly checkable: readonly number[];
  /** Where each state lies between runs; null for one that the program neither reads nor moves. */
  readonly homes: readonly (Value | null)[];
  /** The states, by number, whose next values the units write where they lie. */
  readonly written: ReadonlySet<number>;
  /** Where buffers end that keep their values. */
  readonly permanentBytes: number;
  /** Where buffers end. */
  readonly end: number;
  /** How far beyond them loops may read. */
  readonly beyond: number;
}

/** Lays out a program. */
export function layoutOf(recorded: Program, options: PatternOptions): Layout {
  const rewriting = rewritten(recorded, rewrites, hasForm);
  const { program, applied } = rewriting;
  const { inputs, outputs, states, checks } = program;
  const plan = new Plan(program, options);
  const valuesOf = (ids: readonly (number | null)[]): Value[] =>
    ids.flatMap((id) => (id === null ? [] : plan.values[id]));
  const nexts = valuesOf(states.map(({ next }) => next));
  const kept = [...valuesOf(outputs), ...nexts, ...valuesOf(checks.map(({ node }) => node))];
  const alive = living(plan.units, kept, plan);
  const over = inPlace(program, plan, alive);
  prune(alive, kept);
  const late = following(ordered(alive), new Set([...over.keys()].map((value) => plan.makerOf(value) as Unit)));

  // What is there from one run to the next: inputs, constants, states, and gradients until somebody reads them.
  const homes = states.map(({ node, next }): Value | null => {
    if (node !== null) return plan.values[node];
    if (next === null) return null;
    const { dtype, shape } = plan.values[next];
    return freshValue(dtype, shape, true);
  });
  const written = alsoWritten(program, plan, homes, late);
  states.forEach(({ next }, i) => {
    if (next !== null && over.has(plan.values[next])) written.add(i);
  });
  const units = ordered(alive, late);
  const permanent = [
    ...valuesOf(inputs),
    ...plan.constants.map(({ value }) => value),
    ...homes.filter((home) => home !== null),
  ];
  for (const value of over.keys()) value.buffer.isPermanent = true;
  const { before, beyond } = reachOf(units);
  const top = placePermanent(permanent, before);
  for (const [value, home] of over) value.buffer.address = home.buffer.address;
  const end = placeTemporary(units, kept, top);
  const places = new Map<Unit | undefined, number>(units.map((unit, i) => [unit, i]));
  const placeOf = (id: number): number | undefined => places.get(plan.makerOf(plan.values[id]));
  const nodes = nodesOfParts(program.graph, units.length, placeOf);
  return {
    program,
    rewritten: { ...rewriting, applied: [...applied, ...plan.found.applied] },
    values: plan.values,
    constants: plan.constants,
    units,
    nodes,
    early: units.filter((unit) => !late.has(unit)).length,
    checkable: checks.map(({ node }) => (placeOf(node) ?? -1) + 1),
    homes,
    written,
    permanentBytes: top,
    end,
    beyond,
  };
}

/**
 * The nodes of each part. `partOf` gives the part that computes a node, undefined where none does: a view, or what a
 * kernel leaves out. Such a node goes to the parts that read it.
 */
function nodesOfParts(
  { nodes }: Graph,
  count: number,
  partOf: (id: number) => number | undefined,
): readonly (readonly number[])[] {
  const of: number[][] = Array.from({ length: count }, () => []);
  const homes: Set<number>[] = nodes.map(() => new Set());
  for (const { id, op, inputs } of nodes.toReversed()) {
    if (op === null) continue;
    const part = partOf(id);
    if (part !== undefined) homes[id] = new Set([part]);
    for (const home of homes[id]) of[home].push(id);
    for (const input of inputs) for (const home of homes[id]) homes[input].add(home);
  }
  return of.map((ids) => ids.reverse());
}
