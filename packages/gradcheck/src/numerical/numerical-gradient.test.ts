import { mul, square, sum, variable } from "@adjoint/autograd";
import { DTypeError, kernels, SpecError, Tensor, tensor } from "@adjoint/tensor";
import { describe, expect, it } from "vitest";
import reference from "../fixtures/gradient.json" with { type: "json" };
import { numericalGradient } from "./numerical-gradient.ts";

const f64 = { dtype: "float64" } as const;

/** The book's 4.4: f(x) = x₀² + x₁². */
const bowl = (x: Tensor): number => Number(kernels.sum(kernels.square(x)).item());

describe("numericalGradient", () => {
  it("gives the gradients of the book's x₀² + x₁² (4.4)", () => {
    for (const [point, gradient] of [
      [
        [3, 4],
        [6, 8],
      ],
      [
        [0, 2],
        [0, 4],
      ],
      [
        [3, 0],
        [6, 0],
      ],
    ]) {
      const found = numericalGradient(bowl, tensor(point, f64)).toArray() as number[];
      // Central differences are exact for squares but for rounding: ε · |f| / h = 25 · 2e-16 / 1e-4.
      found.forEach((value, i) => {
        expect(Math.abs(value - gradient[i])).toBeLessThan(1e-10);
      });
    }
  });

  it("gives what the book's own code gives", () => {
    const [{ inputs, outputs }] = reference;
    const shape = [...inputs.x.shape];
    const columns = shape[1];
    const f = (x: Tensor): number => {
      let total = 0;
      for (let i = 0; i < x.size; i++) {
        const value = Number(x.data[i]);
        total += inputs.c.data[Math.floor(i / columns)] * Math.tanh(value) ** 2 + value ** 3;
      }
      return total;
    };
    const found = numericalGradient(f, new Tensor(Float64Array.from(inputs.x.data), shape));
    expect(found.shape).toEqual(outputs.grad.shape);
    // Both take the same differences; sums in another order differ by ε · |f| / h, |f| about 40.
    outputs.grad.data.forEach((value, i) => {
      expect(Math.abs(Number(found.data[i]) - value)).toBeLessThan(1e-9);
    });
  });

  it("leaves the point as it was, also when f throws", () => {
    const x = tensor([1, 2], f64);
    numericalGradient(bowl, x);
    expect(x.toArray()).toEqual([1, 2]);
    const w = variable([1, 2], f64);
    let calls = 0;
    const throwing = (): number => {
      if (++calls === 3) throw new Error("stop");
      return 0;
    };
    expect(() => numericalGradient(throwing, w)).toThrow("stop");
    expect(w.toArray()).toEqual([1, 2]);
  });

  it("changes a Variable in place, so that the function may read it from where it belongs", () => {
    const w = variable([1, 2, 3], f64);
    const found = numericalGradient(() => sum(square(w)), w).toArray() as number[];
    found.forEach((value, i) => {
      expect(value).toBeCloseTo(2 * (i + 1), 9);
    });
    expect(w.grad).toBeNull();
  });

  it("takes functions to numbers, tensors and Variables", () => {
    const x = tensor([2], f64);
    for (const f of [bowl, (t: Tensor) => kernels.sum(kernels.square(t)), (t: Tensor) => sum(mul(t, t))]) {
      expect(numericalGradient(f, x).at(0)).toBeCloseTo(4, 9);
    }
  });

  it("reads points in any memory layout", () => {
    const x = kernels.transpose(
      tensor(
        [
          [1, 2, 3],
          [4, 5, 6],
        ],
        f64,
      ),
    );
    const found = numericalGradient(bowl, x);
    expect(found.shape).toEqual([3, 2]);
    expect(found.at(2, 0)).toBeCloseTo(6, 8);
    expect(found.at(0, 1)).toBeCloseTo(8, 8);
  });

  it("is less exact with a coarser step, as h² says", () => {
    const cube = (x: Tensor): number => Number(x.item()) ** 3;
    // ((x + h)³ − (x − h)³) / 2h = 3x² + h²
    expect(numericalGradient(cube, tensor([2], f64), { h: 0.1 }).at(0)).toBeCloseTo(12.01, 10);
  });

  it("refuses a step that vanishes beside x, and leaves x as it was", () => {
    const line = (x: Tensor): number => 3 * Number(x.at(1));
    for (const [dtype, large] of [
      ["float64", 1e13],
      ["float32", -2e4],
    ] as const) {
      const x = variable([1, large], { dtype });
      expect(() => numericalGradient((z) => line(z.value), x)).toThrow(
        `the step h = 0.0001 vanishes beside ${large}, element 1 of x`,
      );
      expect(x.toArray()).toEqual([1, large]);
      // A step that is no rounding of x gives 3, but for the rounding of f: ε · |f| / h.
      const found = Number(numericalGradient((z) => line(z.value), x, { h: Math.abs(large) / 4 }).at(1));
      expect(Math.abs(found - 3)).toBeLessThan(1e-6);
    }
  });

  it("divides by the distance that rounding leaves between both points", () => {
    // 1000 ± 1e-4 in float32 are 1.2e-4 apart; f is computed without rounding: the quotient is exact.
    const found = numericalGradient((x) => 3 * Number(x.item()), tensor([1000], { dtype: "float32" }));
    expect(found.at(0)).toBe(3);
  });

  it("refuses steps that are none, integers, unknown options and results of several numbers", () => {
    const x = tensor([1, 2], f64);
    expect(() => numericalGradient(bowl, x, { h: 0 })).toThrow(SpecError);
    expect(() => numericalGradient(bowl, x, { h: Number.NaN })).toThrow(SpecError);
    expect(() => numericalGradient(bowl, x, { step: 1 } as object)).toThrow(SpecError);
    expect(() => numericalGradient(bowl, tensor([1], { dtype: "int32" }))).toThrow(DTypeError);
    expect(() => numericalGradient((t: Tensor) => t, x)).toThrow(/x has shape \[2\]; expected one element/);
  });
});
