/**
 * Variable: a tensor with a place in the graph. Node: that place. OpDefinition: what an op is. They are one recursive
 * type, and so share a file. A Variable's ops are attached in methods.ts, so that no op file knows them.
 *
 * A node refers to the nodes of its inputs, not to their Variables: values that no rule reads are freed as soon as
 * nobody holds their Variable.
 */
import {
  type DType,
  formatShape,
  GraphError,
  type IntegerArray,
  kernels,
  type Nested,
  noOperators,
  printableLine,
  type Shape,
  ShapeError,
  sameShape,
  sizeOf,
  stamp,
  Tensor,
  type TypedArray,
  tensorFor,
} from "@adjoint/tensor";
import { checkFunction } from "@adjoint/tensor/internal";
import { assignedInVmap, describeVariable, notMade, notSaved } from "./errors.ts";
import { recorder } from "./recorder.ts";

/** The shape and dtype of a value, known before it is computed. */
export interface ValueSpec {
  /** The length of each axis. */
  readonly shape: Shape;
  /** The type of its elements. */
  readonly dtype: DType;
}

/** The context of a backward rule. A rule can read the values that its op saves, and all shapes and dtypes. */
export interface RuleContext<Attributes> {
  /** The gradient of the final result with respect to this op's output. */
  readonly grad: Variable;
  /** The inputs of the op. */
  readonly inputs: readonly Variable[];
  /** The output of the op. */
  readonly output: Variable;
  /** The attributes of the op. */
  readonly attributes: Attributes;
}

/** Computes the gradient of one input from the gradient of the output, in ops. */
export type BackwardRule<Attributes> = (context: RuleContext<Attributes>) => Variable;

/** The context of a batching rule, which applies an op to a whole batch at once; the batch is a new first axis. */
export interface BatchContext<Attributes> {
  /** The inputs: those that are batched with the batch as their first axis, the others as they are. */
  readonly inputs: readonly Variable[];
  /** Which inputs are batched. */
  readonly isBatched: readonly boolean[];
  /** All inputs as batches: those that are shared repeated (a view). */
  readonly spread: () => Variable[];
  /** Number of elements of the batch. */
  readonly size: number;
  /** The shape of one element's result, by the shape rule. */
  readonly shape: Shape;
  /** The attributes of the op. */
  readonly attributes: Attributes;
  /** Applies the op itself, with its attributes or others. */
  apply(inputs: readonly Variable[], attributes?: Attributes): Variable;
}

/** Computes the results of a batch from its inputs, in ops; the batch is the first axis of both. */
export type BatchRule<Attributes> = (context: BatchContext<Attributes>) => Variable;

/** The context of a forward rule. */
export interface ForwardContext<Attributes> {
  /** The derivative of each input along the direction, null where it is 0. At least one is not null. */
  readonly tangents: readonly (Variable | null)[];
  /** The inputs of the op. */
  readonly inputs: readonly Variable[];
  /** The output of the op. */
  readonly output: Variable;
  /** The attributes of the op. */
  readonly attributes: Attributes;
  /** Applies the op itself to other inputs, with its attributes. */
  apply(inputs: readonly Variable[]): Variable;
}

/** Computes the output's derivative along a direction from those of the inputs, in ops. */
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
  /**
   * The composition: the same function in other ops, equal but for rounding, derivatives included. Exporters and engines
   * write it where they have no form of the op itself. A law holds it against the op.
   */
  readonly composed?: (inputs: readonly Variable[], attributes: Attributes) => Variable;
  /** The op and its rules as mathematics, for drawings and the reference. */
  readonly math?: { readonly forward: string; readonly backward: string };
  /** A sentence that explains what the rule does to the gradient. */
  readonly words?: string;
  /** For the reference: shapes in and out, the adjoint of a linear op, and its source. */
  readonly reference?: { readonly shapes: string; readonly adjoint?: string; readonly source?: string };
}

/** Called with the gradient that arrives at a Variable; may return another one to pass on instead. */
export type GradientHook = (grad: Variable) => Variable | undefined;

