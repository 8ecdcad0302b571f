/** Writes the nodes of an ONNX graph, each once; what undoes the node before, such as another reshape, is left out. */
import { type AxisSlice, broadcastShapes, kernels, type Shape, sameShape, sizeOf, type Tensor } from "@adjoint/tensor";
import type { Draft } from "../messages/schema.ts";
import { Refusal } from "./refusal.ts";
import { type Attributes, attributesOf, bytesOf, type ElementType, typeNumbers } from "./types.ts";

export interface OnnxValue {
  readonly name: string;
  /** Its lengths; those that are multiples of an open axis's grow with that. */
  readonly shape: Shape;
  readonly type: ElementType;
}

/** A node as it was written. */
export interface Written {
  readonly op: string;
  readonly inputs: readonly (OnnxValue | null)[];
  readonly attributes: Attributes;
  readonly output: OnnxValue;
  /** The name of an output before it that nobody reads; null where there is none. */
  readonly before: string | null;
}

/** How a graph is written. */
export interface EmitterOptions {
  /** The version of the operators, 17 to 21. */
  readonly opset: number;
  /** The length that stands for a batch of any size, a prime; null where there is none. */
  readonly batch: number | null;
  /** Whether functions are written so that ONNX Runtime keeps the digits of their tails, where its own lose them. */
  readonly keepsTails?: boolean;
  /** The length of blocks of channels that ONNX Runtime computes by, if they are used: see blocks.ts. Default: null, none. */
  readonly block?: number | null;
}

/** An axis of any length, such as the batch. */
export interface OpenAxis {
  readonly name: string;
  /** The length that stands for it, a prime. */
  readonly length: number;
}

/** An op of ONNX Runtime's own for images in blocks, under its name. */
export const ofBlocks = (name: string): string => `com.microsoft.nchwc:${name}`;

/** Elementwise ops that give truth values of numbers. */
const truths: ReadonlySet<string> = new Set(["Equal", "Less", "LessOrEqual", "Greater", "GreaterOrEqual", "IsInf"]);

/** Most numbers that a scalar's key is made of: longer constants are not compared. */
const mostCompared = 16;

/** The nodes, constants and names of one graph. */
export class Emitter {
  readonly written: Written[] = [];
  readonly constants: { readonly value: OnnxValue; readonly draft: Draft<"Tensor"> }[] = [];
  readonly opset: number;
  readonly keepsTails: boolean;
  readonly block: number | null;
  /** The axes of any length. */
  private readonly open: readonly OpenAxis[];
  /** For each of them a value that has it, and where. */
  private readonly sources = new Map<OpenAxis, { readonly value: OnnxValue; readonly axis: number }>();
  /** The same numbers in blocks of channels, by the names of values. */
  private readonly blocks = new Map<string, OnnxValue>();
  /** What values are named after: the scope that is written. */
  place = "";
  private readonly producers = new Map<string, Written>();
  private readonly known = new Map<string, OnnxValue>();
  private readonly names = new Set<string>();

  constructor({ opset, batch, keepsTails = false, block = null }: EmitterOptions, open: readonly OpenAxis[] = []) {
    this.opset = opset;
    this.keepsTails = keepsTails;
    this.block = block;
    this.open = batch === null ? open : [{ name: "batch", length: batch }, ...open];
  }

  /** Takes note of an input, whose shape says how long open axes are. */
  see(value: OnnxValue): void {
    value.shape.forEach((n, axis) => {
      const found = this.open.find(({ length }) => length === n);
      if (found !== undefined && !this.sources.has(found)) this.sources.set(found, { value, axis });
    });
  }

  /** A name that no other value has: the one wanted, or with a number. */
  unique(wanted: string): string {
    let name = wanted;
    for (let k = 1; this.names.has(name); k++) name = `${wanted}_${k}`;
    this.names.add(name);
    return name;
  }

  /** The node that computes a value; undefined for inputs and constants. */
  producerOf({ name }: OnnxValue): Written | undefined {
    return this.producers.get(name);
  }

  /** Writes a node, unless there is one that computes the same. Its value is the node's first output, or the second. */
  emit(
    op: string,
    inputs: readonly (OnnxValue | null)[],
    { shape, type }: { readonly shape: Shape; readonly type: ElementType },
    attributes: Attributes = {},
    which: "first" | "second" = "first",
  ): OnnxValue {
    const key = JSON.stringify([op, inputs.map((x) => x?.name ?? null), attributes, type, which]);
    const same = this.known.get(key);
    if (same !== undefined) return same;
    const before = which === "first" ? null : this.unique(`${this.place}${op}_first`);
    const output = { name: this.unique(`${this.place}${op.slice(op.indexOf(":") + 1)}`), shape, type };
    const node = { op, inputs, attributes, output, before };
    this.written.push(node);
    this.producers.set(output.name, node);
    this.known.set(key, output);
    return output;
  }

