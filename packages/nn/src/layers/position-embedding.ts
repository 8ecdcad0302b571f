/** Position embedding: a learned row added at each time step. */
import { add } from "@adjoint/autograd";
import { sequenceAxes } from "./kind/axes.ts";
import { layerKind } from "./kind/layer-kind.ts";
import { weighted } from "./kind/options.ts";
import { drawn } from "./kind/parameter.ts";

/** A learned row added at each time step: [T, D] → [T, D]. */
export const positionEmbedding = layerKind({
  kind: "positionEmbedding",
  options: weighted,
  prefix: "positions",
  synonyms: "positionalembedding learnedpositions",
  axes: sequenceAxes,
  parameters: ({ weightInit = 0.02 }, [{ shape }]) => ({ weight: drawn(shape, weightInit, shape[0], shape[1]) }),
  layer:
    (_, { parameters: { weight } }) =>
    ([x]) =>
      add(x, weight),
});
