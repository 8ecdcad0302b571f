/** log |Γ| and its derivatives, the polygamma functions, of one number. */
import { chebyshev } from "./chebyshev.ts";

/**
 * log Γ(x) / ((x − 1)(x − 2)) in Chebyshev polynomials of x − 3/2: interpolated at 80 points with 60
 * digits, and rounded to 18 decimals: 39 times half of the last one is 0.2 of the last place of a result.
 */
const nearZeros = Float64Array.from([
  0.5233830675936226, -0.17797233729529863, 0.043707765509376, -0.012436054693716324, 0.003816627362245344,
  -0.001224831011016869, 0.00040463073093377, -0.000136399928647838, 0.000046669854564404, -0.00001615257156853,
  5.641861294289e-6, -1.985468608994e-6, 7.03129235016e-7, -2.50343167268e-7, 8.9546551955e-8, -3.2160388168e-8,
  1.1591674196e-8, -4.191331343e-9, 1.519828794e-9, -5.52524824e-10, 2.01334614e-10, -7.3519734e-11, 2.6898575e-11,
  -9.858829e-12, 3.619354e-12, -1.330738e-12, 4.89961e-13, -1.80632e-13, 6.6674e-14, -2.4638e-14, 9.114e-15, -3.375e-15,
  1.251e-15, -4.64e-16, 1.72e-16, -6.4e-17, 2.4e-17, -9e-18, 3e-18,
]);

/** The Bernoulli numbers B₂, B₄, … */
const bernoulli = [
  1 / 6,
  -1 / 30,
  1 / 42,
  -1 / 30,
  5 / 66,
  -691 / 2730,
  7 / 6,
  -3617 / 510,
  43867 / 798,
  -174611 / 330,
  854513 / 138,
];

/** Where the asymptotic series are as exact as float64. */
const LARGE = 12;

/** Nearer to 0 than this Γ(x) is 1/x to all digits, and π/x may overflow. */
const TINY = 1e-20;

/** sin πx and tan πx with all their digits: x is brought into −½ … ½ first. */
function fromNearest(x: number): number {
  return x - Math.round(x);
}

/**
 * log |Γ(x)|, to 8 units in the last place for x > 0; ∞ at 0, −1, −2, …
 *
 * Around its zeros at 1 and 2 as (x − 1)(x − 2) times a polynomial, from there to 12 by Γ(x + 1) = x Γ(x), beyond by
 * Stirling's series, below 0 by reflection. Source: Abramowitz and Stegun, Handbook of Mathematical Functions, 6.1.
 */
export function logGamma(x: number): number {
  if (Number.isNaN(x)) return x;
  if (Math.abs(x) === Number.POSITIVE_INFINITY) return Number.POSITIVE_INFINITY;
  if (x <= 0) {
    if (Number.isInteger(x)) return Number.POSITIVE_INFINITY;
    if (x > -TINY) return -Math.log(-x);
    return Math.log(Math.PI / Math.abs(Math.sin(Math.PI * fromNearest(x)))) - logGamma(1 - x);
  }
  if (x < 0.5) return (x - 1) * x * chebyshev(nearZeros, x - 0.5) - Math.log(x);
  // The sum with 0 turns the −0 at 1 into 0.
  if (x <= 2.5) return (x - 1) * (x - 2) * chebyshev(nearZeros, x - 1.5) + 0;
  if (x < LARGE) {
    let product = 1;
    let left = x;
    while (left > 2.5) product *= --left;
    return Math.log(product) + logGamma(left);
  }
  let series = 0;
  for (let k = 8; k >= 1; k--) series = series / (x * x) + bernoulli[k - 1] / (2 * k * (2 * k - 1));
  return (x - 0.5) * (Math.log(x) - 1) - 0.5 + 0.5 * Math.log(2 * Math.PI) + series / x;
}

function factorialOf(n: number): number {
  let factorial = 1;
  for (let k = 2; k <= n; k++) factorial *= k;
  return factorial;
}

/** dⁿ/dxⁿ of π cot πx. */
function cotangentDerivative(n: number, x: number): number {
  const cotangent = 1 / Math.tan(Math.PI * fromNearest(x));
  // A polynomial p of the cotangent c has the derivative −π (1 + c²) p′(c).
  let p = [0, Math.PI];
  for (let step = 0; step < n; step++) {
    const derivative = p.slice(1).map((coefficient, k) => -Math.PI * (k + 1) * coefficient);
    p = [...derivative, 0, 0].map((coefficient, k) => coefficient + (k >= 2 ? derivative[k - 2] : 0));
  }
  return p.reduceRight((sum, coefficient) => sum * cotangent + coefficient, 0);
}

/**
 * ψₙ(x), the derivative n + 1 of log Γ; ψ₀ is the digamma function.
 *
 * To 16 units in the last place for x > 0 and n ≤ 20, save near the zero of ψ₀ at 1.46, where it is off by 10⁻¹⁵. By
 * ψₙ(x) = ψₙ(x + 1) + (−1)ⁿ⁺¹ n!/xⁿ⁺¹ up to 12 + n, by the asymptotic series from there, below 0 by reflection. At
 * the poles 0, −1, … it is ∞ for odd n; for even n, where the two sides differ, NaN, and at 0 that of the sign of 0.
 * Source: Abramowitz and Stegun, Handbook of Mathematical Functions, 6.4.
 */
export function polygammaOf(n: number, x: number): number {
  if (Number.isNaN(x)) return x;
  const sign = n % 2 === 0 ? -1 : 1;
  if (x <= 0) {
    if (x === 0) return sign === 1 ? Number.POSITIVE_INFINITY : -1 / x;
    if (Number.isInteger(x) || x === Number.NEGATIVE_INFINITY)
      return sign === 1 && Number.isFinite(x) ? Number.POSITIVE_INFINITY : Number.NaN;
    if (x > -TINY) return (sign * factorialOf(n)) / x ** (n + 1);
    // (−1)ⁿ ψₙ(1 − x) − ψₙ(x) = dⁿ/dxⁿ π cot πx.
    return -sign * polygammaOf(n, 1 - x) - cotangentDerivative(n, x);
  }
  if (x === Number.POSITIVE_INFINITY) return n === 0 ? x : 0;
  const factorial = factorialOf(n);
  let passed = 0;
  let at = x;
  for (; at < LARGE + n; at++) passed += factorial / at ** (n + 1);
  // Σ B₂ₖ (2k + n − 1)! / ((2k)! x²ᵏ⁺ⁿ), each factorial quotient from the one before.
  const power = at ** -n;
  let series = 0;
  let quotient = n === 0 ? 1 : factorial / n;
  let scale = power;
  const lead = n === 0 ? -Math.log(at) : quotient * power;
  for (let k = 1; k <= bernoulli.length; k++) {
    const m = 2 * k;
    quotient *= k === 1 && n === 0 ? 0.5 : ((m + n - 2) * (m + n - 1)) / (m * (m - 1));
    scale /= at * at;
    series += bernoulli[k - 1] * quotient * scale;
  }
  return sign * (lead + (0.5 * factorial * power) / at + series + passed);
}
