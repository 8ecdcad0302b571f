/** The kinds of layers on images that learn nothing: pooling by maximum and by mean, upsampling. */
import { repeat, reshape } from "@adjoint/autograd";
import { bothOf, type Shape, ShapeError } from "@adjoint/tensor";
import { optional } from "zod/mini";
import { AdaptiveAveragePooling, AveragePooling, GlobalAveragePooling } from "../../../layers/average-pooling.ts";
import { Pooling } from "../../../layers/pooling.ts";
import type {
  AdaptiveAveragePoolingSpec,
  AveragePoolingSpec,
  GlobalAveragePoolingSpec,
  PoolingSpec,
  UpsamplingSpec,
} from "../../spec/images.ts";
import type { Pair } from "../../spec/layer.ts";
import type { Fix, LayerKind, SampleSpec } from "../layer-kind.ts";
import { layerSchema, pair } from "../options.ts";
import { windowFixes } from "./fixes.ts";

/** One sample of images. */
export const imageAxes = ["channels", "height", "width"] as const;

/** A window larger than an image that is not padded was probably meant to take in all of it. */
function poolingFixes(spec: PoolingSpec | AveragePoolingSpec, [{ shape }]: readonly SampleSpec[]): Fix[] {
  const whole = Math.min(shape[1], shape[2]);
  const [height, width] = bothOf(spec.size);
  const isTooLarge = spec.pad === undefined && Math.max(height, width) > whole;
  // A window that sees padding alone says nothing: no more of it than half a window.
  const most = Math.min(height, width) / 2;
  const fixes = windowFixes(spec).filter(({ pad }) => pad === undefined || Math.max(...bothOf(pad as Pair)) <= most);
  return [...(isTooLarge ? [{ size: whole }] : []), ...fixes];
}

const windowOptions = { size: pair(1), stride: optional(pair(1)), pad: optional(pair(0)) };

export const pooling: LayerKind<PoolingSpec> = {
  prefix: "pool",
  axes: imageAxes,
  isTransparent: true,
  schema: layerSchema("pooling", windowOptions),
  layer: ({ size, stride = size, pad = 0 }) => {
    const layer = new Pooling(...bothOf(size), { stride, pad });
    return ([x]) => layer.forward(x);
  },
  fixes: poolingFixes,
};

export const averagePooling: LayerKind<AveragePoolingSpec> = {
  prefix: "averagePool",
  axes: imageAxes,
  isTransparent: true,
  schema: layerSchema("averagePooling", windowOptions),
  layer: ({ size, stride = size, pad = 0 }) => {
    const layer = new AveragePooling(...bothOf(size), { stride, pad });
    return ([x]) => layer.forward(x);
  },
  fixes: poolingFixes,
};

export const globalAveragePooling: LayerKind<GlobalAveragePoolingSpec> = {
  prefix: "globalPool",
  axes: imageAxes,
  isTransparent: true,
  schema: layerSchema("globalAveragePooling", {}),
  layer: () => {
    const layer = new GlobalAveragePooling();
    return ([x]) => layer.forward(x);
  },
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

export const adaptiveAveragePooling: LayerKind<AdaptiveAveragePoolingSpec> = {
  prefix: "adaptivePool",
  axes: imageAxes,
  isTransparent: true,
  schema: layerSchema("adaptiveAveragePooling", { size: pair(1) }),
  layer: ({ size }, { inputs: [{ shape }] }) => {
    checkWindows(bothOf(size), shape);
    const layer = new AdaptiveAveragePooling(...bothOf(size));
    return ([x]) => layer.forward(x);
  },
  fixes: (_, __, wanted) =>
    wanted.filter(({ length }) => length === 3).map(([, h, w]) => ({ size: h === w ? h : [h, w] })),
};

export const upsampling: LayerKind<UpsamplingSpec> = {
  prefix: "upsample",
  axes: imageAxes,
  isTransparent: true,
  schema: layerSchema("upsampling", { factor: pair(1) }),
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
