/** Sums, norms and extremes along a run of axes, whether numbers are finite, and numbers of another dtype. */

/** Terms that are added one after the other, before their sum is added to others: the error grows with this and the blocks. */
const BLOCK: usize = 64;

/** The sum of n elements side by side, in blocks: pairs of halves down to a block. */
function sumOf<T>(x: usize, n: usize): T {
  const lanes: usize = 16 / sizeof<T>();
  if (n > BLOCK * lanes) {
    const half = (n / 2 / lanes) * lanes;
    return <T>(sumOf<T>(x, half) + sumOf<T>(x + half * sizeof<T>(), n - half));
  }
  let sums = v128.splat<T>(<T>0);
  const whole = (n / lanes) * lanes;
  for (let i: usize = 0; i < whole; i += lanes) sums = v128.add<T>(sums, v128.load(x + i * sizeof<T>()));
  let sum: T = sizeof<T>() == 4
    ? <T>((v128.extract_lane<f32>(sums, 0) + v128.extract_lane<f32>(sums, 1)) +
        (v128.extract_lane<f32>(sums, 2) + v128.extract_lane<f32>(sums, 3)))
    : <T>(v128.extract_lane<f64>(sums, 0) + v128.extract_lane<f64>(sums, 1));
  for (let i = whole; i < n; i++) sum += load<T>(x + i * sizeof<T>());
  return sum;
}

/** y[j] = Σ over r < rows of x[r, j], j < columns: halves of the rows down to a block, each half at its own place. */
function sumRows<T>(x: usize, y: usize, rows: usize, columns: usize, scratch: usize): void {
  const bytes = columns * sizeof<T>();
  if (rows > BLOCK) {
    const half = rows / 2;
    sumRows<T>(x, y, half, columns, scratch + bytes);
    sumRows<T>(x + half * bytes, scratch, rows - half, columns, scratch + bytes);
    addTo<T>(y, scratch, bytes);
    return;
  }
  let i: usize = 0;
  for (; i + 64 <= bytes; i += 64) {
    let p = x + i;
    let s0 = v128.load(p);
    let s1 = v128.load(p, 16);
    let s2 = v128.load(p, 32);
    let s3 = v128.load(p, 48);
    for (let r: usize = 1; r < rows; r++) {
      p += bytes;
      s0 = v128.add<T>(s0, v128.load(p));
      s1 = v128.add<T>(s1, v128.load(p, 16));
      s2 = v128.add<T>(s2, v128.load(p, 32));
      s3 = v128.add<T>(s3, v128.load(p, 48));
    }
    v128.store(y + i, s0);
    v128.store(y + i, s1, 16);
    v128.store(y + i, s2, 32);
    v128.store(y + i, s3, 48);
  }
  for (; i + 16 <= bytes; i += 16) {
    let p = x + i;
    let sum = v128.load(p);
    for (let r: usize = 1; r < rows; r++) {
      p += bytes;
      sum = v128.add<T>(sum, v128.load(p));
    }
    v128.store(y + i, sum);
  }
  for (; i < bytes; i += sizeof<T>()) {
    let p = x + i;
    let sum = load<T>(p);
    for (let r: usize = 1; r < rows; r++) {
      p += bytes;
      sum += load<T>(p);
    }
    store<T>(y + i, sum);
  }
}

// @ts-expect-error: decorator
@inline
function addTo<T>(y: usize, x: usize, bytes: usize): void {
  const whole = bytes & ~15;
  let i: usize = 0;
  for (; i < whole; i += 16) v128.store(y + i, v128.add<T>(v128.load(y + i), v128.load(x + i)));
  for (; i < bytes; i += sizeof<T>()) store<T>(y + i, load<T>(y + i) + load<T>(x + i));
}

// @ts-expect-error: decorator
@inline
function sum<T>(x: usize, y: usize, reduced: usize, inner: usize, scratch: usize, begin: usize, end: usize): void {
  x += begin * reduced * inner * sizeof<T>();
  y += begin * inner * sizeof<T>();
  for (let a = begin; a < end; a++) {
    if (inner == 1) store<T>(y, sumOf<T>(x, reduced));
    else sumRows<T>(x, y, reduced, inner, scratch);
    x += reduced * inner * sizeof<T>();
    y += inner * sizeof<T>();
  }
}

