import { checkNotEmpty, contiguousStrides, normalizeAxis, reducedShape, sizeOf } from "../../shape.ts";
import { Tensor } from "../../tensor.ts";
import { forEachLanes } from "../lanes.ts";
import { reducesByWasm, wasmLargest } from "../wasm/reduce.ts";

/** The first place along `axis` of the largest element (of sign · x), or of the first NaN. */
function place(op: string, x: Tensor, axis: number, keepDims: boolean, sign: 1 | -1): Tensor<"int32"> {
  const along = normalizeAxis(op, axis, x.ndim);
  const n = x.shape[along];
  const shape = reducedShape(x.shape, [along], keepDims);
  const places = new Int32Array(sizeOf(shape));
  checkNotEmpty(op, x.shape, along);
  if (places.length === 0) return new Tensor<"int32">(places, shape);
  const kept = contiguousStrides(reducedShape(x.shape, [along], true));
  const at = [x.offset, 0];
  const { data } = x;
  const step = x.strides[along];
  forEachLanes(x.shape, along, [x.strides, kept], at, (count, [row, placeRow]) => {
    if (placeRow === 1 && reducesByWasm(data, count, n, row)) {
      wasmLargest(places, at[1], [count, n, data, at[0], row, step], sign);
      return;
    }
    for (let r = 0, i = at[0], o = at[1]; r < count; r++, i += row, o += placeRow) {
      let best = sign * data[i];
      let found = 0;
      for (let k = 1, p = i + step; k < n && !Number.isNaN(best); k++, p += step) {
        const value = sign * data[p];
        if (!(value <= best)) {
          best = value;
          found = k;
        }
      }
      places[o] = found;
    }
  });
  return new Tensor<"int32">(places, shape);
}

/** The index of the first largest element along `axis` (of the first NaN, if there is one): int32. */
export function argmax(x: Tensor, axis: number, keepDims = false): Tensor<"int32"> {
  return place("argmax", x, axis, keepDims, 1);
}

/** The index of the first smallest element along `axis` (of the first NaN, if there is one): int32. */
export function argmin(x: Tensor, axis: number, keepDims = false): Tensor<"int32"> {
  return place("argmin", x, axis, keepDims, -1);
}
