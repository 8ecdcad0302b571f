/** From a spec to a network that runs: shapes are inferred and parameters made. */
import { checkOptions, rng } from "@adjoint/tensor";
import { checkFloat } from "../networks/options.ts";
import { kindOf } from "./kinds/table.ts";
import { Model } from "./model.ts";
import { parseModel } from "./parse.ts";
import { plan } from "./plan.ts";
import type { LayerSpec, ModelSpec } from "./spec.ts";

/** Options of {@link build}. */
export interface BuildOptions {
  /** Seed of the initial weights and of dropout. Default 0. */
  readonly seed?: number;
  /** Element type of the parameters. Default float32. */
  readonly dtype?: "float32" | "float64";
}

/** Layers that an activation comes through: weights before them should fit what comes after. */
const transparent = new Set(["pooling", "batchNormalization", "flatten", "dropout"]);

function nextActivation(layers: readonly LayerSpec[], index: number): "relu" | "other" {
  const next = layers.slice(index + 1).find(({ kind }) => !transparent.has(kind));
  return next?.kind === "relu" ? "relu" : "other";
}

/**
 * Builds the network that a spec describes: weights are initialized by he before relu and by xavier otherwise, biases
 * are zero. The same spec, seed and dtype give the same network everywhere.
 *
 * @param spec  made by `model`, or read from JSON
 * @throws SpecError when the spec is not valid or its shapes do not fit
 */
export function build(spec: ModelSpec, options: BuildOptions = {}): Model {
  checkOptions("build", options, ["seed", "dtype"]);
  const { seed = 0, dtype = "float32" } = options;
  checkFloat("build", dtype);
  const checked = parseModel(spec);
  const generator = rng(seed);
  const planned = plan(checked);
  const instances = planned.map(({ spec: layer, name, kind, inputShape }, i) =>
    kindOf(kind).create(layer, {
      name,
      input: inputShape,
      next: nextActivation(checked.layers, i),
      generator: generator.split(),
      dtype,
    }),
  );
  return new Model(checked, planned, instances);
}
