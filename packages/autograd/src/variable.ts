/**
 * Variable: a tensor with a place in the graph. Its ops are attached in methods.ts, so that no op file knows them.
 */
import {
  AdjointError,
  checkDType,
  checkOptions,
  type DType,
  DTypeError,
  formatShape,
  GraphError,
  isFloat,
  kernels,
  kindOf,
  type Nested,
  noOperators,
  printableLine,
  refuseOtherCopy,
  type Shape,
  ShapeError,
  stamp,
  Tensor,
  type TypedArray,
  tensor,
  tensorFor,
} from "@adjoint/tensor";
import { ambient, checkFunction } from "./modes.ts";
import { assigns, type GradientHook, Node } from "./node.ts";

/** What an op takes for a Variable: tensors and numbers become constants. */
export type VariableLike = Variable | Tensor | number;

/** What `variable`, `constant` and `assign` take for a value. */
export type ValueLike = Tensor | Nested | TypedArray;

/** Options of {@link variable}. */
export interface VariableOptions {
  /** A name for drawings, errors and parameter lists. */
  readonly name?: string;
  /** Whether gradients flow to it. Default: true for float dtypes, false for int32 and bool. */
  readonly requiresGrad?: boolean;
  /** Element type. Default: that of a tensor or typed array, float32 for plain numbers. */
  readonly dtype?: DType;
}

/** How Variables run backward; set by backward.ts, which knows the ops, so that this file does not have to. */
export interface BackwardOptions {
  /** The gradient of the final result with respect to this Variable; needed unless it is a single number. */
  readonly grad?: Variable | Tensor | number;
  /** Whether the backward pass is recorded as a graph of its own, to be differentiated again. Default false. */
  readonly createGraph?: boolean;
}

let made = 0;

/** How many Variables there were so far: those made from now on have this serial at least. */
export function variablesMade(): number {
  return made;
}

/**
 * A tensor with a place in the computational graph.
 *
 * Made by {@link variable}, {@link constant} and by ops; never with the constructor.
 */
export class Variable {
  static {
    stamp(Variable, "Variable");
  }

  /** The gradient that `backward` accumulated here; null before, and for Variables that are not leaves. */
  grad: Variable | null = null;
  /** Whether a gradient can flow to or through this Variable. */
  readonly requiresGrad: boolean;
  /** Number in order of creation. */
  readonly serial: number = made++;
  /**
   * @internal Whether an op that was not recorded computed this leaf from a Variable that has a name or a gradient: in
   * a graph it is a constant, though it would be another number if that Variable were.
   */
  isFrozen = false;
  private tensor: Tensor | null;
  private vertex: Node | null;
  private label: string | undefined;

  /** @internal value null: not saved for the rule that reads it */
  constructor(value: Tensor | null, vertex: Node | null, requiresGrad: boolean) {
    this.tensor = value;
    this.vertex = vertex;
    this.requiresGrad = requiresGrad;
  }

  /**
   * The value.
   * @throws GraphError inside a backward rule whose op does not save it
   */
  get value(): Tensor {
    if (!this.tensor) {
      if (!this.vertex) throw notMade("Variable");
      const op = ambient.gradientOf?.op?.name ?? "op";
      throw new GraphError({
        op,
        problem: "a backward rule reads a value that the op does not save",
        argument: "saves",
        hint: 'Declare saves: "inputs", "output" or "both" in defineOp, whichever the rules read.',
      });
    }
    return this.tensor;
  }

  /** Whether the value can be read: not inside vmap, nor in a rule whose op does not save it. */
  get isReadable(): boolean {
    return this.tensor !== null;
  }

  /** The lengths of the axes. */
  get shape(): Shape {
    const known = this.tensor || this.vertex;
    if (!known) throw notMade("Variable");
    return known.shape;
  }

  /** Element type. */
  get dtype(): DType {
    const known = this.tensor || this.vertex;
    if (!known) throw notMade("Variable");
    return known.dtype;
  }

