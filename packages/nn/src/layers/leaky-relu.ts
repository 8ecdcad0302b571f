/** The activation leakyRelu. */
import { leakyRelu } from "@adjoint/autograd";
import { layerKind } from "./kind/layer-kind.ts";
import { numberIn, optional } from "./kind/options.ts";

export const leakyReluKind = layerKind({
  kind: "leakyRelu",
  words: "y = x where x > 0, slope · x elsewhere.",
  options: { slope: optional(numberIn("finite", {}), "The slope below 0. Default 0.01.") },
  isRectifier: true,
  synonyms: "lrelu",
  layer:
    ({ slope = 0.01 }) =>
    ([x]) =>
      leakyRelu(x, { slope }),
});
