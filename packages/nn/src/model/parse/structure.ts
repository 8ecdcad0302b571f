/** The form of a model: its fields and their ranges. Layers, losses and inputs are looked at one by one, see reader.ts. */
import * as z from "zod/mini";
import { count, list, penalty, text } from "../kinds/options.ts";
import { MOST_LAYERS } from "../kinds/structures.ts";

const shapeRule = { error: "must be the shape of one sample, 1 to 8 numbers, for example [1, 28, 28]" };
/** The shape of one sample. */
export const shape = list(count(1), 1, 8, shapeRule);
/** What an input must be. */
export const inputRule = {
  error:
    'must be the shape of one sample, 1 to 8 numbers, for example [1, 28, 28], or { "shape": [20], "type": "labels" }',
};
/** An input whose numbers may be labels. */
export const typedInput = z.strictObject({ shape, type: z.optional(z.enum(["float", "labels"])) });
const layersRule = { error: `must be an array of 1 to ${MOST_LAYERS} layers` };
const nameRule = { error: "must be a text of at most 200 characters" };
const outputsRule = { error: "must be a list of 1 to 64 names of layers" };
const manyRule = { error: "must be an object with 1 to 64 names" };
const metricsRule = { error: 'must be a list of metrics, for example ["accuracy"], or such lists by output' };

/** A record of some names: 1 to 64, so that whatever goes through them ends. */
const several = z
  .record(z.string(), z.unknown(), manyRule)
  .check(z.refine((record) => Object.keys(record).length >= 1 && Object.keys(record).length <= 64, manyRule));

/** The form of a model; layers, losses and inputs are looked at one by one. */
export const modelSchema = z.strictObject(
  {
    $schema: z.optional(text(0, 2000, nameRule)),
    version: z.literal(1),
    name: z.optional(text(0, 200, nameRule)),
    input: z.optional(z.unknown()),
    inputs: z.optional(several),
    layers: list(z.unknown(), 1, MOST_LAYERS, layersRule),
    outputs: z.optional(list(z.string(nameRule), 1, 64, outputsRule)),
    loss: z.optional(z.unknown()),
    losses: z.optional(several),
    metrics: z.optional(z.union([z.array(z.unknown()), z.record(z.string(), z.array(z.unknown()))], metricsRule)),
    weightDecay: z.optional(penalty),
    l1: z.optional(penalty),
  },
  { error: "must be an object such as model({ input, layers, loss }) returns" },
);