  /** Number of axes. */
  get ndim(): number {
    return this.shape.length;
  }

  /** Number of elements. */
  get size(): number {
    return this.shape.reduce((product, n) => product * n, 1);
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
      const value = this.tensor;
      if (!value) throw notMade("Variable");
      this.vertex = new Node(null, [], {}, value.shape, value.dtype, this.requiresGrad);
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
    const value = this.tensor === null ? "(not saved)" : this.tensor.toString();
    return `Variable${name} ${this.dtype} ${formatShape(this.shape)}${by}\n${value}`;
  }

  /** Forgets the gradient. */
  zeroGrad(): void {
    this.grad = null;
  }

  /** Makes `backward` keep the gradient in `.grad` although this Variable is no leaf. Returns the Variable. */
  retainGrad(): this {
    const node = this.node;
    node.owner = this;
    node.retainsGrad = true;
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
      throw new GraphError({
        op: "assign",
        problem: `${describeVariable(this)} was computed by "${this.creator?.op?.name}"`,
        expected: "a leaf: a parameter, an input or a running statistic",
        hint: "Only leaves can be overwritten; assign to what it was computed from.",
      });
    }
    const given = value instanceof Variable ? value : asTensor("assign", value, this.dtype);
    if (given.shape.length !== this.ndim || given.shape.some((n, i) => n !== this.shape[i])) {
      throw new ShapeError({
        op: "assign",
        problem: `${describeVariable(this)} has shape ${formatShape(this.shape)}, the new value ${formatShape(given.shape)}`,
        argument: "value",
        expected: formatShape(this.shape),
        received: formatShape(given.shape),
        hint: "A Variable keeps its shape; make a new one with variable(value).",
      });
    }
    if (!ambient.hasEffects) return this;
    if (given instanceof Variable && !given.isReadable) {
      throw new GraphError({
        op: "assign",
        problem: `${describeVariable(this)} would get a value of its own for every element of a batch in vmap`,
        argument: "value",
        hint: "Assign after vmap; layers that keep running statistics take { train: false } inside.",
      });
    }
    const old = this.value;
    const next = given instanceof Variable ? given.value : given;
    const converted = next.dtype === old.dtype ? next : kernels.cast(next, old.dtype);
    // New storage each time: whoever read the value before keeps what was read.
    this.tensor = kernels.copy(converted);
    old.base.version = ++assigns.count;
    if (this.vertex !== null) this.vertex.savedAt = assigns.count;
    return this;
  }

  /** @internal The Variable that a backward rule sees: a saved value (or none) at its place in the graph. */
  static saved(value: Tensor | null, node: Node): Variable {
    return new Variable(value, node, node.requiresGrad);
  }
}

/** The error for an object that has the prototype of a class, and nothing of what its constructor makes. */
function notMade(kind: string): GraphError {
  return new GraphError({
    op: kind,
    problem: `an object that inherits from ${kind}.prototype is not a ${kind}`,
    expected: `a ${kind}`,
    received: `Object.create(${kind}.prototype), or its like`,
    hint: `Make it with ${kind === "Variable" ? "variable(…) or constant(…)" : "tensor(…)"}.`,
  });
}

/** A Variable for people: `"W1" [784, 50]`. */
export function describeVariable(x: Variable): string {
  return x.name === undefined ? `the Variable of shape ${formatShape(x.shape)}` : `"${x.name}"`;
}

function asTensor(op: string, value: ValueLike, dtype?: DType): Tensor {
  if (value instanceof Tensor) return value;
  return tensorFor(op, value, dtype === undefined ? {} : { dtype });
}

/**
 * A tensor of its own identity with the same values, so that its version counts this Variable's changes alone: over
 * the same storage, unless another Variable may overwrite that.
 */
function ownIdentity(value: Tensor): Tensor {
  if (value.data === undefined) throw notMade("Tensor");
  return new Tensor(value.data, value.shape, value.strides, value.offset);
}

