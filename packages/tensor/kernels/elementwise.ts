/**
 * Elementwise float32 functions with 128-bit SIMD (AssemblyScript, compiled into
 * src/kernels/wasm/elementwise.generated.ts by scripts/build-kernels.ts).
 *
 * Every function works on `bytes` of memory, a multiple of 64, from one address to another; the caller brings operands
 * in and takes results out in pieces (src/kernels/wasm/elementwise.ts). Each result is rounded once, as a float64
 * result stored as float32 is: for these functions both give the same bits (Figueroa, When is double rounding
 * innocuous?, 1995).
 */

export function add(a: usize, b: usize, out: usize, bytes: usize): void {
  for (let i: usize = 0; i < bytes; i += 16) v128.store(out + i, f32x4.add(v128.load(a + i), v128.load(b + i)));
}

export function sub(a: usize, b: usize, out: usize, bytes: usize): void {
  for (let i: usize = 0; i < bytes; i += 16) v128.store(out + i, f32x4.sub(v128.load(a + i), v128.load(b + i)));
}

export function mul(a: usize, b: usize, out: usize, bytes: usize): void {
  for (let i: usize = 0; i < bytes; i += 16) v128.store(out + i, f32x4.mul(v128.load(a + i), v128.load(b + i)));
}

export function div(a: usize, b: usize, out: usize, bytes: usize): void {
  for (let i: usize = 0; i < bytes; i += 16) v128.store(out + i, f32x4.div(v128.load(a + i), v128.load(b + i)));
}

/** Truth values of a > b, one byte each: a quarter of `bytes`. */
export function gt(a: usize, b: usize, out: usize, bytes: usize): void {
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
export function where(condition: usize, a: usize, b: usize, out: usize, bytes: usize): void {
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

export function relu(x: usize, out: usize, bytes: usize): void {
  const zero = f32x4.splat(0);
  for (let i: usize = 0; i < bytes; i += 16) v128.store(out + i, f32x4.max(v128.load(x + i), zero));
}

export function sqrt(x: usize, out: usize, bytes: usize): void {
  for (let i: usize = 0; i < bytes; i += 16) v128.store(out + i, f32x4.sqrt(v128.load(x + i)));
}

export function square(x: usize, out: usize, bytes: usize): void {
  for (let i: usize = 0; i < bytes; i += 16) {
    const v = v128.load(x + i);
    v128.store(out + i, f32x4.mul(v, v));
  }
}

export function neg(x: usize, out: usize, bytes: usize): void {
  for (let i: usize = 0; i < bytes; i += 16) v128.store(out + i, f32x4.neg(v128.load(x + i)));
}

export function abs(x: usize, out: usize, bytes: usize): void {
  for (let i: usize = 0; i < bytes; i += 16) v128.store(out + i, f32x4.abs(v128.load(x + i)));
}
