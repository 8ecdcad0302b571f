/**
 * Variables made from shapes, ranges and other Variables: zeros and ones as another one, grids of coordinates, and whole
 * numbers drawn at random.
 */
import { calledAs, checkOptions, type RandomGenerator, type Shape, ShapeError, SpecError } from "@adjoint/tensor";
import { asVariable, constant } from "../../core/leaf.ts";
import type { Variable, VariableLike } from "../../core/variable.ts";
import { add, mul } from "../arithmetic.ts";
import { cast } from "../cast-detach.ts";
import { randomUniform } from "../random.ts";
import { repeat } from "../repeat-sum.ts";
import { reshape } from "../reshape-transpose.ts";
import { floor } from "../rounding.ts";

function filledLike(op: string, x: VariableLike, value: number): Variable {
  const { shape, dtype } = asVariable(op, x);
  return repeat(constant(value, { dtype }), shape);
}

/** Zeros of the shape and dtype of x; a constant, through which no gradient flows. */
export function zerosLike(x: VariableLike): Variable {
  return filledLike("zerosLike", x, 0);
}

/** Ones of the shape and dtype of x; a constant, through which no gradient flows. */
export function onesLike(x: VariableLike): Variable {
  return filledLike("onesLike", x, 1);
}

/** Options of `meshgrid`. */
export interface MeshgridOptions {
  /**
   * Which axis belongs to which vector: `"ij"` (default, as in PyTorch) gives [n₀, n₁, …]; `"xy"` (as in NumPy)
   * exchanges the first two, [n₁, n₀, …].
   */
  readonly indexing?: "ij" | "xy";
}

/**
 * The coordinates of a grid: one Variable for each vector, all of shape [n₀, n₁, …], the k-th with
 * y[i₀, i₁, …] = xₖ[iₖ]. A single number counts as a vector of length 1. Views; linear.
 * @throws ShapeError when there are no vectors, or one has more than one axis; SpecError for an unknown indexing
 */
export function meshgrid(xs: readonly VariableLike[], options: MeshgridOptions = {}): Variable[] {
  checkOptions("meshgrid", options, ["indexing"]);
  const { indexing = "ij" } = options;
  if (indexing !== "ij" && indexing !== "xy") {
    const expected = '"ij" for axes in the order of the vectors, or "xy" as in NumPy';
    throw SpecError.of("meshgrid", "indexing", indexing, expected);
  }
  if (!Array.isArray(xs) || xs.length === 0) {
    throw ShapeError.of("meshgrid", "xs", xs, "an array of at least one vector", {
      hint: "Pass the vectors as one array, for example meshgrid([x, y]).",
    });
  }
  const vectors = xs.map((x: VariableLike, i) => {
    const vector = asVariable("meshgrid", x, `vector ${i}`);
    if (vector.ndim <= 1) return vector;
    throw ShapeError.of("meshgrid", `vector ${i}`, vector, "one axis at most", {
      argument: "xs",
      hint: "Flatten it first: a grid has one axis for each vector.",
    });
  });
  const axisFor = (i: number): number => (indexing === "xy" && i < 2 && vectors.length > 1 ? 1 - i : i);
  const shape = new Array<number>(vectors.length);
  vectors.forEach((vector, i) => {
    shape[axisFor(i)] = vector.size;
  });
  return vectors.map((vector, i) => {
    const along: Shape = shape.map((n, axis) => (axis === axisFor(i) ? n : 1));
    return repeat(reshape(vector, along), shape);
  });
}

/**
 * Integers low ≤ k < high, all equally likely (up to 2⁻²¹ of their probability), drawn from `rng`, which moves
 * on: int32. They are ⌊u (high − low)⌋ + low, u uniform with 53 bits.
 * @throws SpecError unless −2³¹ ≤ low < high ≤ 2³¹ are integers
 */
export function randint(rng: RandomGenerator, low: number, high: number, shape: Shape): Variable {
  for (const [argument, value, least, most] of [
    ["low", low, -(2 ** 31), 2 ** 31 - 1],
    ["high", high, Number.isInteger(low) ? low + 1 : 0, 2 ** 31],
  ] as const) {
    if (Number.isInteger(value) && value >= least && value <= most) continue;
    throw SpecError.of("randint", argument, value, `an integer from ${least} to ${most}`, {
      hint: "Numbers are drawn from low (included) to high (not included), and must fit int32.",
    });
  }
  const uniform = calledAs("randint", () => randomUniform(rng, shape, { dtype: "float64" }));
  const steps = floor(mul(uniform, high - low));
  return cast(add(steps, low), "int32");
}

export default { zerosLike, onesLike };
