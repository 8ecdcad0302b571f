/** Global average pooling: the mean of each channel. */
import { asVariable, mean, type Variable, type VariableLike } from "@adjoint/autograd";
import { formatShape, type Shape, ShapeError } from "@adjoint/tensor";
import { imageAxes } from "./kind/axes.ts";
import { layerKind } from "./kind/layer-kind.ts";

export function checkImages(op: string, shape: Shape): void {
  if (shape.length === 4) return;
  throw ShapeError.of(op, "x", formatShape(shape), "[batch, channels, height, width]", {
    problem: `x has shape ${formatShape(shape)}`,
  });
}

/** The mean of every channel: [N, C, H, W] → [N, C]. Lin et al. 2014, Network in Network. */
export class GlobalAveragePooling {
  /** @throws ShapeError when x is not 4-D */
  forward(x: VariableLike): Variable {
    const input = asVariable("GlobalAveragePooling", x);
    checkImages("GlobalAveragePooling", input.shape);
    return mean(input, { axis: [2, 3] });
  }
}

/** The mean of each channel: [C, H, W] → [C]. */
export const globalAveragePooling = layerKind({
  kind: "globalAveragePooling",
  prefix: "globalPool",
  synonyms: "globalavgpool globalavgpool2d globalpool globalpooling globalaveragepooling2d gap",
  axes: imageAxes,
  isTransparent: true,
  layer: () => new GlobalAveragePooling(),
});
