/**
 * Images in blocks of channels: [N, C/B, H, W, B] in memory, under the shape [N, C, H, W]. ONNX Runtime computes convolutions of
 * such images by kernels of its own several times faster, but turns to them by itself only where filters are constants, which
 * those of training are not. Here its ops for blocks are written, for its engine alone: files for others have none of them.
 *
 * Elementwise ops of images in blocks stay in blocks, and so do pooling and its gradient: see Emitter.map and pooling.ts.
 */
import type { Shape } from "@adjoint/tensor";
import { type Emitter, type OnnxValue, ofBlocks } from "./emitter.ts";
import type { Attributes } from "./types.ts";

/** Whether images of so many channels can lie in blocks. */
const fits = ({ block }: Emitter, channels: number): boolean => block !== null && channels % block === 0;

function toBlocks(out: Emitter, x: OnnxValue): OnnxValue {
  return out.inBlocks(x) ?? out.emit(ofBlocks("ReorderInput"), [x], x);
}

/** The axes of images in blocks as they lie: [N, C/B, H, W, B]; of others [N, C, H, W]. */
export function axesOf(out: Emitter, x: OnnxValue, isInBlocks: boolean): OnnxValue {
  if (!isInBlocks) return x;
  const { block } = out as { readonly block: number };
  const [n, c, h, w] = x.shape;
  return out.reshape(toBlocks(out, x), [n, c / block, h, w, block]);
}

/** Images from axes as {@link axesOf} gives them. */
export function imagesFrom(out: Emitter, x: OnnxValue, shape: Shape): OnnxValue {
  return x.shape.length === 4 ? x : out.outOfBlocks(out.reshape(x, shape));
}

/** Filters [F, C, FH, FW] in the order in which convolutions of blocks read them. */
function filtersFor(out: Emitter, kernel: OnnxValue, block: number): OnnxValue {
  const [f, c, h, w] = kernel.shape;
  if (c < block) {
    return out.reshape(out.transpose(out.reshape(kernel, [f / block, block, c, h, w]), [0, 2, 3, 4, 1]), kernel.shape);
  }
  const blocks = out.reshape(kernel, [f / block, block, c / block, block, h, w]);
  return out.reshape(out.transpose(blocks, [0, 2, 4, 5, 3, 1]), kernel.shape);
}

/** Whether {@link convolved} computes in blocks: whole blocks of filters, on whole blocks of channels, or on less than one. */
export function isInBlocks(out: Emitter, [f, c]: Shape, groups: number): boolean {
  return groups === 1 && fits(out, f) && (fits(out, c) || c < (out.block as number));
}

/** A convolution of images [N, C, H, W] with filters [F, C/groups, FH, FW], in blocks where they are some. */
export function convolved(
  out: Emitter,
  [x, kernel, ...bias]: readonly [OnnxValue, OnnxValue, ...OnnxValue[]],
  shape: Shape,
  attributes: Attributes & { readonly group: number },
): OnnxValue {
  const spec = { shape, type: x.type };
  if (!isInBlocks(out, kernel.shape, attributes.group)) return out.emit("Conv", [x, kernel, ...bias], spec, attributes);
  const block = out.block as number;
  const images = kernel.shape[1] < block ? x : toBlocks(out, x);
  const operands = [images, filtersFor(out, kernel, block), ...bias];
  return out.outOfBlocks(out.emit(ofBlocks("Conv"), operands, spec, attributes));
}

/** Pooling by an op that there is for blocks, too. */
export function pooledBy(
  out: Emitter,
  op: "MaxPool" | "AveragePool",
  x: OnnxValue,
  shape: Shape,
  attributes: Attributes,
): OnnxValue {
  const blocked = out.inBlocks(x);
  if (blocked === null) return out.emit(op, [x], { shape, type: x.type }, attributes);
  return out.outOfBlocks(out.emit(ofBlocks(op), [blocked], { shape, type: x.type }, attributes));
}