let created = 0;

/** The number of nodes made so far: later ones have at least this id. */
export const nodesMade = (): number => created;

/** The number of assigns so far: a saved value whose storage has a later number was overwritten since. */
let assigns = 0;

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
  readonly gradientOf: Node | null = recorder.gradientOf as Node | null;
  /** The Variable's name, if it has one. */
  name: string | undefined;
  /** A leaf's Variable, or that of a node whose gradient is retained. */
  owner: Variable | null = null;
  /** Whether `owner` receives the gradient although this is no leaf. */
  retainsGrad = false;
  /** The inputs' values that the rules read, null where not saved. */
  savedInputs: readonly Tensor[] | null = null;
  /** The output's value that the rules read, null where not saved. */
  savedOutput: Tensor | null = null;
  /**
   * The number of assigns when the op was applied, to detect a value that was overwritten since. For a leaf, the number
   * at its last assign.
   */
  savedAt: number = assigns;
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

/** An argument that ops take for a Variable: tensors and numbers become constants. */
export type VariableLike = Variable | Tensor | number;

/** A value as `variable`, `constant` and `assign` take it. */
export type ValueLike = Tensor | Nested | TypedArray | IntegerArray;

/** Replaces reading and changing Variables while a function runs for its shapes, for its program, or a second time. */
export interface Effects {
  /** Whether the value of x may be read. */
  canRead(x: Variable): boolean;
  /** The error for reading it where it may not be. */
  unreadable?(x: Variable): GraphError;
  /** `x.assign(value)`, whose shape fits. */
  assign(x: Variable, value: Variable | Tensor): void;
  /** `x.grad`, which is `own` by what happened so far. */
  gradient(x: Variable, own: Variable | null): Variable | null;
  /** `x.grad = gradient`. */
  setGradient(x: Variable, gradient: Variable | null): void;
  /** See the functions of these names. */
  dependsOn?(of: object, read: () => unknown): void;
  settles?(of: object): void;
}

/** The effects in place of the ordinary ones; null for those. */
let effects: Effects | null = null;

/** Runs `fn` with other effects, and restores the previous ones whatever happens. */
export function withEffects<Result>(others: Effects, fn: () => Result): Result {
  const previous = effects;
  effects = others;
  try {
    return fn();
  } finally {
    effects = previous;
  }
}

/** The effects in place of the ordinary ones; null for those. */
export const effectsNow = (): Effects | null => effects;

/**
 * Says that what a function does from here on depends on a setting that JavaScript changes, such as whether a model trains:
 * on what `read` gives of `of`. A program of the function holds as long as that is the same.
 */
export const dependsOn = (of: object, read: () => unknown): void => effects?.dependsOn?.(of, read);

/** Says that a function itself changes the settings of `of`: what it does later depends on no other's. */
export const settles = (of: object): void => effects?.settles?.(of);

/** A value that lies elsewhere, such as in the memory of a program. */
export interface Remote {
  /** The value as a tensor of its own. */
  fetch(): Tensor;
}

let made = 0;

/** The number of Variables made so far: later ones have at least this serial. */
export const variablesMade = (): number => made;

/**
 * A tensor with a place in the computational graph.
 *
 * Made by {@link variable}, {@link constant} and by ops; never with the constructor.
 */
export class Variable {
  static {
    stamp(Variable, "Variable");
  }

  /** Whether a gradient can flow to or through this Variable. */
  readonly requiresGrad: boolean;
  /** Number in order of creation. */
  readonly serial: number = made++;
  /**
   * Whether an op that was not recorded computed this leaf from a Variable that has a name or a gradient: in a graph it
   * is a constant, though it would be another number if that Variable were.
   * @internal
   */
  isFrozen = false;
  private gradient: Variable | null = null;
  /** Where the gradient is, if it lies elsewhere until somebody reads it. */
  private remoteGradient: Remote | null = null;
  private tensor: Tensor | null;
  /** Where the value lies as well, or alone until somebody reads it. */
  private remoteValue: Remote | null = null;
  private vertex: Node | null;
  private label: string | undefined;

