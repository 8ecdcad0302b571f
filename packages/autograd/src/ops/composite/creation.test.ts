/** Zeros and ones as another Variable, grids, and integers drawn at random. */
import { rng } from "@adjoint/tensor";
import { describe, expect, it } from "vitest";
import "../../methods.ts";
import { constant, variable } from "../../core/leaf.ts";
import { meshgrid, onesLike, randint, zerosLike } from "./creation.ts";

const f64 = { dtype: "float64" } as const;

it("zerosLike and onesLike have the shape and dtype of x, and no gradient", () => {
  for (const dtype of ["float32", "float64", "int32", "bool"] as const) {
    const x = constant([[1, 0, 1]], { dtype });
    expect([zerosLike(x).dtype, onesLike(x).dtype]).toEqual([dtype, dtype]);
    expect([zerosLike(x).toArray(), x.onesLike().toArray()].flat(2).map(Number)).toEqual([0, 0, 0, 1, 1, 1]);
  }
  const x = variable([1, 2], f64);
  expect(onesLike(x).requiresGrad).toBe(false);
  x.mul(x.onesLike()).add(x.zerosLike()).sum().backward();
  expect(x.grad?.toArray()).toEqual([1, 1]);
});

describe("meshgrid", () => {
  const [x, y] = [variable([1, 2, 3], f64), variable([10, 20], f64)];

  it("gives each vector along its own axis, in the order of the vectors or as NumPy", () => {
    const [u, v] = meshgrid([x, y]);
    expect(u.add(v).toArray()).toEqual([
      [11, 21],
      [12, 22],
      [13, 23],
    ]);
    const [p, q] = meshgrid([x, y], { indexing: "xy" });
    expect(p.add(q).toArray()).toEqual([
      [11, 12, 13],
      [21, 22, 23],
    ]);
    expect(meshgrid([x, y, 5], { indexing: "xy" }).map((z) => z.shape)).toEqual([
      [2, 3, 1],
      [2, 3, 1],
      [2, 3, 1],
    ]);
    expect(meshgrid([x], { indexing: "xy" })[0].shape).toEqual([3]);
  });

  it("adds up the gradients of all copies", () => {
    const [u, v] = meshgrid([x, y]);
    u.mul(v).sum().backward();
    expect([x.grad?.toArray(), y.grad?.toArray()]).toEqual([
      [30, 30, 30],
      [6, 6],
    ]);
  });

  it("refuses what is not an array of vectors", () => {
    expect(() => meshgrid([])).toThrow(/xs is \[\]/);
    expect(() => meshgrid([constant([[1, 2]])])).toThrow(/vector 0 has shape \[1, 2\]/);
    expect(() => meshgrid(x as never)).toThrow(/xs has shape \[3\]/);
    expect(() => meshgrid([x], { indexing: "yx" as never })).toThrow(/indexing is "yx"/);
  });
});

describe("randint", () => {
  it("draws every number from low to high − 1 about as often, and nothing else", () => {
    const draws = 30_000;
    const k = randint(rng(1), -2, 4, [draws]);
    expect(k.dtype).toBe("int32");
    const counts = new Map<number, number>();
    for (const value of k.toArray() as number[]) counts.set(value, (counts.get(value) ?? 0) + 1);
    expect([...counts.keys()].sort((a, b) => a - b)).toEqual([-2, -1, 0, 1, 2, 3]);
    // χ² with 5 degrees of freedom exceeds 25.7 once in 10⁴ seeds; this seed is fixed.
    const expected = draws / 6;
    const chi2 = [...counts.values()].reduce((sum, n) => sum + (n - expected) ** 2 / expected, 0);
    expect(chi2).toBeLessThan(25.7);
  });

  it("reaches the ends of int32, and refuses ranges beyond it or empty ones", () => {
    const k = randint(rng(2), -(2 ** 31), 2 ** 31, [1000]).toArray() as number[];
    expect(Math.min(...k)).toBeLessThan(-(2 ** 30));
    expect(Math.max(...k)).toBeGreaterThan(2 ** 30);
    expect(randint(rng(3), 7, 8, [3]).toArray()).toEqual([7, 7, 7]);
    expect(() => randint(rng(3), 3, 3, [2])).toThrow(
      "randint: high is 3; expected an integer from 4 to 2147483648. Numbers are drawn from low (included) to high (not included), and must fit int32.",
    );
    expect(() => randint(rng(3), 0.5, 3, [2])).toThrow(/low is 0.5/);
  });
});
