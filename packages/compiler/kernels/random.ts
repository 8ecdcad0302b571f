/** Random numbers. */

/** The first two words of a block of Philox4x32-10, the first in the upper half. Source: Salmon et al. (2011). */
// @ts-ignore: decorator
@inline
function philox(key: u64, counter: u64): u64 {
  let c0 = <u32>counter;
  let c1 = <u32>(counter >> 32);
  let c2: u32 = 0;
  let c3: u32 = 0;
  let k0 = <u32>key;
  let k1 = <u32>(key >> 32);
  for (let round = 0; round < 10; round++) {
    const product0 = <u64>c0 * 0xd2511f53;
    const product1 = <u64>c2 * 0xcd9e8d57;
    c0 = <u32>(product1 >> 32) ^ c1 ^ k0;
    c1 = <u32>product1;
    c2 = <u32>(product0 >> 32) ^ c3 ^ k1;
    c3 = <u32>product0;
    k0 += 0x9e3779b9;
    k1 += 0xbb67ae85;
  }
  return ((<u64>c0) << 32) | c1;
}

/**
 * The two multipliers of a round, and the two increments of a key. They are loaded because engines build a constant vector of
 * the code anew at each use, which takes longer than a multiplication.
 */
const constants = memory.data<u32>([0xd2511f53, 0xcd9e8d57, 0x9e3779b9, 0xbb67ae85]);

/** The upper halves of products of 64 bits. */
// @ts-ignore: decorator
@inline
function upper(x: v128, y: v128): v128 {
  return v128.shuffle<i32>(i64x2.extmul_low_i32x4_u(x, y), i64x2.extmul_high_i32x4_u(x, y), 1, 3, 5, 7);
}

/** Four numbers from the first two words of their blocks: uniform ones, or 1 where 53 bits are below a limit in two halves. */
// @ts-ignore: decorator
@inline
function drawn(first: v128, second: v128, high: v128, low: v128, isUniform: bool): v128 {
  if (isUniform) return f32x4.mul(f32x4.convert_i32x4_u(i32x4.shr_u(first, 8)), f32x4.splat(1.0 / 16777216.0));
  const isLess = v128.and(i32x4.eq(first, high), i32x4.lt_u(i32x4.shr_u(second, 11), low));
  return v128.and(f32x4.splat(1), v128.or(i32x4.lt_u(first, high), isLess));
}

/**
 * Random numbers begin … end − 1: 1 with probability p, else 0; for p < 0 uniform ones in [0, 1). Key and counter are those given, added to
 * the two float64 numbers at `state` unless that is 0.
 */
export function random32(
  y: usize, state: usize, key: f64, counter: f64, p: f64, scratch: usize, begin: usize, end: usize,
): void {
  if (state != 0) {
    key += load<f64>(state);
    counter += load<f64>(state, 8);
  }
  const k = <u64>key;
  let at = <u64>counter + begin;
  let i = begin;
  y += begin * 4;
  // 53 bits of a block against p · 2⁵³, in two halves: 1 for all where p is 1.
  const limit = <u64>Math.ceil(max<f64>(p, 0) * 9007199254740992.0);
  const high = i32x4.splat(<i32>(limit >> 21));
  const low = i32x4.splat(<i32>(limit & 0x1fffff));
  const m0 = v128.load32_splat(constants);
  const m1 = v128.load32_splat(constants, 4);
  const step0 = v128.load32_splat(constants, 8);
  const step1 = v128.load32_splat(constants, 12);
  if (p < 1) {
    const key1 = i32x4.splat(<i32>(k >> 32));
    const second0 = i32x4.add(i32x4.splat(<i32>k), step0);
    const second1 = i32x4.add(key1, step1);
    // Eight at a time, in two vectors that do not wait for each other. Only the first word of a block differs among them, so
    // half of the first two rounds is the same for all.
    for (; i + 8 <= end && <u32>at < 0xfffffff8; i += 8) {
      const product = <u64>(<u32>(at >> 32) ^ <u32>k) * 0xd2511f53;
      const other = v128.xor(i32x4.splat(<i32>(product >> 32)), second1);
      const c = i32x4.add(i32x4.splat(<i32>at), i32x4(0, 1, 2, 3));
      const d = i32x4.add(i32x4.splat(<i32>at), i32x4(4, 5, 6, 7));
      let k0 = second0;
      let k1 = second1;
      let a2 = v128.xor(upper(c, m0), key1);
      let b2 = v128.xor(upper(d, m0), key1);
      let a0 = v128.xor(upper(a2, m1), k0);
      let b0 = v128.xor(upper(b2, m1), k0);
      let a1 = i32x4.mul(a2, m1);
      let b1 = i32x4.mul(b2, m1);
      a2 = v128.xor(i32x4.mul(c, m0), other);
      b2 = v128.xor(i32x4.mul(d, m0), other);
      let a3 = i32x4.splat(<i32>product);
      let b3 = a3;
      for (let round = 2; round < 9; round++) {
        k0 = i32x4.add(k0, step0);
        k1 = i32x4.add(k1, step1);
        const c0 = v128.xor(v128.xor(upper(a2, m1), a1), k0);
        const d0 = v128.xor(v128.xor(upper(b2, m1), b1), k0);
        a1 = i32x4.mul(a2, m1);
        b1 = i32x4.mul(b2, m1);
        a2 = v128.xor(v128.xor(upper(a0, m0), a3), k1);
        b2 = v128.xor(v128.xor(upper(b0, m0), b3), k1);
        a3 = i32x4.mul(a0, m0);
        b3 = i32x4.mul(b0, m0);
        a0 = c0;
        b0 = d0;
      }
      // The last round, of which two words are enough.
      k0 = i32x4.add(k0, step0);
      a0 = v128.xor(v128.xor(upper(a2, m1), a1), k0);
      b0 = v128.xor(v128.xor(upper(b2, m1), b1), k0);
      v128.store(y, drawn(a0, i32x4.mul(a2, m1), high, low, p < 0));
      v128.store(y, drawn(b0, i32x4.mul(b2, m1), high, low, p < 0), 16);
      at += 8;
      y += 32;
    }
  }
  for (; i < end; i++) {
    const words = philox(k, at++);
    if (p < 0) store<f32>(y, <f32>(words >> 40) * <f32>(1.0 / 16777216.0));
    else store<f32>(y, <f64>(words >> 11) * (1.0 / 9007199254740992.0) < p ? 1 : 0);
    y += 4;
  }
}
