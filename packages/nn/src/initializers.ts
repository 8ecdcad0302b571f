/** Initial weights: normal numbers whose spread fits what follows. */
import { checkShape, type Generator, type Shape, SpecError, type Tensor } from "@adjoint/tensor";

/** `"he"` (for `"relu"`), `"xavier"` (for `"sigmoid"`), or a standard deviation. */
export type WeightInit = "he" | "relu" | "xavier" | "sigmoid" | number;

/**
 * The standard deviation of initial weights: √(2/fanIn) for he, √(1/fanIn) for xavier, or the number given.
 *
 * @param fanIn  number of inputs that each output adds up
 * @throws SpecError for another name or a number that is no standard deviation
 * Source: Deep Learning from Scratch, 6.2; He et al. (2015); Glorot and Bengio (2010), in the book's form.
 */
export function weightStd(init: WeightInit, fanIn: number): number {
  if (init === "he" || init === "relu") return Math.sqrt(2 / fanIn);
  if (init === "xavier" || init === "sigmoid") return Math.sqrt(1 / fanIn);
  if (typeof init === "number" && init >= 0 && Number.isFinite(init)) return init;
  throw new SpecError({
    op: "initializeWeight",
    problem: `there is no weight initialization ${JSON.stringify(init) ?? String(init)}`,
    argument: "weightInit",
    expected: '"he", "relu", "xavier", "sigmoid", or a standard deviation ≥ 0',
    received: String(init),
    hint: 'Use "he" before relu and "xavier" before sigmoid or tanh.',
  });
}

/** Weights of a shape: normal numbers of mean 0 and the standard deviation that {@link weightStd} says. */
export function initializeWeight(
  shape: Shape,
  fanIn: number,
  init: WeightInit,
  generator: Generator,
  dtype: "float32" | "float64" = "float32",
): Tensor {
  checkShape("initializeWeight", shape);
  return generator.normal(shape, { std: weightStd(init, fanIn), dtype });
}
