/** The Euclidean norm along axes. */

import { Tensor } from "../../tensor.ts";
import { reshape } from "../../views.ts";
import { cast } from "../copy.ts";
import { abs, div, mul, sqrt } from "../elementwise/elementwise.generated.ts";
import { resultDType } from "../elementwise/result-dtype.ts";
import { type FoldPlane, fold } from "./fold.ts";
import { type Axis, max } from "./sum-prod-max.ts";

const squaresPlane: FoldPlane = (into, o, m, n, x, i, row, step) => {
  for (let r = 0; r < m; r++, i += row) {
    let total = into[o + r];
    for (let k = 0, at = i; k < n; k++, at += step) total += x[at] * x[at];
    into[o + r] = total;
  }
};

const squares = (x: Tensor, axis: Axis | undefined, keepDims: boolean): Tensor =>
  fold("norm", x, axis, keepDims, { plane: squaresPlane, start: 0, accumulate: "float64", result: "float64" });

/** From here on a sum of float64 squares has all its digits: a square of less than 2⁻⁶² of it may lose some, and more. */
const LEAST = 2 ** -960;

/** The power of two not above each element, by which others can be divided exactly; 1 for 0, ∞ and NaN. */
function powersBelow(x: Tensor): Tensor {
  const powers = Float64Array.from(x.data, (v) =>
    v > 0 && v < Number.POSITIVE_INFINITY ? 2 ** Math.floor(Math.log2(v)) : 1,
  );
  return new Tensor(powers, x.shape);
}

/**
 * y = √(Σ x²) over `axis`, which overflows and underflows only where y itself does: squares and their sum are float64,
 * and those of a float64 x are taken of x scaled where they leave the range.
 */
export function norm(x: Tensor, axis?: Axis, keepDims = false): Tensor {
  const total = squares(x, axis, keepDims);
  if (x.dtype !== "float64" || x.size === 0 || total.data.every((v) => v >= LEAST && v < Number.POSITIVE_INFINITY)) {
    return cast(sqrt(total), resultDType("real", x.dtype));
  }
  const scale = powersBelow(max(abs(x), axis, true));
  return mul(sqrt(squares(div(x, scale), axis, keepDims)), reshape(scale, total.shape));
}