/**
 * y[a, b] = Σ over r of x[a, r, b], r < reduced, both dense, for a from begin to end. The scratch memory holds a row of b for
 * each time that rows are halved.
 */
export function sum32(x: usize, y: usize, reduced: usize, inner: usize, scratch: usize, begin: usize, end: usize): void {
  sum<f32>(x, y, reduced, inner, scratch, begin, end);
}

export function sum64(x: usize, y: usize, reduced: usize, inner: usize, scratch: usize, begin: usize, end: usize): void {
  sum<f64>(x, y, reduced, inner, scratch, begin, end);
}

/**
 * The first of the largest (with a sign of −1: smallest) of x[a, ·, b], and where it is; NaN counts as larger than all. Either of the
 * results may be left out by the address 0.
 */
export function largest32(
  x: usize, values: usize, places: usize, reduced: usize, inner: usize, sign: f32, scratch: usize, begin: usize,
  end: usize,
): void {
  const step = inner * 4;
  x += begin * reduced * step;
  if (values != 0) values += begin * step;
  if (places != 0) places += begin * step;
  for (let a = begin; a < end; a++) {
    for (let b: usize = 0; b < inner; b++) {
      let p = x + b * 4;
      let best = load<f32>(p);
      let at: i32 = 0;
      for (let r: usize = 1; r < reduced; r++) {
        p += step;
        const v = load<f32>(p);
        if (sign * v > sign * best || (v != v && best == best)) {
          best = v;
          at = <i32>r;
        }
      }
      if (values != 0) {
        store<f32>(values, best);
        values += 4;
      }
      if (places != 0) {
        store<i32>(places, at);
        places += 4;
      }
    }
    x += reduced * step;
  }
}

// @ts-ignore: decorator
@inline
function squareTimesZero(x: v128): v128 {
  return f32x4.mul(f32x4.mul(x, x), f32x4.splat(0));
}

/** Whether the squares of all of n dense elements are finite: x² · 0 is NaN for those that are not. */
export function finiteSquares32(x: usize, n: usize): bool {
  const zero = f32x4.splat(0);
  let s0 = zero;
  let s1 = zero;
  let s2 = zero;
  let s3 = zero;
  const end = x + n * 4;
  for (; x + 64 <= end; x += 64) {
    s0 = f32x4.add(s0, squareTimesZero(v128.load(x)));
    s1 = f32x4.add(s1, squareTimesZero(v128.load(x, 16)));
    s2 = f32x4.add(s2, squareTimesZero(v128.load(x, 32)));
    s3 = f32x4.add(s3, squareTimesZero(v128.load(x, 48)));
  }
  const sums = f32x4.add(f32x4.add(s0, s1), f32x4.add(s2, s3));
  let sum = f32x4.extract_lane(sums, 0) + f32x4.extract_lane(sums, 1) + f32x4.extract_lane(sums, 2) + f32x4.extract_lane(sums, 3);
  for (; x < end; x += 4) sum += load<f32>(x) * load<f32>(x) * 0;
  return sum == 0;
}

/** The lower and the upper two of four float32 numbers as float64; of float64 numbers those at x and after them. */
// @ts-expect-error: decorator
@inline
function lowerTwo<T>(x: usize): v128 {
  return sizeof<T>() == 4 ? f64x2.promote_low_f32x4(v128.load64_zero(x)) : v128.load(x);
}

/** The sum of the squares of n elements side by side, in float64: eight sums, of every eighth element each. */
// @ts-expect-error: decorator
@inline
function squaresOf<T>(x: usize, n: usize): f64 {
  const zero = f64x2.splat(0);
  let s0 = zero;
  let s1 = zero;
  let s2 = zero;
  let s3 = zero;
  const end = x + n * sizeof<T>();
  for (; x + 8 * sizeof<T>() <= end; x += 8 * sizeof<T>()) {
    const a = lowerTwo<T>(x);
    const b = lowerTwo<T>(x + 2 * sizeof<T>());
    const c = lowerTwo<T>(x + 4 * sizeof<T>());
    const d = lowerTwo<T>(x + 6 * sizeof<T>());
    s0 = f64x2.add(s0, f64x2.mul(a, a));
    s1 = f64x2.add(s1, f64x2.mul(b, b));
    s2 = f64x2.add(s2, f64x2.mul(c, c));
    s3 = f64x2.add(s3, f64x2.mul(d, d));
  }
  const sums = f64x2.add(f64x2.add(s0, s1), f64x2.add(s2, s3));
  let sum = f64x2.extract_lane(sums, 0) + f64x2.extract_lane(sums, 1);
  for (; x < end; x += sizeof<T>()) sum += <f64>load<T>(x) * <f64>load<T>(x);
  return sum;
}

