/**
 * Elementwise float32 functions with 128-bit SIMD.
 *
 * Every function computes `bytes` of memory, a multiple of 64, at `out`; the caller brings operands in and takes
 * results out in pieces (src/kernels/wasm/elementwise.ts). Each result is rounded once, as a float64
 * result stored as float32 is: for these functions both give the same bits (Figueroa, When is double rounding
 * innocuous?, 1995). sigmoid and its like compute in float64, step by step as the reference kernels do
 * (src/kernels/special), and are rounded once.
 */

export function add(bytes: usize, out: usize, a: usize, b: usize): void {
  for (let i: usize = 0; i < bytes; i += 16) v128.store(out + i, f32x4.add(v128.load(a + i), v128.load(b + i)));
}

export function sub(bytes: usize, out: usize, a: usize, b: usize): void {
  for (let i: usize = 0; i < bytes; i += 16) v128.store(out + i, f32x4.sub(v128.load(a + i), v128.load(b + i)));
}

export function mul(bytes: usize, out: usize, a: usize, b: usize): void {
  for (let i: usize = 0; i < bytes; i += 16) v128.store(out + i, f32x4.mul(v128.load(a + i), v128.load(b + i)));
}

export function div(bytes: usize, out: usize, a: usize, b: usize): void {
  for (let i: usize = 0; i < bytes; i += 16) v128.store(out + i, f32x4.div(v128.load(a + i), v128.load(b + i)));
}

/** Truth values of a > b, one byte each: a quarter of `bytes`. */
export function gt(bytes: usize, out: usize, a: usize, b: usize): void {
  const one = i8x16.splat(1);
  for (let i: usize = 0; i < bytes; i += 64) {
    const m0 = f32x4.gt(v128.load(a + i), v128.load(b + i));
    const m1 = f32x4.gt(v128.load(a + i, 16), v128.load(b + i, 16));
    const m2 = f32x4.gt(v128.load(a + i, 32), v128.load(b + i, 32));
    const m3 = f32x4.gt(v128.load(a + i, 48), v128.load(b + i, 48));
    const low = i16x8.narrow_i32x4_s(m0, m1);
    const high = i16x8.narrow_i32x4_s(m2, m3);
    v128.store(out + (i >> 2), v128.and(i8x16.narrow_i16x8_s(low, high), one));
  }
}

/** a where the truth value (one byte each at `condition`) is not 0, b elsewhere. */
export function where(bytes: usize, out: usize, condition: usize, a: usize, b: usize): void {
  const zero = i8x16.splat(0);
  for (let i: usize = 0; i < bytes; i += 64) {
    const holds = i8x16.ne(v128.load(condition + (i >> 2)), zero);
    const low = i16x8.extend_low_i8x16_s(holds);
    const high = i16x8.extend_high_i8x16_s(holds);
    const m0 = i32x4.extend_low_i16x8_s(low);
    const m1 = i32x4.extend_high_i16x8_s(low);
    const m2 = i32x4.extend_low_i16x8_s(high);
    const m3 = i32x4.extend_high_i16x8_s(high);
    v128.store(out + i, v128.bitselect(v128.load(a + i), v128.load(b + i), m0));
    v128.store(out + i, v128.bitselect(v128.load(a + i, 16), v128.load(b + i, 16), m1), 16);
    v128.store(out + i, v128.bitselect(v128.load(a + i, 32), v128.load(b + i, 32), m2), 32);
    v128.store(out + i, v128.bitselect(v128.load(a + i, 48), v128.load(b + i, 48), m3), 48);
  }
}

export function relu(bytes: usize, out: usize, x: usize): void {
  const zero = f32x4.splat(0);
  for (let i: usize = 0; i < bytes; i += 16) v128.store(out + i, f32x4.max(v128.load(x + i), zero));
}

export function sqrt(bytes: usize, out: usize, x: usize): void {
  for (let i: usize = 0; i < bytes; i += 16) v128.store(out + i, f32x4.sqrt(v128.load(x + i)));
}

export function square(bytes: usize, out: usize, x: usize): void {
  for (let i: usize = 0; i < bytes; i += 16) {
    const v = v128.load(x + i);
    v128.store(out + i, f32x4.mul(v, v));
  }
}

export function neg(bytes: usize, out: usize, x: usize): void {
  for (let i: usize = 0; i < bytes; i += 16) v128.store(out + i, f32x4.neg(v128.load(x + i)));
}

export function abs(bytes: usize, out: usize, x: usize): void {
  for (let i: usize = 0; i < bytes; i += 16) v128.store(out + i, f32x4.abs(v128.load(x + i)));
}

