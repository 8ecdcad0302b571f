/**
 * What an op is: data.
 */
import type { DType, Shape, Tensor } from "@adjoint/tensor";
import type { Variable } from "./variable.ts";

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

/** What a forward rule sees. */
export interface ForwardContext<Attributes> {
  /** The derivative of each input along the direction, null where it is 0. One at least is none. */
  readonly tangents: readonly (Variable | null)[];
  readonly inputs: readonly Variable[];
  readonly output: Variable;
  readonly attributes: Attributes;
  /** Applies the op itself to other inputs, with its attributes. */
  apply(inputs: readonly Variable[]): Variable;
}

/** From the derivatives of the inputs along a direction to that of the output, in ops. */
export type ForwardRule<Attributes> = (context: ForwardContext<Attributes>) => Variable;

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
  /**
   * The derivative of the output along tangents of the inputs, forward. Most ops need none: jvp follows from `linear`,
   * from `batch: "elementwise"` (then the backward rules are the forward ones), or else from the backward rules, by
   * differentiating them.
   */
  readonly jvp?: ForwardRule<Attributes>;
  /** The op and its rules as mathematics, for drawings and the reference. */
  readonly math?: { readonly forward: string; readonly backward: string };
  /** What the rule does to the gradient, in a sentence for people. */
  readonly words?: string;
  /** For the reference: shapes in and out, the op that is its adjoint (of a linear op), and where it is from. */
  readonly reference?: { readonly shapes: string; readonly adjoint?: string; readonly source?: string };
}

/** The rule for one input, or null. */
export function ruleOf(op: OpDefinition<never>, index: number): BackwardRule<never> | null {
  return typeof op.backward === "function" ? op.backward(index) : op.backward[index];
}
