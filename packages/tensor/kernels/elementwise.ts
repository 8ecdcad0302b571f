/**
 * Elementwise float32 functions with 128-bit SIMD.
 *
 * Every function computes `bytes` of memory, a multiple of 64, at `out`; the caller brings operands in and takes
 * results out in pieces (src/kernels/wasm/elementwise.ts). Each result is rounded once, as a float64
 * result stored as float32 is: for these functions both give the same bits (Figueroa, When is double rounding
 * innocuous?, 1995). exp and its like compute in float64 with errors far below what float32 can say, and are rounded
 * once: to 0.52 units in the last place.
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
  for (let i: usize = 0; i < bytes; i += 16) {
    const holds = f32x4.gt(v128.load(a + i), v128.load(b + i));
    const truths = i8x16.narrow_i16x8_s(i16x8.narrow_i32x4_s(holds, holds), holds);
    v128.store_lane<i32>(out + (i >> 2), v128.and(truths, i8x16.splat(1)), 0);
  }
}

/** a where the truth value (one byte each at `condition`) is not 0, b elsewhere. */
export function where(bytes: usize, out: usize, condition: usize, a: usize, b: usize): void {
  for (let i: usize = 0; i < bytes; i += 16) {
    const truths = i16x8.extend_low_i8x16_u(v128.load32_zero(condition + (i >> 2)));
    const fails = i32x4.eq(i32x4.extend_low_i16x8_u(truths), i32x4.splat(0));
    v128.store(out + i, v128.bitselect(v128.load(b + i), v128.load(a + i), fails));
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

/**
 * The numbers of the functions below, read from memory: in the code each would take 18 bytes and four instructions.
 * Polynomials are the best of their degree (Remez), from the highest coefficient on.
 */
const numbers = memory.data<f64>([
  // Where float32 has its ends, as powers of e; log₂ e, log 2, and 1.5 · 2⁵².
  -150, 150, 1.4426950408889634, 0.6931471805599453, 6755399441055744,
  // (eʳ − 1) / r for |r| ≤ ½ log 2, up to 2⁻³¹·⁵.
  0.00019962340593338013, 0.0013943284284323454, 0.008333220146596432, 0.04166632518172264, 0.16666666863238788,
  0.5000000054308487, 1,
  // log((1 + s) / (1 − s)) / s as a polynomial of s² ≤ 0.0295, up to 2⁻³⁷.
  0.2361772060394287, 0.2853552997112274, 0.40000361460261047, 0.6666666553837786, 2,
  // √½ without its last 32 bits, ∞, and −∞, whose bits are those of sign and exponent.
  0.7071065902709961, Infinity, -Infinity, -1,
]);

/** A number of the table, twice. */
// @ts-ignore: decorator
@inline
function number(k: usize): v128 {
  return v128.load64_splat(numbers + 8 * k);
}

/** p·x + the number k. */
// @ts-ignore: decorator
@inline
function horner(p: v128, x: v128, k: usize): v128 {
  return f64x2.add(f64x2.mul(p, x), number(k));
}

/**
 * e^v − one, for `one` 0 or 1, relatively off by 2⁻³¹ at most; v is held within ±150.
 *
 * v = k log 2 + r gives e^v − 1 = 2^k (e^r − 1) + 2^k − 1 with |r| ≤ ½ log 2. Adding 1.5 · 2⁵² leaves the integer k in the
 * last bits of the sum.
 */
function exponential(v: v128, one: v128): v128 {
  v = f64x2.pmax(f64x2.pmin(v, number(1)), number(0));
  const shift = number(4);
  const k = f64x2.add(f64x2.mul(v, number(2)), shift);
  const r = f64x2.sub(v, f64x2.mul(f64x2.sub(k, shift), number(3)));
  // Pairs of terms first: each of them waits for no other.
  const r2 = f64x2.mul(r, r);
  const high = f64x2.add(f64x2.mul(horner(number(5), r, 6), r2), horner(number(7), r, 8));
  const q = horner(f64x2.add(f64x2.mul(high, r2), horner(number(9), r, 10)), r, 11);
  const power = i64x2.add(i64x2.shl(k, 52), number(11));
  return f64x2.add(f64x2.mul(f64x2.mul(q, r), power), f64x2.sub(power, one));
}

/**
 * log v, relatively off by 2⁻³⁶ at most; −∞ at 0, NaN below.
 *
 * v = 2^k m with m from √½ to √2 gives k log 2 + log m, and log m = s p(s²), s = (m − 1)/(m + 1).
 */
// @ts-ignore: decorator
@inline
function logarithm(v: v128): v128 {
  const one = number(11);
  const apart = i64x2.sub(v, number(17));
  const m = i64x2.sub(v, v128.and(apart, number(19)));
  const k = f64x2.convert_low_i32x4_s(i32x4.shr_s(v128.shuffle<i32>(apart, apart, 1, 3, 1, 3), 20));
  const s = f64x2.div(f64x2.sub(m, one), f64x2.add(m, one));
  const z = f64x2.mul(s, s);
  const p = horner(horner(horner(horner(number(12), z, 13), z, 14), z, 15), z, 16);
  const y = f64x2.add(f64x2.mul(p, s), f64x2.mul(k, number(3)));
  const root = f64x2.sqrt(v);
  const atEnds = v128.bitselect(y, v, f64x2.lt(v, number(18)));
  return v128.bitselect(atEnds, f64x2.div(number(20), f64x2.mul(root, root)), f64x2.gt(v, f64x2.splat(0)));
}

/** Two elements in float64. */
// @ts-ignore: decorator
@inline
function two(x: usize): v128 {
  return f64x2.promote_low_f32x4(v128.load64_zero(x));
}

/** Two results, rounded to float32. */
// @ts-ignore: decorator
@inline
function putTwo(out: usize, v: v128): void {
  v128.store_lane<i64>(out, f32x4.demote_f64x2_zero(v), 0);
}

export function exp(bytes: usize, out: usize, x: usize): void {
  for (let i: usize = 0; i < bytes; i += 8) putTwo(out + i, exponential(two(x + i), f64x2.splat(0)));
}

export function log(bytes: usize, out: usize, x: usize): void {
  for (let i: usize = 0; i < bytes; i += 8) putTwo(out + i, logarithm(two(x + i)));
}

/** u / (u + 2), u = e^(2v) − 1; the sign is put back, for that of −0. */
export function tanh(bytes: usize, out: usize, x: usize): void {
  for (let i: usize = 0; i < bytes; i += 8) {
    const v = two(x + i);
    const u = exponential(f64x2.add(v, v), number(11));
    const y = f64x2.div(u, f64x2.add(u, number(16)));
    putTwo(out + i, v128.or(y, v128.and(v, f64x2.splat(-0.0))));
  }
}

export function sigmoid(bytes: usize, out: usize, x: usize): void {
  for (let i: usize = 0; i < bytes; i += 8) {
    const e = exponential(f64x2.neg(two(x + i)), f64x2.splat(0));
    putTwo(out + i, f64x2.div(number(11), f64x2.add(number(11), e)));
  }
}

/** e / (1 + e)², e = e^(−|v|), times `factor`. */
// @ts-ignore: decorator
@inline
function density(v: v128, factor: f64): v128 {
  const e = exponential(f64x2.neg(f64x2.abs(v)), f64x2.splat(0));
  const d = f64x2.add(e, number(11));
  return f64x2.div(f64x2.mul(e, f64x2.splat(factor)), f64x2.mul(d, d));
}

export function logisticDensity(bytes: usize, out: usize, x: usize): void {
  for (let i: usize = 0; i < bytes; i += 8) putTwo(out + i, density(two(x + i), 1));
}

export function sech2(bytes: usize, out: usize, x: usize): void {
  for (let i: usize = 0; i < bytes; i += 8) {
    const v = two(x + i);
    putTwo(out + i, density(f64x2.add(v, v), 4));
  }
}

/** |a|^b = e^(b log |a|), with the sign of a for odd b, NaN where b is no integer and a < 0, 1 for b = 0. */
export function pow(bytes: usize, out: usize, a: usize, b: usize): void {
  const half = f64x2.splat(0.5);
  const minus = f64x2.splat(-0.0);
  const zero = f64x2.splat(0);
  for (let i: usize = 0; i < bytes; i += 8) {
    const x = two(a + i);
    const n = two(b + i);
    const y = exponential(f64x2.mul(n, logarithm(f64x2.abs(x))), zero);
    const h = f64x2.mul(n, half);
    const whole = f64x2.eq(f64x2.nearest(n), n);
    const odd = v128.andnot(whole, f64x2.eq(f64x2.nearest(h), h));
    const none = v128.andnot(v128.and(f64x2.lt(x, zero), f64x2.gt(x, number(19))), whole);
    const signed = v128.or(v128.or(y, v128.and(v128.and(x, minus), odd)), none);
    putTwo(out + i, v128.bitselect(number(11), signed, f64x2.eq(n, zero)));
  }
}
