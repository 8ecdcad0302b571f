/** Finds the places where a tensor is not zero. */
import { Tensor } from "../tensor.ts";
import { contiguous } from "./copy.ts";

/** The indices of the elements that are not 0 (or false), in row-major order: int32 [count, ndim]. NaN counts. */
export function nonzero(x: Tensor): Tensor<"int32"> {
  const { data, offset, size, shape, ndim } = contiguous(x);
  let count = 0;
  for (let i = 0; i < size; i++) if (data[offset + i] !== 0) count++;
  const places = new Int32Array(count * ndim);
  let row = 0;
  for (let i = 0; i < size; i++) {
    if (data[offset + i] === 0) continue;
    let rest = i;
    for (let axis = ndim - 1; axis >= 0; axis--) {
      places[row + axis] = rest % shape[axis];
      rest = Math.floor(rest / shape[axis]);
    }
    row += ndim;
  }
  return new Tensor(places, [count, ndim]) as Tensor<"int32">;
}
