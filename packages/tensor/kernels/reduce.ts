/**
 * Reductions of float32 with 128-bit SIMD: several results at a time, each of which takes its elements one after the
 * other, as the reference kernels do (src/kernels/reduce), so that both give the same bits.
 *
 * Result r takes the elements at x + r·row + k·step, k = 0 … n − 1, on top of what it has. Strides are in bytes and may
 * be negative or 0. Rows come in fours or eights: the caller leaves room for more results.
 */
import { four } from "./vectors";

/** Two sums, each with four neighbours added one after the other. */
// @ts-ignore: decorator
@inline
function addPair(s: v128, p: usize, q: usize): v128 {
  const a = v128.load(p);
  const b = v128.load(q);
  const low = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
  const high = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
  s = f64x2.add(s, f64x2.promote_low_f32x4(low));
  s = f64x2.add(s, f64x2.promote_low_f32x4(v128.shuffle<i64>(low, low, 1, 0)));
  s = f64x2.add(s, f64x2.promote_low_f32x4(high));
  return f64x2.add(s, f64x2.promote_low_f32x4(v128.shuffle<i64>(high, high, 1, 0)));
}

/** Sums in float64 at `into`: eight at a time, so that no addition waits for the one before. */
export function sumRows(x: usize, row: usize, step: usize, rows: usize, n: usize, into: usize): void {
  for (const end = into + 8 * rows; into < end; into += 64) {
    let s0 = v128.load(into);
    let s1 = v128.load(into, 16);
    let s2 = v128.load(into, 32);
    let s3 = v128.load(into, 48);
    let p = x;
    let k: usize = 0;
    if (step == 4) {
      for (; k + 4 <= n; k += 4) {
        s0 = addPair(s0, p, p + row);
        s1 = addPair(s1, p + 2 * row, p + 3 * row);
        s2 = addPair(s2, p + 4 * row, p + 5 * row);
        s3 = addPair(s3, p + 6 * row, p + 7 * row);
        p += 16;
      }
    }
    if (row == 4) {
      for (; k < n; k++) {
        s0 = f64x2.add(s0, f64x2.promote_low_f32x4(v128.load64_zero(p)));
        s1 = f64x2.add(s1, f64x2.promote_low_f32x4(v128.load64_zero(p, 8)));
        s2 = f64x2.add(s2, f64x2.promote_low_f32x4(v128.load64_zero(p, 16)));
        s3 = f64x2.add(s3, f64x2.promote_low_f32x4(v128.load64_zero(p, 24)));
        p += step;
      }
    }
    for (; k < n; k++) {
      let v = four(p, row);
      s0 = f64x2.add(s0, f64x2.promote_low_f32x4(v));
      s1 = f64x2.add(s1, f64x2.promote_low_f32x4(v128.shuffle<i64>(v, v, 1, 0)));
      v = four(p + 4 * row, row);
      s2 = f64x2.add(s2, f64x2.promote_low_f32x4(v));
      s3 = f64x2.add(s3, f64x2.promote_low_f32x4(v128.shuffle<i64>(v, v, 1, 0)));
      p += step;
    }
    v128.store(into, s0);
    v128.store(into, s1, 16);
    v128.store(into, s2, 32);
    v128.store(into, s3, 48);
    x += 8 * row;
  }
}

/**
 * The largest elements at `into`, and the number of the first largest, or of the first NaN, at `places`, counted from
 * `first`. For `sign` −1 the smallest elements.
 */
export function largestOfRows(
  x: usize, row: usize, step: usize, rows: usize, n: usize, into: usize, places: usize, first: i32, sign: f32,
): void {
  const turn = f32x4.splat(sign);
  const one = i32x4.splat(1);
  for (const end = into + 4 * rows; into < end; into += 16) {
    let best = f32x4.mul(v128.load(into), turn);
    let place = v128.load(places);
    let number = i32x4.splat(first);
    let p = x;
    for (let k: usize = 0; k < n; k++) {
      const v = f32x4.mul(four(p, row), turn);
      place = v128.bitselect(number, place, v128.andnot(f32x4.eq(best, best), f32x4.le(v, best)));
      best = f32x4.max(best, v);
      number = i32x4.add(number, one);
      p += step;
    }
    v128.store(into, f32x4.mul(best, turn));
    v128.store(places, place);
    places += 16;
    x += 4 * row;
  }
}
