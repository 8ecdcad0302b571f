/** The walk that elementwise functions of two tensors share: broadcasting, memory order, planes. */
import { allocate, type DType, promote, type TypedArray } from "../../dtype.ts";
import { broadcastShapes, sameShape } from "../../shape.ts";
import { Tensor } from "../../tensor.ts";
import { broadcastTo } from "../../views.ts";
import { runsAsWasm } from "../backend.ts";
import { forEachPlane, isDense, isSingle, mergeAxes, sameLayout } from "../planes.ts";
import { LEAST_ELEMENTS, PIECE, type WasmBinary, wasmElementwise } from "../wasm/elementwise.ts";
import { type Operand, operand } from "./operands.ts";
import { type DTypeRule, resultDType } from "./result-dtype.ts";

/** out[o + r·n + k] = f(a[i + r·aRow + k·aStep], b[j + r·bRow + k·bStep]) for a plane of m × n. */
export type BinaryLoop = (
  out: TypedArray,
  o: number,
  m: number,
  n: number,
  a: TypedArray,
  i: number,
  aRow: number,
  aStep: number,
  b: TypedArray,
  j: number,
  bRow: number,
  bStep: number,
) => void;

/** out = f(a, b) by a WASM kernel, where one of float32 runs; operands repeat after `aPeriod` and `bPeriod` elements. */
function runsInWasm(
  op: string,
  wasm: boolean,
  out: TypedArray,
  { data: a, offset: aStart }: Tensor,
  aPeriod: number,
  { data: b, offset: bStart }: Tensor,
  bPeriod: number,
): boolean {
  const runs = wasm && a instanceof Float32Array && b instanceof Float32Array && runsAsWasm(out.length, LEAST_ELEMENTS);
  if (runs) {
    const operands = [
      { data: a, start: aStart, period: aPeriod },
      { data: b, start: bStart, period: bPeriod },
    ];
    wasmElementwise(op as WasmBinary, out as Float32Array | Uint8Array, ...operands);
  }
  return runs;
}

/**
 * Runs `loop` over a and b, which broadcast; a number becomes a tensor beside one.
 *
 * @param rule       how the dtype of the result follows from that of a and b
 * @param wasm       whether a WASM kernel of the same name computes long stretches of float32
 * @param exception  a dtype whose results `other` computes
 */
export function applyPair(
  op: string,
  a: Operand,
  b: Operand,
  rule: DTypeRule,
  loop: BinaryLoop,
  wasm = false,
  exception?: DType,
  other = loop,
): Tensor {
  const x = operand(op, a, b);
  const y = operand(op, b, a);
  const dtype = resultDType(rule, promote(x.dtype, y.dtype));
  return walkPair(op, dtype === exception ? other : loop, x, y, dtype, wasm);
}

/**
 * Where an operand is dense and the other lies alike, or is one repeated number, the result lies in memory as it does;
 * else in row-major order.
 */
function walkPair(op: string, loop: BinaryLoop, a: Tensor, b: Tensor, dtype: DType, wasm: boolean): Tensor {
  let x = a;
  let y = b;
  if (!sameShape(a.shape, b.shape)) {
    const shape = broadcastShapes(op, a.shape, b.shape);
    x = broadcastTo(a, shape);
    y = broadcastTo(b, shape);
  }
  const { shape, size } = x;
  const out = allocate(dtype, size);
  if (size === 0) return new Tensor(out, shape);
  const like = isSingle(x) ? y : x;
  if (isDense(like) && (sameLayout(x, y) || isSingle(like === x ? y : x))) {
    const aStep = like === x ? 1 : 0;
    const bStep = like === y || !isSingle(y) ? 1 : 0;
    if (!runsInWasm(op, wasm, out, x, 1 - aStep, y, 1 - bStep)) {
      loop(out, 0, 1, size, x.data, x.offset, 0, aStep, y.data, y.offset, 0, bStep);
    }
    return new Tensor(out, shape, like.strides);
  }
  const walk = mergeAxes(shape, [x.strides, y.strides]);
  const [s, t] = walk.strides;
  const rows = walk.shape.length - 2;
  const m = walk.shape[rows];
  const n = walk.shape[rows + 1];
  // A matrix without gaps and a repeated row, as a bias is: one has the period 0, the other n.
  const [p, q] = walk.strides.map((of) => (of[rows + 1] !== 1 ? -1 : of[rows] === n ? 0 : of[rows] === 0 ? n : -1));
  if (walk.shape.length === 2 && p + q === n && n <= PIECE && runsInWasm(op, wasm, out, x, p, y, q)) {
    return new Tensor(out, shape);
  }
  const at = [x.offset, y.offset];
  const [aRow, aStep, bRow, bStep] = [s[rows], s[rows + 1], t[rows], t[rows + 1]];
  forEachPlane(walk, at, (k) => loop(out, k * m * n, m, n, x.data, at[0], aRow, aStep, y.data, at[1], bRow, bStep));
  return new Tensor(out, shape);
}
