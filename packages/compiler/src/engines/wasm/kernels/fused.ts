/**
 * Products that are added with one rounding instead of two, where the platform has an instruction for it (relaxed SIMD):
 * tiles of matrix products and convolutions are then up to twice as fast. No second module is needed: the instruction takes
 * as many bytes as those that it replaces.
 *
 * The standard leaves it to the platform whether the instruction rounds once or twice.
 * Source: https://github.com/WebAssembly/relaxed-simd.
 */
import { compiledModule } from "../instance.ts";

/** `mul`, `local.get` of the sum, `add`: what the function madd of kernels/tile.ts compiles to. */
interface Pair {
  readonly mul: readonly number[];
  readonly add: readonly number[];
  /** Takes both factors, then the sum. */
  readonly madd: readonly number[];
}

const pairs: readonly Pair[] = [
  // f32x4
  { mul: [0xfd, 0xe6, 0x01], add: [0xfd, 0xe4, 0x01], madd: [0xfd, 0x85, 0x02] },
  // f64x2
  { mul: [0xfd, 0xf2, 0x01], add: [0xfd, 0xf0, 0x01], madd: [0xfd, 0x87, 0x02] },
];

const [NOP, LOCAL_GET] = [0x01, 0x20];

/** The smallest module with the instruction: (v128) → v128. */
const probe = [
  ...[0, 97, 115, 109, 1, 0, 0, 0],
  ...[1, 6, 1, 96, 1, 123, 1, 123],
  ...[3, 2, 1, 0],
  ...[10, 13, 1, 11, 0, 32, 0, 32, 0, 32, 0, ...pairs[0].madd, 11],
];

let relaxed: boolean | undefined;

/** Whether the platform has the instruction. */
export function hasRelaxedSimd(): boolean {
  if (relaxed === undefined) {
    try {
      relaxed = compiledModule(Uint8Array.from(probe)) !== undefined;
    } catch {
      relaxed = false;
    }
  }
  return relaxed;
}

/** Puts the instruction wherever a product is added to a sum, and returns at how many places. */
export function fuse(bytes: Uint8Array): number {
  const isAt = (at: number, code: readonly number[]): boolean => code.every((byte, i) => bytes[at + i] === byte);
  let places = 0;
  for (let at = 0; at < bytes.length; at++) {
    for (const { mul, add, madd } of pairs) {
      if (!isAt(at, mul) || bytes[at + 3] !== LOCAL_GET) continue;
      let next = at + 4;
      // The number of the local goes on while its highest bit is set.
      while (bytes[next++] > 127);
      if (!isAt(next, add)) continue;
      bytes.fill(NOP, at, at + 3);
      bytes.set(madd, next);
      places++;
    }
  }
  return places;
}