  /**
   * An elementwise op: its result has the shape that the operands broadcast to, and the type of the last one that is no plain
   * number, unless it says something of them.
   */
  map(op: string, operands: readonly (OnnxValue | number)[], attributes: Attributes = {}): OnnxValue {
    const { type } = operands.findLast((x) => typeof x !== "number") as OnnxValue;
    const inputs = operands.map((x) => (typeof x === "number" ? this.scalar(x, type) : x));
    const shape = inputs.map((x) => x.shape).reduce((a, b) => broadcastShapes("toOnnx", a, b));
    return this.each(op, inputs, { shape, type: truths.has(op) ? "bool" : type }, attributes);
  }

  /** Writes an elementwise op; of what lies in blocks, in blocks. */
  private each(
    op: string,
    inputs: readonly OnnxValue[],
    spec: { readonly shape: Shape; readonly type: ElementType },
    attributes: Attributes,
  ): OnnxValue {
    const isNumber = ({ shape }: OnnxValue): boolean => sizeOf(shape) === 1 && shape.length <= spec.shape.length;
    const blocked = inputs.map((x) => (isNumber(x) ? x : sameShape(x.shape, spec.shape) ? this.inBlocks(x) : null));
    if (blocked.includes(null) || inputs.every(isNumber)) return this.emit(op, inputs, spec, attributes);
    const result = this.emit(op, blocked, spec, attributes);
    // Of real numbers, blocks are put back in order; truth values are computed twice, should somebody need them so.
    if (spec.type === "float32") return this.outOfBlocks(result);
    const ordered = this.emit(op, inputs, spec, attributes);
    this.blocks.set(ordered.name, result);
    return ordered;
  }

  /** The same numbers in blocks of channels; null where they were not computed so. */
  inBlocks({ name }: OnnxValue): OnnxValue | null {
    return this.blocks.get(name) ?? null;
  }

  /** Images [N, C, H, W] from blocks of channels. */
  outOfBlocks(blocked: OnnxValue): OnnxValue {
    const images = this.emit(ofBlocks("ReorderOutput"), [blocked], blocked, { channels: blocked.shape[1] });
    this.blocks.set(images.name, blocked);
    return images;
  }

  private constant(values: ArrayLike<number>, shape: Shape, type: ElementType, name = "constant"): OnnxValue {
    const bits =
      values.length <= mostCompared ? Array.from(values, (v) => (Object.is(v, -0) ? "-0" : String(v))) : null;
    const key = bits === null ? null : JSON.stringify(["constant", bits, shape, type, name === "constant" ? "" : name]);
    const same = key === null ? undefined : this.known.get(key);
    if (same !== undefined) return same;
    const value: OnnxValue = { name: this.unique(name), shape, type };
    this.constants.push({ value, draft: draftOf(values, value) });
    if (key !== null) this.known.set(key, value);
    return value;
  }

  scalar(value: number, type: ElementType): OnnxValue {
    return this.constant([value], [], type);
  }

  /** So many ones. */
  ones(count: number, type: ElementType): OnnxValue {
    const key = JSON.stringify(["ones", count, type]);
    const value = this.known.get(key) ?? this.constant(new Uint8Array(count).fill(1), [count], type);
    this.known.set(key, value);
    return value;
  }

  /** Whole numbers in a row, for shapes, axes and places. */
  integers(values: readonly number[]): OnnxValue {
    return this.constant(values, [values.length], "int64");
  }

  /** The numbers of a tensor. Axes along which it repeats itself are left out where `repeats` allows it. */
  tensor(value: Tensor, options: { readonly name?: string | undefined; readonly repeats?: boolean } = {}): OnnxValue {
    const { name, repeats = false } = options;
    const lengths = value.shape.map((n, axis) => (repeats && value.strides[axis] === 0 ? Math.min(n, 1) : n));
    if (lengths.some((n) => this.grows(n)))
      throw new Refusal("it holds numbers for each place of an axis of any length");
    const slices = lengths.map((length) => ({ start: 0, step: 1, length }));
    const part = kernels.slice(value, slices);
    const shape = repeats && lengths.every((n) => n === 1) ? [] : lengths;
    return this.constant(kernels.copy(part).data as ArrayLike<number>, shape, value.dtype, name ?? "constant");
  }

