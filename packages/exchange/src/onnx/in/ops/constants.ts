/** Constants, shapes and what is made of them, casts, and ops that leave values as they are. */
import { constant, type Variable } from "@adjoint/autograd";
import { type DType, kernels, sizeOf, Tensor } from "@adjoint/tensor";
import { rangeOf } from "../file/element-types.ts";
import type { NodeCall } from "../nodes/call.ts";
import { Known, knownIntegers, type Value } from "../nodes/values.ts";
import type { Lowerings } from "./lowering.ts";

function constantOf(node: NodeCall): Known {
  const value = node.tensor("value");
  if (value !== undefined) return value;
  const { real } = node;
  const [float, int] = [node.float("value_float"), node.int("value_int")];
  const reals = (numbers: readonly number[], shape: readonly number[]): Known =>
    new Known(new Tensor(real === "float32" ? Float32Array.from(numbers) : Float64Array.from(numbers), shape));
  const ints = node.ints("value_ints");
  const floats = node.floats("value_floats");
  if (float !== undefined) return reals([float], []);
  if (int !== undefined) return knownIntegers([int], []);
  if (ints !== undefined && ints.length > 0) return knownIntegers(ints);
  if (floats !== undefined) return reals(floats, [floats.length]);
  throw node.refuse("holds no numbers", { hint: "Strings and sparse tensors are not supported." });
}

function shapeOf(node: NodeCall): Known {
  const shape = node.shape();
  const n = shape.length;
  const bound = (at: number): number => Math.min(Math.max(at < 0 ? at + n : at, 0), n);
  return knownIntegers(shape.slice(bound(node.int("start", 0)), bound(node.int("end", n))));
}

function constantOfShape(node: NodeCall): Variable {
  const shape = node.numbers(0);
  node.checkMade(shape);
  const value = node.tensor("value") ?? new Known(new Tensor(Float32Array.of(0), [1]));
  const held = value.dtype === "float32" ? kernels.cast(value.tensor, node.real) : value.tensor;
  return constant(kernels.reshape(held, [])).broadcastTo(shape);
}

function range(node: NodeCall): Variable {
  const [start, limit, step] = [0, 1, 2].map((i) => node.number(i));
  const value = node.value(0) as Known;
  const count = Math.max(0, Math.ceil((limit - start) / step));
  if (step === 0 || !Number.isFinite(count)) throw node.refuse(`counts from ${start} to ${limit} by ${step}`);
  node.checkMade([count]);
  node.limits.hold(count);
  const numbers = Float64Array.from({ length: count }, (_, i) => start + i * step);
  return constant(kernels.cast(new Tensor(numbers, [count]), value.isWide ? "float64" : value.dtype));
}

function eyeLike(node: NodeCall): Variable {
  const [rows, columns] = node.shape();
  node.checkMade(node.shape());
  const k = node.int("k", 0);
  const code = node.int("dtype");
  const dtype = code === undefined ? node.value().dtype : node.dtype(code);
  node.limits.hold(rows * columns);
  const data = new Float32Array(rows * columns);
  for (let i = Math.max(0, -k); i < rows && i + k < columns; i++) data[i * columns + i + k] = 1;
  return constant(kernels.cast(new Tensor(data, [rows, columns]), dtype));
}

/** x in the dtype of an element type. */
function converted(node: NodeCall, code: number): Value {
  const dtype: DType = node.dtype(code);
  const value = node.value();
  if (value instanceof Known && value.isWide) {
    return dtype === "int32" ? value : new Known(kernels.cast(value.tensor, dtype));
  }
  const x = node.x();
  const y = x.cast(dtype);
  const range = dtype === "int32" && x.dtype !== "bool" ? rangeOf(node.elementType(code)) : null;
  if (range === null) return y === x ? y.identity() : y;
  // Integers of fewer bits wrap around.
  const [least, most] = range;
  const above = y.sub(least).remainder(most - least + 1);
  return above.add(least);
}

/** x as it is; a mask of ones where it is asked for. */
function dropout(node: NodeCall): readonly Variable[] {
  const isTraining = node.has(2) && node.number(2) !== 0;
  const ratio = node.has(1) ? node.number(1) : node.float("ratio", 0.5);
  node.int("seed");
  node.int("is_test");
  if (isTraining && ratio !== 0) {
    throw node.refuse("drops values, as in training", {
      hint: "Export the model for inference: model.eval() in PyTorch.",
    });
  }
  const x = node.x();
  if (!node.wants(1)) return [x.identity()];
  return [x.identity(), constant(1, { dtype: "bool" }).broadcastTo(x.shape)];
}

export const constants: Lowerings = {
  Constant: constantOf,
  Shape: shapeOf,
  Size: (node) => knownIntegers([sizeOf(node.shape())], []),
  ConstantOfShape: constantOfShape,
  Range: range,
  EyeLike: eyeLike,
  Cast: (node) => {
    node.int("saturate");
    node.string("round_mode");
    return converted(node, node.int("to", 0));
  },
  CastLike: (node) => node.x().cast(node.value(1).dtype),
  Identity: (node) => {
    const value = node.value();
    return value instanceof Known ? value : value.identity();
  },
  Dropout: dropout,
};
