/**
 * The same values in a memory layout that is not contiguous, as transposing, slicing and repeating make them.
 */
import { allocate, kernels, Tensor } from "@adjoint/tensor";

/** Storage between the elements is filled with this, so that reading beside them shows. */
const poison = 91;

/** x with its axes in reverse order in memory, two elements apart, in the middle of its storage. */
export function spreadOut(x: Tensor): Tensor {
  const { shape, ndim, size } = x;
  const strides = new Array<number>(ndim);
  let stride = 2;
  for (let axis = 0; axis < ndim; axis++) {
    strides[axis] = stride;
    stride *= Math.max(1, shape[axis]);
  }
  const offset = 3;
  const data = allocate(x.dtype, stride + 5).fill(x.dtype === "bool" ? 1 : poison);
  const source = kernels.contiguous(x);
  const index = new Array<number>(ndim).fill(0);
  for (let k = 0; k < size; k++) {
    data[index.reduce((at, i, axis) => at + i * strides[axis], offset)] = source.data[source.offset + k];
    for (let axis = ndim - 1; axis >= 0; axis--) {
      if (++index[axis] < shape[axis]) break;
      index[axis] = 0;
    }
  }
  return new Tensor(data, shape, strides, offset);
}
