/** The Euclidean norm along axes. */
import type { Tensor } from "../../tensor.ts";
import { cast } from "../copy.ts";
import { resultDType } from "../elementwise/result-dtype.ts";
import { type FoldPlane, fold } from "./fold.ts";
import type { Axis } from "./sum-prod-max.ts";

const squaresPlane: FoldPlane = (into, o, m, n, x, i, row, step) => {
  for (let r = 0; r < m; r++, i += row) {
    let total = into[o + r];
    for (let k = 0, at = i; k < n; k++, at += step) total += x[at] * x[at];
    into[o + r] = total;
  }
};

/** y = √(Σ x²) over `axis`; squares and their sum in float64, so that float32 neither overflows nor underflows. */
export function norm(x: Tensor, axis?: Axis, keepDims = false): Tensor {
  const total = fold("norm", x, axis, keepDims, {
    plane: squaresPlane,
    start: 0,
    accumulate: "float64",
    result: "float64",
  });
  for (let i = 0; i < total.size; i++) total.data[i] = Math.sqrt(total.data[i]);
  return cast(total, resultDType("real", x.dtype));
}
