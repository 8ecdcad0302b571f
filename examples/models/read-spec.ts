/** The models of this folder, read as anyone reads them, and smaller ones of the same structure for tests. */
import { readdirSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import type { InputSpec, LayerSpec, ModelSpec } from "adjoint";

/** The models' names: their files without `.json`. */
export const modelNames: readonly string[] = readdirSync(new URL(".", import.meta.url))
  .filter((file) => file.endsWith(".json"))
  .map((file) => basename(file, ".json"))
  .sort();

/** What is in `<name>.json`, not yet checked: `build` does that. */
export function readSpec(name: string): ModelSpec {
  return JSON.parse(readFileSync(new URL(`${name}.json`, import.meta.url), "utf8")) as ModelSpec;
}

/** How a model is made smaller. */
export interface Reduction {
  /** The shape of a sample instead of its own: smaller images, shorter sequences, fewer numbers. */
  readonly input: readonly number[];
  /** What filters, units and vocabularies are divided by, rounded up; of two or more at least two stay. */
  readonly divide: number;
  /** The most that a block repeats. Default 2: a second time is what a third is like. */
  readonly repeat?: number;
  /** The most heads that attention has. Default 2. */
  readonly heads?: number;
}

/** The size at which each model is tested. */
export const reductions: Readonly<Record<string, Reduction>> = {
  "two-layer-net": { input: [12], divide: 5 },
  "multi-layer-net": { input: [12], divide: 10, repeat: 3 },
  "multi-layer-net-extend": { input: [12], divide: 10, repeat: 3 },
  "simple-conv-net": { input: [1, 8, 8], divide: 10 },
  "deep-conv-net": { input: [1, 8, 8], divide: 16 },
  "lenet-5": { input: [1, 12, 12], divide: 6 },
  "resnet-20": { input: [3, 4, 4], divide: 8, repeat: 1 },
  "u-net": { input: [1, 4, 4], divide: 16 },
  "character-lstm": { input: [3], divide: 24 },
  "transformer-encoder": { input: [4], divide: 16 },
};

/** A model of the same layers and the same wiring with fewer numbers in it. */
export function reduced(spec: ModelSpec, reduction: Reduction): ModelSpec {
  const own = spec.input as InputSpec;
  const input = Array.isArray(own) ? reduction.input : { ...own, shape: reduction.input };
  return { ...spec, input, layers: spec.layers.map((layer) => reducedLayer(layer, reduction)) };
}

function reducedLayer(layer: LayerSpec, reduction: Reduction): LayerSpec {
  const { divide, repeat = 2, heads = 2 } = reduction;
  const part = (n: number): number => Math.ceil(n / divide);
  // A single class has the probability 1 whatever its score: its gradients would prove nothing.
  const fewer = (n: number): number => (n < 2 ? n : Math.max(2, part(n)));
  const change: Readonly<Record<string, (value: never) => unknown>> = {
    filters: fewer,
    units: fewer,
    vocabulary: fewer,
    repeat: (n: number) => Math.min(n, repeat),
    heads: (n: number) => Math.min(n, heads),
    // The zeros that a shortcut adds are channels; those around an image stay.
    widths: ([channels, ...others]: [number, number][]) => [channels.map(part), ...others],
    layers: (inner: LayerSpec[]) => inner.map((one) => reducedLayer(one, reduction)),
    shortcut: (inner: LayerSpec[]) => inner.map((one) => reducedLayer(one, reduction)),
  };
  const entries = Object.entries(layer).map(([key, value]) => [key, change[key]?.(value as never) ?? value]);
  return Object.fromEntries(entries) as LayerSpec;
}