  /** Whether a length grows with an open axis. */
  grows(length: number): boolean {
    return length > 0 && this.open.some((axis) => length % axis.length === 0);
  }

  /** The open axes that a length is a multiple of, and how often it has their product. */
  factorsOf(length: number): { readonly each: number; readonly axes: readonly OpenAxis[] } {
    let each = length;
    const axes: OpenAxis[] = [];
    for (const axis of this.open) {
      for (; each > 0 && each % axis.length === 0; each /= axis.length) axes.push(axis);
    }
    return { each, axes };
  }

  /** A length that grows, as int64 [1]. */
  private grown(length: number): OnnxValue {
    const { each, axes } = this.factorsOf(length);
    const counts = axes.map((open) => {
      const { value, axis } = this.sources.get(open)!;
      return this.emit("Shape", [value], { shape: [1], type: "int64" }, { start: axis, end: axis + 1 });
    });
    const count = counts.reduce((a, b) => this.map("Mul", [a, b]));
    return each === 1 ? count : this.map("Mul", [count, this.integers([each])]);
  }

  /** 0, 1, 2, … up to a length that grows. */
  counting(length: number, type: ElementType): OnnxValue {
    const range = [this.scalar(0, "int64"), this.reshape(this.grown(length), []), this.scalar(1, "int64")];
    return this.cast(this.emit("Range", range, { shape: [length], type: "int64" }), type);
  }

  /** A length that may grow, as one real number. */
  length(length: number, type: ElementType): OnnxValue {
    if (!this.grows(length)) return this.scalar(length, type);
    return this.reshape(this.cast(this.grown(length), type), []);
  }

  /** A shape as a value: int64 [n]. */
  shapeOf(shape: Shape): OnnxValue {
    if (!shape.some((n) => this.grows(n))) return this.integers(shape);
    const parts = shape.map((n) => (this.grows(n) ? this.grown(n) : this.integers([n])));
    return parts.length === 1
      ? parts[0]
      : this.emit("Concat", parts, { shape: [shape.length], type: "int64" }, { axis: 0 });
  }

  /** x in another type. */
  cast(x: OnnxValue, type: ElementType): OnnxValue {
    if (x.type === type) return x;
    return this.each("Cast", [x], { shape: x.shape, type }, { to: typeNumbers[type] });
  }

  /** x in another shape. */
  reshape(x: OnnxValue, shape: Shape): OnnxValue {
    if (sameShape(x.shape, shape)) return x;
    const before = this.producerOf(x);
    if (before?.op === "Reshape") return this.reshape(before.inputs[0] as OnnxValue, shape);
    const growing = shape.filter((n) => this.grows(n));
    // One length may be left open, unless there is nothing it could follow from.
    const isOpen = growing.length === 1 && sizeOf(shape) > 0;
    const to = isOpen ? this.integers(shape.map((n) => (this.grows(n) ? -1 : n))) : this.shapeOf(shape);
    // Lengths of 0 are meant, not those of the input.
    const attributes: Attributes = shape.includes(0) ? { allowzero: 1 } : {};
    return this.emit("Reshape", [x, to], { shape, type: x.type }, attributes);
  }

  /** The axes of x in another order. */
  transpose(x: OnnxValue, axes: readonly number[]): OnnxValue {
    if (axes.every((axis, i) => axis === i)) return x;
    const before = this.producerOf(x);
    if (before?.op === "Transpose") {
      const first = before.attributes.perm as readonly number[];
      const order = axes.map((axis) => first[axis]);
      return this.transpose(before.inputs[0] as OnnxValue, order);
    }
    const shape = axes.map((axis) => x.shape[axis]);
    // Axes of length 1 may go anywhere: then only the shape changes.
    const long = axes.filter((axis) => x.shape[axis] !== 1);
    if (long.every((axis, i) => i === 0 || axis > long[i - 1])) return this.reshape(x, shape);
    return this.emit("Transpose", [x], { shape, type: x.type }, { perm: axes });
  }

  /** x repeated to a shape that it broadcasts to. */
  expand(x: OnnxValue, shape: Shape): OnnxValue {
    if (sameShape(x.shape, shape)) return x;
    const lead = shape.length - x.shape.length;
    // A length of 1 leaves that of x.
    const to = shape.map((n, i) => (i >= lead && x.shape[i - lead] === n ? 1 : n));
    return this.emit("Expand", [x, this.shapeOf(to)], { shape, type: x.type });
  }

