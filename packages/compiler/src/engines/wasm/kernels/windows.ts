/** Windows of images, as kernels take them. */
import { type Shape, sizeOf } from "@adjoint/tensor";
import { type WindowAttributes, windowsOn } from "../../../recognize/windows.ts";
import { bytesOf, type Value } from "../layout/values.ts";

/** The strides of images in bytes. */
export function imageStrides({ strides, dtype }: Value): number[] {
  return strides.map((step) => step * bytesOf(dtype));
}

/** Whether images lie one after the other: then some can be written without the others. */
export function isImageAfterImage({ shape, strides }: Value): boolean {
  return strides[0] === sizeOf(shape.slice(1));
}

/** What kernels of windows take: channels and lengths of images, lengths of window and output, and how the window moves. */
export function windowArguments(images: Shape, attributes: WindowAttributes): number[] {
  const { filterH, filterW } = attributes;
  const { outputH, outputW, strideH, strideW, padH, padW, dilationH, dilationW } = windowsOn(images, attributes);
  const steps = [strideH, strideW, padH, padW, dilationH, dilationW];
  return [...images.slice(1), filterH, filterW, outputH, outputW, ...steps];
}
