/** Sets which ops are recorded into the graph while a function runs, and in which scope. */
import { checkKind } from "@adjoint/tensor";
import { checkFunction, checkSynchronous, placed } from "@adjoint/tensor/internal";
import { apply } from "../core/apply.ts";
import { type Interpreter, interpreters, withInterpreters } from "../core/interpreters.ts";
import { recorder, recordingWith } from "../core/recorder.ts";
import type { Variable } from "../core/variable.ts";

/** Runs a function of a user with another state of the recorder. */
export function recordingOf<Result>(op: string, changes: Partial<typeof recorder>, fn: () => Result): Result {
  checkFunction(op, fn);
  return checkSynchronous(op, recordingWith(changes, fn));
}

/** Runs `fn` with inputs taken for constants by interpreters that carry derivatives forward. */
function withoutDerivatives<Result>(fn: () => Result): Result {
  const carrying = interpreters.filter(({ constant }) => constant !== undefined);
  if (carrying.length === 0) return fn();
  const constantOf = (x: Variable): Variable => carrying.reduceRight((y, one) => one.constant?.(y) ?? y, x);
  const cut: Interpreter = {
    apply: (op, inputs, attributes) => {
      const constants = inputs.map(constantOf);
      return constants.some((x, i) => x !== inputs[i]) ? apply(op, constants, attributes as never) : null;
    },
  };
  return withInterpreters([...interpreters, cut], fn);
}

/**
 * Runs `fn` without recording a graph: results have no creator and no gradient. Nests; `fn` must be synchronous. Like
 * {@link recordAll}, {@link scope} and `detectAnomaly` it holds for all copies of the library that are loaded.
 */
export function noGrad<Result>(fn: () => Result): Result {
  checkFunction("noGrad", fn);
  return recordingOf("noGrad", { mode: "none" }, () => withoutDerivatives(fn));
}

/**
 * Runs `fn` with every op recorded, constants' too, so that the whole computation can be drawn and replayed.
 * Gradients flow as usual, through Variables that require them.
 */
export function recordAll<Result>(fn: () => Result): Result {
  return recordingOf("recordAll", { mode: "all" }, fn);
}

/**
 * Names a region of the graph: nodes made inside `fn` carry `name` in their scope (`outer/inner` when nested), which
 * drawings fold to one box. Errors thrown inside say where, if they do not yet.
 * @throws SpecError for a name that is not a string
 */
export function scope<Result>(name: string, fn: () => Result): Result {
  checkFunction("scope", fn);
  checkKind("scope", "name", name, typeof name === "string", "a string");
  const inner = recorder.scope === "" ? name : `${recorder.scope}/${name}`;
  return recordingOf("scope", { scope: inner }, () => placed(`layer "${inner}"`, fn));
}
