import fc from "fast-check";
import { expect, it } from "vitest";
import { philox } from "./philox.ts";

const mask = 0xffffffffn;

/** Philox4x32-10 as the paper writes it, on integers without a limit. */
function reference(counter: readonly number[], key: readonly number[]): number[] {
  let [c0, c1, c2, c3] = counter.map(BigInt);
  let [k0, k1] = key.map(BigInt);
  for (let round = 0; round < 10; round++) {
    const p0 = c0 * 0xd2511f53n;
    const p1 = c2 * 0xcd9e8d57n;
    [c0, c1, c2, c3] = [(p1 >> 32n) ^ c1 ^ k0, p1 & mask, (p0 >> 32n) ^ c3 ^ k1, p0 & mask];
    k0 = (k0 + 0x9e3779b9n) & mask;
    k1 = (k1 + 0xbb67ae85n) & mask;
  }
  return [c0, c1, c2, c3].map(Number);
}

it("is the paper's on every counter and key", () => {
  const edge = fc.constantFrom(0, 1, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0xffff0000, 0xffffffff);
  const word = fc.oneof(edge, fc.nat(0xffffffff));
  fc.assert(
    fc.property(fc.tuple(word, word, word, word), fc.tuple(word, word), (counter, key) => {
      const words = new Uint32Array(4);
      philox(words, ...counter, ...key);
      expect(Array.from(words)).toEqual(reference(counter, key));
    }),
    { numRuns: 500 },
  );
});
