/**
 * Sums, products and extremes along axes. Real numbers accumulate in float64 and are rounded once; the elements of one
 * result are taken in row-major order.
 */
import { type DType, isFloat } from "../../dtype.ts";
import { checkNotEmpty, normalizeAxes } from "../../shape.ts";
import type { Tensor } from "../../tensor.ts";
import { type FoldPlane, fold } from "./fold.ts";

/** The axis or axes to reduce, negative from the end; all when not given. */
export type Axis = number | readonly number[];

/** Numbers keep their dtype; truth values are counted. */
function total(x: Tensor): DType {
  return x.dtype === "bool" ? "int32" : x.dtype;
}

const sumPlane: FoldPlane = (into, o, m, n, x, i, rowStep, step, across) => {
  if (across) {
    for (let k = 0; k < n; k++, i += step) {
      for (let r = 0, at = i; r < m; r++, at += rowStep) into[o + r] += x[at];
    }
    return;
  }
  for (let r = 0; r < m; r++, i += rowStep) {
    let total = into[o + r];
    for (let k = 0, at = i; k < n; k++, at += step) total += x[at];
    into[o + r] = total;
  }
};

const integerSumPlane: FoldPlane = (into, o, m, n, x, i, rowStep, step, across) => {
  if (across) {
    for (let k = 0; k < n; k++, i += step) {
      for (let r = 0, at = i; r < m; r++, at += rowStep) into[o + r] = (into[o + r] + x[at]) | 0;
    }
    return;
  }
  for (let r = 0; r < m; r++, i += rowStep) {
    let total = into[o + r];
    for (let k = 0, at = i; k < n; k++, at += step) total = (total + x[at]) | 0;
    into[o + r] = total;
  }
};

/** y = Σ x over `axis`; an empty sum is 0. Integers are exact modulo 2³². */
export function sum(x: Tensor, axis?: Axis, keepDims = false): Tensor {
  const result = total(x);
  const whole = result === "int32";
  const plane = whole ? integerSumPlane : sumPlane;
  return fold("sum", x, axis, keepDims, { plane, start: 0, accumulate: whole ? "int32" : "float64", result });
}

const prodPlane: FoldPlane = (into, o, m, n, x, i, rowStep, step, across) => {
  if (across) {
    for (let k = 0; k < n; k++, i += step) {
      for (let r = 0, at = i; r < m; r++, at += rowStep) into[o + r] *= x[at];
    }
    return;
  }
  for (let r = 0; r < m; r++, i += rowStep) {
    let total = into[o + r];
    for (let k = 0, at = i; k < n; k++, at += step) total *= x[at];
    into[o + r] = total;
  }
};

const integerProdPlane: FoldPlane = (into, o, m, n, x, i, rowStep, step, across) => {
  if (across) {
    for (let k = 0; k < n; k++, i += step) {
      for (let r = 0, at = i; r < m; r++, at += rowStep) into[o + r] = Math.imul(into[o + r], x[at]);
    }
    return;
  }
  for (let r = 0; r < m; r++, i += rowStep) {
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

const maxPlane: FoldPlane = (into, o, m, n, x, i, rowStep, step, across) => {
  if (across) {
    for (let k = 0; k < n; k++, i += step) {
      for (let r = 0, at = i; r < m; r++, at += rowStep) into[o + r] = Math.max(into[o + r], x[at]);
    }
    return;
  }
  for (let r = 0; r < m; r++, i += rowStep) {
    let total = into[o + r];
    for (let k = 0, at = i; k < n; k++, at += step) total = Math.max(total, x[at]);
    into[o + r] = total;
  }
};

const minPlane: FoldPlane = (into, o, m, n, x, i, rowStep, step, across) => {
  if (across) {
    for (let k = 0; k < n; k++, i += step) {
      for (let r = 0, at = i; r < m; r++, at += rowStep) into[o + r] = Math.min(into[o + r], x[at]);
    }
    return;
  }
  for (let r = 0; r < m; r++, i += rowStep) {
    let total = into[o + r];
    for (let k = 0, at = i; k < n; k++, at += step) total = Math.min(total, x[at]);
    into[o + r] = total;
  }
};

/** The largest element along `axis`; NaN if there is one. @throws ShapeError when there are none to choose from */
export function max(x: Tensor, axis?: Axis, keepDims = false): Tensor {
  for (const along of normalizeAxes("max", axis, x.ndim)) checkNotEmpty("max", x.shape, along);
  return fold("max", x, axis, keepDims, { plane: maxPlane, start: least(x), accumulate: x.dtype, result: x.dtype });
}

/** The smallest element along `axis`; NaN if there is one. @throws ShapeError when there are none to choose from */
export function min(x: Tensor, axis?: Axis, keepDims = false): Tensor {
  for (const along of normalizeAxes("min", axis, x.ndim)) checkNotEmpty("min", x.shape, along);
  return fold("min", x, axis, keepDims, { plane: minPlane, start: greatest(x), accumulate: x.dtype, result: x.dtype });
}

function least({ dtype }: Tensor): number {
  return isFloat(dtype) ? Number.NEGATIVE_INFINITY : dtype === "int32" ? -2147483648 : 0;
}

function greatest({ dtype }: Tensor): number {
  return isFloat(dtype) ? Number.POSITIVE_INFINITY : dtype === "int32" ? 2147483647 : 1;
}
