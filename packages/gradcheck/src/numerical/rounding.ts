/**
 * Measures the rounding of values, since a function may cancel in ways that its value does not show.
 */
import { kernels, type Tensor } from "@adjoint/tensor";
import { epsilonOf, floatInputs, type Subject, smallestOf, valuesAt } from "../engine/subject.ts";
import { randomVector } from "../engine/upstream.ts";
import { intermediateRounding } from "./intermediate-rounding.ts";

/** A direction that moves more entries than this hides the stairs of single ones. */
const mostEntries = 4096;
const samples = 8;
const order = 4;

/** A bound on the rounding of every result element. */
export interface Noise {
  readonly noise: Float64Array;
  /** The part that the rounding of ops explains; the rest may be stairs of the function. */
  readonly explained: Float64Array;
}

/**
 * The rounding noise of every result element: at least 4 ulps of its value; more where it is measured to be more.
 *
 * Measured as Moré and Wild do (ECNoise, SIAM J. Sci. Comput. 33, 2011): at points so near to each other that a smooth
 * function is a straight line along them, its fourth differences are noise alone, of variance σ² · 8!/(4!)². All
 * points lie on one side, so that a kink at the point itself is not taken for noise. With few samples σ may come out
 * too small by chance; six times σ is taken, and the extrapolation's own spread is added later.
 */
export function roundingNoise(subject: Subject, values: Float64Array, epsilon: number): Noise {
  // Products may underflow, too: nothing is smaller than the smallest number.
  const noise = values.map((y) => 4 * Math.max(epsilon * Math.abs(y), smallestOf(epsilon)));
  const explained = noise.slice();
  const isCoarse = epsilonOf(subject.dtype) !== epsilon || subject.dtype !== "float64";
  const spacing = isCoarse ? 2 ** -16 : 2 ** -30;
  const inside = intermediateRounding(subject);
  if (inside !== null) for (let o = 0; o < noise.length; o++) noise[o] = explained[o] = Math.max(noise[o], inside[o]);
  let near = measured(subject, values.length, spacing, 1);
  if (near === null) return { noise, explained };
  if (floatInputs(subject).some((k) => subject.points[k].data.includes(0 as never))) {
    // From 0 it is unknown which distance is near: rounding shows at both distances, a change of f at one.
    const nearer = measured(subject, values.length, spacing * (isCoarse ? 2 ** -5 : 2 ** -14), 1);
    if (nearer !== null) near = near.map((v, o) => Math.min(v, nearer[o]));
  }
  for (let o = 0; o < noise.length; o++) noise[o] = Math.max(noise[o], near[o]);
  const entries = floatInputs(subject).reduce((n, k) => n + subject.points[k].size, 0);
  if (entries > mostEntries) return { noise, explained };
  stairs(subject, values, near, noise, { epsilon, spacings: isCoarse ? [-13, -10, -7] : [-24, -18, -12, -7] });
  return { noise, explained };
}

/**
 * Six times σ for every result element, at points that lie a share `apart` of the input, or of `zeros`, from each
 * other.
 */
function measured(subject: Subject, size: number, apart: number, zeros = 0): Float64Array | null {
  const inputs = floatInputs(subject);
  const directions = inputs.map((k) => randomVector(subject.points[k].size, 9_000 + k));
  let rows: Float64Array[] = [];
  for (let s = 1; s <= samples; s++) {
    const points = [...subject.points];
    inputs.forEach((k, j) => {
      points[k] = nudged(subject.points[k], directions[j], s * apart, zeros);
    });
    try {
      const row = valuesAt(subject, points);
      if (row.length !== size) return null;
      rows.push(row);
    } catch {
      return null;
    }
  }
  for (let d = 0; d < order; d++) {
    rows = rows.slice(1).map((row, i) => row.map((y, o) => y - rows[i][o]));
  }
  // (4!)² / 8! = 1 / 70
  const scale = 6 * Math.sqrt(1 / rows.length / 70);
  return Float64Array.from({ length: size }, (_, o) => scale * Math.hypot(...rows.map((row) => row[o])));
}

/**
 * A function that loses its digits on the way (1 − tanh 17) is a staircase, and its stairs may be wider than the points
 * above are apart: it looks smooth. At points farther apart the stairs show: of a smooth function the fourth
 * differences grow with the fourth power of the distance, of a staircase they come all at once, and stay.
 */
function stairs(
  subject: Subject,
  values: Float64Array,
  near: Float64Array,
  noise: Float64Array,
  { epsilon, spacings }: { readonly epsilon: number; readonly spacings: readonly number[] },
): void {
  let before = near;
  let last = spacings[0] - 6;
  const highest = epsilon > 1e-10 ? 0.5 : 2 ** 26 * epsilon;
  for (const exponent of spacings) {
    // As much as the fourth differences of a smooth function grow from one distance to the next.
    const growth = 2 ** (4 * (exponent - last));
    last = exponent;
    const now = measured(subject, values.length, 2 ** exponent);
    if (now === null) return;
    for (let o = 0; o < noise.length; o++) {
      const stays = before[o] > 0 && now[o] <= 8 * before[o];
      const jumps = now[o] > 100 * growth * before[o];
      // Jumps of floor and the like are far higher than the rounding of numbers up to 2 ** 26 times as large.
      if ((stays || jumps) && now[o] <= highest * Math.max(1, Math.abs(values[o])))
        noise[o] = Math.max(noise[o], now[o]);
    }
    before = now;
  }
}

/** x with each element moved by a share of itself; a 0 by a share of `zeros`. */
export function nudged(x: Tensor, direction: Float64Array, share: number, zeros = 0): Tensor {
  const moved = kernels.copy(x);
  for (let i = 0; i < moved.size; i++) moved.data[i] += share * direction[i] * (Number(moved.data[i]) || zeros);
  return moved;
}
