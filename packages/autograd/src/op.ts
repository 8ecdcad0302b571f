/**
 * What an op is: data. `defineOp` turns that data into a function on Variables, for our ops and users' alike.
 */
import {
  type DType,
  formatShape,
  GraphError,
  isFloat,
  type Shape,
  ShapeError,
  SpecError,
  Tensor,
} from "@adjoint/tensor";
import { callingLine, checkFinite } from "./anomaly.ts";
import { ambient } from "./modes.ts";
import { Node } from "./node.ts";
import { asVariable, located, Variable, type VariableLike } from "./variable.ts";

/** Shape and dtype: what is known of a value before it is computed. */
export interface ValueSpec {
  readonly shape: Shape;
  readonly dtype: DType;
}

/** What a backward rule sees. Values that the op does not save cannot be read; shapes and dtypes always can. */
export interface RuleContext<Attributes> {
  /** The gradient of the final result with respect to this op's output. */
  readonly grad: Variable;
  readonly inputs: readonly Variable[];
  readonly output: Variable;
  readonly attributes: Attributes;
}

/** From the gradient of the output to the gradient of one input, in ops. */
export type BackwardRule<Attributes> = (context: RuleContext<Attributes>) => Variable;

/** What a batching rule sees: an op that is applied to a whole batch at once, which is a new first axis. */
export interface BatchContext<Attributes> {
  /** The inputs: those that are batched with the batch as their first axis, the others as they are. */
  readonly inputs: readonly Variable[];
  readonly isBatched: readonly boolean[];
  /** All inputs as batches: those that are shared repeated (a view). */
  readonly spread: () => Variable[];
  /** Number of elements of the batch. */
  readonly size: number;
  /** The shape of one element's result, by the shape rule. */
  readonly shape: Shape;
  readonly attributes: Attributes;
  /** Applies the op itself, with its attributes or others. */
  apply(inputs: readonly Variable[], attributes?: Attributes): Variable;
}

/** From the inputs of a batch to the results of a batch, its first axis: in ops. */
export type BatchRule<Attributes> = (context: BatchContext<Attributes>) => Variable;

/** The attributes of an op that has none. */
export type NoAttributes = Record<string, never>;

/** An op as data. */
export interface OpDefinition<Attributes extends object = NoAttributes> {
  /** Unique among the ops of a graph. */
  readonly name: string;
  /** The shape rule: shape and dtype of the output. Throws a ShapeError or DTypeError for inputs that do not fit. */
  readonly infer: (inputs: readonly ValueSpec[], attributes: Attributes) => ValueSpec;
  /** The kernel: from the inputs' tensors to a new tensor or a view. No state, no closure over values. */
  readonly forward: (inputs: readonly Tensor[], attributes: Attributes) => Tensor;
  /**
   * One rule for each input, null where there is no derivative; for any number of inputs a function of the input's
   * index. A rule is called only when that gradient is needed.
   */
  readonly backward:
    | readonly (BackwardRule<Attributes> | null)[]
    | ((index: number) => BackwardRule<Attributes> | null);
  /** The values that the rules read; the others are freed. Default `"both"`. */
  readonly saves?: "inputs" | "output" | "both" | "none";
  /** A claim that tests prove: linear in all inputs together (true), or in each of these inputs alone. */
  readonly linear?: true | readonly number[];
  /**
   * How vmap applies the op to a batch: `"elementwise"` as it is, for ops whose inputs have one shape and whose
   * attributes name no axes; `"loop"` one element after the other; or a rule. Without it vmap refuses the op.
   */
  readonly batch?: "elementwise" | "loop" | BatchRule<Attributes>;
  /** The op and its rules as mathematics, for drawings and the reference. */
  readonly math?: { readonly forward: string; readonly backward: string };
  /** What the rule does to the gradient, in a sentence for people. */
  readonly words?: string;
  /** For the reference: shapes in and out, the op that is its adjoint (of a linear op), and where it is from. */
  readonly reference?: { readonly shapes: string; readonly adjoint?: string; readonly source?: string };
}

