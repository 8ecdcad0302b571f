/** Some of the samples, by their rows. */
import { kernels, type Tensor } from "@adjoint/tensor";
import type { Samples } from "./network.ts";
import { countOf, mapTensors, type Values } from "./values.ts";

/** `count` samples from `start` on, or as many as there are. */
export function someRows<X extends Values, T extends Values>(
  { x, t }: Samples<X, T>,
  start: number,
  count: number,
): Samples<X, T> {
  const length = Math.min(count, countOf(x) - start);
  const rows = (tensor: Tensor): Tensor =>
    length === tensor.shape[0] ? tensor : kernels.slice(tensor, [{ start, step: 1, length }]);
  return { x: mapTensors(x, rows), t: mapTensors(t, rows) };
}

/** The samples of some rows. */
export function selectRows<X extends Values, T extends Values>({ x, t }: Samples<X, T>, rows: Tensor): Samples<X, T> {
  const select = (tensor: Tensor): Tensor => kernels.indexSelect(tensor, rows, 0);
  return { x: mapTensors(x, select), t: mapTensors(t, select) };
}
