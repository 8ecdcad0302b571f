/**
 * The walk of a reduction: kept axes and reduced axes are merged apart, and the last of each make one plane.
 *
 * The elements of one result are always taken in row-major order, whatever the memory order: a view reduces to the
 * same bits as its copy.
 */
import { allocate, type DType, type TypedArray } from "../../dtype.ts";
import { normalizeAxes, reducedShape } from "../../shape.ts";
import { Tensor } from "../../tensor.ts";
import { cast } from "../copy.ts";
import { forEachPlane, mergeAxes } from "../planes.ts";

/** Folds a plane into m results: into[o + r] takes x[i + r·row + k·step] for k = 0 … n − 1. */
export type FoldPlane = (
  into: TypedArray,
  o: number,
  m: number,
  n: number,
  x: TypedArray,
  i: number,
  row: number,
  step: number,
) => void;

/** Does what a {@link FoldPlane} does by WASM where that pays, and says whether it did. */
export type AcceleratedPlane = (...plane: Parameters<FoldPlane>) => boolean;

/** Elements of each result that are taken at a time where results lie closer in memory than the elements of one. */
const ACROSS = 16;

/** What a reduction needs to know. */
export interface Fold {
  readonly plane: FoldPlane;
  readonly accelerated?: AcceleratedPlane;
  /** The result of no elements. */
  readonly start: number;
  /** The dtype that results are accumulated in. */
  readonly accumulate: DType;
  /** The dtype of the result. */
  readonly result: DType;
}

/** Reduces `axis` (all axes when not given) of x. */
export function fold(
  op: string,
  x: Tensor,
  axis: number | readonly number[] | undefined,
  keepDims: boolean,
  { plane, accelerated, start, accumulate, result }: Fold,
): Tensor {
  const axes = normalizeAxes(op, axis, x.ndim);
  const shape = reducedShape(x.shape, axes, keepDims);
  const size = shape.reduce((product, n) => product * n, 1);
  const into = allocate(accumulate, size);
  if (start !== 0) into.fill(start);
  if (x.size > 0) {
    const kept = lastTwo(x, (i) => !axes.includes(i));
    const reduced = lastTwo(x, (i) => axes.includes(i));
    const last = kept.lengths.length - 1;
    const lastReduced = reduced.lengths.length - 1;
    const m = kept.lengths[last];
    const n = reduced.lengths[lastReduced];
    const rowStep = kept.strides[last];
    const step = reduced.strides[lastReduced];
    const taken = Math.abs(rowStep) < Math.abs(step) ? ACROSS : n;
    // Outer loops: kept axes, then reduced axes; the result's position moves with the kept ones alone.
    const lengths = [...kept.lengths.slice(0, last), ...reduced.lengths.slice(0, lastReduced), m, n];
    const from = [...kept.strides.slice(0, last), ...reduced.strides.slice(0, lastReduced), rowStep, step];
    const to = [...rowMajor(kept.lengths).slice(0, last), ...new Array<number>(lastReduced).fill(0), 1, 0];
    const at = [x.offset, 0];
    forEachPlane({ shape: lengths, strides: [from, to] }, at, () => {
      const [i, o] = at;
      if (accelerated?.(into, o, m, n, x.data, i, rowStep, step)) return;
      for (let k = 0; k < n; k += taken) {
        plane(into, o, m, Math.min(taken, n - k), x.data, i + k * step, rowStep, step);
      }
    });
  }
  const total = new Tensor(into, shape);
  return result === accumulate ? total : cast(total, result);
}

function lastTwo(
  x: Tensor,
  chosen: (axis: number) => boolean,
): { lengths: readonly number[]; strides: readonly number[] } {
  const axes = x.shape.map((_, i) => i).filter(chosen);
  const walk = mergeAxes(
    axes.map((i) => x.shape[i]),
    [axes.map((i) => x.strides[i])],
  );
  return { lengths: walk.shape, strides: walk.strides[0] };
}

function rowMajor(lengths: readonly number[]): number[] {
  const strides = new Array<number>(lengths.length);
  let stride = 1;
  for (let i = lengths.length - 1; i >= 0; i--) {
    strides[i] = stride;
    stride *= lengths[i];
  }
  return strides;
}
