/** Which units are needed, and which of them may write over what they read. */
import { sizeOf } from "@adjoint/tensor";
import { inOrder } from "../../../order.ts";
import type { Program } from "../../../program.ts";
import { lanesOf } from "../loops/lanes.ts";
import { mostMembers, type Plan } from "./planner.ts";
import { depends, type Unit } from "./units.ts";
import { isDense, type Value } from "./values.ts";

/** States whose next value may be written over the old one: by the loop that reads it last. */
export function inPlace(program: Program, plan: Plan, alive: readonly Unit[]): Map<Value, Value> {
  const { outputs, states, checks } = program;
  const kept = [...outputs, ...checks.map((one) => one.node)].map((id) => plan.values[id]);
  const found = new Map<Value, Value>();
  for (const { node, next } of states) {
    if (node === null || next === null) continue;
    const [home, value] = [plan.values[node], plan.values[next]];
    const group = plan.makerOf(value);
    if (group?.kind !== "group" || !group.writes.has(value)) continue;
    if (
      !isDense(value) ||
      [...kept, ...found.keys()].some(({ buffer }) => buffer === home.buffer || buffer === value.buffer)
    )
      continue;
    const nexts = states.flatMap((one) => (one.next === null ? [] : plan.values[one.next].buffer));
    if (nexts.includes(home.buffer) || nexts.filter((one) => one === value.buffer).length > 1) continue;
    if (group.members.some(({ operands }) => operands.some((x) => isOther(x, home)))) continue;
    const readers = alive.filter(
      (unit) => unit !== group && [...unit.reads].some(({ buffer }) => buffer === home.buffer),
    );
    const failing = alive.filter((unit) => unit.kind !== "group" && unit.host !== null);
    const checked = checks.flatMap((one) => plan.makerOf(plan.values[one.node]) ?? []);
    if ([...readers, ...failing, ...checked].some((unit) => depends(unit, group))) continue;
    for (const reader of readers) group.after.add(reader);
    found.set(value, home);
  }
  return found;
}

/**
 * States that the program changes without reading them, as gradients are: a loop of `late` that reads the next value writes it
 * where the state lies, too, which saves a copy after the run.
 *
 * @returns their numbers
 */
export function alsoWritten(
  { states }: Program,
  { values }: Plan,
  homes: readonly (Value | null)[],
  late: ReadonlySet<Unit>,
): Set<number> {
  const found = new Set<number>();
  const groups = [...late].filter((unit) => unit.kind === "group");
  states.forEach(({ node, next }, i) => {
    const home = homes[i];
    if (node !== null || next === null || home === null || !isDense(values[next])) return;
    const copy = lanesOf("copy", [home.dtype], home.dtype);
    for (const { members, reads, writes, width } of groups) {
      const read = [...reads].find((x) => isWholly(x, values[next]));
      if (read === undefined || copy?.width !== width || members.length >= mostMembers) continue;
      const result = { ...read, buffer: home.buffer, offset: 0 };
      members.push({ op: "copy", compute: copy.compute, attributes: {}, operands: [read], result });
      writes.add(result);
      found.add(i);
      return;
    }
  });
  return found;
}

/** Whether a value has the elements of another that is dense, in the same order in memory. */
function isWholly(x: Value, of: Value): boolean {
  return x.buffer === of.buffer && x.offset === of.offset && isDense(x) && sizeOf(x.shape) === sizeOf(of.shape);
}

/** Whether an operand reads the buffer of a state in another way than element by element. */
function isOther(x: Value | number, home: Value): boolean {
  return typeof x !== "number" && x.buffer === home.buffer && (!isDense(x) || x.offset !== home.offset);
}

/** The units whose results somebody reads. */
export function living(units: readonly Unit[], kept: readonly Value[], plan: Plan): Unit[] {
  const makers = kept.flatMap((value) => plan.makerOf(value) ?? []);
  const found = new Set(inOrder<Unit>(makers, ({ after }) => after));
  return units.filter((unit) => found.has(unit));
}

/** Results that only their own group reads need no memory. */
export function prune(units: readonly Unit[], kept: readonly Value[]): void {
  const needed = new Set([...units.flatMap(({ reads }) => [...reads]), ...kept].map(({ buffer }) => buffer));
  for (const unit of units) {
    if (unit.kind !== "group") continue;
    unit.members.forEach((member, i) => {
      const { result } = member;
      if (result === null || needed.has(result.buffer)) return;
      unit.members[i] = { ...member, result: null };
      unit.writes.delete(result);
    });
  }
}
