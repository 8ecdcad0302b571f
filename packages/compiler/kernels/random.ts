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
  y += begin * 4;
  for (let i = begin; i < end; i++) {
    const words = philox(k, at++);
    if (p < 0) store<f32>(y, <f32>(words >> 40) * <f32>(1.0 / 16777216.0));
    else store<f32>(y, <f64>(words >> 11) * (1.0 / 9007199254740992.0) < p ? 1 : 0);
    y += 4;
  }
}
