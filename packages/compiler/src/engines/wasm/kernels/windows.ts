/**
 * Windows of images, as kernels take them.
 */
import { type Shape, sizeOf, type WindowOptions, windowOf } from "@adjoint/tensor";
import { bytesOf, type Value } from "../layout/values.ts";

/** The attributes of im2col and col2im. */
export type WindowAttributes = Required<WindowOptions> & { readonly filterH: number; readonly filterW: number };

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
  const { filterH, filterW, stride, pad, dilation } = attributes;
  const window = windowOf("im2col", images, filterH, filterW, { stride, pad, dilation });
  const { outputH, outputW, strideH, strideW, padH, padW, dilationH, dilationW } = window;
  const steps = [strideH, strideW, padH, padW, dilationH, dilationW];
  return [...images.slice(1), filterH, filterW, outputH, outputW, ...steps];
}