/**
 * A leaf of the graph: an input or a parameter.
 *
 * @param value a tensor, numbers nested in arrays, or a typed array
 * @throws DTypeError when a gradient is asked of an int32 or bool value; SpecError for an unknown option
 */
export function variable(value: ValueLike | Variable, options: VariableOptions = {}): Variable {
  checkOptions("variable", options, ["name", "requiresGrad", "dtype"]);
  return leaf("variable", value, options);
}

/** A leaf that no gradient flows to. */
export function constant(value: ValueLike | Variable, options: Omit<VariableOptions, "requiresGrad"> = {}): Variable {
  checkOptions("constant", options, ["name", "dtype"]);
  return leaf("constant", value, { ...options, requiresGrad: false });
}

function leaf(op: string, value: ValueLike | Variable, options: VariableOptions): Variable {
  if (options.dtype !== undefined) checkDType(op, options.dtype);
  let data = value instanceof Variable ? value.value : asTensor(op, value, options.dtype);
  if (options.dtype !== undefined && data.dtype !== options.dtype) data = kernels.cast(data, options.dtype);
  const requiresGrad = options.requiresGrad ?? isFloat(data.dtype);
  if (requiresGrad && !isFloat(data.dtype)) {
    throw new DTypeError({
      op,
      problem: `a Variable of dtype ${data.dtype} cannot require a gradient`,
      argument: "requiresGrad",
      expected: "float32 or float64",
      received: data.dtype,
      hint: 'Only real numbers have derivatives: pass dtype: "float32", or requiresGrad: false.',
    });
  }
  const result = new Variable(ownIdentity(data), null, requiresGrad);
  if (options.name !== undefined) result.name = options.name;
  return result;
}

/**
 * What an op was given as `x`, as a Variable: tensors and numbers become constants.
 * @throws AdjointError naming the op and the argument when it is something else
 */
export function asVariable(op: string, x: unknown, argument = "x"): Variable {
  if (x instanceof Variable) return ambient.standIns === null ? x : (ambient.standIns.get(x) ?? x);
  if (x instanceof Tensor) return new Variable(ownIdentity(x), null, false);
  if (typeof x === "number") return new Variable(tensor(x), null, false);
  refuseOtherCopy(op, argument, x);
  throw new GraphError({
    op,
    problem: `${typeof argument === "string" ? argument : "x"} is ${kindOf(x)}`,
    argument,
    expected: "a Variable, a Tensor or a number",
    received: typeof x,
    hint: "Wrap arrays with variable(…) or tensor(…).",
  });
}

/**
 * Refuses what a function of Variables returned unless it is one.
 * @throws GraphError naming the op that called the function
 */
export function checkResult(op: string, y: unknown, argument = "fn"): asserts y is Variable {
  if (y instanceof Variable) return;
  refuseOtherCopy(op, "what the function returned", y);
  throw new GraphError({
    op,
    problem: `the function returned ${y === undefined ? "nothing" : kindOf(y)}`,
    argument,
    expected: "a Variable",
    received: typeof y,
    hint: "Return the Variable that the function computes.",
  });
}

/** Where an error happened: names of the Variables and the scope, as far as there are any. */
export function placeOf(inputs: readonly Variable[]): string {
  const names = inputs.filter((x) => x.name !== undefined).map((x) => `"${x.name}"`);
  const place = ambient.scope === "" ? "" : `layer "${ambient.scope}"`;
  const variables =
    names.length === 0 ? "" : `${place === "" ? "" : ", "}Variable${names.length > 1 ? "s" : ""} ${names.join(", ")}`;
  return place + variables;
}

/** Adds the place to an error from below that does not know it, and the op to one about memory, which knows none. */
export function located(error: unknown, inputs: readonly Variable[], op?: string): unknown {
  if (!(error instanceof AdjointError)) return error;
  if (op !== undefined && error.op === "memory") error.calledAs(op);
  return error.locate(placeOf(inputs));
}
