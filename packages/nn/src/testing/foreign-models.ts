/** Models of other frameworks with their weights, inputs and outputs, for tests. */
import { readFileSync } from "node:fs";
import { kernels, type Tensor } from "@adjoint/tensor";
import { expect } from "vitest";
import type { LayerSpec } from "../layers/structures.ts";
import { build } from "../model/build.ts";
import { layouts, type WeightLayout } from "../model/weights/layouts/table.ts";
import { loadWeights } from "../model/weights/load-weights.ts";
import { weightsFor } from "../model/weights/save-weights.ts";
import type { ModelSpec } from "../read/model-spec.ts";
import { model } from "../read/parse.ts";
import { expectClose, type Stored, stored } from "./reference.ts";

/** What the other framework says of a model. */
export interface Reference {
  readonly tensors: Readonly<Record<string, Stored>>;
  readonly input: Stored;
  readonly output: Stored;
}

/** The same model here. */
export interface Case {
  readonly input: ModelSpec["input"];
  readonly layers: readonly LayerSpec[];
  readonly names: Readonly<Record<string, string>>;
  /** How far outputs may be apart, relative to the largest. Default: that of expectClose. */
  readonly tolerance?: number;
}

/** The models that a script wrote. */
export function readCases(name: string): Readonly<Record<string, Reference>> {
  return JSON.parse(readFileSync(new URL(`../model/weights/fixtures/${name}.json`, import.meta.url), "utf8"));
}

/** The weights of a model, by other names if need be. */
export function tensorsOf({ tensors }: Reference, rename = (name: string): string => name): Record<string, Tensor> {
  return Object.fromEntries(Object.entries(tensors).map(([name, x]) => [rename(name), stored(x)]));
}

/** PyTorch's two biases of a simple recurrent layer or an LSTM, of which only the sum is known here. */
const summed = /bias_[ih]h_l\d+(_reverse)?$/;

/** The model here gives the outputs of the other once it has its weights, and gives back the weights. */
export function expectOutputs(
  { input, layers, names, tolerance }: Case,
  reference: Reference,
  layout: WeightLayout,
  rename?: (name: string) => string,
): void {
  const net = build(model({ input, layers } as ModelSpec), { dtype: "float64", seed: 1 });
  loadWeights(net, tensorsOf(reference, rename), { layout, names });
  expectClose(net.predict(stored(reference.input)), reference.output, tolerance);
  const isSummed = net.layers.some(({ kind }) => kind === "lstm" || kind === "rnn");
  const { canonical } = layouts[layout];
  const given = new Map(Object.entries(weightsFor(net, { layout, names })).map(([name, x]) => [canonical(name), x]));
  for (const [name, x] of Object.entries(tensorsOf(reference, rename))) {
    if (name.endsWith("num_batches_tracked") || (isSummed && summed.test(name))) continue;
    const own = canonical(name).replace("depthwise_kernel", "kernel");
    expect([name, [...kernels.copy(given.get(own) as Tensor).data]]).toEqual([name, [...kernels.copy(x).data]]);
  }
}
