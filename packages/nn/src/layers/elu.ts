/** The activation elu. */
import { elu } from "@adjoint/autograd";
import { layerKind } from "./kind/layer-kind.ts";
import { numberIn, optional } from "./kind/options.ts";

export const eluKind = layerKind({
  kind: "elu",
  words: "y = x where x > 0, α (eˣ − 1) elsewhere.",
  options: { alpha: optional(numberIn("finite", {}), "α, minus the limit at −∞. Default 1.") },
  isRectifier: true,
  layer:
    ({ alpha = 1 }) =>
    ([x]) =>
      elu(x, { alpha }),
});
