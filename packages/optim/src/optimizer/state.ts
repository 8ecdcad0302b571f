/** What an optimizer remembers, as plain data that can be saved and restored exactly. */
import { type Variable, variable } from "@adjoint/autograd";
import { checkOptions, formatSpec, kernels, ShapeError, SpecError, sameShape, Tensor, zeros } from "@adjoint/tensor";
import type { Clip } from "./clip.ts";
import { namesOf } from "./parameters.ts";

/** The state of an optimizer; later steps do not change it. */
export interface OptimizerState {
  /** The optimizer's name, for example `"Adam"`. */
  readonly optimizer: string;
  /** All hyper-parameters by name, the learning rate among them. */
  readonly hyperparameters: Readonly<Record<string, number | boolean>>;
  /** Number of updates done. */
  readonly iteration: number;
  /** What a schedule makes of the learning rates; 1 where it is not there. */
  readonly lrFactor?: number;
  /** The hyper-parameters of each group that are its own; none where they are not there. */
  readonly groups?: readonly Readonly<Record<string, number | boolean>>[];
  /** How gradients are clipped; not at all where it is not there. */
  readonly clip?: Clip;
  /** What is remembered of each parameter, as `parameter.slot`, for example `"W1.m"`. */
  readonly tensors: Readonly<Record<string, Tensor>>;
}

/** What an optimizer remembers of one parameter: Variables of its shape and dtype, by slot. */
export type Slots = Readonly<Record<string, Variable>>;

/** Slots that start at zero. */
export function emptySlots(name: string, x: Variable, slots: readonly string[]): Slots {
  const empty = (slot: string): Variable =>
    variable(zeros(x.shape, { dtype: x.dtype }), { name: `${name}.${slot}`, requiresGrad: false });
  return Object.fromEntries(slots.map((slot) => [slot, empty(slot)]));
}

/** Copies of all slots as `parameter.slot`. */
export function copySlots(remembered: ReadonlyMap<string, Slots>): Record<string, Tensor> {
  const tensors: Record<string, Tensor> = {};
  for (const [name, slots] of remembered) {
    for (const [slot, x] of Object.entries(slots)) tensors[`${name}.${slot}`] = kernels.copy(x.value);
  }
  return tensors;
}

function refuse(problem: string, expected: string, hint: string): never {
  throw new SpecError({ op: "loadState", problem, argument: "state", expected, hint });
}

/**
 * @param groups  the names of the hyper-parameters that each group has of its own
 * @throws SpecError unless `state` is one of the optimizer of that name, with these groups
 */
export function checkState(optimizer: string, state: OptimizerState, groups: readonly (readonly string[])[]): void {
  const fields = ["optimizer", "hyperparameters", "iteration", "tensors", "lrFactor", "groups", "clip"];
  if (state === null || typeof state !== "object") {
    refuse(`the state is ${String(state)}`, `{ ${fields.slice(0, 4).join(", ")} }`, "Pass what state() returned.");
  }
  checkOptions("loadState", state, fields);
  for (const field of ["hyperparameters", "tensors"] as const) {
    if (state[field] === null || typeof state[field] !== "object") {
      refuse(`${field} is ${String(state[field])}`, "an object", "Pass what state() returned.");
    }
  }
  if (state.optimizer !== optimizer) {
    const problem = `this is ${optimizer}, the state is that of ${JSON.stringify(state.optimizer)}`;
    refuse(problem, optimizer, "Make the optimizer that the state was saved from.");
  }
  if (!Number.isSafeInteger(state.iteration) || state.iteration < 0) {
    refuse(`iteration is ${String(state.iteration)}`, "an integer ≥ 0", "Pass what state() returned.");
  }
  const { groups: saved = [] } = state;
  const inWords = (all: readonly (readonly string[])[]): string => {
    const each = all.map((names) => names.toSorted().join(", ") || "nothing");
    return all.length === 0 ? "no groups" : `groups with ${each.join("; ")}`;
  };
  const isList = Array.isArray(saved) && saved.every((group) => group !== null && typeof group === "object");
  const [received, expected] = [isList ? inWords(saved.map(Object.keys)) : String(saved), inWords(groups)];
  if (received !== expected) {
    refuse(`the state has ${received}`, expected, "Make the optimizer with the groups that the state was saved with.");
  }
}

/**
 * The slots in `tensors`, as Variables with storage of their own.
 *
 * @param slotsIn the slots that a parameter must have, by its name
 * @param params  the parameters that the optimizer knows, null when it takes them as they come
 * @throws SpecError for a tensor that belongs to no parameter or slot, or one that is missing; ShapeError when it does
 *         not fit its parameter
 */
export function slotsOf(
  tensors: Readonly<Record<string, Tensor>>,
  slotsIn: (name: string) => readonly string[],
  params: ReadonlyMap<string, Variable> | null,
): Map<string, Slots> {
  const found = new Map<string, Record<string, Variable>>();
  for (const [key, value] of Object.entries(tensors)) {
    const dot = key.lastIndexOf(".");
    const name = key.slice(0, Math.max(dot, 0));
    const slot = key.slice(dot + 1);
    const x = params?.get(name);
    const slots = slotsIn(name);
    if (dot < 0 || !slots.includes(slot) || (params !== null && x === undefined)) {
      const names = params === null ? "" : ` of ${namesOf(params)}`;
      const wanted = slots.length === 0 ? "no tensors" : `${slots.map((s) => `"….${s}"`).join(", ")}${names}`;
      refuse(`"${key}" belongs to no parameter of this optimizer`, wanted, `It takes ${wanted}.`);
    }
    if (!(value instanceof Tensor)) refuse(`"${key}" is ${String(value)}`, "a Tensor", "Pass what state() returned.");
    const beside = x ?? Object.values(found.get(name) ?? {})[0];
    if (beside !== undefined && !(sameShape(beside.shape, value.shape) && beside.dtype === value.dtype)) {
      const [received, expected] = [value, beside].map(formatSpec);
      throw ShapeError.of("loadState", "state", received, `${expected}, as "${name}"`, {
        problem: `"${key}" is ${received}`,
        hint: "The state was saved from other parameters.",
      });
    }
    const group = found.get(name) ?? {};
    found.set(name, group);
    group[slot] = variable(kernels.copy(value), { name: key, requiresGrad: false });
  }
  for (const [name, group] of found) {
    const missing = slotsIn(name).find((slot) => group[slot] === undefined);
    const place = `"${name}.${missing}"`;
    if (missing !== undefined) refuse(`${place} is missing`, place, "Pass what state() returned.");
  }
  return found;
}