/** The function on Variables that an op is called by: inputs first, attributes (if it has any) last. */
export type Op<
  Attributes extends object = NoAttributes,
  Inputs extends readonly VariableLike[] = readonly VariableLike[],
> = ((
  ...args: [Attributes] extends [NoAttributes] ? Inputs : readonly [...inputs: Inputs, attributes: Attributes]
) => Variable) & { readonly definition: OpDefinition<Attributes> };

/** An op of one input and no attributes. */
export type UnaryOp = Op<NoAttributes, readonly [x: VariableLike]>;

/**
 * Makes an op from its definition, which the compiler has checked. What users call checks it as it runs (own-op.ts).
 *
 * @returns the op as a function: `op(x, y, attributes)`; its definition is at `op.definition`
 */
export function defineOp<Inputs extends readonly unknown[] | [], Attributes extends object = NoAttributes>(
  definition: OpDefinition<Attributes> & {
    readonly backward: { readonly [K in keyof Inputs]: BackwardRule<Attributes> | null };
  },
): Op<Attributes, { readonly [K in keyof Inputs]: VariableLike }>;
export function defineOp<Attributes extends object = NoAttributes>(
  definition: OpDefinition<Attributes>,
): Op<Attributes>;
export function defineOp<Attributes extends object>(definition: OpDefinition<Attributes>): Op<Attributes> {
  const { name, backward } = definition;
  const arity = typeof backward === "function" ? null : backward.length;
  const op = (...args: readonly unknown[]): Variable => {
    let count = arity ?? args.length;
    if (arity === null && args.length > 0 && isAttributes(args[args.length - 1])) count--;
    const attributes = args.length > count ? args[count] : {};
    if (args.length < count || args.length > count + 1 || !isAttributes(attributes)) {
      throw new GraphError({
        op: name,
        problem: `called with ${args.length} argument${args.length === 1 ? "" : "s"}`,
        expected: `${count} input${count === 1 ? "" : "s"} and, if it has any, attributes as an object`,
        received: `${args.length} arguments`,
        hint: `Call it with ${count} input${count === 1 ? "" : "s"}, attributes last as an object.`,
      });
    }
    const inputs = new Array<Variable>(count);
    for (let i = 0; i < count; i++) {
      const x = args[i];
      // The text for errors is put together only where there may be one.
      inputs[i] = x instanceof Variable && ambient.standIns === null ? x : asVariable(name, x, `input ${i}`);
    }
    return apply(definition, inputs, attributes as Attributes);
  };
  return Object.assign(op, { definition });
}

function isAttributes(value: unknown): value is object {
  return value !== null && typeof value === "object" && Object.getPrototypeOf(value) === Object.prototype;
}

/** The rule for one input, or null. */
export function ruleOf(op: OpDefinition<never>, index: number): BackwardRule<never> | null {
  return typeof op.backward === "function" ? op.backward(index) : op.backward[index];
}

/** Whether a gradient can flow from the op's output to one of the inputs. */
export function hasGradient(op: OpDefinition<never>, inputs: readonly Variable[]): boolean {
  for (let i = 0; i < inputs.length; i++) if (inputs[i].requiresGrad && ruleOf(op, i) !== null) return true;
  return false;
}

/**
 * Applies an op: shape rule, kernel, and a node if a gradient can flow (or everything is recorded).
 *
 * The result's shape and dtype are held against the shape rule, so that a wrong kernel or rule is found at once.
 */
