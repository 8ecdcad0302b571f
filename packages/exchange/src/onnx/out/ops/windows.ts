/** im2col and its adjoint as ONNX: windows of images as slices of them. */
import { type WindowAttributes, windowsOn } from "@adjoint/compiler/internal";
import { type Shape, sizeOf } from "@adjoint/tensor";
import type { Emitter, OnnxValue } from "../emitter.ts";
import { type Lowering, whole } from "../lowering.ts";
import { counted } from "./arithmetic.ts";
import { padSlice } from "./rearranging.ts";

/** Most places of a window that are cut out one by one: more are picked by their indices. */
export const mostSlices = 64;

/** Whether windows cover images exactly, next to each other. */
export function isTiling(images: Shape, attributes: WindowAttributes): boolean {
  const { filterH, filterW } = attributes;
  const { outputH, outputW, strideH, strideW, padH, padW, dilationH, dilationW } = windowsOn(images, attributes);
  const isDense = padH === 0 && padW === 0 && dilationH === 1 && dilationW === 1;
  return (
    isDense &&
    strideH === filterH &&
    strideW === filterW &&
    outputH * filterH === images[2] &&
    outputW * filterW === images[3]
  );
}

/** The pixels at place (p, q) of every window of padded images: [N, C, OH, OW], or with more axes behind. */
export function pixelsAt(
  out: Emitter,
  padded: OnnxValue,
  { outputH, outputW, strideH, strideW, dilationH, dilationW }: ReturnType<typeof windowsOn>,
  p: number,
  q: number,
): OnnxValue {
  const moves = [
    { start: p * dilationH, step: strideH, length: outputH },
    { start: q * dilationW, step: strideW, length: outputW },
  ];
  const slices = padded.shape.map((_, axis) => moves[axis - 2] ?? null);
  return out.slice(padded, slices);
}

/** Images with zeros around them, [N, C, H, W] or with more axes behind. */
export function paddedImages(out: Emitter, x: OnnxValue, { padH, padW }: ReturnType<typeof windowsOn>): OnnxValue {
  const around = x.shape.map((_, axis) => [0, 0, padH, padW][axis] ?? 0);
  return out.pad(x, around, around);
}

/** The places (p, q) of a window, in order. */
export function placesOf({ filterH, filterW }: WindowAttributes): (readonly [p: number, q: number])[] {
  return Array.from({ length: filterH * filterW }, (_, k) => [Math.floor(k / filterW), k % filterW] as const);
}

/**
 * The windows of images, rows of them last: [C·FH·FW, N·OH·OW], the transpose of im2col. Channels come first, so that the
 * parts are put one after the other as they lie.
 */
export function windowsOf(out: Emitter, x: OnnxValue, attributes: WindowAttributes): OnnxValue {
  const { filterH, filterW } = attributes;
  const [n, c] = x.shape;
  const area = filterH * filterW;
  const windows = windowsOn(x.shape, attributes);
  const { outputH, outputW, strideH, strideW, dilationH, dilationW } = windows;
  const all = [c * area, n * outputH * outputW];
  const turned = out.transpose(x, [1, 0, 2, 3]);
  if (sizeOf(all) > 0 && isTiling(x.shape, attributes)) {
    const tiles = out.reshape(turned, [c, n, outputH, filterH, outputW, filterW]);
    return out.reshape(out.transpose(tiles, [0, 3, 5, 1, 2, 4]), all);
  }
  const padded = paddedImages(out, turned, windows);
  const places = placesOf(attributes);
  if (area <= mostSlices) {
    const parts = places.map(([p, q]) =>
      out.reshape(pixelsAt(out, padded, windows, p, q), [c, 1, n, outputH, outputW]),
    );
    return out.reshape(out.concat(parts, 1), all);
  }
  const [, , height, width] = padded.shape;
  const at = places.flatMap(([p, q]) =>
    Array.from({ length: outputH * outputW }, (_, k) => {
      const [i, j] = [Math.floor(k / outputW), k % outputW];
      return (i * strideH + p * dilationH) * width + j * strideW + q * dilationW;
    }),
  );
  const pixels = out.reshape(padded, [c, n, height * width]);
  const picked = out.emit(
    "Gather",
    [pixels, out.integers(at)],
    { shape: [c, n, at.length], type: x.type },
    { axis: 2 },
  );
  const ordered = out.transpose(out.reshape(picked, [c, n, area, outputH * outputW]), [0, 2, 1, 3]);
  return out.reshape(ordered, all);
}

/** Rows of windows added up into images. */
function imagesOf(out: Emitter, col: OnnxValue, images: Shape, attributes: WindowAttributes): OnnxValue {
  const { filterH, filterW } = attributes;
  const [n, c] = images;
  if (sizeOf(images) === 0 || sizeOf(col.shape) === 0) return out.expand(out.scalar(0, col.type), images);
  const { outputH, outputW } = windowsOn(images, attributes);
  const rows = out.reshape(col, [n, outputH, outputW, c, filterH, filterW]);
  if (isTiling(images, attributes)) return out.reshape(out.transpose(rows, [0, 3, 1, 4, 2, 5]), images);
  const area = filterH * filterW;
  const byPlace = out.reshape(out.transpose(rows, [4, 5, 0, 3, 1, 2]), [area, n, c, outputH, outputW]);
  const parts = placesOf(attributes).map((_, k) => {
    const part = out.slice(byPlace, [{ start: k, step: 1, length: 1 }, null, null, null, null]);
    return out.reshape(part, [n, c, outputH, outputW]);
  });
  return addedUp(out, parts, images, attributes);
}

/** The numbers at each place of the windows of images, [N, C, OH, OW] or with more axes behind, added up where they lie. */
export function addedUp(out: Emitter, parts: readonly OnnxValue[], images: Shape, window: WindowAttributes): OnnxValue {
  const { outputH, outputW, strideH, strideW, padH, padW, dilationH, dilationW } = windowsOn(
    images.slice(0, 4),
    window,
  );
  const around = images.map((_, axis) => [0, 0, padH, padW][axis] ?? 0);
  const framed = images.map((length, axis) => length + 2 * around[axis]);
  const spread = placesOf(window).map(([p, q], k) => {
    const moves = [
      { start: p * dilationH, step: strideH, length: outputH },
      { start: q * dilationW, step: strideW, length: outputW },
    ];
    const slices = images.map((length, axis) => moves[axis - 2] ?? { start: 0, step: 1, length });
    return padSlice(out, parts[k], framed, slices);
  });
  const sum = spread.reduce((total, part) => out.map("Add", [total, part]));
  return out.slice(
    sum,
    images.map((length, axis) => ({ start: around[axis], step: 1, length })),
  );
}

export const windowOps: { readonly im2col: Lowering; readonly col2im: Lowering } = {
  im2col: whole<never>((out, [x], { attributes }) =>
    out.transpose(windowsOf(out, x, attributes as WindowAttributes), [1, 0]),
  ),
  col2im: whole<never>((out, [col], { attributes, shape, dtype }) =>
    // Truth values are added as "or" is.
    out.cast(imagesOf(out, counted(out, col), shape, attributes as WindowAttributes), dtype),
  ),
};
