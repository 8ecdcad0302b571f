/** Pad: zeros around a sample. */
import { pad } from "@adjoint/autograd";
import { formatShape, ShapeError } from "@adjoint/tensor";
import { layerKind } from "./kind/layer-kind.ts";
import { list, two } from "./kind/options.ts";

const widthsRule = { error: "must be a list of [before, after], integers ≥ 0, one for each axis" };

/** Zeros before and after along each axis of a sample. */
export const padKind = layerKind({
  kind: "pad",
  synonyms: "zeropad zeropad2d zeropadding zeropadding2d constantpad2d",
  options: {
    /** For each axis (without the batch), the zeros before and after. */
    widths: list(two(0, widthsRule), 1, 8, widthsRule),
  },
  alone: ["widths", "array"],
  isTransparent: true,
  layer: ({ widths }, { inputs: [{ shape }] }) => {
    if (widths.length !== shape.length) {
      throw ShapeError.of("pad", "widths", String(widths.length), `${shape.length} pairs [before, after]`, {
        problem: `there are ${widths.length} widths for samples of shape ${formatShape(shape)}`,
        hint: "Give [0, 0] for an axis that stays as it is.",
      });
    }
    return ([x]) => pad(x, [[0, 0], ...widths]);
  },
  fixes: ({ widths }, [{ shape }]) => [{ widths: shape.map((_, i) => widths[i] ?? [0, 0]) }],
});