  /** @internal value null: not saved for the rule that reads it */
  constructor(value: Tensor | null, vertex: Node | null, requiresGrad: boolean) {
    this.tensor = value;
    this.vertex = vertex;
    this.requiresGrad = requiresGrad;
  }

  /** The gradient that `backward` accumulated here; null before, and for Variables that are not leaves. */
  get grad(): Variable | null {
    if (this.remoteGradient !== null) {
      this.gradient = new Variable(this.remoteGradient.fetch(), null, false);
      this.remoteGradient = null;
    }
    return effects === null ? this.gradient : effects.gradient(this, this.gradient);
  }

  set grad(gradient: Variable | null) {
    if (effects !== null) effects.setGradient(this, gradient);
    else {
      this.gradient = gradient;
      this.remoteGradient = null;
    }
  }

  /**
   * The value.
   * @throws GraphError inside a backward rule whose op does not save it, and of a state while a function is traced
   */
  get value(): Tensor {
    if (effects !== null && !effects.canRead(this) && effects.unreadable) throw effects.unreadable(this);
    if (!this.tensor) {
      if (this.remoteValue) return (this.tensor = this.remoteValue.fetch());
      if (!this.vertex) throw notMade("Variable");
      throw notSaved(recorder.gradientOf?.op?.name ?? "op");
    }
    return this.tensor;
  }

  /** Whether the value can be read: not inside vmap, nor in a rule whose op does not save it, nor while it is traced. */
  get isReadable(): boolean {
    return (this.tensor !== null || this.remoteValue !== null) && (effects === null || effects.canRead(this));
  }

  /** The lengths of the axes. */
  get shape(): Shape {
    return specOf(this.tensor, this.vertex).shape;
  }

  /** Element type. */
  get dtype(): DType {
    return specOf(this.tensor, this.vertex).dtype;
  }

  /** Number of axes. */
  get ndim(): number {
    return this.shape.length;
  }

  /** Number of elements. */
  get size(): number {
    return sizeOf(this.shape);
  }

  /** The name for drawings and errors, if it was given one. */
  get name(): string | undefined {
    return this.vertex ? this.vertex.name : this.label;
  }

  set name(name: string | undefined) {
    this.label = name;
    if (this.vertex !== null) this.vertex.name = name;
  }

  /** The node of the op that made this Variable; null for leaves. */
  get creator(): Node | null {
    return this.vertex?.op ? this.vertex : null;
  }

  /** Whether no recorded op made it: an input, a parameter or a constant. */
  get isLeaf(): boolean {
    return !this.vertex?.op;
  }

  /** The vertex in the graph; a leaf gets one when it is first used. */
  get node(): Node {
    if (!this.vertex) {
      const { shape, dtype } = specOf(this.tensor, null);
      this.vertex = new Node(null, [], {}, shape, dtype, this.requiresGrad);
      this.vertex.name = this.label;
      this.vertex.owner = this;
    }
    return this.vertex;
  }

  /** The only element, as a number. */
  item(): number {
    return Number(this.value.item());
  }

  /** The elements as nested arrays. */
  toArray(): Nested {
    return this.value.toArray();
  }

  /** The value as a string, as {@link Tensor} writes it. */
  toString(): string {
    return this.value.toString();
  }

  /**
   * What operators, templates and `String` read: text where text is wanted.
   * @throws GraphError for arithmetic and comparisons, which JavaScript would do with that text
   */
  [Symbol.toPrimitive](hint: string): string {
    if (hint === "string") return this.toString();
    throw noOperators("Variable");
  }

  /** The JSON form of the value, as that of a {@link Tensor}; the graph behind it is left out. */
  toJSON(): ReturnType<Tensor["toJSON"]> {
    return this.value.toJSON();
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    const name = this.name === undefined ? "" : ` "${printableLine(this.name)}"`;
    const by = this.creator === null ? "" : ` from ${this.creator.op?.name}`;
    const value = this.isReadable ? this.value.toString() : "(not saved)";
    return `Variable${name} ${this.dtype} ${formatShape(this.shape)}${by}\n${value}`;
  }

