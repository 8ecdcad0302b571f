/**
 * What all elementwise functions of one tensor share: where a result goes, how its operand is walked, and the dtype of
 * the result. The functions themselves each write out their loop over a plane.
 */
import { allocate, type DType, isFloat, type TypedArray } from "../../dtype.ts";
import { Tensor } from "../../tensor.ts";
import { runsAsWasm } from "../backend.ts";
import { forEachPlane, isDense, mergeAxes } from "../planes.ts";
import { LEAST_ELEMENTS, type WasmUnary, wasmUnary } from "../wasm/elementwise.ts";
import { notATensor } from "./operands.ts";

/** out[o + r·n + k] = f(x[i + r·rowStep + k·step]) for a plane of m × n. */
export type UnaryPlane = (
  out: TypedArray,
  o: number,
  m: number,
  n: number,
  x: TypedArray,
  i: number,
  rowStep: number,
  step: number,
  parameter: number,
) => void;

/** A dense operand gives a result that lies in memory as it does; others give row-major order. */
export function applySingle(plane: UnaryPlane, x: Tensor, dtype: DType, parameter = 0, wasm?: WasmUnary): Tensor {
  if (!(x instanceof Tensor)) throw notATensor("kernel", x);
  const out = allocate(dtype, x.size);
  if (isDense(x) || x.size === 0) {
    if (wasm !== undefined && x.dtype === "float32" && runsAsWasm(x.size, LEAST_ELEMENTS)) {
      wasmUnary(wasm, out as Float32Array, x.data as Float32Array, x.offset);
    } else plane(out, 0, 1, x.size, x.data, x.offset, 0, 1, parameter);
    return x.isContiguous ? new Tensor(out, x.shape) : new Tensor(out, x.shape, x.strides);
  }
  const walk = mergeAxes(x.shape, [x.strides]);
  const [strides] = walk.strides;
  const rows = walk.shape.length - 2;
  const m = walk.shape[rows];
  const n = walk.shape[rows + 1];
  const at = [x.offset];
  forEachPlane(walk, at, (k) =>
    plane(out, k * m * n, m, n, x.data, at[0], strides[rows], strides[rows + 1], parameter),
  );
  return new Tensor(out, x.shape);
}

/** Numbers keep their dtype; truth values are counted. */
export function arithmeticDType(x: Tensor): DType {
  return x.dtype === "bool" ? "int32" : x.dtype;
}

/** Real dtypes stay; whole numbers become float64. */
export function realDType(x: Tensor): DType {
  return isFloat(x.dtype) ? x.dtype : "float64";
}
