/** Initial weights: random numbers whose spread fits what follows, or orthogonal rows. */
import {
  checkKind,
  checkShape,
  full,
  kernels,
  RandomGenerator,
  type Shape,
  SpecError,
  shown,
  sizeOf,
  Tensor,
} from "@adjoint/tensor";

/** The names of ways to spread initial weights, for the option `init` of layers and for {@link initializeWeight}. */
export const initializerNames = [
  "he",
  "relu",
  "xavier",
  "sigmoid",
  "heUniform",
  "glorotNormal",
  "glorotUniform",
  "lecunNormal",
  "orthogonal",
] as const;

/**
 * `"he"` (for `"relu"`), `"xavier"` (for `"sigmoid"`), others by name, or a standard deviation: normal numbers of
 * deviation √(2/fanIn) for he, √(1/fanIn) for xavier and lecunNormal, √(2/(fanIn + fanOut)) for glorotNormal; numbers
 * uniform in ±√(6/fanIn) for heUniform, ±√(6/(fanIn + fanOut)) for glorotUniform; orthogonal: rows (or columns,
 * whichever are fewer) of length 1 at right angles.
 */
export type WeightInit = (typeof initializerNames)[number] | number;

/** The values of {@link WeightInit} in words, for errors. */
export const weightInits = `${initializerNames.map((name) => `"${name}"`).join(", ")}, or a standard deviation ≥ 0`;

/**
 * The standard deviation of initial weights: σ = √(2/fanIn) for he, σ = √(1/fanIn) for xavier, or the number given; all
 * by name are in {@link WeightInit}.
 *
 * @param fanIn  number of inputs that each output adds up
 * @param fanOut number of outputs that each input goes to; only glorot weights depend on it. Default fanIn
 * @throws SpecError for an unknown name or a number below 0
 * Source: Deep Learning from Scratch, 6.2; He et al. (2015); Glorot and Bengio (2010), in the book's form for xavier.
 */
export function weightStd(init: WeightInit, fanIn: number, fanOut = fanIn): number {
  return stdOf("weightStd", init, fanIn, fanOut);
}

/** {@link weightStd} for whoever is called `op`. */
function stdOf(op: string, init: WeightInit, fanIn: number, fanOut: number): number {
  for (const [argument, count] of Object.entries({ fanIn, fanOut }))
    checkKind(op, argument, count, count === undefined || typeof count === "number", "a number");
  if (init === "he" || init === "relu" || init === "heUniform") return Math.sqrt(2 / fanIn);
  if (init === "xavier" || init === "sigmoid" || init === "lecunNormal") return Math.sqrt(1 / fanIn);
  if (init === "glorotNormal" || init === "glorotUniform") return Math.sqrt(2 / (fanIn + fanOut));
  if (init === "orthogonal") return Math.sqrt(1 / Math.max(fanIn, fanOut));
  if (typeof init === "number" && init >= 0 && Number.isFinite(init)) return init;
  throw SpecError.of(op, "weightInit", shown(init), weightInits, {
    problem: `unknown weight initialization ${shown(init)}`,
  });
}

/**
 * Weights of a shape: random numbers of mean 0 and the standard deviation that {@link weightStd} says, normal or
 * uniform: w ~ N(0, σ²), or w ~ U(−a, a) with a = √3 · σ.
 *
 * @param shape   of the result, […]
 * @param fanIn   number of inputs that each output adds up
 * @param fanOut  number of outputs that each input goes to; only glorot weights depend on it. Default fanIn
 * @param dtype   of the result. Default float32
 * @throws SpecError for another initialization
 */
export function initializeWeight(
  shape: Shape,
  fanIn: number,
  init: WeightInit,
  generator: RandomGenerator,
  dtype: "float32" | "float64" = "float32",
  fanOut = fanIn,
): Tensor {
  checkShape("initializeWeight", shape);
  const std = stdOf("initializeWeight", init, fanIn, fanOut);
  const isGenerator = generator instanceof RandomGenerator;
  const expected = "a generator of random numbers";
  checkKind("initializeWeight", "generator", generator, isGenerator, expected, "Make one with rng(seed).");
  if (init === "orthogonal") return orthogonal(shape, generator, dtype);
  if (init === "heUniform" || init === "glorotUniform") {
    const limit = std * Math.sqrt(3);
    return generator.uniform(shape, { low: -limit, high: limit, dtype });
  }
  return generator.normal(shape, { std, dtype });
}

/**
 * A matrix (the first axis, and all others as one) whose rows or columns, whichever are fewer, are orthonormal:
 * Gram-Schmidt on normal numbers, twice for accuracy. Source: Saxe et al. 2014.
 */
function orthogonal(shape: Shape, generator: RandomGenerator, dtype: "float32" | "float64"): Tensor {
  const size = sizeOf(shape);
  if (size === 0) return full(shape, 0, { dtype });
  const rows = shape[0] ?? 1;
  const columns = size / rows;
  const [count, length] = rows <= columns ? [rows, columns] : [columns, rows];
  const vectors = generator.normal([count, length], { dtype: "float64" }).data as Float64Array;
  for (let i = 0; i < count; i++) {
    const own = vectors.subarray(i * length, (i + 1) * length);
    for (let k = 0; k < 2 * i; k++) {
      const other = vectors.subarray((k % i) * length, ((k % i) + 1) * length);
      const along = product(own, other);
      for (let j = 0; j < length; j++) own[j] -= along * other[j];
    }
    const norm = Math.sqrt(product(own, own));
    for (let j = 0; j < length; j++) own[j] /= norm;
  }
  const matrix = new Tensor(vectors, [count, length]);
  const oriented = rows <= columns ? matrix : kernels.transpose(matrix, [1, 0]);
  return kernels.cast(kernels.reshape(oriented, shape), dtype);
}

function product(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}
