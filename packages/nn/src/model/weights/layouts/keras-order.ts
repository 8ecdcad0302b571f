/**
 * The order of numbers in Keras: its images are [H, W, C], ours [C, H, W], so that whoever looks at a flattened image sees
 * the same numbers in another order. It is followed from layer to layer, as far as a row that is weighted.
 */
import { type Shape, sameShape, sizeOf } from "@adjoint/tensor";
import type { ModelLayer } from "../../layer.ts";
import type { Model } from "../../model.ts";

/**
 * How Keras orders the numbers of a sample that has them in some order here: as they are; as an image whose channels come
 * last; several rows behind each other; or in an unknown order.
 */
export type Order = "same" | "unknown" | ImageOrder | { readonly rows: readonly Row[] };

/** The numbers of an image, [C, H, W] here; flattened or not. */
interface ImageOrder {
  readonly image: Shape;
}

interface Row {
  readonly order: Order;
  readonly size: number;
}

/** Kinds that read and give images. */
const onImages = new Set(
  "convolution transposedConvolution pooling averagePooling adaptiveAveragePooling upsampling".split(" "),
);

/** Kinds that give numbers in an order of their own. */
const ordering = new Set(["globalAveragePooling", "embedding", "rnn", "lstm", "gru"]);

/** The order of an image; that of one channel, or of one pixel, is the same. */
export function imageOrder(shape: Shape): Order {
  const [channels, height, width] = shape;
  return channels === 1 || (height === 1 && width === 1) ? "same" : { image: shape };
}

/** Whether a sample of this shape is an image with its channels first, for Keras with its channels last. */
export function isImage(order: Order, shape: Shape): boolean {
  return shape.length === 3 && isEqual(order, imageOrder(shape));
}

function isEqual(a: Order, b: Order): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** Where Keras has each of the numbers of a sample that has `size` of them; null where its order is the same. */
export function placesOf(order: Order, size: number): number[] | null {
  if (order === "same" || order === "unknown") return null;
  if ("rows" in order) {
    let before = 0;
    return order.rows.flatMap(({ order: own, size: length }) => {
      const start = before;
      before += length;
      return (placesOf(own, length) ?? Array.from({ length }, (_, i) => i)).map((place) => start + place);
    });
  }
  const [channels, height, width] = order.image;
  const pixels = height * width;
  return Array.from({ length: size }, (_, i) => (i % pixels) * channels + Math.floor(i / pixels));
}

/** The orders of all values of a model: of its inputs, then of what each layer gives. */
export function kerasOrders(net: Model): Order[] {
  const orders = net.inputs.map(({ shape }): Order => (shape.length === 3 ? imageOrder(shape) : "same"));
  const shapes = net.inputs.map(({ shape }) => shape);
  for (const layer of net.layers) {
    const of = (source: number): Row & { readonly shape: Shape } => ({
      order: orders[source],
      shape: shapes[source],
      size: sizeOf(shapes[source]),
    });
    orders.push(orderAfter(layer, layer.sources.map(of)));
    shapes.push(layer.outputShape);
  }
  return orders;
}

function orderAfter(layer: ModelLayer, inputs: readonly (Row & { readonly shape: Shape })[]): Order {
  const { kind, spec, outputShape } = layer;
  const [{ order, shape }] = inputs;
  if (ordering.has(kind)) return "same";
  if (kind === "convolution" || kind === "transposedConvolution") return imageOrder(outputShape);
  if (onImages.has(kind) || (kind === "pad" && order !== "same")) {
    return isImage(order, shape) ? imageOrder(outputShape) : "unknown";
  }
  if (kind === "affine" && (spec as { flatten?: boolean }).flatten !== false) return "same";
  if (kind === "concat") return orderOfConcat(inputs, outputShape);
  if (inputs.some((other) => !isEqual(other.order, order))) return "unknown";
  if (kind === "transpose") return orderOfTranspose(order, shape, (spec as unknown as { axes: Shape }).axes);
  if (order === "same" || kind === "flatten" || kind === "reshape") return order;
  if (kind === "affine") return shape.length === 1 ? "same" : "unknown";
  if ((kind === "mean" || kind === "max") && isImage(order, shape)) {
    const { axes } = spec as unknown as { axes: Shape };
    return axes.includes(0) || (axes.includes(1) && axes.includes(2)) ? "same" : "unknown";
  }
  // What remains works number by number, as far as can be seen.
  return sameShape(shape, outputShape) ? order : "unknown";
}

function orderOfConcat(inputs: readonly (Row & { readonly shape: Shape })[], output: Shape): Order {
  if (inputs.every(({ order, shape }) => isImage(order, shape))) return imageOrder(output);
  if (inputs.every(({ order }) => order === "same")) return "same";
  if (output.length > 1 || inputs.some(({ order }) => order === "unknown")) return "unknown";
  return { rows: inputs.map(({ order, size }) => ({ order, size })) };
}

/**
 * Transposing is something that Keras does too, but for the two cases where it turns one order into the other: an image
 * whose channels go last, and one that was [H, W, C] and whose channels come first.
 */
function orderOfTranspose(order: Order, shape: Shape, axes: Shape): Order {
  const now = axes.map((axis) => shape[axis]);
  if (order === "same") return sameShape(axes, [2, 0, 1]) ? imageOrder(now) : "same";
  if (typeof order === "string" || !("image" in order)) return "unknown";
  const moved = shape.length === 3 ? [1, 2, 0] : [1, 0];
  return shape[0] === order.image[0] && sameShape(axes, moved) ? "same" : "unknown";
}
