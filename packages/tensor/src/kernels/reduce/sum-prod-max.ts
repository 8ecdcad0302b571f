/**
 * Sums, products and extremes along axes. Real numbers accumulate in float64 and are rounded once; the elements of one
 * result are taken in row-major order.
 */
import { type DType, isFloat } from "../../dtype.ts";
import { checkNotEmpty, normalizeAxes, reducedShape, sizeOf } from "../../shape.ts";
import type { Tensor } from "../../tensor.ts";
import { reshape, sliceView, transpose } from "../../views.ts";
import { cast } from "../copy.ts";
import { concat } from "../slice-pad.ts";
import { reducesByWasm, wasmLargest, wasmSum } from "../wasm/reduce.ts";
import { type AcceleratedPlane, type Fold, type FoldPlane, fold } from "./fold.ts";

/** The axis or axes to reduce, negative from the end; all when not given. */
export type Axis = number | readonly number[];

/** Numbers keep their dtype; truth values are counted. */
function total(x: Tensor): DType {
  return x.dtype === "bool" ? "int32" : x.dtype;
}

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

/** Elements of a result from which a sum of few results is taken in parts, and the number of parts. */
const LONG = 1024;
const PARTS = 8;

/**
 * y = Σ x over `axis`; an empty sum is 0. Integers are exact modulo 2³².
 *
 * Long sums of real numbers that give fewer than four results are taken in eight parts: those of the elements 0, 8, 16,
 * …, of the elements 1, 9, 17, … and so on, then the sum of these and of the few elements left over.
 */
export function sum(x: Tensor, axis?: Axis, keepDims = false): Tensor {
  const result = total(x);
  if (result === "int32") {
    return fold("sum", x, axis, keepDims, { plane: integerSumPlane, start: 0, accumulate: result, result });
  }
  const how: Fold = { plane: sumPlane, accelerated: sumByWasm, start: 0, accumulate: "float64", result };
  const axes = normalizeAxes("sum", axis, x.ndim);
  const shape = reducedShape(x.shape, axes, keepDims);
  const results = sizeOf(shape);
  const length = x.size / results;
  if (results >= PARTS / 2 || !(length >= LONG)) return fold("sum", x, axes, keepDims, how);
  const kept = x.shape.flatMap((_, i) => (axes.includes(i) ? [] : [i]));
  const rows = reshape(transpose(x, [...kept, ...axes]), [results, length]);
  const whole = length - (length % PARTS);
  const columns = (start: number, n: number) => [
    { start: 0, step: 1, length: results },
    { start, step: 1, length: n },
  ];
  const parts = reshape(sliceView(rows, columns(0, whole)), [results, whole / PARTS, PARTS]);
  const left = cast(sliceView(rows, columns(whole, length - whole)), "float64");
  const sums = concat([fold("sum", parts, 1, false, { ...how, result: "float64" }), left], 1);
  return reshape(fold("sum", sums, 1, false, how), shape);
}

const sumByWasm: AcceleratedPlane = (into, o, m, n, x, i, row, step) => {
  const runs = reducesByWasm(x, m, n, row);
  if (runs) wasmSum(into as Float64Array, o, [m, n, x, i, row, step]);
  return runs;
};

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
  const result = total(x);
  const whole = result === "int32";
  const plane = whole ? integerProdPlane : prodPlane;
  return fold("prod", x, axis, keepDims, { plane, start: 1, accumulate: whole ? "int32" : "float64", result });
}

const maxPlane: FoldPlane = (into, o, m, n, x, i, row, step) => {
  for (let r = 0; r < m; r++, i += row) {
    let total = into[o + r];
    for (let k = 0, at = i; k < n; k++, at += step) total = Math.max(total, x[at]);
    into[o + r] = total;
  }
};

const minPlane: FoldPlane = (into, o, m, n, x, i, row, step) => {
  for (let r = 0; r < m; r++, i += row) {
    let total = into[o + r];
    for (let k = 0, at = i; k < n; k++, at += step) total = Math.min(total, x[at]);
    into[o + r] = total;
  }
};

/** The accelerated form of max (sign 1) and min. */
function largestByWasm(sign: 1 | -1): AcceleratedPlane {
  return (into, o, m, n, x, i, row, step) => {
    const runs = reducesByWasm(x, m, n, row);
    if (runs) wasmLargest(into as Float32Array, o, [m, n, x, i, row, step], sign);
    return runs;
  };
}

/** The largest element along `axis`; NaN if there is one. @throws ShapeError when there are none to choose from */
export function max(x: Tensor, axis?: Axis, keepDims = false): Tensor {
  for (const along of normalizeAxes("max", axis, x.ndim)) checkNotEmpty("max", x.shape, along);
  return fold("max", x, axis, keepDims, {
    plane: maxPlane,
    accelerated: largestByWasm(1),
    start: least(x),
    accumulate: x.dtype,
    result: x.dtype,
  });
}

/** The smallest element along `axis`; NaN if there is one. @throws ShapeError when there are none to choose from */
export function min(x: Tensor, axis?: Axis, keepDims = false): Tensor {
  for (const along of normalizeAxes("min", axis, x.ndim)) checkNotEmpty("min", x.shape, along);
  return fold("min", x, axis, keepDims, {
    plane: minPlane,
    accelerated: largestByWasm(-1),
    start: greatest(x),
    accumulate: x.dtype,
    result: x.dtype,
  });
}

function least({ dtype }: Tensor): number {
  return isFloat(dtype) ? Number.NEGATIVE_INFINITY : dtype === "int32" ? -2147483648 : 0;
}

function greatest({ dtype }: Tensor): number {
  return isFloat(dtype) ? Number.POSITIVE_INFINITY : dtype === "int32" ? 2147483647 : 1;
}
