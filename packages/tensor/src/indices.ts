/** The rules of indices and of what is added at them, for shapes and dtypes alone: those of kernels and of ops. */
import type { DType } from "./dtype.ts";
import { DTypeError, ShapeError } from "./errors.ts";
import { type Shape, sameShape } from "./shape.ts";
import { formatShape, formatSpec } from "./shown.ts";

/** A shape and a dtype. */
interface Spec {
  readonly shape: Shape;
  readonly dtype: DType;
}

/** Refuses indices that are not int32. */
export function checkIndices(op: string, indices: Spec): void {
  if (indices.dtype === "int32") return;
  throw DTypeError.of(op, "indices", indices, "int32", {
    problem: `indices are ${indices.dtype}`,
    hint: 'Make them with tensor([…], { dtype: "int32" }).',
  });
}

/** What `gather` gives: one element of x for each index, so that shapes are alike but for the axis. */
export function gatheredSpec(op: string, x: Spec, indices: Spec, axis: number): Spec {
  checkIndices(op, indices);
  const { shape } = indices;
  if (x.shape.length === shape.length && x.shape.every((n, i) => i === axis || n === shape[i])) {
    return { shape, dtype: x.dtype };
  }
  throw ShapeError.of(op, "indices", { shape }, `${formatShape(x.shape)}, but for axis ${axis}`, {
    problem: `indices have shape ${formatShape(shape)}`,
    hint: "gather takes one index for each element of the result; use indexSelect to take whole slices.",
  });
}

/** What `indexSelect` gives: the slices of x at a vector of indices along an axis. */
export function selectedSpec(op: string, x: Spec, indices: Spec, axis: number): Spec {
  checkIndices(op, indices);
  const { shape } = indices;
  if (shape.length === 1) return { shape: x.shape.map((n, i) => (i === axis ? shape[0] : n)), dtype: x.dtype };
  throw ShapeError.of(op, "indices", { shape }, "a vector", {
    problem: `indices have shape ${formatShape(shape)}`,
    hint: "Flatten the indices, or use gather for one index for each element.",
  });
}

/** Refuses updates of another shape or dtype than what is taken at the indices. */
export function checkUpdates(op: "scatterAdd" | "indexAdd", updates: Spec, wanted: Spec): void {
  if (sameShape(updates.shape, wanted.shape) && updates.dtype === wanted.dtype) return;
  throw ShapeError.of(op, "updates", formatSpec(updates), formatSpec(wanted), {
    problem: `updates are ${formatSpec(updates)}`,
    hint: `Give one ${op === "indexAdd" ? "slice" : "update"} for each index, of the dtype of x.`,
  });
}
