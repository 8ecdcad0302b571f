/** Finds NaN and infinities in a tensor: every gradient is checked before it is used. */
import type { TypedArray } from "../../dtype.ts";
import { isFloat } from "../../dtype.ts";
import type { Tensor } from "../../tensor.ts";
import { contiguous } from "../copy.ts";
import { isDense } from "../planes.ts";

/** v − v is 0 for a finite number and NaN for others; four sums, so that none waits for the one before. */
function finiteRun(data: TypedArray, start: number, end: number): boolean {
  let [s0, s1, s2, s3] = [0, 0, 0, 0];
  let i = start;
  for (; i + 4 <= end; i += 4) {
    s0 += data[i] - data[i];
    s1 += data[i + 1] - data[i + 1];
    s2 += data[i + 2] - data[i + 2];
    s3 += data[i + 3] - data[i + 3];
  }
  for (; i < end; i++) s0 += data[i] - data[i];
  return s0 + s1 + s2 + s3 === 0;
}

/** Whether every element is a finite number; true for integers and for no elements at all. */
export function allFinite(x: Tensor): boolean {
  if (!isFloat(x.dtype) || x.size === 0) return true;
  const lying = isDense(x) ? x : contiguous(x);
  return finiteRun(lying.data, lying.offset, lying.offset + lying.size);
}
