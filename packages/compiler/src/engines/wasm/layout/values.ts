/** Where the values of a program lie: buffers of its memory, and strided views of them. */
import { type DType, kernels, type Shape, sizeOf, Tensor, type TypedArray } from "@adjoint/tensor";

/** A piece of memory that holds one value, row by row without gaps. */
export interface Buffer {
  readonly bytes: number;
  /** Whether it keeps its content from one run to the next. */
  isPermanent: boolean;
  /** Where it lies; −1 until memory is planned. */
  address: number;
}

/** A value: element [i, j, …] lies at offset + i·strides[0] + j·strides[1] + … of its buffer, in elements. */
export interface Value {
  readonly buffer: Buffer;
  readonly dtype: DType;
  readonly shape: Shape;
  readonly strides: readonly number[];
  readonly offset: number;
}

/** Typed arrays by dtype. */
const arrays = { float32: Float32Array, float64: Float64Array, int32: Int32Array, bool: Uint8Array } as const;

/** Bytes of an element. */
export function bytesOf(dtype: DType): number {
  return arrays[dtype].BYTES_PER_ELEMENT;
}

/** A new value in a buffer of its own. */
export function freshValue(dtype: DType, shape: Shape, isPermanent = false): Value {
  const { strides } = new Tensor(new arrays[dtype](0), shape);
  const buffer = { bytes: sizeOf(shape) * bytesOf(dtype), isPermanent, address: -1 };
  return { buffer, dtype, shape, strides, offset: 0 };
}

/** Whether the elements lie one after the other. */
export function isDense({ shape, strides, dtype }: Value): boolean {
  return new Tensor(new arrays[dtype](0), shape, strides).isContiguous;
}

/** The address of the first element. */
export function addressOf({ buffer, offset, dtype }: Value): number {
  return buffer.address + offset * bytesOf(dtype);
}

/** The value that a view of `x` is; null where `view` has to copy. */
export function viewOf(x: Value, view: (x: Tensor) => Tensor): Value | null {
  const data = new arrays[x.dtype](0);
  const y = view(new Tensor(data as TypedArray as never, x.shape, x.strides, x.offset));
  if ((y.data as TypedArray) !== data || y.dtype !== x.dtype) return null;
  return { buffer: x.buffer, dtype: x.dtype, shape: y.shape, strides: y.strides, offset: y.offset };
}

/** The value as a tensor over the memory. */
export function tensorAt(memory: ArrayBuffer, { buffer, dtype, shape, strides, offset }: Value): Tensor {
  const length = buffer.bytes / bytesOf(dtype);
  return new Tensor(new arrays[dtype](memory, buffer.address, length) as never, shape, strides, offset);
}

/** Copies a tensor to where a value lies. */
export function writer(memory: ArrayBuffer, value: Value): (x: Tensor) => void {
  const { data } = tensorAt(memory, value) as { readonly data: { set(values: ArrayLike<number>): void } };
  return (x) => {
    const { data: from, offset, size } = kernels.contiguous(x);
    data.set((size === from.length ? from : from.subarray(offset, offset + size)) as ArrayLike<number>);
  };
}
