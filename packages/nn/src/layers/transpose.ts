/** Transpose: the axes of a sample in another order. */
import { transpose } from "@adjoint/autograd";
import { checkAxes } from "./kind/axes.ts";
import { layerKind } from "./kind/layer-kind.ts";
import { counts } from "./kind/options.ts";

/** The axes of a sample in another order. */
export const transposeKind = layerKind({
  kind: "transpose",
  options: {
    /** For each axis of the output the axis of the input, counted from 0 without the batch. */
    axes: counts(0, "a list of axes ≥ 0, in their new order"),
  },
  synonyms: "permute",
  alone: ["axes", "array"],
  isTransparent: true,
  takes: "any",
  layer: ({ axes }, { inputs: [{ shape }] }) => {
    checkAxes("transpose", axes, shape, true);
    return ([x]) => transpose(x, [0, ...axes.map((axis) => axis + 1)]);
  },
  fixes: (_, [{ shape }]) => [{ axes: shape.map((__, i) => shape.length - 1 - i) }],
});
