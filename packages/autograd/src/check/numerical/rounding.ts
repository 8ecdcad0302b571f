/**
 * How far values are off by rounding: measured, since a function may cancel in ways that its value does not show.
 */
import { kernels, type Tensor } from "@adjoint/tensor";
import { epsilonOf, floatInputs, type Subject, valuesAt } from "../engine/subject.ts";
import { randomVector } from "../engine/upstream.ts";

const samples = 8;
const order = 4;

/**
 * The rounding noise of every result element: at least 4 ulps of its value; more where it is measured to be more.
 *
 * Measured as Moré and Wild do (ECNoise, SIAM J. Sci. Comput. 33, 2011): at points so near to each other that a smooth
 * function is a straight line along them, its fourth differences are noise alone, of variance σ² · 8!/(4!)². All
 * points lie on one side, so that a kink at the point itself is not taken for noise. With few samples σ may come out
 * too small by chance; six times σ is taken, and the extrapolation's own spread is added later.
 */
export function roundingNoise(subject: Subject, values: Float64Array, epsilon: number): Float64Array {
  const noise = values.map((y) => 4 * epsilon * Math.abs(y));
  const spacing = epsilonOf(subject.dtype) === epsilon && subject.dtype === "float64" ? 2 ** -30 : 2 ** -16;
  const inputs = floatInputs(subject);
  const directions = inputs.map((k) => randomVector(subject.points[k].size, 9_000 + k));
  let rows: Float64Array[] = [];
  for (let s = 1; s <= samples; s++) {
    const points = [...subject.points];
    inputs.forEach((k, j) => {
      points[k] = nudged(subject.points[k], directions[j], s * spacing);
    });
    try {
      const row = valuesAt(subject, points);
      if (row.length !== values.length) return noise;
      rows.push(row);
    } catch {
      return noise;
    }
  }
  for (let d = 0; d < order; d++) {
    rows = rows.slice(1).map((row, i) => row.map((y, o) => y - rows[i][o]));
  }
  // (4!)² / 8! = 1 / 70
  for (let o = 0; o < noise.length; o++) {
    const variance = rows.reduce((sum, row) => sum + row[o] ** 2, 0) / rows.length / 70;
    const measured = 6 * Math.sqrt(variance);
    if (measured > noise[o]) noise[o] = measured;
  }
  return noise;
}

/** x with each element moved by a share of itself. */
export function nudged(x: Tensor, direction: Float64Array, share: number): Tensor {
  const moved = kernels.copy(x);
  for (let i = 0; i < moved.size; i++) moved.data[i] += share * direction[i] * Number(moved.data[i]);
  return moved;
}
