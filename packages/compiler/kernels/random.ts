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

/** The second words of the four blocks that {@link fourBlocks} gave the first ones of. */
let second: v128 = i32x4.splat(0);

/** The first words of the blocks at counter … counter + 3, none of which needs a carry into the upper half. */
function fourBlocks(key: u64, counter: u64): v128 {
  let c0 = i32x4.add(i32x4.splat(<i32>counter), i32x4(0, 1, 2, 3));
  let c1 = i32x4.splat(<i32>(counter >> 32));
  let c2 = i32x4.splat(0);
  let c3 = c2;
  let k0 = i32x4.splat(<i32>key);
  let k1 = i32x4.splat(<i32>(key >> 32));
  const m0 = i32x4.splat(0xd2511f53);
  const m1 = i32x4.splat(0xcd9e8d57);
  for (let round = 0; round < 10; round++) {
    // Products of 64 bits, two in a vector.
    const a0 = i64x2.extmul_low_i32x4_u(c0, m0);
    const b0 = i64x2.extmul_high_i32x4_u(c0, m0);
    const a1 = i64x2.extmul_low_i32x4_u(c2, m1);
    const b1 = i64x2.extmul_high_i32x4_u(c2, m1);
    c0 = v128.xor(v128.xor(v128.shuffle<i32>(a1, b1, 1, 3, 5, 7), c1), k0);
    c1 = v128.shuffle<i32>(a1, b1, 0, 2, 4, 6);
    c2 = v128.xor(v128.xor(v128.shuffle<i32>(a0, b0, 1, 3, 5, 7), c3), k1);
    c3 = v128.shuffle<i32>(a0, b0, 0, 2, 4, 6);
    k0 = i32x4.add(k0, i32x4.splat(0x9e3779b9));
    k1 = i32x4.add(k1, i32x4.splat(0xbb67ae85));
  }
  second = c1;
  return c0;
}

/**
 * Random numbers begin … end − 1: 1 with probability p, else 0; for p < 0 uniform ones in [0, 1). Key and counter are those given, added to
 * the two float64 numbers at `state` unless that is 0.
 */
export function random32(
  y: usize,
  state: usize,
  key: f64,
  counter: f64,
  p: f64,
  scratch: usize,
  begin: usize,
  end: usize,
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
  const one = f32x4.splat(1);
  if (p < 1) {
    for (; i + 4 <= end && <u32>at < 0xfffffffc; i += 4) {
      const first = fourBlocks(k, at);
      let v: v128;
      if (p < 0) v = f32x4.mul(f32x4.convert_i32x4_u(i32x4.shr_u(first, 8)), f32x4.splat(1.0 / 16777216.0));
      else {
        const isLess = v128.and(i32x4.eq(first, high), i32x4.lt_u(i32x4.shr_u(second, 11), low));
        v = v128.and(one, v128.or(i32x4.lt_u(first, high), isLess));
      }
      v128.store(y, v);
      at += 4;
      y += 16;
    }
  }
  for (; i < end; i++) {
    const words = philox(k, at++);
    if (p < 0) store<f32>(y, <f32>(words >> 40) * <f32>(1.0 / 16777216.0));
    else store<f32>(y, <f64>(words >> 11) * (1.0 / 9007199254740992.0) < p ? 1 : 0);
    y += 4;
  }
}
