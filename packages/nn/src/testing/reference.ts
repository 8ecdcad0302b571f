/** The book's reference values for tests: tensors as they are stored, and how close a result has to be. */
import type { Variable } from "@adjoint/autograd";
import { kernels, Tensor } from "@adjoint/tensor";
import { expect } from "vitest";

/** A tensor of a fixture. */
export interface Stored {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

/** A stored tensor as a float64 Tensor. */
export function stored({ shape, data }: Stored): Tensor {
  return new Tensor(Float64Array.from(data), shape);
}

/**
 * Expects every element within `tolerance` of the largest expected one (or of `scale`, if that is larger).
 *
 * The default, 1e-12, leaves room for some thousand roundings of 2⁻⁵³ in another order than NumPy's.
 */
export function expectClose(
  actual: Variable | Tensor | number,
  expected: Stored | number,
  tolerance = 1e-12,
  scale = 0,
): void {
  if (typeof expected === "number") {
    const value = typeof actual === "number" ? actual : Number(actual.item());
    expect(Math.abs(value - expected)).toBeLessThanOrEqual(tolerance * Math.abs(expected));
    return;
  }
  const x = actual instanceof Tensor ? actual : (actual as Variable).value;
  expect(x.shape).toEqual(expected.shape);
  const { data } = kernels.copy(x);
  const size = Math.max(scale, largest(expected));
  expected.data.forEach((value, i) => {
    expect(Math.abs(data[i] - value), `element ${i}`).toBeLessThanOrEqual(tolerance * size);
  });
}

/** The largest size of an element. */
export function largest({ data }: Stored): number {
  return Math.max(...data.map(Math.abs));
}
