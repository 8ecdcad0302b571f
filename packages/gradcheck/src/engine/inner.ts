/** Sums of products of two tensors, in the order of their elements. */
import { kernels, type Tensor } from "@adjoint/tensor";

/** Σ aᵢ bᵢ of two tensors of one shape. */
export function inner(a: Tensor, b: Tensor): number {
  const x = kernels.contiguous(a);
  const y = kernels.contiguous(b);
  let total = 0;
  for (let i = 0; i < x.size; i++) total += x.data[x.offset + i] * y.data[y.offset + i];
  return total;
}

/** Σ |aᵢ| |bᵢ|. */
export function innerOfMagnitudes(a: Tensor, b: Tensor): number {
  return inner(kernels.abs(a), kernels.abs(b));
}
