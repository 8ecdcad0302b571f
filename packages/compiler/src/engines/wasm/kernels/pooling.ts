/** Max pooling, as the book writes it: im2col, and the largest number of each row. */
import { sizeOf } from "@adjoint/tensor";
import { maxPoolingAt, maxUnpoolingAt, type WindowAttributes } from "../../../recognize/windows.ts";
import { callOf } from "../calls.ts";
import { addressOf } from "../layout/values.ts";
import type { Pattern } from "./pattern.ts";
import { imageStrides, isImageAfterImage, windowArguments } from "./windows.ts";

/** The largest number of each window, and its place there. */
export const maxPooling: Pattern = {
  name: "max pooling",
  reason: "im2col makes every window a row of its own; the largest of a window can be read from the image",
  ops: ["max", "argmax"],
  find(node, nodes) {
    const windows = maxPoolingAt(node, (id) => nodes[id]);
    if (windows === null || windows.images.dtype !== "float32") return null;
    const { col, attributes } = windows;
    return {
      inputs: col.inputs,
      dense: [],
      // The largest numbers and their places are found together.
      shared: { key: JSON.stringify([col.inputs, windowOnly(attributes)]), slot: node.op as string },
      calls: ([images], _, { max, argmax }) => {
        const [values, places] = [max, argmax].map((result) => (result === undefined ? 0 : addressOf(result)));
        const window = windowArguments(images.shape, attributes);
        const args = [addressOf(images), ...imageStrides(images), values, places, ...window];
        return [callOf("maxPool32", args, images.shape[0], sizeOf(col.shape))];
      },
    };
  },
};

/** The gradient of max pooling. */
export const maxUnpooling: Pattern = {
  name: "max pooling, backward",
  reason: "a row of zeros for every window need not be written to add one number to the image",
  ops: ["col2im"],
  find(node, nodes) {
    const found = maxUnpoolingAt(node, (id) => nodes[id]);
    if (found === null || node.dtype !== "float32") return null;
    const { windows, places, updates } = found;
    return {
      inputs: [updates.id, places.id],
      dense: [0, 1],
      layout: windows.images.id,
      calls: ([numbers, at], y) => {
        const window = windowArguments(y.shape, windows.attributes);
        const args = [addressOf(numbers), addressOf(at), ...imageStrides(y), addressOf(y), ...window];
        return [callOf("unpool32", args, y.shape[0], isImageAfterImage(y) ? 2 * sizeOf(y.shape) : 0)];
      },
    };
  },
};

function windowOnly({ filterH, filterW, stride, pad, dilation }: WindowAttributes): unknown[] {
  return [filterH, filterW, stride, pad, dilation];
}
