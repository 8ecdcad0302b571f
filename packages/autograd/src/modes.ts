/**
 * The ambient state: what is recorded into the graph, the scope that new nodes belong to, and what else holds while a
 * function runs. Read by `apply`, changed only by the functions of this file.
 */
import { AdjointError, RandomGenerator, SpecError, type Tensor } from "@adjoint/tensor";
import type { Node } from "./node.ts";
import type { OpDefinition } from "./op.ts";
import type { Variable } from "./variable.ts";

/**
 * What becomes a node: `"needed"` records ops that a gradient can flow through and random sources, `"all"` every op
 * (for drawing and replaying), `"none"` nothing.
 */
export type Recording = "needed" | "all" | "none";

/** Random numbers that were taken from a generator. */
export type Draw = ReturnType<RandomGenerator["take"]>;

/** The batch of one vmap, while it runs. */
export interface Batch {
  readonly size: number;
}

/** What holds while a function runs. */
export interface Ambient {
  recording: Recording;
  scope: string;
  /** While a backward rule runs: the node whose gradient it computes. */
  gradientOf: Node | null;
  /** Whether every result is checked for NaN and infinities. */
  detectsAnomaly: boolean;
  /** Whether `assign` and `backward` take effect: not while a checkpoint computes again what had its effects already. */
  hasEffects: boolean;
  /** Where random ops take their numbers: a generator itself, or a checkpoint that notes or repeats what was drawn. */
  take: ((rng: RandomGenerator, count: number) => Draw) | null;
  /** Told of every leaf that an op reads, with its value then. */
  noteRead: ((leaf: Variable, value: Tensor) => void) | null;
  /** Which Variables stand for others within `substitute`. */
  standIns: ReadonlyMap<Variable, Variable> | null;
  /** The batches of the vmaps that are being run, the outermost first. */
  batches: readonly Batch[];
  /** While only shapes are inferred: applies an op's shape rule alone. */
  applyAbstract: ((op: OpDefinition<never>, inputs: readonly Variable[], attributes: object) => Variable) | null;
  /** Inside vmap: applies an op to batches, or answers null where no input is one. */
  applyBatched: ((op: OpDefinition<never>, inputs: readonly Variable[], attributes: object) => Variable | null) | null;
}

/** The ambient state. */
export const ambient: Ambient = {
  recording: "needed",
  scope: "",
  gradientOf: null,
  detectsAnomaly: false,
  hasEffects: true,
  take: null,
  noteRead: null,
  standIns: null,
  batches: [],
  applyAbstract: null,
  applyBatched: null,
};

/** Runs `fn` with parts of the ambient state changed, and restores them whatever happens. `fn` must be synchronous. */
export function within<Result>(changes: Partial<Ambient>, fn: () => Result): Result {
  const previous = { ...ambient };
  Object.assign(ambient, changes);
  try {
    return fn();
  } finally {
    Object.assign(ambient, previous);
  }
}

/** Runs `fn` outside of all vmaps: Variables are whole batches there. */
export function outsideVmaps<Result>(fn: () => Result): Result {
  return within({ batches: [], applyBatched: null }, fn);
}

/** The functions whose body does not run to its end when they are called, by the tag of their prototype. */
const deferring = new Map([
  ["[object AsyncFunction]", "an async function"],
  ["[object GeneratorFunction]", "a generator function"],
  ["[object AsyncGeneratorFunction]", "an async generator function"],
]);

function notSynchronous(op: string, argument: string, problem: string): SpecError {
  return new SpecError({
    op,
    problem: `${argument} ${problem}, but ${op} ends at the first await or yield and does not cover what runs later`,
    argument,
    expected: "a function that computes its result before it returns",
    hint: `Await data before the call, loop inside the function, and return Variables: ${op} takes synchronous functions only.`,
  });
}

/** Refuses what is no function where one is wanted, and functions that would go on after the mode has ended. */
export function checkFunction(op: string, fn: unknown, argument = "fn"): void {
  if (typeof fn === "function") {
    const kind = deferring.get(Object.prototype.toString.call(fn));
    if (kind !== undefined) throw notSynchronous(op, argument, `is ${kind}`);
    return;
  }
  const given = fn == null ? String(fn) : Array.isArray(fn) ? "an array" : `a ${typeof fn}`;
  throw new SpecError({
    op,
    problem: `${argument} is ${given}`,
    argument,
    expected: "a function",
    received: given,
    hint: `Pass a function, for example ${op}((x) => …).`,
  });
}

