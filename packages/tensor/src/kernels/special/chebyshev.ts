/** Sums of Chebyshev polynomials. */

/** Σ cₖ Tₖ(t), |t| ≤ 1, by Clenshaw's recurrence. */
export function chebyshev(coefficients: Float64Array, t: number): number {
  let next = 0;
  let afterNext = 0;
  for (let k = coefficients.length - 1; k > 0; k--) {
    const current = 2 * t * next - afterNext + coefficients[k];
    afterNext = next;
    next = current;
  }
  return t * next - afterNext + coefficients[0];
}
