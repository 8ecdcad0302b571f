/**
 * The one list of ops that are read from ONNX files, each with the function that computes it. Whatever speaks of every op
 * goes over this list.
 */
import { activations } from "./activations.ts";
import { constants } from "./constants.ts";
import { convolutions } from "./convolution.ts";
import { elementwise } from "./elementwise.ts";
import { indexing } from "./indexing.ts";
import type { Lowering } from "./lowering.ts";
import { normalizations } from "./normalization.ts";
import { pools } from "./pooling.ts";
import { products } from "./products.ts";
import { recurrents } from "./recurrent.ts";
import { reductions } from "./reductions.ts";
import { resizes } from "./resize.ts";
import { shapes } from "./shapes.ts";

/** The functions by the names of their ops. */
export const lowerings: ReadonlyMap<string, Lowering> = new Map(
  Object.entries({
    ...elementwise,
    ...activations,
    ...reductions,
    ...shapes,
    ...indexing,
    ...constants,
    ...products,
    ...convolutions,
    ...pools,
    ...normalizations,
    ...recurrents,
    ...resizes,
  }),
);

/** Inputs that are settings or statistics rather than parameters, by op: initializers that feed them are constants. */
export const settings: Readonly<Record<string, readonly number[]>> = {
  BatchNormalization: [3, 4],
  Clip: [1, 2],
  Dropout: [1, 2],
  OneHot: [2],
  Pad: [2],
  Range: [0, 1, 2],
  Resize: [1, 2, 3],
  Upsample: [1],
};
