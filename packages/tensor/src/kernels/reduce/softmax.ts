/**
 * Softmax and its like along one axis, computed in float64 and rounded once. The largest element is subtracted from all,
 * so that nothing overflows; what it adds to the sum, 1, is kept apart, so that log(1 + rest) has its digits where the
 * rest is small.
 */
import { allocate } from "../../dtype.ts";
import { contiguousStrides, normalizeAxis, reducedShape } from "../../shape.ts";
import { Tensor } from "../../tensor.ts";
import { realDType } from "../elementwise/singles.ts";
import { forEachLanes } from "../lanes.ts";

/** What is known of a lane: its largest element, and Σ e^(x − largest) over the others. */
type LaneResult = (
  write: (value: number, k: number) => void,
  read: (k: number) => number,
  n: number,
  largest: number,
  rest: number,
) => void;

/** Calls `finish` for every lane along `axis`; `length` is that of a lane of the result. */
function alongLanes(op: string, x: Tensor, axis: number, keepsAxis: boolean, finish: LaneResult): Tensor {
  const along = normalizeAxis(op, axis, x.ndim);
  const n = x.shape[along];
  const shape = keepsAxis ? x.shape : x.shape.with(along, 1);
  const strides = contiguousStrides(shape);
  const out = allocate(
    realDType(x),
    shape.reduce((product, length) => product * length, 1),
  );
  if (x.size === 0) {
    if (!keepsAxis) out.fill(Number.NEGATIVE_INFINITY);
    return new Tensor(out, shape);
  }
  const [step, outStep] = [x.strides[along], strides[along]];
  const { data } = x;
  const at = [x.offset, 0];
  let from = 0;
  let to = 0;
  const read = (k: number): number => data[from + k * step];
  const write = (value: number, k: number): void => {
    out[to + k * outStep] = value;
  };
  forEachLanes(x.shape, along, [x.strides, strides], at, (count, [row, outRow]) => {
    for (let r = 0; r < count; r++) {
      from = at[0] + r * row;
      to = at[1] + r * outRow;
      let largest = data[from];
      let place = 0;
      for (let k = 1, i = from + step; k < n; k++, i += step) {
        if (!(data[i] > largest) && !Number.isNaN(data[i])) continue;
        largest = data[i];
        place = k;
      }
      let rest = 0;
      for (let k = 0, i = from; k < n; k++, i += step) if (k !== place) rest += Math.exp(data[i] - largest);
      finish(write, read, n, largest, rest);
    }
  });
  return new Tensor(out, shape);
}

/** y = eˣ / Σ eˣ along `axis`. */
export function softmax(x: Tensor, axis: number): Tensor {
  return alongLanes("softmax", x, axis, true, (write, read, n, largest, rest) => {
    const total = 1 + rest;
    for (let k = 0; k < n; k++) write(Math.exp(read(k) - largest) / total, k);
  });
}

/** y = x − log Σ eˣ along `axis`. */
export function logSoftmax(x: Tensor, axis: number): Tensor {
  return alongLanes("logSoftmax", x, axis, true, (write, read, n, largest, rest) => {
    const log = Math.log1p(rest);
    for (let k = 0; k < n; k++) write(read(k) - largest - log, k);
  });
}

/** y = log Σ eˣ along `axis`; the largest element itself where that is infinite, −∞ for no elements. */
export function logsumexp(x: Tensor, axis: number, keepDims = false): Tensor {
  const y = alongLanes("logsumexp", x, axis, false, (write, _, __, largest, rest) => {
    write(Math.abs(largest) === Number.POSITIVE_INFINITY ? largest : largest + Math.log1p(rest), 0);
  });
  return keepDims ? y : new Tensor(y.data, reducedShape(x.shape, [normalizeAxis("logsumexp", axis, x.ndim)], false));
}
