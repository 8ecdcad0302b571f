/** Tensor: an n-d array as a typed array plus shape, strides and offset. Views share storage; nothing here computes. */
import { stamp } from "./brand.ts";
import { allocate, type DataOf, type DType, dtypeOf, type TypedArray } from "./dtype.ts";
import { IndexError, noOperators, ShapeError } from "./errors.ts";
import { formatTensor } from "./format.ts";
import {
  checkShape,
  contiguousStrides,
  normalizePermutation,
  reshapedStrides,
  reshapeShape,
  type Shape,
  sizeOf,
} from "./shape.ts";
import { formatShape, maxAxes, shown } from "./shown.ts";

/** Numbers or booleans nested in arrays, one level for each axis. */
export type Nested<T = number | boolean> = T | readonly Nested<T>[];

/**
 * An n-d array. Element [i, j, …] is `data[offset + i·strides[0] + j·strides[1] + …]`; strides are in elements and
 * may be 0 (a repeated axis) or negative (a flipped one).
 *
 * Immutable by convention: kernels return new tensors, and the only writer is a Variable's `assign`.
 * Make one with `tensor`, `zeros`, `arange` and their like; the constructor is for kernels and views.
 */
export class Tensor<D extends DType = DType> {
  static {
    stamp(Tensor, "Tensor");
  }

  /** Storage, shared with every view. */
  readonly data: DataOf<D>;
  /** The lengths of the axes. */
  readonly shape: Shape;
  /** Distance in elements between neighbours along each axis. */
  readonly strides: readonly number[];
  /** Index in `data` of the first element. */
  readonly offset: number;
  /** Element type. */
  readonly dtype: D;
  /** Number of elements. */
  readonly size: number;
  /** The tensor that this one is a view of, itself when it is none; holds the version of the storage. */
  readonly base: Tensor;
  /** The number of the `assign` (of all that there were) that last overwrote the storage, 0 if none; only the base's counts. */
  version = 0;

  constructor(data: DataOf<D>, shape: Shape, strides?: readonly number[], offset = 0, base?: Tensor) {
    if (!Array.isArray(shape) || shape.length > maxAxes) checkShape("Tensor", shape);
    this.data = data;
    this.shape = shape;
    this.strides = strides ?? contiguousStrides(shape);
    this.offset = offset;
    this.dtype = (base === undefined ? dtypeOf(data as TypedArray) : base.dtype) as D;
    this.size = sizeOf(shape);
    this.base = base === undefined ? (this as unknown as Tensor) : base;
  }

  /** Number of axes. */
  get ndim(): number {
    return this.shape.length;
  }

  /** Whether the elements lie in `data` one after the other in row-major order. */
  get isContiguous(): boolean {
    const { shape, strides } = this;
    let expected = 1;
    for (let i = shape.length - 1; i >= 0; i--) {
      if (shape[i] !== 1 && strides[i] !== expected) return this.size === 0;
      expected *= shape[i];
    }
    return true;
  }

  /** The element at one index per axis; negative indices count from the end. */
  at(...index: number[]): D extends "bool" ? boolean : number {
    const { shape, strides } = this;
    if (index.length !== shape.length) {
      throw IndexError.of("at", "index", index.length, `${shape.length} indices`, {
        problem: `${index.length} indices for a tensor of shape ${formatShape(shape)}`,
        hint: "Give one index for each axis; x.slice(0, 1) is a part of the tensor along its first axis.",
      });
    }
    let position = this.offset;
    for (let i = 0; i < index.length; i++) {
      const k = index[i] < 0 ? index[i] + shape[i] : index[i];
      if (!Number.isInteger(k) || k < 0 || k >= shape[i]) {
        throw IndexError.of("at", "index", index[i], `${-shape[i]} … ${shape[i] - 1}`, {
          problem: `index ${shown(index[i])} is out of range for axis ${i} of ${formatShape(shape)}`,
        });
      }
      position += k * strides[i];
    }
    return this.read(position);
  }

  /** The only element of a tensor of size 1, as a number (or boolean). */
  item(): D extends "bool" ? boolean : number {
    if (this.size !== 1) {
      throw ShapeError.of("item", "x", this, "one element", {
        hint: "Reduce it first, for example with .sum(), or read all of it by toArray().",
      });
    }
    return this.read(this.offset);
  }

