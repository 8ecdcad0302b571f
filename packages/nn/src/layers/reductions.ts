/** Mean and largest value over axes of a sample: also over time, where a mask says which steps count. */
import { cast, div, gt, max, maximum, mean, mul, reshape, sum, type Variable, where } from "@adjoint/autograd";
import { type Shape, ShapeError } from "@adjoint/tensor";
import { checkAxes } from "./kind/axes.ts";
import { layerKind } from "./kind/layer-kind.ts";
import { masked, maskedBy, maskOf } from "./kind/mask.ts";
import { counts } from "./kind/options.ts";

/** What is made of x [N, T, …] along axes; with a mask [N, T], of which 1 is one, where steps count. */
type Reduce = (x: Variable, axis: readonly number[], mask: Variable | null) => Variable;

/** A mask [N, T] of x [N, T, …] beside its elements. */
function beside(x: Variable, mask: Variable): Variable {
  return reshape(mask, [...mask.shape, ...x.shape.slice(2).map(() => 1)]);
}

/** One number for each sample beside numbers [N, …]. */
function perSample(numbers: Variable, { shape: [count, ...rest] }: { readonly shape: Shape }): Variable {
  return reshape(numbers, [count, ...rest.map(() => 1)]);
}

/** 0 where no step counts. */
const meanOver: Reduce = (x, axis, mask) => {
  if (mask === null) return mean(x, { axis });
  const others = axis.reduce((product, i) => (i === 1 ? product : product * x.shape[i]), 1);
  const many = mul(maximum(cast(sum(mask, { axis: 1 }), x.dtype), 1), others);
  const total = sum(where(beside(x, mask), x, 0), { axis });
  return div(total, perSample(many, total));
};

/** 0 where no step counts. */
const maxOver: Reduce = (x, axis, mask) => {
  if (mask === null) return max(x, { axis });
  const largest = max(where(beside(x, mask), x, Number.NEGATIVE_INFINITY), { axis });
  return where(perSample(gt(sum(mask, { axis: 1 }), 0), largest), largest, 0);
};

function reduction<Kind extends string>(kind: Kind, reduce: Reduce, synonyms?: string) {
  return layerKind({
    kind,
    ...(synonyms === undefined ? {} : { synonyms }),
    options: {
      /** The axes, counted from 0 without the batch. */
      axes: counts(0, "a list of axes ≥ 0"),
      ...masked,
    },
    alone: ["axes", "array"],
    isTransparent: true,
    takesMask: true,
    layer: ({ axes, mask }, { inputs: [{ shape }] }) => {
      checkAxes(kind, axes, shape);
      if (mask !== undefined && !axes.includes(0)) {
        throw ShapeError.of(kind, "axes", axes, "the axis 0 among them, which is time", {
          hint: "A mask leaves out steps; without axis 0 there are none to leave out.",
        });
      }
      const axis = axes.map((one) => one + 1);
      return ([x, labels]) => reduce(x, axis, maskOf(kind, x, maskedBy(labels, shape[0])));
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
}

/** The mean over axes of a sample, which are removed. */
export const meanKind = reduction("mean", meanOver);

/**
 * The largest value over axes of a sample, which are removed: axes [0] of a sequence is pooling over all of its time.
 */
export const maxKind = reduction(
  "max",
  maxOver,
  "globalmaxpool globalmaxpooling globalmaxpool1d globalmaxpooling1d maxovertime",
);
