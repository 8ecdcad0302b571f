/** The error function, its complement and the normal distribution function of one number, to float64 precision. */
import { chebyshev } from "./chebyshev.ts";
import { gaussianOf } from "./exponential.ts";

/**
 * erf √((1 + t)/2) / √((1 + t)/2) in Chebyshev polynomials of t: interpolated at 30 points with 50 digits,
 * and rounded to 18 decimals: 27 times half of the last one is an eighth of the last place of a result, also below.
 */
const nearZero = Float64Array.from([
  0.9754769393826541, -0.14226120510371365, 0.010035582187599796, -0.000576876469976748, 0.000027419931252196,
  -1.104317550734e-6, 3.848875542e-8, -1.180858253e-9, 3.2334216e-11, -7.99102e-13, 1.7991e-14, -3.72e-16, 7e-18,
]);

/** (1 + 2z) e^(z²) erfc z in Chebyshev polynomials of t = (z − 3.75)/(z + 3.75), z ≥ 0: at 80 points with 50 digits. */
const scaled = Float64Array.from([
  1.1775789345674017, -0.004590054580646478, -0.08424913336651792, 0.05920993999819189, -0.026658668435305753,
  0.009074997670705265, -0.002413163540417608, 0.000490775836525809, -0.000069169733025012, 4.139027986073e-6,
  7.7403830662e-7, -2.18864010492e-7, 1.0764999466e-8, 4.521959811e-9, -7.75440021e-10, -6.3180883e-11, 2.868795e-11,
  1.94559e-13, -9.6547e-13, 3.2525e-14, 3.3478e-14, -1.865e-15, -1.251e-15, 7.4e-17, 5.1e-17, -2e-18, -2e-18,
]);

/**
 * e^(z²) erfc z for z ≥ 0: falls slowly from 1 like 1/(z √π), so that it has all its digits where erfc has underflown.
 * Source of the variable t: Shepherd and Laframboise 1981.
 */
function scaledComplement(z: number): number {
  if (z === Number.POSITIVE_INFINITY) return 0;
  return chebyshev(scaled, (z - 3.75) / (z + 3.75)) / (1 + 2 * z);
}

/** erf x = 2/√π ∫₀ˣ e^(−t²) dt, to 4 units in the last place. */
export function errorFunction(x: number): number {
  const z = Math.abs(x);
  if (z < 1) return x * chebyshev(nearZero, 2 * z * z - 1);
  return Math.sign(x) * (1 - scaledComplement(z) * gaussianOf(z, 1));
}

/** erfc x = 1 − erf x, to 8 units in the last place down to its underflow at 26.5. */
export function complementaryErrorFunction(x: number): number {
  if (x < 0.5) return 1 - errorFunction(x);
  return scaledComplement(x) * gaussianOf(x, 1);
}

/** Φ(x) = erfc(−x/√2) / 2, to 8 units in the last place down to its underflow at −38.5. */
export function normalDistribution(x: number): number {
  const tail = 0.5 * scaledComplement(Math.abs(x) * Math.SQRT1_2) * gaussianOf(x, 0.5);
  return x < 0 ? tail : 1 - tail;
}
