/**
 * Reading at indices and its adjoint, adding at indices. Indices are int32 and count from 0; one out of range is an
 * error, and so is a negative one.
 */
import { checkInteger } from "../checks.ts";
import { allocate, type DType } from "../dtype.ts";
import { IndexError, ShapeError } from "../errors.ts";
import { checkIndices, checkOffAxis, checkUpdates, selectedShape } from "../indices.ts";
import { contiguousStrides, normalizeAxis, sizeOf } from "../shape.ts";
import { Tensor } from "../tensor.ts";
import { cast, contiguous, copy } from "./copy.ts";
import { forEachLanes } from "./lanes.ts";
import { forEachPlane, mergeAxes } from "./planes.ts";

/** The indices in row-major order, all of them within the axis. */
function checkedIndices(op: string, indices: Tensor, length: number, axis: number): Int32Array {
  checkIndices(op, indices);
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

/** y[…, k, …] = x[…, indices[…, k, …], …]: one index along `axis` for each element of the result. */
export function gather(x: Tensor, indices: Tensor, axis: number): Tensor {
  const along = normalizeAxis("gather", axis, x.ndim);
  checkOffAxis("gather", x.shape, indices.shape, along);
  const rows = checkedIndices("gather", indices, x.shape[along], along);
  const out = allocate(x.dtype, rows.length);
  const strides = contiguousStrides(indices.shape);
  const n = indices.shape[along];
  const step = x.strides[along];
  const outStep = strides[along];
  const { data } = x;
  const at = [x.offset, 0];
  if (rows.length > 0) {
    forEachLanes(indices.shape, along, [x.strides, strides], at, (count, [row, outRow]) => {
      for (let r = 0, i = at[0], p = at[1]; r < count; r++, i += row, p += outRow) {
        for (let k = 0, o = p; k < n; k++, o += outStep) out[o] = data[i + rows[o] * step];
      }
    });
  }
  return new Tensor(out, indices.shape);
}

/** Bools add up to true where one of them is, as in `add`: they are counted as integers, which a byte could not hold. */
function addedAsBool(add: (asIntegers: (x: Tensor) => Tensor) => Tensor): Tensor {
  const sums = add((x) => cast(x, "int32"));
  return cast(sums, "bool");
}

/**
 * x with each element of `updates` added at its index along `axis`; repeats add up (of bools, one that is true makes the
 * sum true). The adjoint of {@link gather}.
 */
export function scatterAdd(x: Tensor, indices: Tensor, updates: Tensor, axis: number): Tensor {
  const along = normalizeAxis("scatterAdd", axis, x.ndim);
  checkOffAxis("scatterAdd", x.shape, indices.shape, along);
  checkUpdates("scatterAdd", updates, { shape: indices.shape, dtype: x.dtype }, "update");
  if (x.dtype === "bool") return addedAsBool((to) => scatterAdd(to(x), indices, to(updates), axis));
  const rows = checkedIndices("scatterAdd", indices, x.shape[along], along);
  const out = copy(x);
  const strides = contiguousStrides(indices.shape);
  const n = indices.shape[along];
  const outStep = out.strides[along];
  const step = updates.strides[along];
  const indexStep = strides[along];
  const { data } = out;
  const added = updates.data;
  const at = [0, updates.offset, 0];
  if (rows.length > 0) {
    forEachLanes(
      indices.shape,
      along,
      [out.strides, updates.strides, strides],
      at,
      (count, [row, addedRow, indexRow]) => {
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
      },
    );
  }
  return out;
}

/** The slices x[indices[k]] along `axis`, one after the other. */
export function indexSelect(x: Tensor, indices: Tensor, axis: number): Tensor {
  const along = normalizeAxis("indexSelect", axis, x.ndim);
  const shape = selectedShape("indexSelect", x.shape, indices.shape, along);
  const rows = checkedIndices("indexSelect", indices, x.shape[along], along);
  const size = sizeOf(shape);
  const out = allocate(x.dtype, size);
  if (size === 0) return new Tensor(out, shape);
  if (along === 0 && x.isContiguous) {
    const length = x.size / x.shape[0];
    for (let k = 0; k < rows.length; k++) {
      const start = x.offset + rows[k] * length;
      out.set(x.data.subarray(start, start + length), k * length);
    }
    return new Tensor(out, shape);
  }
  const strides = contiguousStrides(shape);
  const at = [x.offset, 0];
  const { data } = x;
  const [step, outStep] = [x.strides[along], strides[along]];
  forEachLanes(shape, along, [x.strides, strides], at, (count, [row, outRow]) => {
    for (let r = 0, i = at[0], p = at[1]; r < count; r++, i += row, p += outRow) {
      for (let k = 0, o = p; k < rows.length; k++, o += outStep) out[o] = data[i + rows[k] * step];
    }
  });
  return new Tensor(out, shape);
}

/**
 * x with the slices of `updates` added at `indices` along `axis`; repeats add up (of bools, one that is true makes the
 * sum true). The adjoint of {@link indexSelect}.
 */
export function indexAdd(x: Tensor, indices: Tensor, updates: Tensor, axis: number): Tensor {
  const along = normalizeAxis("indexAdd", axis, x.ndim);
  const shape = selectedShape("indexAdd", x.shape, indices.shape, along);
  checkUpdates("indexAdd", updates, { shape, dtype: x.dtype }, "slice");
  if (x.dtype === "bool") return addedAsBool((to) => indexAdd(to(x), indices, to(updates), axis));
  const rows = checkedIndices("indexAdd", indices, x.shape[along], along);
  const out = copy(x);
  const { data } = out;
  const added = updates.data;
  const at = [0, updates.offset];
  if (updates.size > 0) {
    const [step, addedStep] = [out.strides[along], updates.strides[along]];
    forEachLanes(shape, along, [out.strides, updates.strides], at, (count, [row, addedRow]) => {
      for (let r = 0, o = at[0], p = at[1]; r < count; r++, o += row, p += addedRow) {
        for (let k = 0, u = p; k < rows.length; k++, u += addedStep) data[o + rows[k] * step] += added[u];
      }
    });
  }
  return out;
}

/**
 * y[…, k] = 1 where k = indices[…], else 0.
 * @throws IndexError when an index is not in 0 … depth − 1
 */
export function oneHot<D extends DType>(indices: Tensor, depth: number, dtype: D): Tensor<D> {
  checkInteger("oneHot", "depth", depth, 1, undefined, ShapeError);
  const out = allocate<D>(dtype, indices.size * depth);
  const walk = mergeAxes(indices.shape, [indices.strides]);
  const last = walk.shape.length - 1;
  const n = walk.shape[last];
  const step = walk.strides[0][last];
  const at = [indices.offset];
  const { data } = indices;
  if (indices.size > 0) {
    forEachPlane(
      walk,
      at,
      (plane) => {
        for (let k = 0, i = at[0], o = plane * n * depth; k < n; k++, i += step, o += depth) {
          const label = data[i];
          if (!Number.isInteger(label) || label < 0 || label >= depth) {
            throw IndexError.of("oneHot", "indices", label, `integers 0 … ${depth - 1}`, {
              problem: `label ${label} is out of range for ${depth} classes`,
              hint: "Labels count from 0; raise depth if there are more classes.",
            });
          }
          out[o + label] = 1;
        }
      },
      1,
    );
  }
  return new Tensor<D>(out, [...indices.shape, depth]);
}
