/** Mean over axes of a sample. */
import { mean } from "@adjoint/autograd";
import { checkAxes } from "./kind/axes.ts";
import { layerKind } from "./kind/layer-kind.ts";
import { counts, described } from "./kind/options.ts";

export const meanKind = layerKind({
  kind: "mean",
  words: "The mean over axes of a sample, which are removed.",
  options: { axes: described(counts(0, "a list of axes ≥ 0"), "The axes, counted from 0 without the batch.") },
  alone: ["axes", "array"],
  isTransparent: true,
  layer: ({ axes }, { inputs: [{ shape }] }) => {
    checkAxes("mean", axes, shape);
    return ([x]) => mean(x, { axis: axes.map((axis) => axis + 1) });
  },
  fixes: ({ axes }, [{ shape }]) => {
    const most = shape.length - 1;
    const within = axes.filter((axis) => axis <= most);
    const free = shape.map((_, i) => i).filter((axis) => !axes.includes(axis));
    const first = [...new Set(axes.map((axis) => Math.min(axis, most)))];
    return [
      { axes: first },
      ...free.reverse().map((axis) => ({ axes: [...new Set([...within, axis])].slice(-axes.length) })),
    ];
  },
});
