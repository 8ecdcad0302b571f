/** A model as data: plain JSON, the same in a program and in a file. Layers, losses and inputs have forms of their own. */
import * as z from "zod/mini";
import { byName, count, list, type OptionsOf, oneOf, optional, penalty, text } from "../layers/kind/options.ts";
import { type LayerSpec, layerList } from "../layers/structures.ts";
import type { LossSpec } from "../losses/all.ts";
import type { MetricSpec } from "../losses/metrics.ts";
import type { TrainingSpec } from "./training-spec.ts";

const shapeRule = { error: "must be the shape of one sample, 1 to 8 numbers, for example [1, 28, 28]" };
const lengthRule = { error: "must be an integer ≥ 1, or -1 for a length that may change" };
/** The shape of one sample. */
export const shape = list(z.union([count(1), z.literal(-1)], lengthRule), 1, 8, shapeRule);
/** The rule of an input. */
export const inputRule = {
  error:
    'must be the shape of one sample, 1 to 8 numbers, for example [1, 28, 28], or { "shape": [20], "type": "labels" }',
};
/** An input with a type. */
export const typedInput = z.strictObject({
  /** The shape of one sample, without the batch. −1 for a length that may change from batch to batch, such as time. */
  shape,
  /** "float" for real numbers (default), "labels" for integers, such as characters. */
  type: optional(oneOf("float", "labels")),
});

/**
 * One input of a model: the shape of a sample without the batch, −1 for lengths that may change, or that and what the
 * numbers are.
 */
export type InputSpec = readonly number[] | OptionsOf<typeof typedInput.shape>;

const nameRule = { error: "must be a string of at most 200 characters" };
const outputsRule = { error: "must be a list of 1 to 64 names of layers" };
const metricsRule = { error: 'must be a list of metrics, for example ["accuracy"], or such lists by output' };

/** A record of some names: 1 to 64, so that whatever goes through them ends. `single` is the field for one. */
function several(single: string): z.ZodMiniType {
  const rule = { error: `must be an object with 1 to 64 names; a single one is called "${single}"` };
  const isInRange = ({ length }: readonly string[]): boolean => length >= 1 && length <= 64;
  return byName(z.unknown(), rule).check(z.refine((record) => isInRange(Object.keys(record)), rule));
}

/** A value that is checked part by part. */
const inParts = <Value>(schema: z.ZodMiniType = z.unknown()): z.ZodMiniType<Value> => schema as z.ZodMiniType<Value>;

type ByName<Value> = Readonly<Record<string, Value>>;

/** A model as data. */
export const modelSchema = z.strictObject(
  // Layers, losses and inputs are checked one by one.
  {
    /** Where an editor finds the JSON Schema of this format. Only editors read it. */
    $schema: optional(text(0, 2000, nameRule)),
    /** Version of the format. */
    version: z.literal(1),
    /** A title of the model. */
    name: optional(text(0, 200, nameRule)),
    /** The input of a model that has one. */
    input: optional(inParts<InputSpec>()),
    /** Several inputs by name, instead of `input`. */
    inputs: optional(inParts<ByName<InputSpec>>(several("input"))),
    /** The layers. Each takes the output of the layer before, or what `from` names. */
    layers: inParts<readonly LayerSpec[]>(layerList),
    /** The names of the layers whose outputs the model returns. Default: the last layer. */
    outputs: optional(list(z.string(nameRule), 1, 64, outputsRule)),
    /** The loss of the only output. */
    loss: optional(inParts<LossSpec>()),
    /** The losses of several outputs by their names, instead of `loss`; they are added up. */
    losses: optional(inParts<ByName<LossSpec>>(several("loss"))),
    /**
     * What is measured besides the loss: a list, or lists by output. Default: accuracy if the loss has classes, the
     * root mean square and the mean of the errors if the targets are numbers.
     */
    metrics: optional(
      inParts<readonly MetricSpec[] | ByName<readonly MetricSpec[]>>(
        z.union([z.array(z.unknown()), byName(z.array(z.unknown()))], metricsRule),
      ),
    ),
    /** λ of ½ λ Σ W², added to the loss for all weights (not biases, γ or β), ≥ 0. Default 0. */
    weightDecay: optional(penalty),
    /** λ of λ Σ |W|, added to the loss for all weights, ≥ 0. Default 0. */
    l1: optional(penalty),
    /** How it is trained where nothing else is said: what the command and `trainerOptions` begin with. */
    training: optional(inParts<TrainingSpec>()),
  },
  { error: "must be an object such as model({ input, layers, loss }) returns" },
);

/** A model as data; docs/layers.md says what its fields mean. */
export interface ModelSpec extends OptionsOf<typeof modelSchema.shape> {}
