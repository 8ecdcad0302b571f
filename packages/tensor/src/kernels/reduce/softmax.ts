/**
 * Softmax and its like along one axis, computed in float64 and rounded once. The largest element is subtracted from all,
 * so that nothing overflows; what it adds to the sum, 1, is kept apart, so that log(1 + rest) has its digits where the
 * rest is small.
 */
import { allocate, type TypedArray } from "../../dtype.ts";
import { contiguousStrides, normalizeAxis, reducedShape, sizeOf } from "../../shape.ts";
import { Tensor } from "../../tensor.ts";
import { resultDType } from "../elementwise/result-dtype.ts";
import { forEachLanes } from "../lanes.ts";

/** Writes the result of one lane of n elements, the largest at `place`, from i by steps to o by steps. */
type Lane = (
  out: TypedArray,
  o: number,
  outStep: number,
  x: TypedArray,
  i: number,
  step: number,
  n: number,
  place: number,
) => void;

/** Calls `lane` for every lane along `axis`; the result has that axis, or with `reduces` one of length 1. */
function alongLanes(op: string, x: Tensor, axis: number, reduces: boolean, lane: Lane): Tensor {
  const along = normalizeAxis(op, axis, x.ndim);
  const n = x.shape[along];
  const shape = reduces ? reducedShape(x.shape, [along], true) : x.shape;
  const out = allocate(resultDType("real", x.dtype), sizeOf(shape));
  if (x.size === 0) {
    if (reduces) out.fill(Number.NEGATIVE_INFINITY);
    return new Tensor(out, shape);
  }
  const strides = contiguousStrides(shape);
  const [step, outStep] = [x.strides[along], strides[along]];
  const { data } = x;
  const at = [x.offset, 0];
  forEachLanes(x.shape, along, [x.strides, strides], at, (count, [row, outRow]) => {
    for (let r = 0, i = at[0], o = at[1]; r < count; r++, i += row, o += outRow) {
      lane(out, o, outStep, data, i, step, n, placeOfLargest(data, i, step, n));
    }
  });
  return new Tensor(out, shape);
}

/** The number of the first largest element, or of the first NaN. */
function placeOfLargest(x: TypedArray, i: number, step: number, n: number): number {
  let place = 0;
  let largest = x[i];
  for (let k = 1, at = i + step; k < n; k++, at += step) {
    const v = x[at];
    if (v <= largest || Number.isNaN(largest)) continue;
    largest = v;
    place = k;
  }
  return place;
}

/** Σ e^(x − largest) over all elements but the largest. */
function restOf(x: TypedArray, i: number, step: number, n: number, place: number): number {
  const largest = x[i + place * step];
  let rest = 0;
  for (let k = 0, at = i; k < n; k++, at += step) if (k !== place) rest += Math.exp(x[at] - largest);
  return rest;
}

const softmaxLane: Lane = (out, o, outStep, x, i, step, n, place) => {
  const largest = x[i + place * step];
  // ∞ − ∞ is NaN, and so are all elements where the largest is infinite.
  const total = 1 + (largest - largest) + restOf(x, i, step, n, place);
  for (let k = 0; k < n; k++, i += step, o += outStep) out[o] = Math.exp(x[i] - largest) / total;
};

/** y = eˣ / Σ eˣ along `axis`. */
export function softmax(x: Tensor, axis: number): Tensor {
  return alongLanes("softmax", x, axis, false, softmaxLane);
}

const logSoftmaxLane: Lane = (out, o, outStep, x, i, step, n, place) => {
  const largest = x[i + place * step];
  const log = Math.log1p(largest - largest + restOf(x, i, step, n, place));
  for (let k = 0; k < n; k++, i += step, o += outStep) out[o] = x[i] - largest - log;
};

/** y = x − log Σ eˣ along `axis`. */
export function logSoftmax(x: Tensor, axis: number): Tensor {
  return alongLanes("logSoftmax", x, axis, false, logSoftmaxLane);
}

const logsumexpLane: Lane = (out, o, _outStep, x, i, step, n, place) => {
  const largest = x[i + place * step];
  out[o] =
    Math.abs(largest) === Number.POSITIVE_INFINITY ? largest : largest + Math.log1p(restOf(x, i, step, n, place));
};

/** y = log Σ eˣ along `axis`, kept with length 1; the largest element where that is infinite, −∞ for no elements. */
export function logsumexp(x: Tensor, axis: number): Tensor {
  return alongLanes("logsumexp", x, axis, true, logsumexpLane);
}
