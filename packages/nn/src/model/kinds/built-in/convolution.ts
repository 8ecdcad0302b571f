/** The kinds of layers that slide filters over images. */
import { bothOf, ShapeError } from "@adjoint/tensor";
import { optional } from "zod/mini";
import { convolutionPlan, convolve } from "../../../layers/convolution.ts";
import { convolveTransposed, transposedConvolutionPlan } from "../../../layers/transposed-convolution.ts";
import type { ConvolutionSpec, TransposedConvolutionSpec } from "../../spec/images.ts";
import type { Fix, LayerKind, SampleSpec } from "../layer-kind.ts";
import { count, flag, layerSchema, pair, weighted } from "../options.ts";
import { divisorsOf, neighbours, windowFixes } from "./fixes.ts";
import { imageAxes } from "./pooling.ts";

export const convolution: LayerKind<ConvolutionSpec> = {
  prefix: "conv",
  axes: imageAxes,
  schema: layerSchema("convolution", {
    filters: count(1),
    size: pair(1),
    stride: optional(pair(1)),
    pad: optional(pair(0)),
    dilation: optional(pair(1)),
    groups: optional(count(1)),
    bias: optional(flag),
    ...weighted,
  }),
  parameters: ({ filters, size, groups = 1, bias = true, weightInit }, [{ shape }]) => {
    const { W, b } = convolutionPlan(shape[0], filters, size, groups, weightInit);
    return { weight: W, ...(bias ? { bias: b } : {}) };
  },
  layer: (spec, { inputs: [{ shape }], parameters: { weight, bias = null } }) => {
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
    return ([x]) => convolve(x, weight, bias, { stride, pad, dilation, groups });
  },
  fixes: (spec, inputs) => [...windowFixes(spec), ...groupFixes(spec, inputs)],
};

export const transposedConvolution: LayerKind<TransposedConvolutionSpec> = {
  prefix: "transposedConv",
  axes: imageAxes,
  schema: layerSchema("transposedConvolution", {
    filters: count(1),
    size: pair(1),
    stride: optional(pair(1)),
    pad: optional(pair(0)),
    dilation: optional(pair(1)),
    outputPad: optional(pair(0)),
    bias: optional(flag),
    ...weighted,
  }),
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
