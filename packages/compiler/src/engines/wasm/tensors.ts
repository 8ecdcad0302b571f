/** Tensors into and out of the memory of a program. */
import { kernels, type Tensor } from "@adjoint/tensor";
import { placed } from "@adjoint/tensor/internal";
import type { HostOp } from "./layout/units.ts";
import { tensorAt, type Value } from "./layout/values.ts";

/** Copies a tensor to where a value lies. */
export function writer(memory: ArrayBuffer, value: Value): (x: Tensor) => void {
  const { data } = tensorAt(memory, value) as { readonly data: { set(values: ArrayLike<number>): void } };
  return (x) => {
    const { data: from, offset, size } = kernels.contiguous(x);
    data.set((size === from.length ? from : from.subarray(offset, offset + size)) as ArrayLike<number>);
  };
}

/** Runs an op by its own kernel, on tensors over the memory. */
export function hostOp(memory: ArrayBuffer, { inputs, result, place, run }: HostOp): () => void {
  const tensors = inputs.map((x) => tensorAt(memory, x));
  const write = writer(memory, result);
  return () => placed(place, () => write(run(tensors)));
}
