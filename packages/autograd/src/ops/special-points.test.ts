/** Values and gradients at points where formulas break: zeros, ties of magnitude, very large and very small numbers. */
import { describe, expect, it } from "vitest";
import { grad } from "../transforms/grad.ts";
import type { VariableFunction } from "../transforms/point.ts";
import "../methods.ts";
import { tensor } from "@adjoint/tensor";
import { constant, variable } from "../core/leaf.ts";
import type { Variable } from "../core/variable.ts";
import { norm, prod, std } from "./composite/statistics.ts";
import { cumprod, cumsum } from "./cumsum-sort.ts";
import { log2, log10, pow } from "./elementary.ts";
import { outer } from "./matmul.ts";
import { sum } from "./repeat-sum.ts";
import { remainder } from "./rounding.ts";
import { pad } from "./slice-pad.ts";
import { acos, asin, atan2 } from "./trigonometric.ts";

const f64 = { dtype: "float64" } as const;
const of = (f: VariableFunction, ...xs: number[][]): unknown[] =>
  (grad((...vs: Variable[]) => f(...vs).sum(), { argnums: xs.map((_, i) => i) }) as (...v: Variable[]) => Variable[])(
    ...xs.map((x) => constant(x, f64)),
  ).map((g) => g.toArray());

describe("gradients", () => {
  it("of std and norms are 0 where all elements are equal, or 0, and not NaN", () => {
    expect(of((x) => std(x), [2, 2, 2])).toEqual([[0, 0, 0]]);
    expect(of((x) => norm(x), [0, 0])).toEqual([[0, 0]]);
    expect(of((x) => norm(x, { p: 3 }), [0, 0])).toEqual([[0, 0]]);
    // (√4 + √0)²: the derivative at 4 is 2 √4 / (2 √4) = 1; at 0 it is infinite, and taken as 0.
    expect(of((x) => norm(x, { p: 0.5 }), [4, 0])).toEqual([[1, 0]]);
  });

  it("of atan2 neither overflow nor underflow", () => {
    const [[a], [b]] = of(atan2, [1e200], [1e200]) as number[][];
    // ±1 / (2 · 1e200): four divisions.
    expect(Math.abs(a * 2e200 - 1)).toBeLessThan(1e-15);
    expect(Math.abs(b * 2e200 + 1)).toBeLessThan(1e-15);
    const [[small]] = of(atan2, [1e-200], [1e-200]) as number[][];
    expect(Math.abs(small * 2e-200 - 1)).toBeLessThan(1e-15);
    const far = Number.POSITIVE_INFINITY;
    // Zeros of either sign.
    const outThere = of(atan2, [1, far, far, -far], [-far, 2, far, 0]) as number[][];
    expect(outThere.flat().map(Math.abs)).toEqual(new Array(8).fill(0));
  });

  it("of a power to 0 are 0 for every base, of which 1 / a may overflow", () => {
    expect(of(pow, [5e-324, -1e-310, 0, 2], [0, 0, 0, 0])[0]).toEqual([0, 0, 0, 0]);
    // The derivative of b a^(b − 1) with respect to b, at b = 0: 1 / a.
    const slope = (a: number): number =>
      grad((b: Variable) => grad((z: Variable) => pow(z, b))(constant(a, f64)) as Variable)(constant(0, f64)).item();
    expect([2, 4].map(slope)).toEqual([0.5, 0.25]);
  });

  it("of arcsin and arccos grow without bound at ±1, and so do their second derivatives", () => {
    const second = (f: (x: Variable) => Variable) =>
      of((x) => grad((z: Variable) => f(z).sum())(x) as Variable, [1, -1])[0];
    const far = Number.POSITIVE_INFINITY;
    expect(of(asin, [1, -1])).toEqual([[far, far]]);
    expect(of(acos, [1, -1])).toEqual([[-far, -far]]);
    expect(second(asin)).toEqual([far, -far]);
    expect(second(acos)).toEqual([-far, far]);
  });

  it("of a remainder count how often the divisor was taken away, where a / b itself would round wrongly", () => {
    // 1 / 0.1 rounds to 10, but 0.1 (a little more than a tenth) goes into 1 only 9 times.
    expect(of(remainder, [1, -7, 5], [0.1, 3, Number.POSITIVE_INFINITY])).toEqual([
      [1, 1, 1],
      [-9, 3, -0],
    ]);
    // −1 % ∞ = ∞, as in Python: taken away −1 times.
    const far = Number.POSITIVE_INFINITY;
    expect(of(remainder, [-1, 1, 1], [far, -far, far])[1]).toEqual([1, 1, -0]);
  });
});

it("logarithms are exact at powers of their base", () => {
  const powers = Array.from({ length: 81 }, (_, i) => i - 40);
  expect(
    log2(
      constant(
        powers.map((n) => 2 ** n),
        f64,
      ),
    ).toArray(),
  ).toEqual(powers);
  expect(log10(constant([0.01, 0.1, 1, 10, 1000], f64)).toArray()).toEqual([-2, -1, 0, 1, 3]);
});

it("sums and products count truth values", () => {
  const x = constant([[true, true, false]]);
  for (const f of [sum, prod]) expect([f(x).dtype, f(x, { axis: 1 }).dtype]).toEqual(["int32", "int32"]);
  expect([sum(x).item(), prod(x).item()]).toEqual([2, 0]);
  for (const f of [cumsum, cumprod]) expect(f(x, { axis: 1 }).dtype).toBe("int32");
  expect(cumprod(x, { axis: -1 }).toArray()).toEqual([[1, 1, 0]]);
});

it("outer wants vectors", () => {
  expect(() => outer(constant([[1, 2]]), constant([1]))).toThrow(
    'outer: operands have shapes [1, 2] and [1]; expected two vectors. Flatten them first, or use einsum, for example "ij,kl->ijkl".',
  );
});

it("pad surrounds by infinities, and leaves what is inside as it is", () => {
  const x = variable([1, 2]);
  const y = pad(x, [[1, 2]], { value: Number.NEGATIVE_INFINITY });
  const out = Number.NEGATIVE_INFINITY;
  expect(y.toArray()).toEqual([out, 1, 2, out, out]);
  y.backward({ grad: tensor([1, 2, 3, 4, 5]) });
  expect(x.grad?.toArray()).toEqual([2, 3]);
});
