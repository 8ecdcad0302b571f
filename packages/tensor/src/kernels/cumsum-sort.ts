/** Kernels along one axis in its order: running sums and sorting. */
import { allocate, isFloat } from "../dtype.ts";
import { contiguousStrides, normalizeAxis } from "../shape.ts";
import { Tensor } from "../tensor.ts";
import { resultDType } from "./elementwise/result-dtype.ts";
import { gather } from "./gather-scatter.ts";
import { forEachLanes } from "./lanes.ts";

/**
 * Running sums along `axis`: y[k] = x[0] + … + x[k], or from the end with `reverse`. Real numbers accumulate in
 * float64; whole ones are exact modulo 2³².
 */
export function cumsum(x: Tensor, axis: number, options: { readonly reverse?: boolean } = {}): Tensor {
  const along = normalizeAxis("cumsum", axis, x.ndim);
  const n = x.shape[along];
  const out = allocate(resultDType("counted", x.dtype), x.size);
  const strides = contiguousStrides(x.shape);
  const { data } = x;
  const whole = !isFloat(x.dtype);
  const [first, sign] = options.reverse ? [n - 1, -1] : [0, 1];
  const step = sign * x.strides[along];
  const outStep = sign * strides[along];
  const at = [x.offset + first * x.strides[along], first * strides[along]];
  forEachLanes(x.shape, along, [x.strides, strides], at, (count, [row, outRow]) => {
    for (let r = 0; r < count; r++) {
      let total = 0;
      for (let k = 0, i = at[0] + r * row, o = at[1] + r * outRow; k < n; k++, i += step, o += outStep) {
        total += data[i];
        if (whole) total |= 0;
        out[o] = total;
      }
    }
  });
  return new Tensor(out, x.shape);
}

/** The indices that sort x along `axis`: int32. Equal elements keep their order; NaN comes last either way. */
export function argsort(x: Tensor, axis: number, options: { readonly descending?: boolean } = {}): Tensor<"int32"> {
  const along = normalizeAxis("argsort", axis, x.ndim);
  const n = x.shape[along];
  const out = new Int32Array(x.size);
  const strides = contiguousStrides(x.shape);
  const { data } = x;
  const sign = options.descending ? -1 : 1;
  const step = x.strides[along];
  const at = [x.offset, 0];
  const places = new Int32Array(n);
  let start = 0;
  const inOrder = (i: number, j: number): number => {
    const a = data[start + i * step];
    const b = data[start + j * step];
    if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b)) || i - j;
    return a === b ? i - j : sign * (a < b ? -1 : 1);
  };
  forEachLanes(x.shape, along, [x.strides, strides], at, (count, [row, outRow]) => {
    for (let r = 0; r < count; r++) {
      for (let k = 0; k < n; k++) places[k] = k;
      start = at[0] + r * row;
      places.sort(inOrder);
      for (let k = 0, o = at[1] + r * outRow; k < n; k++, o += strides[along]) out[o] = places[k];
    }
  });
  return new Tensor<"int32">(out, x.shape);
}

/** x sorted along `axis`; NaN comes last. */
export function sort(x: Tensor, axis: number, options: { readonly descending?: boolean } = {}): Tensor {
  const along = normalizeAxis("sort", axis, x.ndim);
  const order = argsort(x, along, options);
  return gather(x, order, along);
}
