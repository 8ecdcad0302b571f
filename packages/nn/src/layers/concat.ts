/** Several outputs side by side. */
import { concat } from "@adjoint/autograd";
import { formatShape, type Shape, ShapeError, sameShape } from "@adjoint/tensor";
import { checkAxes } from "./kind/axes.ts";
import { layerKind } from "./kind/layer-kind.ts";
import { count, optional } from "./kind/options.ts";

/** The outputs that `from` names, side by side along an axis. */
export const concatKind = layerKind({
  kind: "concat",
  options: {
    /** The axis, counted from 0 without the batch: 0 joins channels. Default 0. */
    axis: optional(count(0)),
  },
  synonyms: "concatenate cat",
  joins: true,
  isTransparent: true,
  layer: ({ axis = 0 }, { inputs }) => {
    const shapes = inputs.map(({ shape }) => shape);
    checkAxes("concat", [axis], shapes[0]);
    const others = (shape: Shape): Shape => shape.filter((_, i) => i !== axis);
    if (shapes.some((shape) => !sameShape(others(shape), others(shapes[0])))) {
      const given = shapes.map(formatShape);
      throw ShapeError.of("concat", "axis", given.join(", "), "shapes that differ along that axis only", {
        problem: `samples of shapes ${given.join(" and ")} do not fit each other along axis ${axis}`,
      });
    }
    return (xs) => concat(xs, { axis: axis + 1 });
  },
  fixes: ({ axis = 0 }, [{ shape }]) => shape.map((_, i) => ({ axis: i })).filter((fix) => fix.axis !== axis),
});
