import fc from "fast-check";
import { expect, it } from "vitest";
import { beginOf, callOf } from "./calls.ts";

/** Small ones, which parts hardly fill, and any. */
const counts = fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 2 ** 31 - 1 }));

it("cuts all work of a call into parts of which none is empty", () => {
  fc.assert(
    fc.property(counts, fc.double({ min: 0, max: 1e9, noNaN: true }), (count, nanoseconds) => {
      const { pieces } = callOf(0, [], count, nanoseconds);
      const begins = Array.from({ length: pieces + 1 }, (_, piece) => beginOf(count, piece, pieces));
      expect([begins[0], begins[pieces]]).toEqual([0, count]);
      for (const [piece, end] of begins.slice(1).entries()) expect(end).toBeGreaterThan(begins[piece]);
    }),
    { numRuns: 2000 },
  );
});