/** e^v for v ≤ 0; held at −150, from where on float32 results are 0, so that 2^k stays a normal number. */
// @ts-ignore: decorator
@inline
function expOfNegative(v: v128): v128 {
  const held = f64x2.max(v, f64x2.splat(-150));
  const k = f64x2.nearest(f64x2.mul(held, f64x2.splat(1.4426950408889634)));
  const r = f64x2.sub(
    f64x2.sub(held, f64x2.mul(k, f64x2.splat(0.6931467056274414))),
    f64x2.mul(k, f64x2.splat(4.7493250390316726e-7)),
  );
  let p = f64x2.splat(1.0 / 6227020800.0);
  p = f64x2.add(f64x2.mul(p, r), f64x2.splat(1.0 / 479001600.0));
  p = f64x2.add(f64x2.mul(p, r), f64x2.splat(1.0 / 39916800.0));
  p = f64x2.add(f64x2.mul(p, r), f64x2.splat(1.0 / 3628800.0));
  p = f64x2.add(f64x2.mul(p, r), f64x2.splat(1.0 / 362880.0));
  p = f64x2.add(f64x2.mul(p, r), f64x2.splat(1.0 / 40320.0));
  p = f64x2.add(f64x2.mul(p, r), f64x2.splat(1.0 / 5040.0));
  p = f64x2.add(f64x2.mul(p, r), f64x2.splat(1.0 / 720.0));
  p = f64x2.add(f64x2.mul(p, r), f64x2.splat(1.0 / 120.0));
  p = f64x2.add(f64x2.mul(p, r), f64x2.splat(1.0 / 24.0));
  p = f64x2.add(f64x2.mul(p, r), f64x2.splat(1.0 / 6.0));
  p = f64x2.add(f64x2.mul(p, r), f64x2.splat(1.0 / 2.0));
  p = f64x2.add(f64x2.mul(p, r), f64x2.splat(1));
  p = f64x2.add(f64x2.mul(p, r), f64x2.splat(1));
  const exponent = i64x2.add(i64x2.extend_low_i32x4_s(i32x4.trunc_sat_f64x2_s_zero(k)), i64x2.splat(1023));
  return f64x2.mul(p, i64x2.shl(exponent, 52));
}

// @ts-ignore: decorator
@inline
function sigmoidOf(v: v128): v128 {
  const e = expOfNegative(f64x2.neg(f64x2.abs(v)));
  const one = f64x2.splat(1);
  const top = v128.bitselect(e, one, f64x2.lt(v, f64x2.splat(0)));
  return f64x2.div(top, f64x2.add(e, one));
}

export function sigmoid(bytes: usize, out: usize, x: usize): void {
  for (let i: usize = 0; i < bytes; i += 16) {
    const v = v128.load(x + i);
    const low = sigmoidOf(f64x2.promote_low_f32x4(v));
    const high = sigmoidOf(f64x2.promote_low_f32x4(v128.shuffle<i64>(v, v, 1, 0)));
    v128.store(out + i, v128.shuffle<i64>(f32x4.demote_f64x2_zero(low), f32x4.demote_f64x2_zero(high), 0, 2));
  }
}

// @ts-ignore: decorator
@inline
function densityOf(v: v128): v128 {
  const e = expOfNegative(f64x2.neg(f64x2.abs(v)));
  const d = f64x2.add(e, f64x2.splat(1));
  return f64x2.div(e, f64x2.mul(d, d));
}

export function logisticDensity(bytes: usize, out: usize, x: usize): void {
  for (let i: usize = 0; i < bytes; i += 16) {
    const v = v128.load(x + i);
    const low = densityOf(f64x2.promote_low_f32x4(v));
    const high = densityOf(f64x2.promote_low_f32x4(v128.shuffle<i64>(v, v, 1, 0)));
    v128.store(out + i, v128.shuffle<i64>(f32x4.demote_f64x2_zero(low), f32x4.demote_f64x2_zero(high), 0, 2));
  }
}

// @ts-ignore: decorator
@inline
function sech2Of(v: v128): v128 {
  const e = expOfNegative(f64x2.mul(f64x2.abs(v), f64x2.splat(-2)));
  const d = f64x2.add(e, f64x2.splat(1));
  return f64x2.div(f64x2.mul(e, f64x2.splat(4)), f64x2.mul(d, d));
}

export function sech2(bytes: usize, out: usize, x: usize): void {
  for (let i: usize = 0; i < bytes; i += 16) {
    const v = v128.load(x + i);
    const low = sech2Of(f64x2.promote_low_f32x4(v));
    const high = sech2Of(f64x2.promote_low_f32x4(v128.shuffle<i64>(v, v, 1, 0)));
    v128.store(out + i, v128.shuffle<i64>(f32x4.demote_f64x2_zero(low), f32x4.demote_f64x2_zero(high), 0, 2));
  }
}
