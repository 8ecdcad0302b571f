/** A node of the file as the function that computes it sees it: its inputs, known or not, and its attributes. */
import { constant, type Variable } from "@adjoint/autograd";
import { recordingWith, withInterpreters } from "@adjoint/autograd/internal";
import { type AdjointError, type DType, type Shape, sameShape, sizeOf, Tensor } from "@adjoint/tensor";
import type { Message } from "../../messages/schema.ts";
import { dtypeOf, type ElementType, elementTypeOf } from "../file/element-types.ts";
import type { Limits } from "../file/limits.ts";
import { type OnnxSource, refused } from "../file/source.ts";
import { knownTensor } from "../file/tensors.ts";
import { type Held, Known, Sequence, type Value } from "./values.ts";

/** What a function of nodes needs beyond the node: where it is read. */
export interface CallContext {
  readonly source: OnnxSource;
  /** The version of the operator set that the node is written in. */
  readonly version: number;
  /** The leaf of a known value, the same each time. */
  readonly leaf: (known: Known) => Variable;
  readonly limits: Limits;
}

const text = new TextDecoder();

/** Ops that only move numbers, so that they do so for integers beyond int32, too. */
const wideOps: ReadonlySet<string> = new Set(
  "Identity Reshape Squeeze Unsqueeze Flatten Concat Gather Slice Split Transpose Expand".split(" "),
);

/** Types of attributes, and what is meant where the field is left out. Source: onnx.proto, AttributeProto.AttributeType. */
const kinds = {
  f: [1, 0],
  i: [2, 0],
  s: [3, new Uint8Array()],
  t: [4, undefined],
  g: [5, undefined],
  floats: [6, []],
  ints: [7, []],
  strings: [8, []],
} as const;

const isAbsent = (field: unknown): boolean => field === undefined || (Array.isArray(field) && field.length === 0);

/** Attributes of nodes that have none. */
const none: Set<string> = new Set();

/** Attributes that say nothing of what is computed. */
const harmless: ReadonlySet<string> = new Set(["consumed_inputs"]);

/** A float32 number as it was meant: the shortest that rounds to it, such as 0.01, or the inverse of an integer. */
function meant(n: number): number {
  const inverse = 1 / Math.round(1 / n);
  for (let digits = 1; digits < 9; digits++) {
    const short = Number(n.toPrecision(digits));
    if (Math.fround(short) === n) return digits > 6 && Math.fround(inverse) === n ? inverse : short;
  }
  return n;
}

export class NodeCall {
  readonly op: string;
  readonly version: number;
  /** How many inputs the node lists, and how many outputs. */
  readonly count: number;
  readonly outputs: number;
  private readonly node: Message<"Node">;
  private readonly inputs: readonly (Held | null)[];
  private readonly attributes: ReadonlyMap<string, Message<"Attribute">>;
  private readonly context: CallContext;
  private readonly unread: Set<string>;
  private readonly asked: boolean[] = [];

  constructor(
    node: Message<"Node">,
    inputs: readonly (Held | null)[],
    attributes: ReadonlyMap<string, Message<"Attribute">>,
    context: CallContext,
  ) {
    this.op = node.op_type ?? "";
    this.version = context.version;
    this.count = inputs.length;
    this.outputs = node.output.length;
    this.node = node;
    this.inputs = inputs;
    this.attributes = attributes;
    this.unread = attributes.size === 0 ? none : new Set(attributes.keys());
    this.context = context;
  }

  /** Whether input i is there. */
  has(i: number): boolean {
    this.asked[i] = true;
    return i < this.inputs.length && this.inputs[i] !== null;
  }

  /** Whether output i is asked for. */
  wants(i: number): boolean {
    return i < this.outputs && this.node.output[i] !== "";
  }

  /** Input i as a Variable. */
  x(i = 0): Variable {
    const value = this.value(i);
    if (!(value instanceof Known)) return value;
    if (value.isWide && !wideOps.has(this.op)) {
      const most = value.numbers().find((n) => n !== (n | 0));
      throw this.refuse(`reads ${this.nameOf(i)}, which holds ${most}`, {
        expected: "integers from -2^31 to 2^31 - 1",
        hint: "Integers are computed as int32. Store them as int32, or use smaller ones.",
      });
    }
    return this.context.leaf(value);
  }

  /** All inputs, as they are. */
  values(): Value[] {
    return this.inputs.map((_, i) => this.value(i));
  }

  readonly variableOf = (value: Value): Variable => (value instanceof Known ? this.context.leaf(value) : value);

  /** All inputs as Variables. */
  xs(): Variable[] {
    return this.inputs.map((_, i) => this.x(i));
  }

  /** Input i as a Variable, null where it is not there. */
  optional(i: number): Variable | null {
    return this.has(i) ? this.x(i) : null;
  }

