/** Memory that Adjoint and ONNX Runtime read and write both. */
import { allocate, type DType, kernels, type Shape, sizeOf, Tensor } from "@adjoint/tensor";
import type { Runtime, RuntimeTensor } from "./binding.ts";

/** Numbers as ONNX Runtime takes them, where they lie; strided ones are copied first. */
export function given({ Tensor: Given }: Runtime, x: Tensor): RuntimeTensor {
  const { data, offset, size, shape, dtype } = kernels.contiguous(x);
  return new Given(dtype, data.subarray(offset, offset + size) as RuntimeTensor["data"], [...shape]);
}

/** A place for numbers, and the same for ONNX Runtime. */
export interface Buffer {
  readonly own: Tensor;
  readonly theirs: RuntimeTensor;
}

export function bufferOf(
  { Tensor: Given }: Runtime,
  { shape, dtype }: { readonly shape: Shape; readonly dtype: DType },
): Buffer {
  const data = allocate(dtype, sizeOf(shape));
  return { own: new Tensor(data, [...shape]), theirs: new Given(dtype, data as RuntimeTensor["data"], [...shape]) };
}

/** Part of a buffer as one of its own. */
export function partOf({ Tensor: Given }: Runtime, { own }: Buffer, offset: number, shape: Shape): Buffer {
  const data = own.data.subarray(offset, offset + sizeOf(shape));
  return { own: new Tensor(data, [...shape]), theirs: new Given(own.dtype, data as RuntimeTensor["data"], [...shape]) };
}