/** What a result says of work that is still to come; null for one that is there. */
function deferredKind(result: unknown): string | null {
  if (result === null || typeof result !== "object") return null;
  if ("then" in result && typeof result.then === "function") return "a Promise";
  const isIterator =
    "next" in result &&
    typeof result.next === "function" &&
    (Symbol.iterator in result || Symbol.asyncIterator in result);
  // Those of arrays, maps and sets compute nothing.
  const isEager = /^\[object (Array|Map|Set|String) Iterator\]$/.test(Object.prototype.toString.call(result));
  return isIterator && !isEager ? "an iterator" : null;
}

/** What is looked at of a result: its elements when it is a list, its values when it is a plain object. */
function partsOf(result: unknown): readonly unknown[] {
  if (Array.isArray(result)) return result;
  const isRecord = result !== null && typeof result === "object" && Object.getPrototypeOf(result) === Object.prototype;
  return isRecord ? [result, ...Object.values(result)] : [result];
}

/**
 * Refuses what a function returned inside a mode when part of its work is yet to come: a Promise or an iterator, also
 * in a list or an object.
 */
export function checkSynchronous<Result>(op: string, result: Result, argument = "fn"): Result {
  const parts = partsOf(result);
  const kind = parts.map(deferredKind).find((found) => found !== null);
  if (kind === undefined) return result;
  // Nobody waits for them any more: what fails in them later must not end the program.
  for (const part of parts) if (part instanceof Promise) part.catch(() => {});
  const holder = Array.isArray(result) ? " in a list" : deferredKind(result) === null ? " in an object" : "";
  throw notSynchronous(op, argument, `returned ${kind}${holder}`);
}

/** Runs a function of a user with parts of the ambient state changed: the one way into every mode. */
export function inMode<Result>(op: string, changes: Partial<Ambient>, fn: () => Result): Result {
  checkFunction(op, fn);
  return checkSynchronous(op, within(changes, fn));
}

/** Runs `fn` while the graph records as said, and restores the previous state whatever happens. */
export function withRecording<Result>(recording: Recording, fn: () => Result): Result {
  return within({ recording }, fn);
}

/** Runs `fn` without recording a graph: results have no creator and no gradient. Nests; `fn` must be synchronous. */
export function noGrad<Result>(fn: () => Result): Result {
  return inMode("noGrad", { recording: "none" }, fn);
}

/**
 * Runs `fn` with every op recorded, constants' too, so that the whole computation can be drawn and replayed.
 * Gradients flow as usual, through Variables that require them.
 */
export function recordAll<Result>(fn: () => Result): Result {
  return inMode("recordAll", { recording: "all" }, fn);
}

/**
 * Names a region of the graph: nodes made inside `fn` carry `name` in their scope (`outer/inner` when nested), which
 * drawings fold to one box. Errors thrown inside say where, if they do not yet.
 */
export function scope<Result>(name: string, fn: () => Result): Result {
  checkFunction("scope", fn);
  const inner = ambient.scope === "" ? name : `${ambient.scope}/${name}`;
  return inMode("scope", { scope: inner }, () => {
    try {
      return fn();
    } catch (error) {
      throw error instanceof AdjointError ? error.locate(`layer "${inner}"`) : error;
    }
  });
}

/**
 * Runs `fn` as if it did not happen: `assign` and `backward` take no effect, and random ops draw what they would draw
 * next without moving their generators on, so that it draws the same each time.
 */
export function withoutTrace<Result>(fn: () => Result): Result {
  const copies = new Map<RandomGenerator, RandomGenerator>();
  const take = (rng: RandomGenerator, count: number): Draw => {
    const copy = copies.get(rng) ?? RandomGenerator.fromState(rng.state);
    copies.set(rng, copy);
    return copy.take(count);
  };
  return inMode("withoutTrace", { hasEffects: false, take }, fn);
}
