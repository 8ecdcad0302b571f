/** The walk that elementwise functions of one tensor share: memory order, planes. */
import { allocate, type DType, type TypedArray } from "../../dtype.ts";
import { Tensor } from "../../tensor.ts";
import { runsAsWasm } from "../backend.ts";
import { forEachMergedPlane, isDense } from "../planes.ts";
import { LEAST_ELEMENTS, type WasmUnary, wasmElementwise } from "../wasm/elementwise.ts";
import { notATensor } from "./operands.ts";
import { type DTypeRule, resultDType } from "./result-dtype.ts";

/** out[o + r·n + k] = f(x[i + r·rowStep + k·step]) for a plane of m × n. */
export type UnaryLoop = (
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

/**
 * Runs `loop` over x. A dense operand gives a result that lies in memory as it does; others give row-major order.
 *
 * @param wasm       the function's name among the WASM kernels, which then computes long stretches of float32
 * @param exception  a dtype whose results `other` computes
 */
export function applySingle(
  x: Tensor,
  rule: DTypeRule,
  loop: UnaryLoop,
  wasm?: WasmUnary,
  parameter = 0,
  exception?: DType,
  other = loop,
): Tensor {
  if (!(x instanceof Tensor)) throw notATensor("kernel", x);
  const dtype = resultDType(rule, x.dtype);
  const run = dtype === exception ? other : loop;
  const out = allocate(dtype, x.size);
  if (isDense(x) || x.size === 0) {
    if (wasm !== undefined && x.dtype === "float32" && runsAsWasm(x.size, LEAST_ELEMENTS)) {
      wasmElementwise(wasm, out as Float32Array, { data: x.data as Float32Array, start: x.offset, period: 0 });
    } else run(out, 0, 1, x.size, x.data, x.offset, 0, 1, parameter);
    return x.isContiguous ? new Tensor(out, x.shape) : new Tensor(out, x.shape, x.strides);
  }
  const at = [x.offset];
  forEachMergedPlane(x.shape, [x.strides], at, (m, n, [row], [step], plane) =>
    run(out, plane * m * n, m, n, x.data, at[0], row, step, parameter),
  );
  return new Tensor(out, x.shape);
}
