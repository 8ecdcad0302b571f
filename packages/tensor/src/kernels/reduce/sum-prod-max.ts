/** Sums, products and extremes along axes. Real numbers accumulate in float64 in row-major order, rounded once. */
import { checkNotEmpty, normalizeAxes } from "../../shape.ts";
import type { Tensor } from "../../tensor.ts";
import { resultDType } from "../elementwise/result-dtype.ts";
import { wasmLargest, wasmSum } from "../wasm/reduce.ts";
import { type Fold, type FoldPlane, fold, foldInParts } from "./fold.ts";

/** The axis or axes to reduce, negative from the end; all when not given. */
export type Axis = number | readonly number[];

const sumPlane: FoldPlane = (into, o, m, n, x, i, row, step) => {
  for (let r = 0; r < m; r++, i += row) {
    let total = into[o + r];
    for (let k = 0, at = i; k < n; k++, at += step) total += x[at];
    into[o + r] = total;
  }
};

const integerSumPlane: FoldPlane = (into, o, m, n, x, i, row, step) => {
  for (let r = 0; r < m; r++, i += row) {
    let total = into[o + r];
    for (let k = 0, at = i; k < n; k++, at += step) total = (total + x[at]) | 0;
    into[o + r] = total;
  }
};

/**
 * y = Σ x over `axis`; an empty sum is 0. Integers are exact modulo 2³².
 *
 * Long sums of real numbers that give fewer than four results are taken in eight parts: of the elements 0, 8, 16, …, of
 * the elements 1, 9, 17, … and so on, then of these and of the few elements left over.
 */
export function sum(x: Tensor, axis?: Axis, keepDims = false): Tensor {
  const result = resultDType("counted", x.dtype);
  if (result === "int32") {
    return fold("sum", x, axis, keepDims, { plane: integerSumPlane, start: 0, accumulate: result, result });
  }
  const how: Fold = { plane: sumPlane, wasm: wasmSum, start: 0, accumulate: "float64", result };
  return foldInParts("sum", x, axis, keepDims, how);
}

const prodPlane: FoldPlane = (into, o, m, n, x, i, row, step) => {
  for (let r = 0; r < m; r++, i += row) {
    let total = into[o + r];
    for (let k = 0, at = i; k < n; k++, at += step) total *= x[at];
    into[o + r] = total;
  }
};

const integerProdPlane: FoldPlane = (into, o, m, n, x, i, row, step) => {
  for (let r = 0; r < m; r++, i += row) {
    let total = into[o + r];
    for (let k = 0, at = i; k < n; k++, at += step) total = Math.imul(total, x[at]);
    into[o + r] = total;
  }
};

/** y = Π x over `axis`; an empty product is 1. Integers are exact modulo 2³². */
export function prod(x: Tensor, axis?: Axis, keepDims = false): Tensor {
  const result = resultDType("counted", x.dtype);
  const whole = result === "int32";
  const plane = whole ? integerProdPlane : prodPlane;
  return fold("prod", x, axis, keepDims, { plane, start: 1, accumulate: whole ? "int32" : "float64", result });
}

/** The largest element along `axis`; NaN if there is one. @throws ShapeError when there are none to choose from */
export function max(x: Tensor, axis?: Axis, keepDims = false): Tensor {
  return extreme("max", x, axis, keepDims, 1);
}

/** The smallest element along `axis`; NaN if there is one. @throws ShapeError when there are none to choose from */
export function min(x: Tensor, axis?: Axis, keepDims = false): Tensor {
  return extreme("min", x, axis, keepDims, -1);
}

function extreme(op: string, x: Tensor, axis: Axis | undefined, keepDims: boolean, sign: 1 | -1): Tensor {
  for (const along of normalizeAxes(op, axis, x.ndim)) checkNotEmpty(op, x.shape, along);
  const plane: FoldPlane = (into, o, m, n, x, i, row, step) => {
    for (let r = 0; r < m; r++, i += row) {
      let best = sign * into[o + r];
      for (let k = 0, at = i; k < n; k++, at += step) best = Math.max(best, sign * x[at]);
      into[o + r] = sign * best;
    }
  };
  return foldInParts(op, x, axis, keepDims, {
    plane,
    wasm: (into, o, of) => wasmLargest(into as Float32Array, o, of, sign),
    start: sign * Number.NEGATIVE_INFINITY,
    accumulate: resultDType("real", x.dtype),
    result: x.dtype,
  });
}
