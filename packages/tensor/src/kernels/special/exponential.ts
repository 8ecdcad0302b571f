/** e^v for v ≤ 0 and e^(−c v²), without loss of digits: what saturating functions and bell curves are made of. */

/** 2^(−n) down to 0. */
const powers = Float64Array.from({ length: 1080 }, (_, n) => 2 ** -n);

/** Added and taken away again, it rounds numbers up to 2⁵¹ to the nearest whole one, halves to the even one. */
const ROUND = 1.5 * 2 ** 52;
/** log 2 in two parts: the first has 32 zeros at its end, so that k times it is exact. */
const HIGH = 0.6931467056274414;
const LOW = 4.7493250390316726e-7;

/**
 * e^v for v ≤ 0, to 1.5 units in the last place where it is not subnormal.
 *
 * v = k log 2 + r gives e^v = 2^k e^r with |r| ≤ 0.347, where 13 terms of the series leave r¹⁴/14! < 5 · 10⁻¹⁸. Faster
 * than Math.exp, since it is compiled into the loop that needs it. The WebAssembly kernels do the same steps
 * (kernels/elementwise.ts), so that both give the same bits.
 */
export function expOfNegative(v: number): number {
  const held = Math.max(v, -746);
  const k = held * (1 / Math.LN2) + ROUND - ROUND;
  const r = held - k * HIGH - k * LOW;
  let p = 1 / 6227020800;
  p = p * r + 1 / 479001600;
  p = p * r + 1 / 39916800;
  p = p * r + 1 / 3628800;
  p = p * r + 1 / 362880;
  p = p * r + 1 / 40320;
  p = p * r + 1 / 5040;
  p = p * r + 1 / 720;
  p = p * r + 1 / 120;
  p = p * r + 1 / 24;
  p = p * r + 1 / 6;
  p = p * r + 1 / 2;
  p = p * r + 1;
  p = p * r + 1;
  return p * powers[-k | 0];
}

/**
 * e^(−c v²) for c = 1 or ½, to 2 units in the last place: v is cut into 24 bits, whose square is exact, and a rest, so
 * that the rounding of v² (which would count c v² times) does not reach the result.
 */
export function gaussianOf(v: number, c: number): number {
  if (c * v * v > 750) return 0;
  const high = Math.fround(v);
  return Math.exp(-c * high * high) * Math.exp(-c * (v - high) * (v + high));
}
