/** Mean over axes of a sample. */
import { cast, div, maximum, mean, mul, reshape, sum, type Variable, where } from "@adjoint/autograd";
import { ShapeError } from "@adjoint/tensor";
import { checkAxes } from "./kind/axes.ts";
import { layerKind } from "./kind/layer-kind.ts";
import { masked, maskedBy, maskOf } from "./kind/mask.ts";
import { counts, described } from "./kind/options.ts";

/** The mean of x [N, T, …] over axes, of which 1 is one, where steps count; 0 where none does. */
function meanWhere(x: Variable, mask: Variable, axis: readonly number[]): Variable {
  const [count, steps, ...rest] = x.shape;
  const real = where(reshape(mask, [count, steps, ...rest.map(() => 1)]), x, 0);
  const others = axis.reduce((product, i) => (i === 1 ? product : product * x.shape[i]), 1);
  const many = mul(maximum(cast(sum(mask, { axis: 1 }), x.dtype), 1), others);
  const total = sum(real, { axis });
  return div(total, reshape(many, [count, ...total.shape.slice(1).map(() => 1)]));
}

export const meanKind = layerKind({
  kind: "mean",
  words: "The mean over axes of a sample, which are removed.",
  options: {
    axes: described(counts(0, "a list of axes ≥ 0"), "The axes, counted from 0 without the batch."),
    ...masked,
  },
  alone: ["axes", "array"],
  isTransparent: true,
  takesMask: true,
  layer: ({ axes, mask }, { inputs: [{ shape }] }) => {
    checkAxes("mean", axes, shape);
    if (mask !== undefined && !axes.includes(0)) {
      throw ShapeError.of("mean", "axes", axes, "the axis 0 among them, which is time", {
        hint: "A mask leaves out steps; without axis 0 there are none to leave out.",
      });
    }
    const axis = axes.map((one) => one + 1);
    return ([x, labels]) => {
      const padding = maskOf("mean", x, maskedBy(labels, shape[0]));
      return padding === null ? mean(x, { axis }) : meanWhere(x, padding, axis);
    };
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
