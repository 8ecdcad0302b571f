/** Ops that rearrange, repeat, cut, join and pick as ONNX. */
import type { AxisSlice, Shape } from "@adjoint/tensor";
import { sizeOf } from "@adjoint/tensor";
import type { Emitter, OnnxValue } from "../emitter.ts";
import { elementwise, type LoweredNode, type Lowering, whole } from "../lowering.ts";

/** A row of an op of one input, with its attributes. */
const single = <A>(lower: (out: Emitter, x: OnnxValue, attributes: A, node: LoweredNode) => OnnxValue): Lowering =>
  whole<never>((out, [x], node) => lower(out, x, node.attributes as A, node));

/** A row of an op along an axis. */
const along = (
  lower: (out: Emitter, inputs: readonly OnnxValue[], axis: number, node: LoweredNode) => OnnxValue,
  note?: string,
): Lowering =>
  whole<never>((out, xs, node) => lower(out, xs, (node.attributes as { readonly axis: number }).axis, node), note);

/** x written into zeros of a shape, where a slice with the same numbers would read. */
export function padSlice(out: Emitter, x: OnnxValue, shape: Shape, slices: readonly AxisSlice[]): OnnxValue {
  if (sizeOf(x.shape) === 0) return out.expand(out.scalar(0, x.type), shape);
  // Backward steps: the same elements forward.
  const forward = slices.map(({ start, step, length }) =>
    step < 0 ? { start: start + (length - 1) * step, step: -step, length } : { start, step, length },
  );
  const turned = slices.map(({ step, length }) => (step < 0 ? { start: length - 1, step: -1, length } : null));
  let y = out.slice(x, turned);
  // Zeros between the elements: each is the first of `step`.
  const isSpread = forward.map(({ step, length }) => step > 1 && length > 1);
  if (isSpread.includes(true)) {
    const apart = y.shape.flatMap((n, i) => (isSpread[i] ? [n, 1] : [n]));
    const after = y.shape.flatMap((_, i) => (isSpread[i] ? [0, forward[i].step - 1] : [0]));
    const none = after.map(() => 0);
    const longer = y.shape.map((n, i) => (isSpread[i] ? n * forward[i].step : n));
    const spread = out.reshape(out.pad(out.reshape(y, apart), none, after), longer);
    // Those after the last element may reach over the end.
    const ends = forward.map(({ step, length }, i) => (isSpread[i] ? (length - 1) * step + 1 : length));
    y = out.slice(
      spread,
      ends.map((length) => ({ start: 0, step: 1, length })),
    );
  }
  const starts = forward.map(({ start }) => start);
  return out.pad(
    y,
    starts,
    shape.map((n, i) => n - starts[i] - y.shape[i]),
  );
}

/** Indices of slices along an axis as indices of elements, for every element of the slices. */
function everywhere(out: Emitter, indices: OnnxValue, shape: Shape, axis: number): OnnxValue {
  const ones = shape.map((_, i) => (i === axis ? indices.shape[0] : 1));
  return out.expand(out.reshape(indices, ones), shape);
}

/** x with updates added at places of an axis. */
function scatterAdd(out: Emitter, [x, indices, updates]: readonly OnnxValue[], axis: number): OnnxValue {
  if (sizeOf(updates.shape) === 0) return x;
  // Truth values are added as "or" is.
  const isBool = x.type === "bool";
  const [base, added] = [x, updates].map((value) => (isBool ? out.cast(value, "int32") : value));
  const y = out.emit("ScatterElements", [base, indices, added], base, { axis, reduction: "add" });
  return isBool ? out.cast(y, "bool") : y;
}

const triangle = (upper: 0 | 1): Lowering =>
  single<{ readonly k: number }>((out, x, { k }) => out.emit("Trilu", [x, out.scalar(k, "int64")], x, { upper }));

const unchecked = "indices out of range are errors of the engine, negative ones count from the end";

export const rearranging = {
  reshape: single<{ readonly shape: Shape }>((out, x, _, { shape }) => out.reshape(x, shape)),
  transpose: single<{ readonly axes: readonly number[] }>((out, x, { axes }) => out.transpose(x, axes)),
  flip: single<{ readonly axes: readonly number[] }>((out, x, { axes }) =>
    out.slice(
      x,
      x.shape.map((length, i) => (axes.includes(i) ? { start: length - 1, step: -1, length } : null)),
    ),
  ),
  // The repetitions are made where they are needed: elementwise ops make their own.
  repeat: elementwise((_, [x]) => x),
  slice: single<{ readonly slices: readonly AxisSlice[] }>((out, x, { slices }) => out.slice(x, slices)),
  padSlice: single<{ readonly shape: Shape; readonly slices: readonly AxisSlice[] }>((out, x, { shape, slices }) =>
    padSlice(out, x, shape, slices),
  ),
  concat: along((out, xs, axis) => out.concat(xs, axis)),
  gather: along(
    (out, [x, indices], axis) =>
      out.emit("GatherElements", [x, indices], { shape: indices.shape, type: x.type }, { axis }),
    unchecked,
  ),
  scatterAdd: along(scatterAdd, unchecked),
  indexSelect: along(
    (out, [x, indices], axis, { shape }) => out.emit("Gather", [x, indices], { shape, type: x.type }, { axis }),
    unchecked,
  ),
  indexAdd: along(
    (out, [x, indices, updates], axis) =>
      scatterAdd(out, [x, everywhere(out, indices, updates.shape, axis), updates], axis),
    unchecked,
  ),
  oneHot: single<{ readonly depth: number }>((out, x, { depth }, { dtype }) => {
    const classes = out.cast(out.integers(Array.from({ length: depth }, (_, k) => k)), x.type);
    const isClass = out.map("Equal", [out.reshape(x, [...x.shape, 1]), classes]);
    return out.cast(isClass, dtype);
  }),
  tril: triangle(0),
  triu: triangle(1),
};
