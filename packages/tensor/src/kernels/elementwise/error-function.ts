/** The error function of one number, to float64 precision. */

const twoOverRootPi = 2 / Math.sqrt(Math.PI);

/**
 * erf x = 2/√π ∫₀ˣ e^(−t²) dt.
 *
 * Below 2.5 by the series 2/√π · e^(−x²) · Σ 2ⁿ x^(2n+1) / (1·3·…·(2n+1)), whose terms are all positive, so that nothing
 * cancels; from there to 6 as 1 − erfc x by the continued fraction of erfc; beyond 6 the result is ±1 in float64.
 * Source: Abramowitz and Stegun, Handbook of Mathematical Functions, 7.1.6 and 7.1.14.
 */
export function errorFunction(x: number): number {
  const z = Math.abs(x);
  if (Number.isNaN(z)) return NaN;
  if (z >= 6) return Math.sign(x);
  if (z < 2.5) {
    let term = z;
    let sum = z;
    for (let n = 1; term > sum * 1e-17; n++) {
      term *= (2 * z * z) / (2 * n + 1);
      sum += term;
    }
    return Math.sign(x) * twoOverRootPi * Math.exp(-z * z) * sum;
  }
  // erfc z = e^(−z²)/√π · 1/(z + (1/2)/(z + 1/(z + (3/2)/(z + …)))), from the inside out; 60 terms suffice from 2.5 on.
  let fraction = z;
  for (let n = 60; n >= 1; n--) fraction = z + n / 2 / fraction;
  return Math.sign(x) * (1 - Math.exp(-z * z) / (Math.sqrt(Math.PI) * fraction));
}
