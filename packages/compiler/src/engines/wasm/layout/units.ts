/**
 * Units: what runs as one. A kernel of the library, a loop over a group of elementwise ops, or an op by its own kernel.
 */
import type { Shape, Tensor } from "@adjoint/tensor";
import { inOrder } from "../../../order.ts";
import type { Call } from "../calls.ts";
import type { Width } from "../loops/lanes.ts";
import type { Member } from "../loops/loops.ts";
import type { Value } from "./values.ts";

/** What all units have. */
interface Common {
  readonly id: number;
  readonly reads: Set<Value>;
  readonly writes: Set<Value>;
  /** The units that run before it: those whose results it reads, and those that read what it writes over. */
  readonly after: Set<Unit>;
}

/** A loop over a group of elementwise ops. */
export interface Group extends Common {
  readonly kind: "group";
  readonly shape: Shape;
  /** The axes from the outermost to the innermost, in memory. */
  readonly order: readonly number[];
  /** How many elements it computes at once. */
  readonly width: Width;
  readonly members: Member[];
}

/** A kernel of the library. */
export interface Kernel extends Common {
  readonly kind: "kernel";
  readonly name: string;
  /** Additions and multiplications; 0 where nobody counts them. */
  readonly work: number;
  /** Once addresses are known, the calls that compute it, one after the other. */
  readonly calls: () => Call[];
  /** What runs when it refuses its operands, to say what is wrong; null for one that never does. */
  readonly host: HostOp | null;
}

/** An op, run by its own kernel on tensors over the memory. */
export interface HostOp {
  readonly name: string;
  readonly inputs: readonly Value[];
  readonly result: Value;
  readonly place: string;
  run(inputs: readonly Tensor[]): Tensor;
}

/** An op that the engine has no kernel for. */
export interface Host extends Common {
  readonly kind: "host";
  readonly host: HostOp;
}

/** What runs as one. */
export type Unit = Group | Kernel | Host;

/** Whether `to` runs after `from` in any case: there is a way of results from one to the other. */
export function depends(to: Unit, from: Unit): boolean {
  const seen = new Set<Unit>([to]);
  const open = [to];
  for (let unit = open.pop(); unit !== undefined; unit = open.pop()) {
    if (unit === from) return true;
    for (const before of unit.after) {
      if (seen.has(before)) continue;
      seen.add(before);
      open.push(before);
    }
  }
  return false;
}

/** The units of `some`, and all that run after one of them; `units` are in order. */
export function following(units: readonly Unit[], some: ReadonlySet<Unit>): Set<Unit> {
  const found = new Set<Unit>();
  for (const unit of units) if (some.has(unit) || [...unit.after].some((one) => found.has(one))) found.add(unit);
  return found;
}

/** The units in an order in which results come before they are read; those of `late` at the end. */
export function ordered(units: readonly Unit[], late: ReadonlySet<Unit> = new Set()): Unit[] {
  const early = units.filter((unit) => !late.has(unit));
  return inOrder([...early, ...units], ({ after }) => [...after].sort((a, b) => a.id - b.id));
}
