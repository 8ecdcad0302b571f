/**
 * Upstream vectors u, which reduce a result y to one number ⟨u, y⟩ with one gradient to compare.
 */
import { rng } from "@adjoint/tensor";

/** Several upstream vectors over all result elements: every unit vector in turn, or a few random ones. */
export interface Upstreams {
  /** How many there are. */
  readonly count: number;
  /** Number of result elements. */
  readonly size: number;
  /** The vectors one after the other; null for the unit vectors, whose gradients are the rows of the Jacobian. */
  readonly vectors: Float64Array | null;
}

/** A random vector in ±[0.5, 1.5] that favours no element. */
export function randomVector(size: number, seed: number): Float64Array {
  const { data } = rng(seed).uniform([size], { low: -1, high: 1, dtype: "float64" });
  return Float64Array.from(data, (u) => (u < 0 ? u - 0.5 : u + 0.5));
}

/** Every unit vector. */
export function unitUpstreams(size: number): Upstreams {
  return { count: size, size, vectors: null };
}

/** A few random vectors. */
export function randomUpstreams(size: number, count: number, seed: number): Upstreams {
  const vectors = new Float64Array(size * count);
  for (let r = 0; r < count; r++) vectors.set(randomVector(size, seed + r), r * size);
  return { count, size, vectors };
}

/** Upstream vector r. */
export function upstreamAt({ size, vectors }: Upstreams, r: number): Float64Array {
  if (vectors !== null) return vectors.slice(r * size, (r + 1) * size);
  const unit = new Float64Array(size);
  unit[r] = 1;
  return unit;
}

/** ⟨uᵣ, y⟩ for every upstream vector uᵣ. */
export function project({ count, size, vectors }: Upstreams, values: Float64Array): Float64Array {
  if (vectors === null) return values;
  const result = new Float64Array(count);
  for (let r = 0; r < count; r++) {
    let total = 0;
    for (let o = 0; o < size; o++) total += vectors[r * size + o] * values[o];
    result[r] = total;
  }
  return result;
}

/** Σ |uᵣ| |y| for every upstream vector: how large the numbers are that a projection is added up from. */
export function projectMagnitudes(upstreams: Upstreams, values: Float64Array): Float64Array {
  const vectors = upstreams.vectors?.map(Math.abs) ?? null;
  return project({ ...upstreams, vectors }, values.map(Math.abs));
}
