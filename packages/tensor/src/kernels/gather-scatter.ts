/** Reading at indices and its adjoint, adding at indices. Indices are int32 from 0 on; others are errors. */
import { checkInteger } from "../checks.ts";
import { allocate, type DType } from "../dtype.ts";
import { IndexError, ShapeError } from "../errors.ts";
import { checkUpdates, gatheredSpec, selectedSpec } from "../indices.ts";
import { contiguousStrides, normalizeAxis, sizeOf } from "../shape.ts";
import { Tensor } from "../tensor.ts";
import { cast, contiguous, copy } from "./copy.ts";
import { forEachLanes } from "./lanes.ts";

/** The indices in row-major order, all of them within the axis. */
function checkedIndices(op: string, indices: Tensor, length: number, axis: number): Int32Array {
  const { data, offset } = contiguous(indices);
  const rows = data.subarray(offset, offset + indices.size) as Int32Array;
  for (let k = 0; k < rows.length; k++) {
    const index = rows[k];
    if (index >= 0 && index < length) continue;
    throw IndexError.of(op, "indices", index, length === 0 ? "no index: the axis is empty" : `0 … ${length - 1}`, {
      problem: `index ${index} is out of range for axis ${axis} of length ${length}`,
      hint: `Indices of ${op} count from 0${index < 0 ? "; add the length of the axis to those that count from the end" : ""}.`,
    });
  }
  return rows;
}

/** The strides of the indices in the result: they have its shape, or are a vector along one of its axes. */
function indexStrides({ shape }: Tensor, ndim: number, axis: number): number[] {
  return shape.length === ndim ? contiguousStrides(shape) : new Array<number>(ndim).fill(0).with(axis, 1);
}

/** The elements of x at indices along an axis, which has the shape that `rule` gives. */
function take(op: string, rule: typeof gatheredSpec, x: Tensor, indices: Tensor, axis: number): Tensor {
  const along = normalizeAxis(op, axis, x.ndim);
  const { shape } = rule(op, x, indices, along);
  const rows = checkedIndices(op, indices, x.shape[along], along);
  const out = allocate(x.dtype, sizeOf(shape));
  const { data } = x;
  // A copy for each slice pays where a slice is more than an element.
  if (indices.ndim === 1 && along === 0 && x.ndim > 1 && x.isContiguous) {
    const length = x.size / x.shape[0];
    for (let k = 0; k < rows.length; k++) {
      const start = x.offset + rows[k] * length;
      out.set(data.subarray(start, start + length), k * length);
    }
    return new Tensor(out, shape);
  }
  const strides = [x.strides, contiguousStrides(shape), indexStrides(indices, x.ndim, along)];
  const [step, outStep, indexStep] = [strides[0][along], strides[1][along], strides[2][along]];
  const n = shape[along];
  const at = [x.offset, 0, 0];
  forEachLanes(shape, along, strides, at, (count, [row, outRow, indexRow]) => {
    for (let r = 0, i = at[0], p = at[1], q = at[2]; r < count; r++, i += row, p += outRow, q += indexRow) {
      for (let k = 0, o = p, l = q; k < n; k++, o += outStep, l += indexStep) out[o] = data[i + rows[l] * step];
    }
  });
  return new Tensor(out, shape);
}

/** x with updates, whose shape is the one that `rule` gives, added at indices along an axis. */
function addAt(
  op: "scatterAdd" | "indexAdd",
  rule: typeof gatheredSpec,
  x: Tensor,
  indices: Tensor,
  updates: Tensor,
  axis: number,
): Tensor {
  const along = normalizeAxis(op, axis, x.ndim);
  checkUpdates(op, updates, rule(op, x, indices, along));
  // Bools add up to true where one of them is, as in `add`: they are counted as integers, which a byte could not hold.
  if (x.dtype === "bool") {
    return cast(addAt(op, rule, cast(x, "int32"), indices, cast(updates, "int32"), axis), "bool");
  }
  const rows = checkedIndices(op, indices, x.shape[along], along);
  const out = copy(x);
  const strides = [out.strides, updates.strides, indexStrides(indices, x.ndim, along)];
  const [outStep, step, indexStep] = strides.map((of) => of[along]);
  const n = updates.shape[along];
  const { data } = out;
  const added = updates.data;
  const at = [0, updates.offset, 0];
  forEachLanes(updates.shape, along, strides, at, (count, [row, addedRow, indexRow]) => {
    // The longer loop inside: along the lanes, or from lane to lane.
    const lanes = [count, row, addedRow, indexRow];
    const along = [n, 0, step, indexStep];
    const [[outer, oA, uA, iA], [inner, oB, uB, iB]] = n < count ? [along, lanes] : [lanes, along];
    for (let a = 0; a < outer; a++) {
      let o = at[0] + a * oA;
      let u = at[1] + a * uA;
      let i = at[2] + a * iA;
      for (let b = 0; b < inner; b++, o += oB, u += uB, i += iB) data[o + rows[i] * outStep] += added[u];
    }
  });
  return out;
}

/** y[…, k, …] = x[…, indices[…, k, …], …]: one index along `axis` for each element of the result. */
export function gather(x: Tensor, indices: Tensor, axis: number): Tensor {
  return take("gather", gatheredSpec, x, indices, axis);
}

/**
 * x with each element of `updates` added at its index along `axis`; repeats add up (of bools, one that is true makes the
 * sum true). The adjoint of {@link gather}.
 */
export function scatterAdd(x: Tensor, indices: Tensor, updates: Tensor, axis: number): Tensor {
  return addAt("scatterAdd", gatheredSpec, x, indices, updates, axis);
}

/** The slices x[indices[k]] along `axis`, one after the other. */
export function indexSelect(x: Tensor, indices: Tensor, axis: number): Tensor {
  return take("indexSelect", selectedSpec, x, indices, axis);
}

/**
 * x with the slices of `updates` added at `indices` along `axis`; repeats add up (of bools, one that is true makes the
 * sum true). The adjoint of {@link indexSelect}.
 */
export function indexAdd(x: Tensor, indices: Tensor, updates: Tensor, axis: number): Tensor {
  return addAt("indexAdd", selectedSpec, x, indices, updates, axis);
}

/**
 * y[…, k] = 1 where k = indices[…], else 0.
 * @throws IndexError when an index is not in 0 … depth − 1
 */
export function oneHot<D extends DType>(indices: Tensor, depth: number, dtype: D): Tensor<D> {
  checkInteger("oneHot", "depth", depth, 1, undefined, ShapeError);
  const out = allocate<D>(dtype, indices.size * depth);
  const { data, offset } = contiguous(indices);
  for (let k = 0; k < indices.size; k++) {
    const label = data[offset + k];
    if (!Number.isInteger(label) || label < 0 || label >= depth) {
      throw IndexError.of("oneHot", "indices", label, `integers 0 … ${depth - 1}`, {
        problem: `label ${label} is out of range for ${depth} classes`,
        hint: "Labels count from 0; raise depth if there are more classes.",
      });
    }
    out[k * depth + label] = 1;
  }
  return new Tensor<D>(out, [...indices.shape, depth]);
}
