/** The kinds of layers on images that learn nothing: pooling by maximum and by mean, upsampling. */
import { repeat, reshape } from "@adjoint/autograd";
import { bothOf, type Shape, ShapeError } from "@adjoint/tensor";
import { AdaptiveAveragePooling, AveragePooling, GlobalAveragePooling } from "../../../layers/average-pooling.ts";
import { Pooling } from "../../../layers/pooling.ts";
import type { Fix, LayerKind, SampleSpec } from "../layer-kind.ts";
import {
  described,
  layerForm,
  type OptionsOf,
  optional,
  type Pair,
  type PlainLayerSpec,
  pair,
  type SpecOf,
} from "../options.ts";
import { windowFixes } from "./fixes.ts";

/** One sample of images. */
export const imageAxes = ["channels", "height", "width"] as const;

const windowOptions = {
  size: described(pair(1), "Height and width of a window in pixels."),
  stride: optional(pair(1), "Distance between windows. Default: the size, so that windows do not overlap."),
  pad: optional(pair(0), "Zeros added on every side. Default 0."),
};

/** A window larger than an image that is not padded was probably meant to take in all of it. */
function poolingFixes(spec: OptionsOf<typeof windowOptions>, [{ shape }]: readonly SampleSpec[]): Fix[] {
  const whole = Math.min(shape[1], shape[2]);
  const [height, width] = bothOf(spec.size);
  const isTooLarge = spec.pad === undefined && Math.max(height, width) > whole;
  // A window that sees padding alone says nothing: no more of it than half a window.
  const most = Math.min(height, width) / 2;
  const fixes = windowFixes(spec).filter(({ pad }) => pad === undefined || Math.max(...bothOf(pad as Pair)) <= most);
  return [...(isTooLarge ? [{ size: whole }] : []), ...fixes];
}

export interface PoolingSpec<Kind extends string> extends PlainLayerSpec<Kind>, OptionsOf<typeof windowOptions> {}

function windowed<const Kind extends string>(
  kind: Kind,
  words: string,
  names: { readonly prefix: string; readonly synonyms: string },
  Layer: typeof Pooling | typeof AveragePooling,
): LayerKind<PoolingSpec<Kind>> {
  return {
    ...layerForm(kind, words, windowOptions),
    ...names,
    axes: imageAxes,
    isTransparent: true,
    layer: ({ size, stride = size, pad = 0 }) => new Layer(...bothOf(size), { stride, pad }),
    fixes: poolingFixes,
  };
}

export const pooling = windowed(
  "pooling",
  "The largest value of each window: [C, H, W] → [C, OH, OW].",
  { prefix: "pool", synonyms: "pool maxpool maxpool2d maxpooling maxpooling2d" },
  Pooling,
);

export const averagePooling = windowed(
  "averagePooling",
  "The mean of each window, zeros of the padding counted: [C, H, W] → [C, OH, OW].",
  { prefix: "averagePool", synonyms: "avgpool avgpool2d avgpooling averagepool averagepooling2d" },
  AveragePooling,
);

export const globalAveragePooling: LayerKind<PlainLayerSpec<"globalAveragePooling">> = {
  ...layerForm("globalAveragePooling", "The mean of each channel: [C, H, W] → [C].", {}),
  prefix: "globalPool",
  synonyms: "globalavgpool globalpool globalpooling globalaveragepooling2d gap",
  axes: imageAxes,
  isTransparent: true,
  layer: () => new GlobalAveragePooling(),
};

/** Largest number of entries of the matrices that average rows and columns: they are made with the layer. */
const MOST_WEIGHTS = 2 ** 24;

/** @throws ShapeError for windows so many that finding them would fill the memory */
function checkWindows(size: readonly number[], [, ...pixels]: Shape): void {
  if (size.every((n, axis) => n * pixels[axis] <= MOST_WEIGHTS)) return;
  const most = MOST_WEIGHTS.toLocaleString("en-US");
  throw new ShapeError({
    op: "adaptiveAveragePooling",
    problem: `from ${pixels.join(" × ")} to ${size.join(" × ")} pixels takes more than ${most} weights`,
    argument: "size",
    expected: `at most ${most} pairs of input and output pixels along an axis`,
    received: size.join(" × "),
  });
}

const adaptiveForm = layerForm(
  "adaptiveAveragePooling",
  "Means of windows that are chosen so that the output has this size: [C, H, W] → [C, *size].",
  { size: described(pair(1), "Height and width of the output in pixels.") },
);

export interface AdaptiveAveragePoolingSpec extends SpecOf<typeof adaptiveForm> {}

export const adaptiveAveragePooling: LayerKind<AdaptiveAveragePoolingSpec, "size"> = {
  ...adaptiveForm,
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
};

const upsamplingForm = layerForm(
  "upsampling",
  "Every pixel repeated (nearest neighbour): [C, H, W] → [C, H · factor, W · factor].",
  { factor: described(pair(1), "How often each pixel is repeated, down and across.") },
);

export interface UpsamplingSpec extends SpecOf<typeof upsamplingForm> {}

export const upsampling: LayerKind<UpsamplingSpec, "factor"> = {
  ...upsamplingForm,
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
};
