/**
 * Lays the same values out differently in memory: transposed storage, steps, flips, offsets, repeats with stride 0.
 * Kernels must give the same results for all of them.
 */
import { allocate, kernels, Tensor } from "@adjoint/tensor";

/** The memory layouts that {@link relaid} knows. `repeated` alone changes the values: every axis repeats its first. */
export const layouts = ["transposed", "stepped", "flipped", "offset", "repeated"] as const;

/** One of {@link layouts}. */
export type Layout = (typeof layouts)[number];

/** Storage around the elements is filled with this, so that reading beside them shows. */
const poison = 91;

/**
 * x in another layout.
 *
 * - `transposed`: the axes lie in memory in reverse order
 * - `stepped`: two elements apart along every axis
 * - `flipped`: from the last element to the first, with negative strides
 * - `offset`: contiguous, but in the middle of its storage
 * - `repeated`: the first element of the longest axis repeated along it with stride 0
 */
export function relaid(x: Tensor, layout: Layout): Tensor {
  if (layout !== "repeated") return laid(x, [layout]);
  const longest = x.shape.reduce((best, n, i) => (n > (x.shape[best] ?? 0) ? i : best), 0);
  if (x.ndim === 0 || x.size === 0) return x;
  const parts = x.shape.map((length, i) => ({ start: 0, step: 1, length: i === longest ? 1 : length }));
  return kernels.broadcastTo(kernels.copy(kernels.slice(x, parts)), x.shape);
}

/** x in several of the layouts at once. */
export function laid(x: Tensor, how: readonly Exclude<Layout, "repeated">[]): Tensor {
  const { shape, ndim } = x;
  const order = shape.map((_, i) => i);
  if (how.includes("transposed")) order.reverse();
  const step = how.includes("stepped") ? 2 : 1;
  const strides = new Array<number>(ndim);
  let stride = 1;
  for (let k = ndim - 1; k >= 0; k--) {
    strides[order[k]] = stride * step;
    stride *= Math.max(1, shape[order[k]]) * step;
  }
  let offset = how.includes("offset") ? 3 : 0;
  if (how.includes("flipped")) {
    for (let i = 0; i < ndim; i++) {
      offset += Math.max(0, shape[i] - 1) * strides[i];
      strides[i] = -strides[i];
    }
  }
  const data = allocate(x.dtype, stride + 5).fill(x.dtype === "bool" ? 1 : poison);
  const source = kernels.contiguous(x);
  const index = new Array<number>(ndim).fill(0);
  for (let k = 0; k < x.size; k++) {
    data[index.reduce((at, i, axis) => at + i * strides[axis], offset)] = source.data[source.offset + k];
    for (let axis = ndim - 1; axis >= 0; axis--) {
      if (++index[axis] < shape[axis]) break;
      index[axis] = 0;
    }
  }
  return new Tensor(data, shape, strides, offset);
}
