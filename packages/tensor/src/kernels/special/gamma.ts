/** log |Γ| and its derivatives, the polygamma functions, of one number. */
import { chebyshev } from "./chebyshev.ts";

/** log Γ(x) / ((x − 1)(x − 2)) in Chebyshev polynomials of x − 3/2: interpolated at 80 points with 60 digits. */
const nearZeros = Float64Array.of(
  0.5233830675936226,
  -0.17797233729529863,
  0.043707765509376,
  -0.012436054693716324,
  0.0038166273622453444,
  -0.0012248310110168689,
  0.0004046307309337695,
  -0.0001363999286478383,
  4.6669854564403646e-5,
  -1.6152571568530024e-5,
  5.641861294289138e-6,
  -1.985468608994096e-6,
  7.031292350156658e-7,
  -2.503431672683324e-7,
  8.954655195462511e-8,
  -3.216038816813161e-8,
  1.1591674196198932e-8,
  -4.191331343092517e-9,
  1.5198287942838018e-9,
  -5.525248244354367e-10,
  2.0133461407895695e-10,
  -7.351973399346738e-11,
  2.6898575436827367e-11,
  -9.85882886617758e-12,
  3.619354400654772e-12,
  -1.3307382122555225e-12,
  4.899613435234918e-13,
  -1.8063242404502505e-13,
  6.667388160934133e-14,
  -2.4638096705345538e-14,
  9.114199669747885e-15,
  -3.3749037208856614e-15,
  1.250863065896187e-15,
  -4.640235454740319e-16,
  1.7227826138316332e-16,
  -6.401198458457187e-17,
  2.3802040365336956e-17,
  -8.85670810564711e-18,
  3.2977685786612905e-18,
);

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
