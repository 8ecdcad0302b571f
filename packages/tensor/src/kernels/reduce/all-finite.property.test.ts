import fc from "fast-check";
import { expect, it } from "vitest";
import { laidOut, layout, valuesOf } from "../../testing/layouts.ts";
import { allFinite } from "./all-finite.ts";

it("finds one NaN or infinity anywhere, in any memory layout", () => {
  const strange = fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1e308, 0);
  const shape = fc.array(fc.integer({ min: 0, max: 6 }), { maxLength: 3 });
  fc.assert(
    fc.property(shape, layout, strange, fc.nat(), (lengths, how, value, place) => {
      const x = laidOut(lengths, "float64", how);
      x.data[place % x.data.length] = value;
      expect(allFinite(x)).toBe(valuesOf(x).every(Number.isFinite));
    }),
  );
});