  /** Input i as it is, known or not. */
  value(i = 0): Value {
    this.asked[i] = true;
    const value = this.inputs[i];
    if (value === undefined || value === null) throw this.refuse(`lacks its input ${i}`);
    if (value instanceof Sequence) throw this.refuse(`has a sequence as ${this.nameOf(i)}, and needs a tensor`);
    return value;
  }

  /** Input i, which has to be a sequence. */
  sequence(i: number): Sequence {
    this.asked[i] = true;
    const value = this.inputs[i];
    if (value instanceof Sequence) return value;
    throw this.refuse(`has a tensor as ${this.nameOf(i)}, and needs a sequence`);
  }

  /** The inputs from i on, tensors and sequences. */
  held(from: number): Held[] {
    return this.inputs
      .slice(from)
      .map((value, k) => (value instanceof Sequence ? this.sequence(from + k) : this.value(from + k)));
  }

  shape(i = 0): Shape {
    return this.value(i).shape;
  }

  /** Whether input i is there and known. */
  isKnown(i: number): boolean {
    return this.has(i) && this.inputs[i] instanceof Known;
  }

  /** The numbers of input i, which has to be known. @throws DataError where it depends on inputs of the graph */
  numbers(i: number): number[] {
    const value = this.value(i);
    if (value instanceof Known) return value.numbers();
    throw this.refuse(`needs the numbers of ${this.nameOf(i)}, which depend on inputs or parameters`, {
      hint: "Shapes, axes and bounds must follow from the file. If an input holds them, give its value by constants.",
    });
  }

  /** The only number of input i. */
  number(i: number): number {
    const numbers = this.numbers(i);
    if (numbers.length === 1) return numbers[0];
    throw this.refuse(`has ${numbers.length} numbers in ${this.nameOf(i)}`, { expected: "one number" });
  }

  /** The numbers of input i, or of the attribute where the node has no such input; undefined where neither is there. */
  numbersOr(i: number, attribute: string): number[] | undefined {
    const ints = this.ints(attribute);
    return this.has(i) ? this.numbers(i) : ints === undefined ? undefined : [...ints];
  }

  /** The field of an attribute of a type; what is left out of a file is 0 or empty. */
  private attribute<Kind extends keyof typeof kinds>(
    name: string,
    kind: Kind,
  ): NonNullable<Message<"Attribute">[Kind]> | undefined {
    this.unread.delete(name);
    const attribute = this.attributes.get(name);
    if (attribute === undefined) return undefined;
    const [type, empty] = kinds[kind];
    const held = attribute[kind];
    const isOther =
      attribute.type === undefined || attribute.type === 0
        ? isAbsent(held) && Object.keys(kinds).some((other) => !isAbsent(attribute[other as Kind]))
        : attribute.type !== type;
    if (isOther) throw this.refuse(`has the attribute ${name} of another type`, { expected: kind });
    return (held ?? empty) as NonNullable<Message<"Attribute">[Kind]> | undefined;
  }

  int(name: string): number | undefined;
  int(name: string, otherwise: number): number;
  int(name: string, otherwise?: number): number | undefined {
    return this.attribute(name, "i") ?? otherwise;
  }

  float(name: string): number | undefined;
  float(name: string, otherwise: number): number;
  float(name: string, otherwise?: number): number | undefined {
    const given = this.attribute(name, "f");
    return given === undefined ? otherwise : meant(given);
  }

  /** A string attribute, one of `allowed`. */
  choice<const Name extends string>(name: string, allowed: readonly Name[], otherwise: Name): Name {
    const given = this.string(name) ?? otherwise;
    if ((allowed as readonly string[]).includes(given)) return given as Name;
    throw this.refuse(`has the ${name} ${JSON.stringify(given)}`, { expected: allowed.join(", "), received: given });
  }

  string(name: string): string | undefined {
    const bytes = this.attribute(name, "s");
    return bytes === undefined ? undefined : text.decode(bytes);
  }

  strings(name: string): string[] | undefined {
    return this.attribute(name, "strings")?.map((bytes) => text.decode(bytes));
  }

  ints(name: string): readonly number[] | undefined {
    return this.attribute(name, "ints");
  }

  floats(name: string): readonly number[] | undefined {
    return this.attribute(name, "floats");
  }

  tensor(name: string): Known | undefined {
    const tensor = this.attribute(name, "t");
    return tensor === undefined ? undefined : knownTensor(this.context.source, tensor, `the ${name} of ${this}`);
  }

  graph(name: string): Message<"Graph"> {
    const graph = this.attribute(name, "g");
    if (graph === undefined) throw this.refuse(`has no ${name}`);
    return graph;
  }

