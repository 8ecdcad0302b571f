/** Second derivatives through points where a first derivative does not exist: right, or NaN, and never a silent 0. */
import { describe, expect, it } from "vitest";
import { grad } from "../transforms/grad.ts";
import { hessian, hvp } from "../transforms/jacobian.ts";
import "../methods.ts";
import { constant } from "../core/leaf.ts";
import type { Variable } from "../core/variable.ts";
import { elu, leakyRelu, relu, selu } from "./activation.ts";
import { norm, std } from "./composite/statistics.ts";
import { concat } from "./concat-split.ts";
import { maximum, minimum } from "./max.ts";

const f64 = { dtype: "float64" } as const;
type Scalar = (x: Variable) => Variable;
const second = (f: Scalar, ...x: number[]) => hessian(f, constant(x, f64)).toArray() as number[][];
const first = (f: Scalar, ...x: number[]) =>
  ((grad(f) as Scalar)(constant(x, f64)).toArray() as number[]).map((v) => v + 0);
const none = [
  [Number.NaN, Number.NaN],
  [Number.NaN, Number.NaN],
];

describe("where all elements are 0", () => {
  const smoothOrNot: Record<string, Scalar> = {
    "the square of a norm": (x) => norm(x).square(),
    "a product of norms": (x) => norm(x).mul(norm(x)),
    "a power of a norm": (x) => norm(x).pow(4),
    "the cosine of a norm": (x) => norm(x).cos(),
    "a Gaussian of a norm": (x) => norm(x).square().neg().exp(),
    "a norm itself": (x) => norm(x),
    "a norm along an axis": (x) => norm(x, { axis: 0, keepDims: true }).square().sum(),
    "a norm with p = 3": (x) => norm(x, { p: 3 }).square(),
    "a norm with p = 1.5": (x) => norm(x, { p: 1.5 }).square(),
    "std²": (x) => std(x).square(),
    "std² of the book": (x) => std(x, { correction: 0 }).square(),
  };
  for (const [what, f] of Object.entries(smoothOrNot)) {
    it(`${what} has gradient 0 and second derivative NaN`, () => {
      expect(first(f, 0, 0)).toEqual([0, 0]);
      expect(second(f, 0, 0)).toEqual(none);
      expect((hvp(f, constant([0, 0], f64), constant([1, 2], f64)) as Variable).toArray()).toEqual([
        Number.NaN,
        Number.NaN,
      ]);
    });
  }

  it("std² along equal elements does not change, and neither does its gradient", () => {
    const along = hvp((x) => std(x).square(), constant([3, 3], f64), constant([1, 1], f64)) as Variable;
    expect(along.toArray()).toEqual([0, 0]);
  });

  it("the forms that the docs name instead are right", () => {
    const twice = [
      [2, 0],
      [0, 2],
    ];
    expect(second((x) => x.square().sum(), 0, 0)).toEqual(twice);
    expect(second((x) => x.mul(x).sum(), 0, 0)).toEqual(twice);
    // Σ (x − m)² / (n − 1) for n = 2 is (x₀ − x₁)²/2: every product and sum is exact.
    expect(second((x) => x.var(), 3, 3)).toEqual([
      [1, -1],
      [-1, 1],
    ]);
  });
});

describe("elsewhere", () => {
  it("norms have the second derivatives of their formula", () => {
    // ∇²‖x‖ = I/‖x‖ − x xᵀ/‖x‖³ at (3, 4): [[16, −12], [−12, 9]]/125, five operations each.
    const h = second((x) => norm(x), 3, 4).flat();
    [16, -12, -12, 9].forEach((v, i) => {
      expect(Math.abs(h[i] * 125 - v)).toBeLessThan(16 * 8 * 2 ** -52);
    });
    const squared = second((x) => norm(x).square(), 3, 4).flat();
    [2, 0, 0, 2].forEach((v, i) => {
      expect(Math.abs(squared[i] - v)).toBeLessThan(16 * 2 ** -52);
    });
  });

  it("a row of zeros makes no other row NaN", () => {
    const f: Scalar = (x) =>
      norm(x.reshape([2, 2]), { axis: 1 })
        .square()
        .sum();
    const h = second(f, 0, 0, 3, 4);
    expect(h.slice(0, 2).map((row) => row.slice(2))).toEqual([
      [0, 0],
      [0, 0],
    ]);
    expect(h.slice(2).map((row) => row.slice(0, 2))).toEqual([
      [0, 0],
      [0, 0],
    ]);
    expect(h[2][2]).toBeCloseTo(2, 14);
    expect(h[0][0]).toBeNaN();
  });

  it("a norm with p > 2 has second derivative 0 in an element of 0, as |x|³ has", () => {
    const h = second((x) => norm(x, { p: 3 }), 0, 2);
    expect(h[0]).toEqual([0, 0]);
    expect(second((x) => norm(x, { p: 1.5 }), 0, 2)[0][0]).toBeNaN();
  });
});

describe("at 0", () => {
  it("|x| has gradient 0 and second derivative NaN, whatever follows", () => {
    for (const f of [
      (x: Variable) => x.abs().sum(),
      (x: Variable) => x.abs().square().sum(),
      (x: Variable) => x.abs().cos().sum(),
    ]) {
      expect(first(f, 0)).toEqual([0]);
      expect(second(f, 0)).toEqual([[Number.NaN]]);
    }
    expect(second((x) => norm(x, { p: 1 }), 0, 2)).toEqual([
      [Number.NaN, 0],
      [0, 0],
    ]);
    expect(second((x) => norm(x, { p: Infinity }).square(), 0, 0)[0][0]).toBeNaN();
  });

  it("|x| has second derivative 0 elsewhere, and its square 2", () => {
    expect(second((x) => x.abs().sum(), -1e-300, 5)).toEqual([
      [0, 0],
      [0, 0],
    ]);
    expect(second((x) => x.abs().square().sum(), -1e-300, 5)).toEqual([
      [2, 0],
      [0, 2],
    ]);
  });

  it("a third derivative through |x| is NaN too, and the mixed ones without it are right", () => {
    const f: Scalar = (x) => x.abs().mul(x.detach().add(1)).sum();
    expect(second(f, 0, 1)[0][0]).toBeNaN();
    const product: Scalar = (x) =>
      concat([x, x])
        .slice({ start: [1], stop: [3] })
        .abs()
        .prod();
    expect(second(product, 2, 3)).toEqual([
      [0, 1],
      [1, 0],
    ]);
  });

  it("relu has second derivative 0, as in the field, so that a network's Hessian stays finite", () => {
    expect(second((x) => relu(x).square().sum(), 0, 1)).toEqual([
      [0, 0],
      [0, 2],
    ]);
    expect(second((x) => relu(x).square().add(relu(x.neg()).square()).sum(), 0)).toEqual([[0]]);
  });

  it("leakyRelu and a tie of maximum or minimum have second derivative 0", () => {
    expect(second((x) => leakyRelu(x, { slope: 0.5 }).sum(), 0, 1)).toEqual([
      [0, 0],
      [0, 0],
    ]);
    expect(second((x) => maximum(x, x.neg()).square().sum(), 0, 2)).toEqual([
      [0, 0],
      [0, 2],
    ]);
    expect(second((x) => minimum(x, x.neg()).square().sum(), 0)).toEqual([[0]]);
  });

  it("elu and selu have the derivatives of their left side", () => {
    expect(second((x) => elu(x, { alpha: 3 }).sum(), 0)).toEqual([[3]]);
    expect(second((x) => selu(x).sum(), 0)[0][0]).toBeCloseTo(1.0507009873554805 * 1.6732632423543772, 14);
  });
});