  /** Forgets the gradient. */
  zeroGrad(): void {
    this.grad = null;
  }

  /** Makes `backward` keep the gradient in `.grad` although this Variable is no leaf. Returns the Variable. */
  retainGrad(): this {
    Object.assign(this.node, { owner: this, retainsGrad: true });
    return this;
  }

  /**
   * Calls `hook` with the gradient whenever `backward` has completed it here; what the hook returns is passed on
   * instead. Returns a function that removes the hook.
   */
  onGrad(hook: GradientHook): () => void {
    checkFunction("onGrad", hook, "hook");
    const node = this.node;
    node.hooks = [...(node.hooks ?? []), hook];
    return () => {
      node.hooks = (node.hooks ?? []).filter((other) => other !== hook);
    };
  }

  /**
   * Gives this Variable another value. Parameters and running statistics change through it alone. Tensors that were
   * read before keep the old value; a graph that was computed from it notices and refuses to run backward.
   *
   * @param value same shape; copied, and converted to this Variable's dtype
   * @throws GraphError when the Variable was computed by an op; ShapeError when the shape differs. Nothing changes then.
   */
  assign(value: ValueLike | Variable): this {
    if (!this.isLeaf) {
      throw GraphError.of("assign", "this", undefined, "a leaf: a parameter, an input or a running statistic", {
        problem: `${describeVariable(this)} was computed by "${this.creator?.op?.name}"`,
        hint: "Assign to what it was computed from.",
      });
    }
    const given = value instanceof Variable ? value : asTensor("assign", value, this.dtype);
    if (!sameShape(given.shape, this.shape)) {
      throw ShapeError.of("assign", `the new value of ${describeVariable(this)}`, given, formatShape(this.shape), {
        argument: "value",
        hint: "A Variable keeps its shape; make a new one with variable(value).",
      });
    }
    if (effects !== null) {
      effects.assign(this, given);
      return this;
    }
    if (given instanceof Variable && !given.isReadable) throw assignedInVmap(this);
    const next = given instanceof Variable ? given.value : given;
    const { dtype } = this.value;
    const converted = next.dtype === dtype ? next : kernels.cast(next, dtype);
    // New storage each time: whoever read the value before keeps what was read.
    this.#change(kernels.copy(converted), null);
    return this;
  }

  /** Gives another value, and counts the change. */
  #change(tensor: Tensor | null, remote: Remote | null): void {
    assigns++;
    if (this.tensor !== null) this.tensor.base.version = assigns;
    if (this.vertex !== null) this.vertex.savedAt = assigns;
    this.tensor = tensor;
    this.remoteValue = remote;
  }

  /** Whether the value that lies there is that of this Variable. @internal */
  isAt(remote: Remote): boolean {
    return this.remoteValue === remote;
  }

  /** Gives this Variable the value that lies there, to be fetched when somebody reads it. @internal */
  moveTo(remote: Remote): void {
    this.node.owner ??= this; // The node keeps shape and dtype.
    this.#change(null, remote);
  }

  /** Whether there is a gradient, without fetching it. @internal */
  get hasGrad(): boolean {
    return this.gradient !== null || this.remoteGradient !== null;
  }

  /** Gives this Variable the gradient that lies there, to be fetched when somebody reads it. @internal */
  moveGradientTo(remote: Remote): void {
    this.remoteGradient = remote;
  }
}

/** Shape and dtype, of whichever is there. */
function specOf(tensor: Tensor | null, vertex: Node | null): ValueSpec {
  const known = tensor || vertex;
  if (!known) throw notMade("Variable");
  return known;
}

export function asTensor(op: string, value: ValueLike, dtype?: DType): Tensor {
  if (value instanceof Tensor) return value;
  return tensorFor(op, value, dtype === undefined ? {} : { dtype });
}
