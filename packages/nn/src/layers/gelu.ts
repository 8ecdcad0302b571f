/** The activation gelu. */
import { gelu } from "@adjoint/autograd";
import { layerKind } from "./kind/layer-kind.ts";
import { oneOf, optional } from "./kind/options.ts";

export const geluKind = layerKind({
  kind: "gelu",
  words: "y = x · Φ(x), Φ being the normal distribution.",
  options: {
    approximate: optional(
      oneOf("none", "tanh"),
      '"tanh" for the approximation by tanh, "none" for the exact form. Default "none".',
    ),
  },
  isRectifier: true,
  layer:
    ({ approximate = "none" }) =>
    ([x]) =>
      gelu(x, { approximate }),
});