export function apply<Attributes extends object>(
  op: OpDefinition<Attributes>,
  inputs: readonly Variable[],
  attributes: Attributes,
): Variable {
  if (ambient.applyBatched !== null) {
    const batched = ambient.applyBatched(op as OpDefinition<never>, inputs, attributes);
    if (batched !== null) return batched;
  }
  if (ambient.applyAbstract !== null) return ambient.applyAbstract(op as OpDefinition<never>, inputs, attributes);
  let value: Tensor;
  let spec: ValueSpec;
  const tensors = new Array<Tensor>(inputs.length);
  for (let i = 0; i < inputs.length; i++) tensors[i] = inputs[i].value;
  if (ambient.noteRead !== null) {
    for (let i = 0; i < inputs.length; i++) if (inputs[i].isLeaf) ambient.noteRead(inputs[i], tensors[i]);
  }
  try {
    spec = op.infer(tensors, attributes);
    value = op.forward(tensors, attributes);
    if (!(value instanceof Tensor) || !isSpec(spec)) throw noTensor(op.name, spec, value);
    if (ambient.detectsAnomaly) checkFinite(op.name, tensors, value);
  } catch (error) {
    throw located(error, inputs, op.name);
  }
  if (value.dtype !== spec.dtype || !equalShapes(value.shape, spec.shape))
    throw located(wrongKernel(op, spec, value), inputs);

  const { recording } = ambient;
  if (recording === "none") return new Variable(value, null, false);
  const requiresGrad = isFloat(spec.dtype) && hasGradient(op as OpDefinition<never>, inputs);
  // A source without inputs (random numbers) is kept as an op, so that a replay can draw again.
  if (!requiresGrad && recording === "needed" && inputs.length > 0) {
    const constant = new Variable(value, null, false);
    for (const x of inputs) if (x.requiresGrad || x.isFrozen || x.name !== undefined) constant.isFrozen = true;
    return constant;
  }

  const nodes = new Array<Node>(inputs.length);
  for (let i = 0; i < inputs.length; i++) nodes[i] = inputs[i].node;
  const node = new Node(op as OpDefinition<never>, nodes, attributes, value.shape, value.dtype, requiresGrad);
  if (requiresGrad) {
    const saves = op.saves ?? "both";
    if (saves === "inputs" || saves === "both") node.savedInputs = tensors;
    if (saves === "output" || saves === "both") node.savedOutput = value;
    if (ambient.detectsAnomaly) node.madeAt = callingLine();
  }
  return new Variable(value, node, requiresGrad);
}

/** Whether something is what a shape rule gives. */
export function isSpec(spec: unknown): spec is ValueSpec {
  return Array.isArray((spec as Partial<ValueSpec> | undefined)?.shape);
}

/** The error for an op's part that gave something of another kind. */
export function noTensor(op: string, spec: unknown, value: unknown): SpecError {
  const [part, expected, given] = isSpec(spec)
    ? ["forward", "a Tensor", value]
    : ["infer", "{ shape, dtype } with a list of lengths", spec];
  const kind =
    typeof given === "object" && given !== null
      ? `a ${given.constructor?.name ?? "object"}`
      : `${given === undefined ? "nothing" : String(given)}`;
  return new SpecError({
    op,
    problem: `${part} returned ${kind}`,
    argument: part,
    expected,
    received: kind,
    hint:
      part === "forward"
        ? "A kernel takes Tensors and gives one: compute with kernels, or write a function of ops instead of an op."
        : "A shape rule gives the shape and dtype of the output, for example ([x]) => x.",
  });
}

/** Compares without the call into the tensor package that this hot path would otherwise make for every op. */
function equalShapes(a: Shape, b: Shape): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

function wrongKernel(op: { readonly name: string }, spec: ValueSpec, value: Tensor): ShapeError {
  return new ShapeError({
    op: op.name,
    problem:
      `the kernel gave ${value.dtype} ${formatShape(value.shape)}, ` +
      `the shape rule says ${spec.dtype} ${formatShape(spec.shape)}`,
    argument: "forward",
    expected: `${spec.dtype} ${formatShape(spec.shape)}`,
    received: `${value.dtype} ${formatShape(value.shape)}`,
    hint: "infer and forward of the op disagree: one of them is wrong.",
  });
}
