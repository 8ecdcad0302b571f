/** Upsampling: every pixel repeated. */
import { repeat, reshape } from "@adjoint/autograd";
import { bothOf } from "@adjoint/tensor";
import { imageAxes } from "./kind/axes.ts";
import { layerKind } from "./kind/layer-kind.ts";
import { pair } from "./kind/options.ts";

/** Every pixel repeated (nearest neighbour): [C, H, W] → [C, H · factor, W · factor]. */
export const upsampling = layerKind({
  kind: "upsampling",
  options: {
    /** How many times each pixel is repeated, down and across. */
    factor: pair(1),
  },
  prefix: "upsample",
  synonyms: "upsample upsampling2d",
  alone: ["factor", "number", "array"],
  axes: imageAxes,
  isTransparent: true,
  layer: ({ factor }) => {
    const [down, across] = bothOf(factor);
    return ([x]) => {
      const [count, channels, height, width] = x.shape;
      const pixels = reshape(x, [count, channels, height, 1, width, 1]);
      const repeated = repeat(pixels, [count, channels, height, down, width, across]);
      return reshape(repeated, [count, channels, height * down, width * across]);
    };
  },
  fixes: ({ factor }) => [1, 2, 3, 4].filter((n) => n !== factor).map((n) => ({ factor: n })),
});
