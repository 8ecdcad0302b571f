/** Random samples that fit a model, for checking gradients or drawing graphs without data. */
import { calledAs, checkInteger, rng, type Tensor } from "@adjoint/tensor";
import type { LayerSpecOf } from "../layers/structures.ts";
import { kindOfLoss } from "../losses/all.ts";
import { checkModel } from "./check-model.ts";
import { exampleShapes } from "./example-shapes.ts";
import type { Model } from "./model.ts";

/** Inputs and targets of a model, by name where there are several. */
export interface RandomSamples {
  readonly x: Tensor | Record<string, Tensor>;
  /** Null for a model without a loss. */
  readonly t: Tensor | Record<string, Tensor> | null;
}

/** One value, or a record of several. */
function oneOrAll<T>(entries: readonly (readonly [string, T])[]): T | Record<string, T> {
  return entries.length === 1 ? entries[0][1] : Object.fromEntries(entries);
}

/**
 * `count` samples and targets, drawn from a seed: real numbers normal, labels below the vocabulary of the embedding that
 * takes them, targets as the losses need them (labels of classes, distributions, or numbers of the outputs' shapes). Lengths
 * that may change are set to some with which the model runs.
 */
export function randomSamples(net: Model, count: number, seed = 0): RandomSamples {
  checkModel("randomSamples", net);
  checkInteger("randomSamples", "count", count, 1);
  const generator = calledAs("randomSamples", () => rng(seed));
  const { dtype } = net;
  const shapes = exampleShapes(net);
  const x = net.inputs.map(({ name, type }, value): readonly [string, Tensor] => {
    const all = [count, ...shapes.inputs[value]];
    if (type === "float") return [name, generator.normal(all, { dtype })];
    return [name, generator.integers(0, vocabularyOf(net, value), all)];
  });
  const t = net.losses.map(({ output, spec }): readonly [string, Tensor] => {
    const shape = shapes.outputs[output];
    const drawn = kindOfLoss(spec).targets?.(spec, generator, { count, shape, dtype });
    return [output, drawn ?? generator.normal([count, ...shape], { dtype })];
  });
  return { x: oneOrAll(x), t: t.length === 0 ? null : oneOrAll(t) };
}

/** Kinds that pass labels on. */
const rearranging = new Set(["flatten", "reshape", "transpose"]);

/** The smallest vocabulary of the embeddings that an input goes into, rearranged or not; 2 where there is none. */
function vocabularyOf(net: Model, input: number): number {
  const values = new Set([input]);
  const sizes: number[] = [];
  net.layers.forEach(({ kind, sources, spec }, i) => {
    if (!sources.some((source) => values.has(source))) return;
    if (rearranging.has(kind)) values.add(net.inputs.length + i);
    if (kind === "embedding") sizes.push((spec as LayerSpecOf<"embedding">).vocabulary);
  });
  return sizes.length === 0 ? 2 : Math.min(...sizes);
}
