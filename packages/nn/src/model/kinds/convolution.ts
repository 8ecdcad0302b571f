/** The kinds of layers that slide windows over images: convolution and pooling. */
import { variable } from "@adjoint/autograd";
import { bothOf, formatShape, type Shape, ShapeError, sizeOf, windowOf, zeros } from "@adjoint/tensor";
import { z } from "zod";
import { initializeWeight } from "../../initializers.ts";
import { Convolution } from "../../layers/convolution.ts";
import { Pooling } from "../../layers/pooling.ts";
import type { ConvolutionSpec, Pair, PoolingSpec } from "../spec.ts";
import { count, type LayerKind, layerName, pair, weightInit, withoutParameters } from "./layer-kind.ts";

/** Height and width of what windows give. @throws ShapeError for no image, or windows larger than the padded image */
function slide(kind: string, name: string, input: Shape, size: Pair, stride: Pair, pad: Pair): [number, number] {
  if (input.length !== 3) {
    throw new ShapeError({
      op: name,
      problem: `${kind} got an input of shape ${formatShape(input)}; it needs [channels, height, width]`,
      argument: "input",
      expected: "[channels, height, width]",
      received: formatShape(input),
      ...(input.length === 2 ? { hint: `For grey images declare input: [1, ${input.join(", ")}].` } : {}),
    });
  }
  const [height, width] = bothOf(size);
  const { outputH, outputW } = windowOf(name, [1, ...input], height, width, { stride, pad });
  return [outputH, outputW];
}

export const convolution: LayerKind<ConvolutionSpec> = {
  prefix: "conv",
  schema: z.strictObject({
    kind: z.literal("convolution"),
    name: layerName.optional(),
    filters: count(1),
    size: pair(1),
    stride: pair(1).optional(),
    pad: pair(0).optional(),
    weightInit: weightInit.optional(),
  }) as z.ZodType<ConvolutionSpec>,
  outputShape: ({ filters, size, stride = 1, pad = 0 }, input, name) => [
    filters,
    ...slide("convolution", name, input, size, stride, pad),
  ],
  multiplyAdds: ({ filters, size }, input, output) => {
    const [height, width] = bothOf(size);
    return filters * input[0] * height * width * output[1] * output[2];
  },
  parameterShapes: ({ filters, size }, input) => ({ weight: [filters, input[0], ...bothOf(size)], bias: [filters] }),
  create: (spec, { name, input, next, generator, dtype }) => {
    const { stride = 1, pad = 0 } = spec;
    const shapes = convolution.parameterShapes(spec, input);
    const init = spec.weightInit ?? (next === "relu" ? "he" : "xavier");
    const W = initializeWeight(shapes.weight, sizeOf(shapes.weight.slice(1)), init, generator, dtype);
    const weight = variable(W, { name: `${name}.weight` });
    const bias = variable(zeros(shapes.bias, { dtype }), { name: `${name}.bias` });
    const layer = new Convolution(weight, bias, { stride, pad });
    return { parameters: { weight, bias }, statistics: {}, forward: (x) => layer.forward(x) };
  },
};

export const pooling: LayerKind<PoolingSpec> = {
  prefix: "pool",
  schema: z.strictObject({
    kind: z.literal("pooling"),
    name: layerName.optional(),
    size: pair(1),
    stride: pair(1).optional(),
    pad: pair(0).optional(),
  }) as z.ZodType<PoolingSpec>,
  outputShape: ({ size, stride = size, pad = 0 }, input, name) => {
    const output = slide("pooling", name, input, size, stride, pad);
    return [input[0], ...output];
  },
  multiplyAdds: () => 0,
  parameterShapes: () => ({}),
  create: ({ size, stride = size, pad = 0 }) => {
    const [height, width] = bothOf(size);
    const layer = new Pooling(height, width, { stride, pad });
    return withoutParameters((x) => layer.forward(x));
  },
};