  /** A part of x: along each axis so many elements from `start` on, `step` apart; null is all of them. */
  slice(x: OnnxValue, parts: readonly (AxisSlice | null)[]): OnnxValue {
    const slices = parts.map((part, axis) => part ?? { start: 0, step: 1, length: x.shape[axis] });
    const cut = slices.flatMap(({ start, step, length }, axis) =>
      start === 0 && step === 1 && length === x.shape[axis] ? [] : [axis],
    );
    if (cut.length === 0) return x;
    const ends = cut.map((axis) => {
      const { start, step, length } = slices[axis];
      const end = start + length * step;
      // A negative end counts from the other side; below all of them nothing is left out.
      return end < 0 ? -(2 ** 31) : end;
    });
    const starts = cut.map((axis) => slices[axis].start);
    const args = [starts, ends, cut, cut.map((axis) => slices[axis].step)].map((list) => this.shapeOf(list));
    return this.emit("Slice", [x, ...args], { shape: slices.map(({ length }) => length), type: x.type });
  }

  /** Zeros around x: so many before and after along each axis. */
  pad(x: OnnxValue, before: readonly number[], after: readonly number[]): OnnxValue {
    if ([...before, ...after].every((n) => n === 0)) return x;
    if ([...before, ...after].some((n) => this.grows(n))) throw new Refusal("it adds to an axis of any length");
    const shape = x.shape.map((n, i) => before[i] + n + after[i]);
    return this.emit("Pad", [x, this.integers([...before, ...after])], { shape, type: x.type });
  }

  /** Values one after the other along an axis. */
  concat(parts: readonly OnnxValue[], axis: number): OnnxValue {
    if (parts.length === 1) return parts[0];
    const length = parts.reduce((sum, { shape }) => sum + shape[axis], 0);
    return this.emit("Concat", parts, { shape: parts[0].shape.with(axis, length), type: parts[0].type }, { axis });
  }

  /** A reduction along axes: its op takes them as a list from opset `since` on, as an attribute before. */
  reduce(op: string, x: OnnxValue, axes: readonly number[], keepDims: boolean, since = 18): OnnxValue {
    const shape = x.shape.flatMap((n, i) => (axes.includes(i) ? (keepDims ? [1] : []) : [n]));
    const keep: Attributes = { keepdims: keepDims ? 1 : 0 };
    if (this.opset >= since) return this.emit(op, [x, this.integers(axes)], { shape, type: x.type }, keep);
    return this.emit(op, [x], { shape, type: x.type }, { ...keep, axes });
  }

  /** The messages of what `ends` follow from: nodes, and the constants that they read. Ends get the names that they are given. */
  drafts(ends: readonly { readonly value: OnnxValue; readonly name: string }[]) {
    const renamed = new Map<string, string>();
    const copies: Draft<"Node">[] = [];
    for (const { value, name } of ends) {
      // What is no result of a node, or has another name already, is copied.
      if (this.producers.has(value.name) && !renamed.has(value.name)) renamed.set(value.name, name);
      else copies.push({ op_type: "Identity", name, input: [value.name], output: [name] });
    }
    const nameOf = (name: string): string => renamed.get(name) ?? name;
    const needed = new Set(ends.map(({ value }) => value.name));
    const node: Draft<"Node">[] = [];
    for (const { op, inputs, attributes, output, before } of this.written.toReversed()) {
      if (!needed.has(output.name)) continue;
      for (const x of inputs) if (x !== null) needed.add(x.name);
      const [type, domain] = op.split(":").reverse();
      node.push({
        op_type: type,
        ...(domain === undefined ? {} : { domain }),
        name: output.name,
        input: inputs.map((x) => (x === null ? "" : nameOf(x.name))),
        output: [before ?? [], nameOf(output.name)].flat(),
        attribute: attributesOf(attributes),
      });
    }
    const copied = copies.map((copy) => ({ ...copy, input: copy.input?.map(nameOf) ?? [] }));
    return {
      node: [...node.reverse(), ...copied],
      initializer: this.constants.flatMap(({ value, draft }) => (needed.has(value.name) ? [draft] : [])),
    };
  }
}

/** Numbers as a message. */
function draftOf(values: ArrayLike<number>, { name, shape, type }: OnnxValue): Draft<"Tensor"> {
  return { name, dims: shape, data_type: typeNumbers[type], raw_data: bytesOf(values, type) };
}
