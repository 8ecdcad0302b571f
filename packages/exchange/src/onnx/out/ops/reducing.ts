/** Sums, maxima, softmax, norms, sorting and matrix products as ONNX. */
import { sizeOf } from "@adjoint/tensor";
import type { Emitter, OnnxValue } from "../emitter.ts";
import { type LoweredNode, type Lowering, whole } from "../lowering.ts";
import { asNode, counted } from "./arithmetic.ts";

interface Axes {
  readonly axes: readonly number[];
  readonly keepDims: boolean;
}

interface Axis {
  readonly axis: number;
}

interface Extreme extends Axis {
  readonly keepDims: boolean;
}

/** x in float64, in which squares of float32 neither overflow nor vanish. */
const doubled = (out: Emitter, x: OnnxValue): OnnxValue => out.cast(x, "float64");

/** A row that reads attributes. */
const reducing = <A>(
  lower: (out: Emitter, x: OnnxValue, attributes: A, node: LoweredNode) => OnnxValue,
  note?: string,
) => whole<never>((out, [x], node) => lower(out, counted(out, x), node.attributes as A, node), note);

/** A row of a function to real numbers along an axis. */
const real = (lower: (out: Emitter, x: OnnxValue, attributes: Axis) => OnnxValue): Lowering =>
  whole<never>((out, [x], node) => lower(out, asNode(out, x, node), node.attributes as Axis));

const largest = (op: string, ofPlace = false): Lowering =>
  reducing<Extreme>((out, x, { axis, keepDims }, { shape, dtype }) => {
    if (!ofPlace) return out.cast(out.reduce(op, x, [axis], keepDims), dtype);
    const attributes = { axis, keepdims: keepDims ? 1 : 0, select_last_index: 0 };
    return out.cast(out.emit(op, [x], { shape, type: "int64" }, attributes), "int32");
  });

/** The product of matrices; of matrices that were just transposed, by an op that reads them as they were. */
export function product(out: Emitter, a: OnnxValue, b: OnnxValue): OnnxValue {
  const shape = [...a.shape.slice(0, -1), b.shape[b.shape.length - 1]];
  if (shape.length === 2 && (a.type === "float32" || a.type === "float64")) {
    const [x, y] = [a, b].map((value) => turned(out, value));
    // A product by MatMul is joined by ONNX Runtime with a factor behind it, which it rounds to float32.
    if (x !== null || y !== null || a.type === "float64") {
      const attributes = { transA: x === null ? 0 : 1, transB: y === null ? 0 : 1 };
      return out.emit("Gemm", [x ?? a, y ?? b], { shape, type: a.type }, attributes);
    }
  }
  return out.emit("MatMul", [a, b], { shape, type: a.type });
}

/** The matrix that a value is the transpose of; null where it is none. */
function turned(out: Emitter, value: OnnxValue): OnnxValue | null {
  const producer = out.producerOf(value);
  const isTurned = producer?.op === "Transpose" && String(producer.attributes.perm) === "1,0";
  return isTurned ? (producer.inputs[0] as OnnxValue) : null;
}

/** The images [N, C, H, W] whose pixels are the rows of a value [N·H·W, C]; null where they are not. */
export function imagesOf(out: Emitter, rows: OnnxValue): OnnxValue | null {
  const reshaped = out.producerOf(rows);
  const turned = reshaped?.op === "Reshape" ? out.producerOf(reshaped.inputs[0] as OnnxValue) : undefined;
  if (turned?.op !== "Transpose" || String(turned.attributes.perm) !== "0,2,3,1") return null;
  const images = turned.inputs[0] as OnnxValue;
  return rows.shape.length === 2 && rows.shape[1] === images.shape[1] ? images : null;
}

/** Whether x is a matrix whose columns may be summed by {@link columnSums}: see {@link product} for float64. */
export function hasColumns(out: Emitter, { shape, type }: OnnxValue): boolean {
  return type === "float32" && shape.length === 2 && sizeOf(shape) > 0 && !out.grows(shape[0]);
}

/** The sums of the columns of a matrix: a product with ones, in which ONNX Runtime is several times faster than by ReduceSum. */
export function columnSums(out: Emitter, x: OnnxValue): OnnxValue {
  const [n, m] = x.shape;
  return out.emit("MatMul", [out.ones(n, x.type), x], { shape: [m], type: x.type });
}

export const reducingOps = {
  sum: reducing<Axes>((out, x, { axes, keepDims }, { shape }) => {
    const images = axes.length === 1 && axes[0] === 0 ? imagesOf(out, x) : null;
    if (images !== null) return out.reshape(out.reduce("ReduceSum", images, [0, 2, 3], false, 13), shape);
    if (axes.length === 1 && axes[0] === 0 && hasColumns(out, x)) return out.reshape(columnSums(out, x), shape);
    return axes.length === 0 ? x : out.reduce("ReduceSum", x, axes, keepDims, 13);
  }),
  max: largest("ReduceMax"),
  min: largest("ReduceMin"),
  argmax: largest("ArgMax", true),
  argmin: largest("ArgMin", true),
  softmax: real((out, x, { axis }) => out.emit("Softmax", [x], x, { axis })),
  logSoftmax: real((out, x, { axis }) => out.emit("LogSoftmax", [x], x, { axis })),
  logsumexp: real((out, x, { axis }) => out.reduce("ReduceLogSumExp", x, [axis], true)),
  norm: reducing<Axes>((out, x, { axes, keepDims }, { dtype }) => {
    if (axes.length === 0) return out.cast(out.map("Abs", [x]), dtype);
    const squares = out.reduce("ReduceSumSquare", doubled(out, x), axes, keepDims);
    return out.cast(out.map("Sqrt", [squares]), dtype);
  }, "float64 overflows from 1e154 on"),
  matmul: whole((out, [a, b]) => product(out, counted(out, a), counted(out, b))),
  cumsum: reducing<Axis & { readonly reverse: boolean }>((out, x, { axis, reverse }) =>
    out.emit("CumSum", [x, out.scalar(axis, "int64")], x, { reverse: reverse ? 1 : 0 }),
  ),
  argsort: whole<never>((out, [given], { attributes }) => {
    const { axis, descending } = attributes as Axis & { readonly descending: boolean };
    const x = counted(out, given);
    const sorting = { axis, largest: descending ? 1 : 0, sorted: 1 };
    const spec = { shape: x.shape, type: "int64" as const };
    return out.cast(out.emit("TopK", [x, out.shapeOf([x.shape[axis]])], spec, sorting, "second"), "int32");
  }, "the order of NaN is that of the engine"),
};
