/**
 * The walk of a reduction: kept axes and reduced axes are merged apart, and the last of each make one plane.
 *
 * The elements of one result are always taken in row-major order, whatever the memory order: a view reduces to the
 * same bits as its copy.
 */
import { allocate, type DType, type TypedArray } from "../../dtype.ts";
import { contiguousStrides, normalizeAxes, reducedShape, sizeOf } from "../../shape.ts";
import { Tensor } from "../../tensor.ts";
import { reshape, transpose } from "../../views.ts";
import { cast } from "../copy.ts";
import { forEachPlane, mergeAxes } from "../planes.ts";
import { concat } from "../slice-pad.ts";
import { type Plane, reducesByWasm } from "../wasm/reduce.ts";

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

/** Elements of each result that are taken at a time where results lie closer in memory than the elements of one. */
const ACROSS = 16;

/** What a reduction needs to know. */
export interface Fold {
  readonly plane: FoldPlane;
  /** The same for float32 by WASM; of the dtype of the result if all elements of a result lie in the plane. */
  readonly wasm?: (into: Float32Array | Float64Array, o: number, plane: Plane) => void;
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
  { plane, wasm, start, accumulate, result }: Fold,
): Tensor {
  const axes = normalizeAxes(op, axis, x.ndim);
  const shape = reducedShape(x.shape, axes, keepDims);
  const kept = lastTwo(x, (i) => !axes.includes(i));
  const reduced = lastTwo(x, (i) => axes.includes(i));
  const last = kept.lengths.length - 1;
  const lastReduced = reduced.lengths.length - 1;
  const m = kept.lengths[last];
  const n = reduced.lengths[lastReduced];
  const rowStep = kept.strides[last];
  const step = reduced.strides[lastReduced];
  const byWasm = wasm !== undefined && reducesByWasm(x.data, m, n, rowStep);
  const whole = byWasm && lastReduced === 1 && reduced.lengths[0] === 1;
  const into = allocate(whole ? result : accumulate, sizeOf(shape));
  if (start !== 0) into.fill(start);
  if (x.size > 0) {
    const taken = Math.abs(rowStep) < Math.abs(step) ? ACROSS : n;
    // Outer loops: kept axes, then reduced axes; the result's position moves with the kept ones alone.
    const lengths = [...kept.lengths.slice(0, last), ...reduced.lengths.slice(0, lastReduced), m, n];
    const from = [...kept.strides.slice(0, last), ...reduced.strides.slice(0, lastReduced), rowStep, step];
    const to = [...contiguousStrides(kept.lengths).slice(0, last), ...new Array<number>(lastReduced).fill(0), 1, 0];
    const at = [x.offset, 0];
    forEachPlane({ shape: lengths, strides: [from, to] }, at, () => {
      const [i, o] = at;
      if (byWasm) wasm(into as Float32Array, o, [m, n, x.data as Float32Array, i, rowStep, step]);
      else {
        for (let k = 0; k < n; k += taken) {
          plane(into, o, m, Math.min(taken, n - k), x.data, i + k * step, rowStep, step);
        }
      }
    });
  }
  return cast(new Tensor(into, shape), result);
}

/** Elements of a result from which few results are folded in parts, and the number of parts. */
const LONG = 1024;
const PARTS = 8;

/**
 * {@link fold}, but long ones to fewer than four results in eight parts: of the elements 0, 8, 16, …, of the elements
 * 1, 9, 17, … and so on, then of these and of the few elements left over.
 */
export function foldInParts(
  op: string,
  x: Tensor,
  axis: number | readonly number[] | undefined,
  keepDims: boolean,
  how: Fold,
): Tensor {
  const axes = normalizeAxes(op, axis, x.ndim);
  const shape = reducedShape(x.shape, axes, keepDims);
  const results = sizeOf(shape);
  const length = x.size / results;
  if (results >= PARTS / 2 || !(length >= LONG)) return fold(op, x, axes, keepDims, how);
  const kept = x.shape.flatMap((_, i) => (axes.includes(i) ? [] : [i]));
  const rows = reshape(transpose(x, [...kept, ...axes]), [results, length]);
  const whole = length - (length % PARTS);
  const [apart, step] = rows.strides;
  const parts = new Tensor(rows.data, [results, whole / PARTS, PARTS], [apart, PARTS * step, step], rows.offset);
  const left = new Tensor(rows.data, [results, length - whole], [apart, step], rows.offset + whole * step);
  const folded = concat([fold(op, parts, 1, false, { ...how, result: how.accumulate }), cast(left, how.accumulate)], 1);
  return reshape(fold(op, folded, 1, false, how), shape);
}

function lastTwo(x: Tensor, chosen: (axis: number) => boolean) {
  const axes = x.shape.map((_, i) => i).filter(chosen);
  const walk = mergeAxes(
    axes.map((i) => x.shape[i]),
    [axes.map((i) => x.strides[i])],
  );
  return { lengths: walk.shape, strides: walk.strides[0] };
}
