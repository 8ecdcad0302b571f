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
  const m0 = i32x4.splat(0xd2511f53);
  const m1 = i32x4.splat(0xcd9e8d57);
  if (p < 1) {
    // Eight at a time, in two vectors that do not wait for each other.
    for (; i + 8 <= end && <u32>at < 0xfffffff8; i += 8) {
      let a0 = i32x4.add(i32x4.splat(<i32>at), i32x4(0, 1, 2, 3));
      let b0 = i32x4.add(i32x4.splat(<i32>at), i32x4(4, 5, 6, 7));
      let a1 = i32x4.splat(<i32>(at >> 32));
      let b1 = a1;
      let a2 = i32x4.splat(0);
      let b2 = a2;
      let a3 = a2;
      let b3 = a2;
      let k0 = i32x4.splat(<i32>k);
      let k1 = i32x4.splat(<i32>(k >> 32));
      for (let round = 0; round < 10; round++) {
        // Products of 64 bits, two in a vector.
        const aLow = i64x2.extmul_low_i32x4_u(a0, m0);
        const aHigh = i64x2.extmul_high_i32x4_u(a0, m0);
        const bLow = i64x2.extmul_low_i32x4_u(b0, m0);
        const bHigh = i64x2.extmul_high_i32x4_u(b0, m0);
        const aLow2 = i64x2.extmul_low_i32x4_u(a2, m1);
        const aHigh2 = i64x2.extmul_high_i32x4_u(a2, m1);
        const bLow2 = i64x2.extmul_low_i32x4_u(b2, m1);
        const bHigh2 = i64x2.extmul_high_i32x4_u(b2, m1);
        a0 = v128.xor(v128.xor(v128.shuffle<i32>(aLow2, aHigh2, 1, 3, 5, 7), a1), k0);
        b0 = v128.xor(v128.xor(v128.shuffle<i32>(bLow2, bHigh2, 1, 3, 5, 7), b1), k0);
        a1 = v128.shuffle<i32>(aLow2, aHigh2, 0, 2, 4, 6);
        b1 = v128.shuffle<i32>(bLow2, bHigh2, 0, 2, 4, 6);
        a2 = v128.xor(v128.xor(v128.shuffle<i32>(aLow, aHigh, 1, 3, 5, 7), a3), k1);
        b2 = v128.xor(v128.xor(v128.shuffle<i32>(bLow, bHigh, 1, 3, 5, 7), b3), k1);
        a3 = v128.shuffle<i32>(aLow, aHigh, 0, 2, 4, 6);
        b3 = v128.shuffle<i32>(bLow, bHigh, 0, 2, 4, 6);
        k0 = i32x4.add(k0, i32x4.splat(0x9e3779b9));
        k1 = i32x4.add(k1, i32x4.splat(0xbb67ae85));
      }
      v128.store(y, drawn(a0, a1, high, low, p < 0));
      v128.store(y, drawn(b0, b1, high, low, p < 0), 16);
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
