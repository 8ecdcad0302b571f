/**
 * Node: one vertex of the graph, plain data. A leaf has no op; every other node is one application of an op.
 *
 * A node refers to the nodes of its inputs, not to their Variables: values that no rule reads are freed as soon as
 * nobody holds their Variable.
 */
import type { DType, Shape, Tensor } from "@adjoint/tensor";
import type { OpDefinition } from "./definition.ts";
import { recorder } from "./recorder.ts";
import type { Variable } from "./variable.ts";

/** Called with the gradient that arrives at a Variable; may return another one to pass on instead. */
export type GradientHook = (grad: Variable) => Variable | undefined;

let created = 0;

/** How many nodes there were so far: those made from now on have this id at least. */
export function nodesMade(): number {
  return created;
}

/** How many assigns there were: a saved value whose storage has a later number was overwritten since. */
export const assigns: { count: number } = { count: 0 };

/** A vertex of the graph. Made by `apply`; read by backward, drawings and exports. */
export class Node {
  /** Number in order of creation: inputs always have smaller ones. */
  readonly id: number = created++;
  /** The op applied, or null for a leaf (input, parameter, constant). */
  readonly op: OpDefinition<never> | null;
  /** The nodes of the op's inputs, in order. */
  readonly inputs: readonly Node[];
  /** The op's attributes: plain JSON. */
  readonly attributes: object;
  readonly shape: Shape;
  readonly dtype: DType;
  /** Whether a gradient can flow through this node. */
  readonly requiresGrad: boolean;
  /** The scope that the node was made in, `outer/inner`. */
  readonly scope: string = recorder.scope;
  /** In a recorded backward pass: the forward node whose rule made this node. */
  readonly gradientOf: Node | null = recorder.gradientOf;
  /** The Variable's name, if it has one. */
  name: string | undefined;
  /** A leaf's Variable, or that of a node whose gradient is retained. */
  owner: Variable | null = null;
  /** Whether `owner` receives the gradient although this is no leaf. */
  retainsGrad = false;
  /** What the rules read: the inputs' values, null where not saved. */
  savedInputs: readonly Tensor[] | null = null;
  /** What the rules read: the output's value, null where not saved. */
  savedOutput: Tensor | null = null;
  /**
   * How many assigns there were when the op was applied, to notice a value that was overwritten since; of a leaf, when
   * it was last assigned to.
   */
  savedAt: number = assigns.count;
  hooks: GradientHook[] | null = null;
  /** Within `detectAnomaly`: the line of code that applied the op. */
  madeAt: string | null = null;

  /** `op`, `inputs`, `attributes`, `shape`, `dtype` and `requiresGrad` are the fields of these names. */
  constructor(
    op: OpDefinition<never> | null,
    inputs: readonly Node[],
    attributes: object,
    shape: Shape,
    dtype: DType,
    requiresGrad: boolean,
  ) {
    this.op = op;
    this.inputs = inputs;
    this.attributes = attributes;
    this.shape = shape;
    this.dtype = dtype;
    this.requiresGrad = requiresGrad;
  }
}
