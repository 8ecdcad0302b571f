/** Checks what the parts of ops give, and has the errors of user-defined ones explained. */
import { formatSpec, GraphError, kindOf, ShapeError, SpecError, sameShape } from "@adjoint/tensor";
import { type Node, type OpDefinition, Variable } from "./variable.ts";

/** The functions of a definition. */
export type Part = "infer" | "forward" | "backward" | "jvp" | "batch" | "composed";

/** Explains an error from a part of an op. */
type Explain = (error: unknown, op: OpDefinition<never>, part: Part) => unknown;

/** What explains the errors of the ops that users made, by their definitions. `defineOp` fills it. */
export const explanations = new WeakMap<OpDefinition<never>, Explain>();

/** Explains an error, where the op is a user's. */
export const explained: Explain = (error, op, part) => {
  const explain = explanations.get(op);
  return explain === undefined ? error : explain(error, op, part);
};

/** The error for a part that returned something else than `expected`. */
export function notWhat(op: string, part: keyof typeof whatToGive, expected: string, given: unknown): SpecError {
  return SpecError.of(op, part, given, expected, {
    problem: `${part} returned ${given === undefined ? "nothing" : kindOf(given)}`,
    hint: whatToGive[part],
  });
}

/** What parts have to give. */
const whatToGive = {
  infer: "A shape rule gives the shape and dtype of the output, for example ([x]) => x.",
  forward: "Compute with kernels, or write a function of ops instead of an op.",
  composed: "A composition is the op in other ops, for example ([x]) => mul(x, sigmoid(x)).",
} as const;

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