/** y[b] = Σ over r < rows of x[r, b]², b < columns, in float64. */
// @ts-expect-error: decorator
@inline
function squaresOfRows<T>(x: usize, y: usize, rows: usize, columns: usize): void {
  memory.fill(y, 0, columns * 8);
  for (let r: usize = 0; r < rows; r++) {
    for (let b: usize = 0; b < columns; b++, x += sizeof<T>()) {
      const v = <f64>load<T>(x);
      store<f64>(y + b * 8, load<f64>(y + b * 8) + v * v);
    }
  }
}

// @ts-expect-error: decorator
@inline
function squares<T>(x: usize, y: usize, reduced: usize, inner: usize, parts: usize, begin: usize, end: usize): void {
  for (let q = begin; q < end; q++) {
    const row = (q / parts) * reduced;
    const first = <usize>(<u64>(q % parts) * reduced / parts);
    const rows = <usize>((<u64>(q % parts) + 1) * reduced / parts) - first;
    const from = x + (row + first) * inner * sizeof<T>();
    if (inner == 1) store<f64>(y + q * 8, squaresOf<T>(from, rows));
    else squaresOfRows<T>(from, y + q * inner * 8, rows, inner);
  }
}

/**
 * y[a, p, b] = Σ x[a, r, b]² in float64, over part p of `parts` of r < reduced, both dense; for the [a, p] numbered from begin to end. No
 * square of a float32 number overflows or underflows there.
 */
export function squares32(
  x: usize, y: usize, reduced: usize, inner: usize, parts: usize, scratch: usize, begin: usize, end: usize,
): void {
  squares<f32>(x, y, reduced, inner, parts, begin, end);
}

export function squares64(
  x: usize, y: usize, reduced: usize, inner: usize, parts: usize, scratch: usize, begin: usize, end: usize,
): void {
  squares<f64>(x, y, reduced, inner, parts, begin, end);
}

/** From here on a sum of float64 squares has all its digits: packages/tensor/src/kernels/reduce/norm.ts. */
const LEAST: f64 = 1.0261342003245941e-289;

/**
 * y[a, b] = √Σ over p < parts of x[a, p, b], float64, for a from begin to end; as float32, or as float64 where 1 is returned when a sum is not
 * in the range in which it has all its digits.
 */
export function roots(
  x: usize, y: usize, parts: usize, inner: usize, isSingle: bool, scratch: usize, begin: usize, end: usize,
): i32 {
  for (let a = begin; a < end; a++) {
    for (let b: usize = 0; b < inner; b++) {
      let sum: f64 = 0;
      for (let p: usize = 0; p < parts; p++) sum += load<f64>(x + ((a * parts + p) * inner + b) * 8);
      const at = a * inner + b;
      if (isSingle) store<f32>(y + at * 4, <f32>Math.sqrt(sum));
      else if (sum >= LEAST && sum < Infinity) store<f64>(y + at * 8, Math.sqrt(sum));
      else return 1;
    }
  }
  return 0;
}

/** y[i] = x[i] for i from begin to end, of float32 as float64. */
export function widen(x: usize, y: usize, scratch: usize, begin: usize, end: usize): void {
  for (let i = begin; i < end; i++) store<f64>(y + i * 8, <f64>load<f32>(x + i * 4));
}

/** y[i] = x[i] for i from begin to end, of float64 rounded to float32. */
export function narrow(x: usize, y: usize, scratch: usize, begin: usize, end: usize): void {
  for (let i = begin; i < end; i++) store<f32>(y + i * 4, <f32>load<f64>(x + i * 8));
}
