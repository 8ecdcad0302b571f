/** The results of the loaders of small images, and the options that they share. */
import { type Shape, Tensor } from "@adjoint/tensor";
import { oneHot } from "../samples/one-hot.ts";

/** Inputs and targets, one row of each for a sample. */
export interface Samples<T extends "int32" | "float32" = "int32" | "float32"> {
  /** Images, float32: [N, pixels], or [N, 1, height, width] without `flatten`. */
  readonly x: Tensor<"float32">;
  /** Labels, int32 [N]; with `oneHotLabel` float32 [N, classes]. */
  readonly t: Tensor<T>;
}

/** Samples to learn from and others to be tested with. */
export interface Dataset<T extends "int32" | "float32" = "int32" | "float32"> {
  readonly train: Samples<T>;
  readonly test: Samples<T>;
}

/** How images and labels are given: the options of the book's `load_mnist`, under its names. */
export interface ImageOptions<OneHot extends boolean = boolean> {
  /** Whether pixels are divided by the largest value, to lie in 0 … 1. Default true. */
  readonly normalize?: boolean;
  /** Whether an image is one row of pixels; if not, it is [1, height, width]. Default true. */
  readonly flatten?: boolean;
  /** Whether labels are rows with a single 1. Default false. */
  readonly oneHotLabel?: OneHot;
}

/** The dtype of the labels that `oneHotLabel` asks for. */
export type LabelType<OneHot extends boolean> = OneHot extends true ? "float32" : "int32";

/** Samples as {@link ImageOptions} want them, from whole-numbered pixels and labels. */
export function toSamples<OneHot extends boolean>(
  pixels: ArrayLike<number>,
  labels: ArrayLike<number>,
  image: { readonly height: number; readonly width: number; readonly largest: number },
  options: ImageOptions<OneHot>,
): Samples<LabelType<OneHot>> {
  const { normalize = true, flatten = true, oneHotLabel = false } = options;
  const { height, width, largest } = image;
  const shape: Shape = flatten ? [labels.length, height * width] : [labels.length, 1, height, width];
  const data = new Float32Array(labels.length * height * width);
  const divisor = normalize ? largest : 1;
  for (let i = 0; i < data.length; i++) data[i] = pixels[i] / divisor;
  const t = new Tensor(Int32Array.from(labels), [labels.length]);
  return {
    x: new Tensor(data, shape) as Tensor<"float32">,
    t: (oneHotLabel ? oneHot(t) : t) as Tensor<LabelType<OneHot>>,
  };
}