  /** The element type that an attribute names. */
  elementType(code: number): ElementType {
    return elementTypeOf(this.context.source, code, this.toString());
  }

  dtype(code: number): DType {
    return dtypeOf(this.context.source, this.elementType(code));
  }

  /** What counts the elements that nodes make and keep, and the ops that they unfold to. */
  get limits(): Limits {
    return this.context.limits;
  }

  /** The dtype of real numbers in this graph. */
  get real(): "float32" | "float64" {
    return this.context.source.real;
  }

  /** Refuses more elements than the file may ask for by numbers alone. */
  checkMade(shape: Shape): void {
    this.limits.checkMade(sizeOf(shape), this.toString());
  }

  /** What `fn` computes of known values alone, as a constant. */
  settled(fn: () => Variable): Variable {
    return constant(withInterpreters([], () => recordingWith({ mode: "none" }, fn)).value);
  }

  /** A constant that the op makes of numbers. */
  made(data: Float32Array | Float64Array | Int32Array | Uint8Array, shape: Shape): Variable {
    this.limits.hold(data.length);
    return constant(new Tensor(data, shape));
  }

  /** The n integers 0, step, 2 · step, … as a constant. */
  multiples(n: number, step = 1, shape: Shape = [n]): Variable {
    const numbers = Int32Array.from({ length: n }, (_, i) => i * step);
    return this.made(numbers, shape);
  }

  /** A constant of real numbers, in the dtype of `like`. */
  reals(numbers: ArrayLike<number>, shape: Shape, like: Variable): Variable {
    return this.made(like.dtype === "float64" ? Float64Array.from(numbers) : Float32Array.from(numbers), shape);
  }

  /** An axis of n, counted from the front. */
  axis(axis: number, n: number): number {
    if (Number.isInteger(axis) && axis >= -n && axis < n) return axis < 0 ? axis + n : axis;
    throw this.refuse(`names axis ${axis} of ${n}`, { expected: `an axis from ${-n} to ${n - 1}` });
  }

  /** Axes of n, counted from the front; each once. */
  axes(axes: readonly number[], n: number): number[] {
    const counted = axes.map((axis) => this.axis(axis, n));
    if (new Set(counted).size === counted.length) return counted;
    throw this.refuse(`names an axis twice: [${axes.join(", ")}]`);
  }

  /** Refuses an input of another shape. */
  checkShape(i: number, expected: Shape): void {
    const shape = this.shape(i);
    if (sameShape(shape, expected)) return;
    const [found, wanted] = [shape, expected].map((one) => `[${one.join(", ")}]`);
    throw this.refuse(`has ${this.nameOf(i)} of shape ${found}, and needs ${wanted}`);
  }

  /** y, which other inputs may only have been broadcast into: it has the shape of x. */
  like(x: Variable, y: Variable): Variable {
    if (sameShape(x.shape, y.shape)) return y;
    throw this.refuse(`has inputs that do not broadcast to [${x.shape.join(", ")}]`);
  }

  /** Refuses inputs whose elements are of different types. */
  checkSameType(from: number, to: number): void {
    const dtypes = new Set<string>();
    for (let i = from; i < to; i++) {
      const value = this.value(i);
      // Integers beyond int32 are held as float64.
      dtypes.add(value instanceof Known && value.isWide ? "int32" : value.dtype);
    }
    if (dtypes.size > 1) throw this.refuse(`has inputs of different types: ${[...dtypes].join(", ")}`);
  }

  /** Refuses an input that is not of truth values. */
  checkTruth(i: number): void {
    const { dtype } = this.value(i);
    if (dtype !== "bool") throw this.refuse(`has ${this.nameOf(i)} of ${dtype}, and needs bool`);
  }

  /** Refuses attributes and inputs that were not read: the op would compute something else. */
  checkAllRead(): void {
    const extra = this.inputs.findIndex((x, i) => x !== null && this.asked[i] !== true);
    if (extra >= 0) throw this.refuse(`has an input ${extra} that is not read here`);
    const unread = [...this.unread].filter((name) => !harmless.has(name));
    if (unread.length > 0) throw this.refuse(`has attributes that are not read here: ${unread.join(", ")}`);
  }

  /** A DataError about this node. */
  refuse(problem: string, more: Parameters<typeof refused>[2] = {}): AdjointError {
    return refused(this.context.source, `has a node that cannot be read: ${this} ${problem}`, more);
  }

  private nameOf(i: number): string {
    return `its input ${i}${this.node.input[i] ? ` "${this.node.input[i]}"` : ""}`;
  }

  toString(): string {
    const name = this.node.name === undefined || this.node.name === "" ? this.node.output[0] : this.node.name;
    return `${this.op} "${name ?? ""}"`;
  }
}