  /**
   * The part from `start` up to, but not including, `stop` along the first axis, as of an array: `x.slice(0, 1)` is a
   * batch of the first sample. Negative numbers count from the end, and what lies beyond it is left out. A view.
   *
   * @throws IndexError unless start and stop are integers; ShapeError for a single number, which has no axis
   */
  slice(start = 0, stop?: number): Tensor<D> {
    const { shape, strides, ndim } = this;
    if (ndim === 0) {
      throw ShapeError.of("slice", "x", this, "at least one axis", { hint: "Use item for the number itself." });
    }
    const [length] = shape;
    const place = (argument: string, value: number): number => {
      if (Number.isInteger(value)) return Math.min(Math.max(value < 0 ? value + length : value, 0), length);
      throw IndexError.of("slice", argument, value, "an integer", {
        hint: "Write x.slice(0, 10) for the first axis. For others, slice(x, { start, stop }) takes a list of each.",
      });
    };
    const from = place("start", start);
    const to = Math.max(from, place("stop", stop ?? length));
    const offset = to > from ? this.offset + from * strides[0] : this.offset;
    return new Tensor<D>(this.data, [to - from, ...shape.slice(1)], strides, offset, this.base);
  }

  /**
   * The axes in another order: axis k of the result is axis `axes[k]` of this one; without `axes`, reversed. A view.
   * @throws ShapeError unless each axis is named once
   */
  transpose(axes?: readonly number[]): Tensor<D> {
    const { shape, strides, data, offset, base } = this;
    const order = normalizePermutation("transpose", axes, this.ndim);
    return new Tensor<D>(
      data,
      order.map((axis) => shape[axis]),
      order.map((axis) => strides[axis]),
      offset,
      base,
    );
  }

  /**
   * The same elements in row-major order under another shape; one length may be −1. A view where there is one.
   * @throws ShapeError when the numbers of elements differ
   */
  reshape(shape: Shape): Tensor<D> {
    if (!Array.isArray(shape)) checkShape("reshape", shape);
    const to = reshapeShape("reshape", this.shape, shape);
    const strides = reshapedStrides(this, to);
    if (strides !== null) return new Tensor<D>(this.data, to, strides, this.offset, this.base);
    const data = allocate(this.dtype, this.size);
    let next = 0;
    this.visit((position) => {
      data[next++] = this.data[position];
    });
    return new Tensor<D>(data, to);
  }

  /** The elements as nested arrays, one level for each axis; a number (or boolean) when there is no axis. */
  toArray(): Nested<D extends "bool" ? boolean : number> {
    const walk = (axis: number, position: number): Nested => {
      if (axis === this.shape.length) return this.read(position);
      return Array.from({ length: this.shape[axis] }, (_, i) => walk(axis + 1, position + i * this.strides[axis]));
    };
    return walk(0, this.offset) as Nested<D extends "bool" ? boolean : number>;
  }

  /** The elements in NumPy's layout: aligned columns, a blank line between matrices, the middle of long axes left out. */
  toString(): string {
    return formatTensor(this as unknown as Tensor);
  }

  /**
   * What operators, templates and `String` read: text where text is wanted.
   * @throws GraphError for arithmetic and comparisons, which JavaScript would do with that text
   */
  [Symbol.toPrimitive](hint: string): string {
    if (hint === "string") return this.toString();
    throw noOperators("Tensor");
  }

  /** What `console.log` and `util.inspect` show: `Tensor float32 [2, 3]` and the elements. */
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return `Tensor ${this.dtype} ${formatShape(this.shape)}\n${this.toString()}`;
  }

  /** The JSON form: `{ dtype, shape, data }` with the elements in row-major order. */
  toJSON(): { dtype: DType; shape: Shape; data: (number | boolean)[] } {
    const data: (number | boolean)[] = [];
    this.visit((position) => data.push(this.read(position)));
    return { dtype: this.dtype, shape: this.shape, data };
  }

  /** Calls `f` with the position in `data` of every element, in row-major order. */
  private visit(f: (position: number) => void): void {
    const walk = (axis: number, position: number): void => {
      if (axis === this.shape.length) f(position);
      else for (let i = 0; i < this.shape[axis]; i++) walk(axis + 1, position + i * this.strides[axis]);
    };
    walk(0, this.offset);
  }

  private read(position: number): D extends "bool" ? boolean : number {
    const value = this.data[position];
    return (this.dtype === "bool" ? value !== 0 : value) as D extends "bool" ? boolean : number;
  }
}
