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

/** Refuses indices that have not one element for each of the result, which is like x but for the axis. */
export function checkOffAxis(op: string, x: Shape, indices: Shape, axis: number): void {
  if (x.length === indices.length && x.every((n, i) => i === axis || n === indices[i])) return;
  throw ShapeError.of(op, "indices", { shape: indices }, `${formatShape(x)}, but for axis ${axis}`, {
    problem: `indices have shape ${formatShape(indices)}`,
    hint: "gather takes one index for each element of the result; use indexSelect to take whole slices.",
  });
}

/** The shape of the slices of x at a vector of indices along an axis. */
export function selectedShape(op: string, x: Shape, indices: Shape, axis: number): Shape {
  if (indices.length === 1) return x.map((n, i) => (i === axis ? indices[0] : n));
  throw ShapeError.of(op, "indices", { shape: indices }, "a vector", {
    problem: `indices have shape ${formatShape(indices)}`,
    hint: "Flatten the indices, or use gather for one index for each element.",
  });
}

/** Refuses updates of another shape or dtype; `each` is what an index needs one of. */
export function checkUpdates(op: string, updates: Spec, wanted: Spec, each: "update" | "slice"): void {
  if (sameShape(updates.shape, wanted.shape) && updates.dtype === wanted.dtype) return;
  throw ShapeError.of(op, "updates", formatSpec(updates), formatSpec(wanted), {
    problem: `updates are ${formatSpec(updates)}`,
    hint: `Give one ${each} for each index, of the dtype of x.`,
  });
}
