/**
 * The parts of users' ops: what their functions are called with, for errors of whoever expected something else.
 */
import { AdjointError, GraphError, ShapeError } from "@adjoint/tensor";
import type { OpDefinition } from "./variable.ts";

/** The definitions that users gave. */
export const ownDefinitions = new WeakSet<OpDefinition<never>>();

/** What each part of a definition is called with, and what it computes with. */
const given = {
  infer: "([x, …], attributes), where x has a shape and a dtype",
  forward: "([x, …], attributes), where x is a Tensor: compute with kernels",
  backward: "{ grad, inputs, output, attributes }, which holds Variables: compute with ops",
  jvp: "{ tangents, inputs, output, attributes, apply }, which holds Variables: compute with ops",
  batch: "{ inputs, isBatched, spread, size, shape, attributes, apply }, which holds Variables: compute with ops",
} as const;

/**
 * An error from a part of an op. Where the op is a user's, and the part called something in a way that it refuses, the
 * error says what the part is called with. What the part threw on purpose stays.
 */
export function explained(error: unknown, op: OpDefinition<never>, part: keyof typeof given): unknown {
  if (!ownDefinitions.has(op)) return error;
  if (error instanceof TypeError) {
    const fields = { op: op.name, argument: part, problem: `${part} threw ${String(error)}` };
    return new GraphError({ ...fields, hint: `It is called with ${given[part]}.` }, { cause: error });
  }
  // Shapes that do not fit are the caller's.
  const isOfInputs = error instanceof ShapeError && (part === "infer" || part === "forward");
  if (!(error instanceof AdjointError) || error.op === op.name || isOfInputs) return error;
  return error.locate(`${part} of ${op.name}, called with ${given[part]}`);
}
