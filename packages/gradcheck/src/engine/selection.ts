/**
 * Recognizes ties of sorted entries, where a function has a slope along each entry but no derivative. There a rule
 * gives the gradient of one of the orders, which is right on one side.
 */
import { gradientsFor, movedALittle, type Setting } from "./setting.ts";
import { randomVector } from "./upstream.ts";

const neighbours = 24;
/** Their distance as a share of each entry; a smooth gradient changes by about as much. */
const apart = 1e-6;
const tolerated = 1e-3;

/**
 * Whether the gradients at the point are among those right beside it, which differ: along every direction that is tried
 * they lie between the smallest and the largest of them. A gradient that is continuous leaves no room between them.
 */
export function isSelection(setting: Setting): boolean {
  const { subject, inputs, scales, upstreams, gradients, seed, epsilon } = setting;
  // In float32 such neighbours are the point itself.
  if (epsilon > 1e-10) return false;
  const beside = Array.from({ length: neighbours }, (_, n) =>
    gradientsFor(subject, upstreams, movedALittle(setting, apart, 4_000 + 97 * n)),
  );
  let differ = false;
  for (let r = 0; r < upstreams.count; r++) {
    for (let j = 0; j < inputs.length; j++) {
      const given = gradients[r][j];
      if (!(given instanceof Float64Array)) continue;
      const around = beside.map((rows) => rows[r][j]).filter((g): g is Float64Array => g instanceof Float64Array);
      if (around.length < neighbours) return false;
      const margin = tolerated * around.reduce((most, g) => g.reduce((m, v) => Math.max(m, Math.abs(v)), most), 0);
      const ones = new Float64Array(given.length).fill(1);
      for (const direction of [
        ones,
        given,
        randomVector(given.length, seed + 1),
        randomVector(given.length, seed + 2),
      ]) {
        const along = around.map((g) => dot(g, direction));
        const [low, high] = [Math.min(...along), Math.max(...along)];
        const room = margin * direction.reduce((sum, v) => sum + Math.abs(v), 0);
        if (high - low > 2 * room) differ = true;
        const value = dot(given, direction);
        if (!(value >= low - room && value <= high + room)) return false;
      }
    }
  }
  return differ && scales.every((scale) => Number.isFinite(scale));
}

function dot(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, v, i) => sum + v * b[i], 0);
}
