import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { beyondBounds } from "./json-bounds.ts";

const depthOf = (value: unknown): number =>
  value !== null && typeof value === "object" ? 1 + Math.max(0, ...Object.values(value).map(depthOf)) : 0;
const countOf = (value: unknown): number =>
  value !== null && typeof value === "object" ? 1 + Object.values(value).reduce((n, x) => n + countOf(x), 0) : 1;

describe("beyondBounds", () => {
  it("finds out whether JSON is nested deeper than allowed", () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 5 }), fc.nat(6), (text, depth) => {
        expect(beyondBounds(text, { depth }) !== null).toBe(depthOf(JSON.parse(text)) > depth);
      }),
    );
  });

  it("finds out whether JSON holds more values than allowed, counting empty lists and objects twice at the most", () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 4 }), fc.nat(20), (text, values) => {
        const count = countOf(JSON.parse(text));
        const isBeyond = beyondBounds(text, { depth: 10, values }) !== null;
        if (count > values) expect(isBeyond).toBe(true);
        if (2 * count < values) expect(isBeyond).toBe(false);
      }),
    );
  });

  it("says where, looks at no string, and takes what is not JSON", () => {
    expect(beyondBounds('{"a":[[', { depth: 2 })).toEqual({ bound: "depth", offset: 6 });
    expect(beyondBounds("[1,2,3]", { depth: 2, values: 3 })).toEqual({ bound: "values", offset: 4 });
    expect(beyondBounds('"[[[\\"[[[\\\\"', { depth: 0, values: 1 })).toBe(null);
    expect(beyondBounds('"[[[', { depth: 0 })).toBe(null);
    expect(beyondBounds("]]]][", { depth: 1 })).toBe(null);
  });
});
