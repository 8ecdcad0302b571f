/** Layers as data, made by functions whose options an editor knows. */
import { SpecError } from "@adjoint/tensor";
import type {
  ActivationSpec,
  AffineSpec,
  BatchNormalizationSpec,
  ConvolutionSpec,
  DropoutSpec,
  FlattenSpec,
  LayerSpec,
  Named,
  PoolingSpec,
} from "./spec.ts";

/**
 * A spec without entries that are undefined, which JSON does not have.
 * @throws SpecError when the options are no object, or are those of another kind; `model` checks what is in them
 */
function spec<Spec extends LayerSpec>(kind: Spec["kind"], options: object): Spec {
  const op = `layers.${kind}`;
  if (options === null || typeof options !== "object" || Array.isArray(options)) {
    throw new SpecError({
      op,
      problem: `options are ${options === null ? "null" : Array.isArray(options) ? "an array" : options === undefined ? "missing" : `the ${typeof options} ${String(options)}`}`,
      argument: "options",
      expected: "an object",
      received: String(options),
      hint: "Pass options by name, as an object.",
    });
  }
  const given = Object.entries(options).filter(([key, value]) => value !== undefined && key !== "kind");
  const other: unknown = Object.hasOwn(options, "kind") ? (options as { kind: unknown }).kind : undefined;
  if (other !== undefined && other !== kind) {
    throw new SpecError({
      op,
      problem: `the options are those of another kind, ${JSON.stringify(other) ?? typeof other}`,
      argument: "kind",
      expected: kind,
      received: String(other),
      hint: "The function already says the kind: leave it out.",
    });
  }
  return { kind, ...Object.fromEntries(given) } as Spec;
}

/** The layers of declarative models: each function returns plain data. `model` and `build` check it. */
export const layers = {
  /** y[n, f] = b[f] + Σ_c W[f, c] ⋆ x[n, c] over windows: [C, H, W] → [filters, OH, OW]. */
  convolution: (options: Omit<ConvolutionSpec, "kind">): ConvolutionSpec => spec("convolution", options),
  /** The largest value of each window: [C, H, W] → [C, OH, OW]. */
  pooling: (options: Omit<PoolingSpec, "kind">): PoolingSpec => spec("pooling", options),
  /** y = x · W + b, images being flattened: [D] → [units]. */
  affine: (units: number | Omit<AffineSpec, "kind">): AffineSpec =>
    spec("affine", typeof units === "number" ? { units } : units),
  /** y = max(x, 0). */
  relu: (options: Named = {}): ActivationSpec<"relu"> => spec("relu", options),
  /** y = 1 / (1 + e⁻ˣ). */
  sigmoid: (options: Named = {}): ActivationSpec<"sigmoid"> => spec("sigmoid", options),
  /** y = tanh x. */
  tanh: (options: Named = {}): ActivationSpec<"tanh"> => spec("tanh", options),
  /** Switches neurons off at random in training; scales at prediction, as the book does. */
  dropout: (ratio: number | Omit<DropoutSpec, "kind"> = {}): DropoutSpec =>
    spec("dropout", typeof ratio === "number" ? { ratio } : ratio),
  /** Brings every activation to mean 0 and variance 1 over the batch. */
  batchNormalization: (options: Omit<BatchNormalizationSpec, "kind"> = {}): BatchNormalizationSpec =>
    spec("batchNormalization", options),
  /** [C, H, W] → [C·H·W]. An affine layer does so by itself. */
  flatten: (options: Named = {}): FlattenSpec => spec("flatten", options),
};
