/** Inputs or targets of samples: one tensor, or several by name for networks that have more than one. */
import { Tensor } from "@adjoint/tensor";

/** Sample i is row i of the tensor, or of each tensor. */
export type Values = Tensor | Readonly<Record<string, Tensor>>;

/** Their tensors by name; one alone has the name `""`. Null for what is neither. */
export function tensorsOf(values: unknown): [string, Tensor][] | null {
  if (values instanceof Tensor) return [["", values]];
  if (values === null || typeof values !== "object" || Array.isArray(values)) return null;
  const entries = Object.entries(values);
  return entries.length > 0 && entries.every(([, x]) => x instanceof Tensor) ? entries : null;
}

/** The same with every tensor changed by `fn`. */
export function mapTensors<V extends Values>(values: V, fn: (x: Tensor) => Tensor): V {
  if (values instanceof Tensor) return fn(values) as V;
  return Object.fromEntries(Object.entries(values).map(([name, x]) => [name, fn(x)])) as V;
}

/** How many samples there are. */
export function countOf(values: Values): number {
  return values instanceof Tensor ? values.shape[0] : Object.values(values)[0].shape[0];
}
