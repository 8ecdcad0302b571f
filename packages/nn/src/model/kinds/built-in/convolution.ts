/** The kinds of layers that slide filters over images. */
import { bothOf, ShapeError } from "@adjoint/tensor";
import { Convolution, convolutionPlan, convolve } from "../../../layers/convolution.ts";
import { convolveTransposed, transposedConvolutionPlan } from "../../../layers/transposed-convolution.ts";
import type { Fix, LayerKind, SampleSpec } from "../layer-kind.ts";
import { biased, count, described, layerForm, optional, pair, type SpecOf, weighted } from "../options.ts";
import { divisorsOf, neighbours, windowFixes } from "./fixes.ts";
import { imageAxes } from "./pooling.ts";

const filters = {
  filters: described(count(1), "Number of filters, and so of output channels."),
  size: described(pair(1), "Height and width of a filter in pixels."),
};

const convolutionForm = layerForm("convolution", "Filters slid over an image: [C, H, W] → [filters, OH, OW].", {
  ...filters,
  stride: optional(pair(1), "Distance between windows, ≥ 1. Default 1."),
  pad: optional(pair(0), "Zeros added on every side. Default 0."),
  dilation: optional(pair(1), "Distance between the pixels that a filter reads, ≥ 1. Default 1."),
  groups: optional(
    count(1),
    "Groups of channels that are convolved each by itself; divides channels and filters. Default 1.",
  ),
  ...biased,
  ...weighted,
});

export interface ConvolutionSpec extends SpecOf<typeof convolutionForm> {}

export const convolution: LayerKind<ConvolutionSpec> = {
  ...convolutionForm,
  prefix: "conv",
  synonyms: "conv conv2d convolution2d convolutional",
  axes: imageAxes,
  parameters: ({ filters, size, groups = 1, bias = true, weightInit }, [{ shape }]) => {
    const { W, b } = convolutionPlan(shape[0], filters, size, groups, weightInit);
    return { weight: W, ...(bias ? { bias: b } : {}) };
  },
  layer: (spec, { inputs: [{ shape }], parameters: { weight, bias } }) => {
    const { filters, stride = 1, pad = 0, dilation = 1, groups = 1 } = spec;
    if (shape[0] % groups !== 0 || filters % groups !== 0) {
      throw new ShapeError({
        op: "convolution",
        problem: `groups are ${groups}, for ${shape[0]} channel${shape[0] === 1 ? "" : "s"} and ${filters} filter${filters === 1 ? "" : "s"}`,
        argument: "groups",
        expected: "a divisor of both",
        received: String(groups),
        hint: "Every group has as many channels and filters as the others.",
      });
    }
    const options = { stride, pad, dilation, groups };
    return bias ? new Convolution(weight, bias, options) : ([x]) => convolve(x, weight, null, options);
  },
  fixes: (spec, inputs) => [...windowFixes(spec), ...groupFixes(spec, inputs)],
};

const transposedForm = layerForm(
  "transposedConvolution",
  "The adjoint of a convolution, which makes images larger: [C, H, W] → [filters, OH, OW].",
  {
    ...filters,
    stride: optional(pair(1), "Distance between the windows that are written, ≥ 1. Default 1."),
    pad: optional(pair(0), "Pixels cut off on every side. Default 0."),
    dilation: optional(pair(1), "Distance between the pixels that a filter writes, ≥ 1. Default 1."),
    outputPad: optional(pair(0), "Rows and columns added at the lower right, less than the stride. Default 0."),
    ...biased,
    ...weighted,
  },
);

export interface TransposedConvolutionSpec extends SpecOf<typeof transposedForm> {}

export const transposedConvolution: LayerKind<TransposedConvolutionSpec> = {
  ...transposedForm,
  prefix: "transposedConv",
  synonyms: "conv2dtranspose convtranspose convtranspose2d deconvolution deconv transposedconv2d",
  axes: imageAxes,
  parameters: ({ filters, size, bias = true, weightInit }, [{ shape }]) => {
    const { W, b } = transposedConvolutionPlan(shape[0], filters, size, weightInit);
    return { weight: W, ...(bias ? { bias: b } : {}) };
  },
  layer: ({ stride = 1, pad = 0, dilation = 1, outputPad = 0 }, { parameters: { weight, bias = null } }) => {
    return ([x]) => convolveTransposed(x, weight, bias, { stride, pad, dilation, outputPad });
  },
  fixes: ({ size, stride = 1, pad, outputPad }) => [
    ...(typeof outputPad === "number" && bothOf(stride).some((n) => n <= outputPad) ? [{ stride: outputPad + 1 }] : []),
    ...(typeof size === "number" ? [size + 1, size - 1].filter((n) => n >= 1) : neighbours(size, 1)).map((n) => ({
      size: n,
    })),
    ...(outputPad === undefined ? [{ outputPad: 1 }] : [{ outputPad: 0 }, { outputPad: 1 }]),
    ...(pad === undefined ? [] : [{ pad: 0 }]),
    { pad: 1 },
  ],
};

function groupFixes({ groups, filters }: ConvolutionSpec, [{ shape }]: readonly SampleSpec[]): Fix[] {
  if (groups === undefined) return [];
  const filterFixes = filters % groups === 0 ? [] : [{ filters: Math.ceil(filters / groups) * groups }];
  return [...filterFixes, ...divisorsOf(shape[0], groups).map((divisor) => ({ groups: divisor }))];
}
