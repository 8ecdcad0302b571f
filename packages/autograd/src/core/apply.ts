/** Applies an op: by an interpreter that it concerns, or else by its shape rule and its kernel; makes its node. */
import { formatSpec, isFloat, ShapeError, sameShape, Tensor } from "@adjoint/tensor";
import { interpret, interpreters } from "./interpreters.ts";
import { located } from "./leaf.ts";
import { explained, notWhat } from "./own-parts.ts";
import { recorder } from "./recorder.ts";
import { type BackwardRule, Node, type OpDefinition, type ValueSpec, Variable } from "./variable.ts";

/** Applies an op to Variables. */
export function apply<Attributes extends object>(
  op: OpDefinition<Attributes>,
  inputs: readonly Variable[],
  attributes: Attributes,
): Variable {
  if (interpreters.length > 0) {
    const y = interpret(op as unknown as OpDefinition<never>, inputs, attributes);
    if (y !== null) return y;
  }
  const tensors = new Array<Tensor>(inputs.length);
  for (let i = 0; i < inputs.length; i++) tensors[i] = inputs[i].value;
  let spec: ValueSpec;
  let value: Tensor;
  try {
    spec = inferred(op, tensors, attributes);
    value = evaluate(op, tensors, attributes, spec);
  } catch (error) {
    throw located(error, inputs, op.name);
  }
  const { mode } = recorder;
  if (mode === "none") return new Variable(value, null, false);
  const requiresGrad = isFloat(spec.dtype) && hasGradient(op, inputs);
  // A source without inputs (random numbers) is kept as an op, so that a replay can draw again.
  if (!requiresGrad && mode === "needed" && inputs.length > 0) {
    const constant = new Variable(value, null, false);
    for (const x of inputs) if (x.requiresGrad || x.isFrozen || x.name !== undefined) constant.isFrozen = true;
    return constant;
  }
  const node = nodeOf(op, inputs, attributes, spec, requiresGrad);
  if (requiresGrad) {
    const saves = op.saves ?? "both";
    if (saves === "inputs" || saves === "both") node.savedInputs = tensors;
    if (saves === "output" || saves === "both") node.savedOutput = value;
    recorder.observer?.recorded(node);
  }
  return new Variable(value, node, requiresGrad);
}

/** The shape and dtype that an op's shape rule gives. What a user's rule throws is explained. */
export function inferred<Attributes extends object>(
  op: OpDefinition<Attributes>,
  inputs: readonly ValueSpec[],
  attributes: Attributes,
): ValueSpec {
  let spec: ValueSpec;
  try {
    spec = op.infer(inputs, attributes);
  } catch (error) {
    throw explained(error, op as unknown as OpDefinition<never>, "infer");
  }
  if (!Array.isArray((spec as Partial<ValueSpec> | undefined)?.shape)) {
    throw notWhat(op.name, "infer", "{ shape, dtype } with a list of lengths", spec);
  }
  return spec;
}

/**
 * Runs the kernel of an op, and checks the result against the shape rule, so that a wrong kernel or rule shows at once.
 * What a user's kernel throws is explained.
 *
 * @param says the source of the expected shape and dtype, for the error
 */
export function evaluate<Attributes extends object>(
  op: OpDefinition<Attributes>,
  inputs: readonly Tensor[],
  attributes: Attributes,
  spec: ValueSpec,
  says = "the shape rule",
): Tensor {
  let value: Tensor;
  try {
    value = op.forward(inputs, attributes);
  } catch (error) {
    throw explained(error, op as unknown as OpDefinition<never>, "forward");
  }
  if (!(value instanceof Tensor)) throw notWhat(op.name, "forward", "a Tensor", value);
  recorder.observer?.evaluated(op.name, inputs, value);
  if (value.dtype !== spec.dtype || !sameShape(value.shape, spec.shape)) {
    const [expected, received] = [spec, value].map(formatSpec);
    throw ShapeError.of(op.name, "forward", received, `${expected}, as ${says} says`, {
      problem: `the kernel gave ${received}`,
      hint: "It must follow from the inputs' shapes and the attributes alone, and infer must say what forward gives.",
    });
  }
  return value;
}

/** The rule for one input, or null. */
export function ruleOf(op: OpDefinition<never>, index: number): BackwardRule<never> | null {
  return typeof op.backward === "function" ? op.backward(index) : op.backward[index];
}

/** Whether a gradient can flow from the op's output to one of the inputs. */
function hasGradient(op: OpDefinition<never>, inputs: readonly Variable[]): boolean {
  for (let i = 0; i < inputs.length; i++) if (inputs[i].requiresGrad && ruleOf(op, i) !== null) return true;
  return false;
}

/** The node of an op that was applied. */
export function nodeOf(
  op: OpDefinition<never>,
  inputs: readonly Variable[],
  attributes: object,
  { shape, dtype }: ValueSpec,
  requiresGrad = isFloat(dtype) && hasGradient(op, inputs),
): Node {
  const nodes = new Array<Node>(inputs.length);
  for (let i = 0; i < inputs.length; i++) nodes[i] = inputs[i].node;
  return new Node(op, nodes, attributes, shape, dtype, requiresGrad);
}
