/**
 * Checks the parts of user-defined ops: errors name the arguments that each part gets and the result it must give.
 */
import { AdjointError, formatSpec, GraphError, kindOf, ShapeError, SpecError, sameShape } from "@adjoint/tensor";
import { type Node, type OpDefinition, Variable } from "./variable.ts";

/** The definitions that users gave. */
export const ownDefinitions = new WeakSet<OpDefinition<never>>();

/** The arguments of each part of a definition, and the means it computes with. */
const given = {
  infer: "([x, …], attributes), where x has a shape and a dtype",
  forward: "([x, …], attributes), where x is a Tensor: compute with kernels",
  backward: "{ grad, inputs, output, attributes }, which holds Variables: compute with ops",
  jvp: "{ tangents, inputs, output, attributes, apply }, which holds Variables: compute with ops",
  batch: "{ inputs, isBatched, spread, size, shape, attributes, apply }, which holds Variables: compute with ops",
} as const;

/**
 * Explains an error from a part of an op. Where the op is a user's and the part misused something, the error names the
 * arguments of the part. An error that the part threw on purpose stays.
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

/** The error for a part that returned something else than `expected`. */
export function notWhat(op: string, part: "infer" | "forward", expected: string, given: unknown): SpecError {
  return SpecError.of(op, part, given, expected, {
    problem: `${part} returned ${given === undefined ? "nothing" : kindOf(given)}`,
    hint:
      part === "forward"
        ? "A kernel takes Tensors and gives one: compute with kernels, or write a function of ops instead of an op."
        : "A shape rule gives the shape and dtype of the output, for example ([x]) => x.",
  });
}

/** Refuses the result of a rule unless it is a gradient of that input. */
export function checkGradient(node: Node, index: number, grad: unknown): asserts grad is Variable {
  const op = node.op?.name ?? "leaf";
  const input = node.inputs[index];
  if (!(grad instanceof Variable)) {
    throw GraphError.of(op, `backward[${index}]`, grad, "a Variable", {
      problem: `the backward rule for input ${index} returned ${grad == null ? "nothing" : kindOf(grad)}`,
      hint: "Write rules in ops on Variables, for example mul(grad, output).",
    });
  }
  if (!sameShape(grad.shape, input.shape) || grad.dtype !== input.dtype) {
    const [received, expected] = [grad, input].map(formatSpec);
    throw ShapeError.of(op, `backward[${index}]`, received, expected, {
      problem: `the backward rule for input ${index} returned a gradient of ${received}`,
      hint: "Transpose it, or sum it over the axes that were repeated.",
    });
  }
}
