/**
 * Convolution with max pooling after it, image by image: what lies between them, several times as large as what comes out,
 * does not leave the cache.
 */
import type { GraphNode } from "@adjoint/autograd";
import { sizeOf } from "@adjoint/tensor";
import { type NodeAt, turnOf } from "../../../recognize/nodes.ts";
import { convolutionAt, filterGradientsAt, maxPoolingAt, maxUnpoolingAt } from "../../../recognize/windows.ts";
import { callOf } from "../calls.ts";
import { addressOf, freshValue } from "../layout/values.ts";
import { directSums, directWay, imagesOf, isTransformed, work } from "./convolution.ts";
import { mostGroups, productTime } from "./lowering.ts";
import type { Pattern, PatternContext } from "./pattern.ts";
import { imageStrides, windowArguments } from "./windows.ts";

/** Bytes of an image of f channels, whose rows are whole vectors of a tile, and up to where they begin. */
function mapBytes(positions: number, f: number): number {
  return 64 + 4 * positions * 8 * Math.ceil(f / 8);
}

/** Before some ops, one by one, each of which alone reads its first input: what the last of them reads; null where others are. */
function through(node: GraphNode, at: NodeAt, { readers }: PatternContext, ops: readonly string[]): GraphNode | null {
  let source = node;
  for (const op of ops) {
    if (source.op !== op || readers(source.id) !== 1) return null;
    source = at(source.inputs[0]);
  }
  return source;
}

/** Images [N, F, H, W] that are relu of a convolution with a bias, all of which is read by one other node alone. */
function biasedConvolutionAt(images: GraphNode, at: NodeAt, context: PatternContext) {
  const sum = through(images, at, context, ["relu", "transpose", "reshape"]);
  if (sum?.op !== "add" || context.readers(sum.id) !== 1) return null;
  const turned = at(images.inputs[0]);
  const [n, f, h, w] = images.shape;
  if (turnOf(turned) !== "0,3,1,2" || String(at(turned.inputs[0]).shape) !== String([n, h, w, f])) return null;
  const [product, repeated] = sum.inputs.map(at);
  const found = context.readers(product.id) === 1 ? convolutionAt(product, at) : null;
  if (found === null || product.shape[1] !== f || repeated.op !== "repeat") return null;
  const bias = at(repeated.inputs[0]);
  return bias.shape.at(-1) === f && sizeOf(bias.shape) === f ? { ...found, product, bias } : null;
}

/** relu(convolution + bias), and the largest numbers of its windows with their places. */
export const pooledConvolution: Pattern = {
  name: "convolution, ReLU and max pooling",
  reason: "an image is pooled while it is in the cache, and never written to memory",
  ops: ["max", "argmax"],
  find(node, nodes, context) {
    const at: NodeAt = (id) => nodes[id];
    const pooling = maxPoolingAt(node, at);
    if (pooling === null || pooling.images.dtype !== "float32" || context.readers(pooling.col.id) !== 1) return null;
    const found = biasedConvolutionAt(pooling.images, at, context);
    if (found === null) return null;
    const [id, n, window] = imagesOf(found.windows);
    const [c, , , fh, fw, oh, ow] = window;
    const f = found.product.shape[1];
    const { images } = pooling;
    const [, , , poolH, poolW, ph, pw, poolStepY, poolStepX, poolPadY, poolPadX, ...dilation] = windowArguments(
      images.shape,
      pooling.attributes,
    );
    // Numbers of the padding are not those of an image that a bias is added to.
    if (f < 4 || poolPadY > 0 || poolPadX > 0 || (!context.exact && isTransformed(window, f))) return null;
    if (images.shape[2] !== oh || images.shape[3] !== ow || images.shape[0] !== n) return null;
    const way = directWay(window, f);
    const pool = [poolH, poolW, ph, pw, poolStepY, poolStepX, ...dilation];
    const time = n * oh * ow * f * (productTime * c * fh * fw + 1);
    return {
      inputs: [id, found.filters.id, found.bias.id],
      dense: [2],
      shared: { key: `pooled convolution ${pooling.col.id}`, slot: node.op as string },
      temporaries: [way.filters],
      work: work(found.product.shape, [c * fh * fw]),
      calls: ([x, w, bias], _, { max, argmax }) => {
        const [row, column] = imageStrides(w);
        const [values, places] = [max, argmax].map((result) => (result === undefined ? 0 : addressOf(result)));
        const operands = [addressOf(x), ...imageStrides(x), addressOf(way.filters), addressOf(bias), values, places];
        return [
          way.prepare(addressOf(w), [fw * row, row, fh * fw * row, column]),
          callOf("convolvePool32", [...operands, ...window, f, ...pool], n, time, way.scratch + mapBytes(oh * ow, f)),
        ];
      },
    };
  },
};

/** Windows, transposed, times the gradients of max pooling, which nobody else reads. */
export const pooledFilterGradients: Pattern = {
  name: "max pooling and convolution, backward to the filters",
  reason: "gradients go back to their places image by image, and are never written to memory",
  ops: ["matmul"],
  find(node, nodes, context) {
    const at: NodeAt = (id) => nodes[id];
    const found = filterGradientsAt(node, at);
    if (found === null || node.dtype !== "float32") return null;
    const images = through(found.gradients, at, context, ["reshape", "transpose"]);
    if (images === null || turnOf(at(found.gradients.inputs[0])) !== "0,2,3,1" || context.readers(images.id) !== 1)
      return null;
    const unpooling = maxUnpoolingAt(images, at);
    if (unpooling === null) return null;
    const [elements, f] = node.shape;
    const [id, n, window] = imagesOf(found.windows);
    const [, , , , , oh, ow] = window;
    if (String(images.shape) !== String([n, f, oh, ow]) || (!context.exact && isTransformed(window, f))) return null;
    const groups = Math.min(mostGroups, n);
    const { numbers, scratch, fold } = directSums(window, f);
    const sums = freshValue("float32", [groups, numbers]);
    const pool = windowArguments(images.shape, unpooling.windows.attributes).slice(3);
    return {
      inputs: [id, unpooling.updates.id, unpooling.places.id],
      dense: [1, 2],
      layout: [1, 0],
      temporaries: [sums],
      work: work([elements, f], [n * oh * ow]),
      calls: ([x, g, places], y) => {
        const operands = [addressOf(x), ...imageStrides(x), addressOf(g), addressOf(places), addressOf(sums)];
        const args = [...operands, n, ...window, f, groups, ...pool];
        const time = n * oh * ow * f * (productTime * elements + 1);
        return [
          callOf("correlatePooled32", args, groups, time, scratch + mapBytes(oh * ow, f)),
          fold(addressOf(sums), addressOf(y), groups),
        ];
      },
    };
  },
};
