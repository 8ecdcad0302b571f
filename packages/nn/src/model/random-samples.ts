/**
 * Random samples that fit a model, for checking gradients or drawing graphs without data; and their shapes, in which lengths
 * that may change are set to some with which the model runs.
 */
import { abstractVariable, inferShapes } from "@adjoint/autograd";
import { AdjointError, calledAs, checkInteger, rng, type Shape, type Tensor } from "@adjoint/tensor";
import type { LayerSpecOf } from "../layers/structures.ts";
import { kindOfLoss } from "../losses/all.ts";
import { ANY } from "../plan/lengths.ts";
import { checkModel } from "./check-model.ts";
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
  return calledAs("randomSamples", () => {
    const generator = rng(seed);
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
  });
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

/** Lengths to try, the shortest first: windows one behind the other may need longer ones. */
const LENGTHS = [8, 32, 97, 331, 1009] as const;

/** Shapes of one sample. */
export interface ExampleShapes {
  /** In place of lengths that may change; null where there are none. */
  readonly length: number | null;
  /** Of the inputs, in order. */
  readonly inputs: readonly Shape[];
  /** Of the outputs by name. */
  readonly outputs: Readonly<Record<string, Shape>>;
}

/** The shapes of a model's inputs and outputs, with all lengths known. */
export function exampleShapes(net: Model): ExampleShapes {
  const { inputs } = net;
  if (inputs.every(({ shape }) => !shape.includes(ANY))) {
    const outputs = Object.fromEntries(net.outputLayers.map(({ name, shape }) => [name, shape]));
    return { length: null, inputs: inputs.map(({ shape }) => shape), outputs };
  }
  for (const length of LENGTHS) {
    const shapes = inputs.map(({ shape }) => shape.map((n) => (n === ANY ? length : n)));
    try {
      const batches = inputs.map(({ name, type }, i) => {
        const dtype = type === "float" ? net.dtype : "int32";
        return [name, abstractVariable({ shape: [2, ...shapes[i]], dtype }, { name })] as const;
      });
      const outputs = inferShapes(() => net.outputs(Object.fromEntries(batches), { train: false }));
      const own = Object.entries(outputs).map(([name, { shape }]) => [name, shape.slice(1)] as const);
      return { length, inputs: shapes, outputs: Object.fromEntries(own) };
    } catch (error) {
      if (!(error instanceof AdjointError) || length === LENGTHS[LENGTHS.length - 1]) throw error;
    }
  }
  throw new Error("a length is tried or refused");
}
