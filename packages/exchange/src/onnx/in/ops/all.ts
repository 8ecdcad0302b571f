/** The one list of ops that are read from ONNX files, each with the function that computes it. */
import { activations } from "./activations.ts";
import { attentions } from "./attention.ts";
import { constants } from "./constants.ts";
import { elementwise } from "./elementwise.ts";
import { convolutions } from "./images/convolution.ts";
import { folds } from "./images/fold.ts";
import { normalizations } from "./images/normalization.ts";
import { pools } from "./images/pooling.ts";
import { resizes } from "./images/resize.ts";
import { samplings } from "./images/sampling.ts";
import { indexing } from "./indexing.ts";
import type { Lowering, Lowerings } from "./lowering.ts";
import { products } from "./products.ts";
import { recurrents } from "./recurrent.ts";
import { reductions } from "./reductions.ts";
import { shapes } from "./shapes.ts";

/** The functions by families, in the order of the reference. */
export const families: Readonly<Record<string, Lowerings>> = {
  "Arithmetic, comparisons, functions": elementwise,
  "Activations, softmax": activations,
  "Reductions, sorting": reductions,
  Shapes: shapes,
  Indexing: indexing,
  "Constants, casts": constants,
  "Matrix products": products,
  Convolutions: { ...convolutions, ...folds },
  Pooling: pools,
  Normalization: normalizations,
  Attention: attentions,
  "Recurrent layers": recurrents,
  "Resizing, sampling": { ...resizes, ...samplings },
};

/** The functions by the names of their ops. */
export const lowerings: ReadonlyMap<string, Lowering> = new Map(Object.values(families).flatMap(Object.entries));

/** What is not read of an op, in words. */
export const limits: Readonly<Record<string, string>> = {
  Dropout: "passes values on; refused where it drops some, as in training",
  BatchNormalization: "by the statistics of the file, or by the batch where `training_mode` is 1",
  MaxPool: "places of maxima (a second output) for images only",
  ScatterElements: "`reduction` mul, max and min where the indices are known",
  ScatterND: "`reduction` mul, max and min where the indices are known",
  NonZero: "of known values",
  Compress: "by a known condition",
  RNN: "unrolled: as many steps as the input has",
  GRU: "unrolled: as many steps as the input has",
  LSTM: "unrolled: as many steps as the input has",
  If: "by a known condition",
  Loop: "unrolled: by a known number of steps, and known conditions",
  Scan: "unrolled: as many steps as its inputs have; from version 9 on",
  SplitToSequence:
    "as all ops on sequences: by known lengths and places; sequences are no inputs or outputs of the file",
  Resize: "nearest, linear, cubic; no cropping by the nearest",
};

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
