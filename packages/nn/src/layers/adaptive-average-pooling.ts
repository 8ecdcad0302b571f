/** Adaptive average pooling: means of windows that give an output of a chosen size. */
import { asVariable, constant, matmul, transpose, type Variable, type VariableLike } from "@adjoint/autograd";
import { bothOf, checkInteger, type Shape, ShapeError, Tensor } from "@adjoint/tensor";
import { checkImages } from "./global-average-pooling.ts";
import { imageAxes } from "./kind/axes.ts";
import { layerKind } from "./kind/layer-kind.ts";
import { pair } from "./kind/options.ts";

/** A[o, i] = 1/n where pixel i is one of the n that output o averages: ⌊o·I/O⌋ … ⌈(o + 1)·I/O⌉ − 1. */
function averages(outputs: number, inputs: number, dtype: "float32" | "float64"): Variable {
  const data = dtype === "float64" ? new Float64Array(outputs * inputs) : new Float32Array(outputs * inputs);
  for (let o = 0; o < outputs; o++) {
    const start = Math.floor((o * inputs) / outputs);
    const end = Math.ceil(((o + 1) * inputs) / outputs);
    data.fill(1 / (end - start), o * inputs + start, o * inputs + end);
  }
  return constant(new Tensor(data, [outputs, inputs]));
}

/**
 * Means of windows that are chosen so that the output has the size asked for, whatever that of the input:
 * [N, C, H, W] → [N, C, outputH, outputW]. As two matrix products, Y = A_H X A_Wᵀ.
 */
export class AdaptiveAveragePooling {
  readonly outputH: number;
  readonly outputW: number;

  /** @throws SpecError unless both are integers ≥ 1 */
  constructor(outputH: number, outputW: number) {
    checkInteger("AdaptiveAveragePooling", "outputH", outputH, 1);
    checkInteger("AdaptiveAveragePooling", "outputW", outputW, 1);
    this.outputH = outputH;
    this.outputW = outputW;
  }

  /** @throws ShapeError when x is not 4-D or has no pixels */
  forward(x: VariableLike): Variable {
    const input = asVariable("AdaptiveAveragePooling", x);
    checkImages("AdaptiveAveragePooling", input.shape);
    const [, , height, width] = input.shape;
    if (height === 0 || width === 0) checkImages("AdaptiveAveragePooling", [height, width]);
    const dtype = input.dtype === "float64" ? "float64" : "float32";
    const rows = matmul(averages(this.outputH, height, dtype), input);
    return matmul(rows, transpose(averages(this.outputW, width, dtype)));
  }
}

/** Largest number of entries of the matrices that average rows and columns: they are made with the layer. */
const MOST_WEIGHTS = 2 ** 24;

/** @throws ShapeError when the matrices would exhaust the memory */
function checkWindows(size: readonly number[], [, ...pixels]: Shape): void {
  if (size.every((n, axis) => n * pixels[axis] <= MOST_WEIGHTS)) return;
  const most = MOST_WEIGHTS.toLocaleString("en-US");
  const [from, to] = [pixels, size].map((lengths) => lengths.join(" × "));
  const problem = `from ${from} to ${to} pixels takes more than ${most} weights`;
  const expected = `at most ${most} pairs of input and output pixels along an axis`;
  throw ShapeError.of("adaptiveAveragePooling", "size", to, expected, { problem });
}

/** Means of windows that are chosen so that the output has this size: [C, H, W] → [C, *size]. */
export const adaptiveAveragePooling = layerKind({
  kind: "adaptiveAveragePooling",
  options: {
    /** Height and width of the output in pixels. */
    size: pair(1),
  },
  prefix: "adaptivePool",
  synonyms: "adaptiveavgpool adaptiveavgpool2d adaptivepool",
  alone: ["size", "number", "array"],
  axes: imageAxes,
  isTransparent: true,
  layer: ({ size }, { inputs: [{ shape }] }) => {
    checkWindows(bothOf(size), shape);
    return new AdaptiveAveragePooling(...bothOf(size));
  },
  fixes: (_, __, wanted) =>
    wanted.filter(({ length }) => length === 3).map(([, h, w]) => ({ size: h === w ? h : [h, w] })),
});
