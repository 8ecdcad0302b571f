/** Rounding to whole numbers, elementwise; dtypes stay as they are. */
import type { Tensor } from "../../tensor.ts";
import { applySingle, arithmeticDType, type UnaryPlane } from "./singles.ts";

const floorPlane: UnaryPlane = (out, o, m, n, x, i, rowStep, step) => {
  for (let r = 0; r < m; r++, i += rowStep) {
    for (let k = 0, at = i; k < n; k++, at += step) out[o++] = Math.floor(x[at]);
  }
};

/** The largest integer that is not above x. */
export function floor(x: Tensor): Tensor {
  return applySingle(floorPlane, x, arithmeticDType(x));
}

const ceilPlane: UnaryPlane = (out, o, m, n, x, i, rowStep, step) => {
  for (let r = 0; r < m; r++, i += rowStep) {
    for (let k = 0, at = i; k < n; k++, at += step) out[o++] = Math.ceil(x[at]);
  }
};

/** The smallest integer that is not below x. */
export function ceil(x: Tensor): Tensor {
  return applySingle(ceilPlane, x, arithmeticDType(x));
}

/** Adding and taking away 2⁵² rounds a smaller number to a whole one, halves to the even neighbour (IEEE 754). */
const shift = 2 ** 52;

function toEven(v: number): number {
  if (!(Math.abs(v) < shift)) return v;
  return v < 0 || Object.is(v, -0) ? -(shift - v - shift) : shift + v - shift;
}

const roundPlane: UnaryPlane = (out, o, m, n, x, i, rowStep, step) => {
  for (let r = 0; r < m; r++, i += rowStep) {
    for (let k = 0, at = i; k < n; k++, at += step) out[o++] = toEven(x[at]);
  }
};

/** The nearest integer; halves go to the even one, as in NumPy. */
export function round(x: Tensor): Tensor {
  return applySingle(roundPlane, x, arithmeticDType(x));
}
