/** Samples in the shape that a model takes. */
import type { Samples } from "@adjoint/optim";
import { kernels, sameShape, scalar, sizeOf, type Tensor } from "@adjoint/tensor";
import type { WantedSamples } from "./data-source.ts";

/** Whether integers are the pixels of images: of three axes and more, or as many as a model's images have. */
function arePixels(x: Tensor, { shape }: WantedSamples): boolean {
  if (x.dtype !== "int32" || x.size === 0) return false;
  if (x.ndim < 3 && shape?.length !== 3) return false;
  return Number(kernels.min(x).item()) >= 0 && Number(kernels.max(x).item()) <= 255;
}

/**
 * Inputs in the shape and type that a model takes: images as rows or rows as images, channels first, pixels of 0 … 255
 * divided by 255. What does not fit is left to the check of the model.
 */
export function fittedInputs(x: Tensor, wanted: WantedSamples): Tensor {
  const { shape, isLabels } = wanted;
  if (x.ndim === 0 || (isLabels && x.dtype === "int32")) return x;
  const isImage = arePixels(x, wanted);
  const real = kernels.cast(x, x.dtype === "float64" ? "float64" : "float32");
  const scaled = isImage ? kernels.div(real, scalar(255, { dtype: "float32" })) : real;
  if (shape === null) return scaled;
  const [count, ...sample] = scaled.shape;
  if (sameShape(sample, shape) || sizeOf(sample) !== sizeOf(shape)) return scaled;
  // Keras and Pillow have channels last.
  const isLast = sample.length === 3 && shape.length === 3 && sameShape([sample[2], sample[0], sample[1]], shape);
  const ordered = isLast ? kernels.contiguous(kernels.transpose(scaled, [0, 3, 1, 2])) : scaled;
  return kernels.reshape(ordered, [count, ...shape]);
}

/** Samples whose inputs are such. */
export function fittedSamples({ x, t }: Samples, wanted: WantedSamples): Samples {
  return { x: fittedInputs(x, wanted), t };
}
