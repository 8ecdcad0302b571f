/** split into many parts: the same parts and gradients as by slices of the whole, in fewer numbers. */
import { rng, sizeOf } from "@adjoint/tensor";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import "../methods.ts";
import { constant, variable } from "../core/leaf.ts";
import { topologicalOrder } from "../core/order.ts";
import type { Variable } from "../core/variable.ts";
import { concat, split, stack } from "./concat-split.ts";
import { narrow } from "./views.ts";

const f64 = { dtype: "float64" } as const;

/** The squares of each part weighted by its number, all added up. */
const weighted = (parts: readonly Variable[]): Variable =>
  parts
    .map((part, i) =>
      part
        .mul(part)
        .mul(i + 1)
        .sum(),
    )
    .reduce((a, b) => a.add(b));

describe("concat and stack", () => {
  it("add up the lengths of their parts once for the gradients of all of them", () => {
    const reads = { count: 0 };
    const parts = Array.from({ length: 50 }, (_, i) => variable([i, i + 1], f64));
    for (const joined of [concat(parts), stack(parts), concat(parts.map((part) => part.mul(2)))]) {
      // A part's shape is read where its place is added up, and once more for its own gradient.
      for (const { node } of [joined]) {
        for (const input of node.inputs) {
          const { shape } = input;
          Object.defineProperty(input, "shape", {
            get() {
              reads.count++;
              return shape;
            },
          });
        }
      }
      reads.count = 0;
      joined.sum().backward();
      expect(reads.count).toBeLessThanOrEqual(12 * parts.length);
    }
    expect(parts.map((part) => part.grad?.toArray())).toEqual(parts.map(() => [4, 4]));
  });

  it("give every part its own gradient when parts have other lengths and not all need one", () => {
    const parts = [variable([1], f64), constant([2, 3], f64), variable([], f64), variable([4, 5, 6], f64)];
    concat(parts)
      .mul(constant([1, 2, 3, 4, 5, 6], f64))
      .sum()
      .backward();
    expect(parts.map((part) => part.grad?.toArray())).toEqual([[1], undefined, [], [4, 5, 6]]);
  });
});

describe("split into many parts", () => {
  it("gives the parts and gradients that slices of the whole give, empty ones too", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(3), { minLength: 1, maxLength: 20 }), fc.nat(), (lengths, seed) => {
        const total = lengths.reduce((a, b) => a + b, 0);
        const [x, y] = [1, 2].map(() => variable(rng(seed).normal([2, total], f64)));
        const parts = split(x, lengths, { axis: 1 });
        let start = 0;
        const slices = lengths.map((n) => {
          start += n;
          return narrow(y, 1, start - n, n);
        });
        expect(parts.map((part) => part.toArray())).toEqual(slices.map((part) => part.toArray()));
        expect(concat(parts, { axis: 1 }).toArray()).toEqual(x.toArray());
        weighted(parts).backward();
        weighted(slices).backward();
        expect(x.grad?.toArray()).toEqual(y.grad?.toArray());
      }),
    );
  });

  it("writes their gradients into no more than 2 log n times as many zeros", () => {
    const x = variable(rng(1).normal([64, 3], f64));
    weighted(split(x, 64)).backward({ createGraph: true });
    const written = topologicalOrder([(x.grad as Variable).node])
      .filter(({ op }) => op?.name === "padSlice")
      .reduce((numbers, { shape }) => numbers + sizeOf(shape), 0);
    expect(written).toBe(2 * Math.log2(64) * x.size);
  });
});
