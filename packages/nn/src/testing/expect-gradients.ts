/**
 * The law that layer tests hold the graph to: its gradient is that of central differences, within an error that the
 * differences themselves estimate.
 */
import type { Variable } from "@adjoint/autograd";
import { numericalGradient } from "@adjoint/gradcheck";
import { kernels, type Shape, sizeOf, type Tensor, tensor } from "@adjoint/tensor";
import fc from "fast-check";
import { expect } from "vitest";

/** Step of the central differences: rounding 2⁻⁵²/h ≈ 2e-12 and truncation h² = 1e-8, relative, are both small. */
export const STEP = 1e-4;

/** float64 tensors of a shape: multiples of 0.001 in [−1, 1], no nearer to 0 than `away`. */
export function tensors(shape: Shape, away = 0): fc.Arbitrary<Tensor> {
  const size = sizeOf(shape);
  const least = Math.ceil(away * 1000);
  const element = fc.integer({ min: least, max: 1000 }).chain((k) => fc.constantFrom(k / 1000, -k / 1000));
  return fc
    .array(element, { minLength: size, maxLength: size })
    .map((values) => tensor(values, { shape, dtype: "float64" }));
}

/** float64 tensors of a shape whose elements differ by at least 0.1 from each other, and by 0.05 from 0. */
export function distinctTensors(shape: Shape): fc.Arbitrary<Tensor> {
  const size = sizeOf(shape);
  const places = Array.from({ length: size }, (_, i) => i);
  return fc.shuffledSubarray(places, { minLength: size, maxLength: size }).map((order) =>
    tensor(
      order.map((place) => 0.1 * (place - Math.floor(size / 2)) + 0.05),
      { shape, dtype: "float64" },
    ),
  );
}

/**
 * Expects the graph's gradients of f with respect to every x (each a leaf) to be those of central differences.
 *
 * Central differences with step h are off by c·h² (truncation; h⁴ and above are far smaller), and with step 2h by
 * 4·c·h²: the difference of the two is three times the error of the first. Rounding adds the relative error of f over
 * h: `roundings` of 2⁻⁵³ each, relative to `magnitude`.
 *
 * @param f          from the xs to a single number, with the graph; it reads the xs themselves
 * @param magnitude  a bound of the sum of the sizes of all terms that f adds up
 * @param roundings  how many roundings one term goes through, additions included
 */
export function expectGradients(
  f: () => Variable,
  xs: Readonly<Record<string, Variable>>,
  magnitude: number,
  roundings: number,
): void {
  for (const x of Object.values(xs)) x.zeroGrad();
  f().backward();
  for (const [name, x] of Object.entries(xs)) {
    const exact = kernels.copy((x.grad as Variable).value);
    const near = numericalGradient(() => f(), x, { h: STEP });
    const far = numericalGradient(() => f(), x, { h: 2 * STEP });
    expect(exact.shape).toEqual(x.shape);
    const rounding = (2 * roundings * 2 ** -53 * magnitude) / STEP;
    for (let i = 0; i < exact.size; i++) {
      const tolerance = Math.abs(far.data[i] - near.data[i]) + rounding;
      expect(Math.abs(exact.data[i] - near.data[i]), `gradient of ${name}, element ${i}`).toBeLessThanOrEqual(
        tolerance,
      );
    }
  }
}
