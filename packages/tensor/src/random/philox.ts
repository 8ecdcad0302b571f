/**
 * Philox4x32-10: random bits as a function of a key and a counter, without state.
 * Source: Salmon, Moraes, Dror, Shaw, Parallel Random Numbers: As Easy as 1, 2, 3 (2011).
 */

const MULTIPLIER_0 = 0xd2511f53;
const MULTIPLIER_1 = 0xcd9e8d57;
const WEYL_0 = 0x9e3779b9;
const WEYL_1 = 0xbb67ae85;
const ROUNDS = 10;

/**
 * The upper 32 bits of the product of two unsigned 32-bit numbers, by halves of 16 bits. No partial sum exceeds
 * (2¹⁶ − 1)² + 2¹⁶ − 1 < 2³², so that 32-bit integers hold them all.
 */
function highProduct(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const middle = (Math.imul(aHigh, bLow) + (Math.imul(aLow, bLow) >>> 16)) | 0;
  const cross = (Math.imul(aLow, bHigh) + (middle & 0xffff)) | 0;
  return (Math.imul(aHigh, bHigh) + (middle >>> 16) + (cross >>> 16)) | 0;
}

/**
 * Fills `words` with the four unsigned 32-bit words of one block.
 *
 * @param words     where the block goes
 * @param counter0  the counter's words, least significant first, as `counter1` … `counter3`
 * @param key0      the key's words, least significant first, as `key1`
 */
export function philox(
  words: Uint32Array,
  counter0: number,
  counter1: number,
  counter2: number,
  counter3: number,
  key0: number,
  key1: number,
): void {
  let c0 = counter0 | 0;
  let c1 = counter1 | 0;
  let c2 = counter2 | 0;
  let c3 = counter3 | 0;
  let k0 = key0 | 0;
  let k1 = key1 | 0;
  for (let round = 0; round < ROUNDS; round++) {
    const high0 = highProduct(MULTIPLIER_0, c0);
    const low0 = Math.imul(MULTIPLIER_0, c0);
    const high1 = highProduct(MULTIPLIER_1, c2);
    const low1 = Math.imul(MULTIPLIER_1, c2);
    c0 = high1 ^ c1 ^ k0;
    c1 = low1;
    c2 = high0 ^ c3 ^ k1;
    c3 = low0;
    k0 = (k0 + WEYL_0) | 0;
    k1 = (k1 + WEYL_1) | 0;
  }
  words[0] = c0;
  words[1] = c1;
  words[2] = c2;
  words[3] = c3;
}

const block = new Uint32Array(4);

/** The block of one element, until the next is asked for. Keys and counters are integers up to 2⁵³. */
export function blockAt(key: number, counter: number, purpose = 0): Uint32Array {
  philox(block, counter >>> 0, (counter / 2 ** 32) >>> 0, purpose, 0, key >>> 0, (key / 2 ** 32) >>> 0);
  return block;
}

/** A number in [0, 1) from two words: 53 bits. */
export function unit(high: number, low: number): number {
  return (high * 2097152 + (low >>> 11)) * 2 ** -53;
}

/** The numbers of `uniformAt` in float64, without a tensor around them and without checks. */
export function unitsAt(key: number, counter: number, count: number): Float64Array {
  const units = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    const [high, low] = blockAt(key, counter + i);
    units[i] = unit(high, low);
  }
  return units;
}
