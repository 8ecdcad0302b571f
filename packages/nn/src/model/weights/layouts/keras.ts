/** Keras's layout: names and shapes of the weights of its layers. */
import { inversePermutation, kernels, type Shape, sizeOf, type Tensor, tensor } from "@adjoint/tensor";
import { isImage, placesOf } from "./keras-order.ts";
import { as, type Layout, permuted, type RecipeOf, type Unmakeable } from "./recipe.ts";

/** Filters [H, W, C, F] become [F, C, H, W]; seen from behind, [H, W, F, C] become [C, F, H, W]. */
const filterAxes = [3, 2, 0, 1];
const filterAxesBack = [2, 3, 1, 0];

const outOfOrder = (source: string): Unmakeable => ({
  problem: "reads numbers of an image, whose order in Keras is unknown after the layers in between",
  hint: 'Reorder it for this model and load it alone: { layout: "adjoint", partial: true }.',
  source,
});

const notAnImage: Unmakeable = {
  problem: "reads images that a reshape made, as [C, H, W] here and as [H, W, C] in Keras",
  hint: "Reshape to [H, W, C] here too, then transpose by axes [2, 0, 1].",
  source: "kernel",
};

/** The tensor with its rows in the order that the numbers have here. */
const inOrder =
  (name: string): RecipeOf =>
  (shape, { order, inputShape }) => {
    if (order === "unknown") return outOfOrder(name);
    const places = placesOf(order, shape[0]);
    if (places !== null && shape[0] !== sizeOf(inputShape)) return outOfOrder(name);
    const rows = places === null ? null : tensor(Int32Array.from(places));
    return {
      sources: [{ names: [name], shapes: [shape] }],
      make: ([x]) => (rows === null ? x : kernels.indexSelect(x, rows, 0)),
      give: (x) => [
        places === null ? x : kernels.indexSelect(x, tensor(Int32Array.from(inversePermutation(places))), 0),
      ],
    };
  };

/** Filters, where they read what Keras would read. Those of a depthwise convolution are [H, W, C, F / C]. */
const filters: RecipeOf = (shape, { order, inputShape, spec }) => {
  if (!isImage(order, inputShape)) return notAnImage;
  const [count, channels, height, width] = shape;
  const whole: Shape = [height, width, channels, count];
  const { groups = 1 } = spec as { readonly groups?: number };
  const isDepthwise = groups > 1 && channels === 1;
  return {
    sources: [
      {
        names: ["kernel", ...(isDepthwise ? ["depthwise_kernel"] : [])],
        shapes: isDepthwise ? [whole, [height, width, groups, count / groups]] : [whole],
      },
    ],
    make: ([x]) => kernels.transpose(kernels.reshape(x, whole), filterAxes),
    give: (x) => [kernels.transpose(x, filterAxesBack)],
  };
};

const filtersFromBehind: RecipeOf = (shape, layer) =>
  isImage(layer.order, layer.inputShape) ? permuted(filterAxes, "kernel")(shape, layer) : notAnImage;

/** A vector for each channel, or for each number of a row. */
const ofChannelsOrRows =
  (name: string): RecipeOf =>
  (shape, layer) =>
    (layer.spec as { readonly perChannel?: boolean }).perChannel && layer.inputShape.length > 1
      ? as(name)(shape, layer)
      : inOrder(name)(shape, layer);

/** γ or β of the last axes: where these are the whole image, [H, W, C]; where they are the channels of none, as it is. */
const ofLastAxes =
  (name: string): RecipeOf =>
  (shape, layer) => {
    const { order, inputShape } = layer;
    if (shape.length === 1 && inputShape.length === 1) return inOrder(name)(shape, layer);
    if (shape.length === 3 && isImage(order, inputShape)) return permuted([2, 0, 1], name)(shape, layer);
    return order === "unknown" ? outOfOrder(name) : as(name)(shape, layer);
  };

/** γ or β of a group normalization, whose groups are of channels. */
const ofGroups =
  (name: string): RecipeOf =>
  (shape, layer) =>
    layer.inputShape.length === 1 && layer.order !== "same" ? outOfOrder(name) : as(name)(shape, layer);

/** The matrix of an affine layer: that of one that does not flatten is applied to the last axis. */
const matrix: RecipeOf = (shape, layer) => {
  const { order, inputShape, spec } = layer;
  if ((spec as { readonly flatten?: boolean }).flatten === false && inputShape.length > 1) {
    return order === "same" ? as("kernel")(shape, layer) : outOfOrder("kernel");
  }
  return inOrder("kernel")(shape, layer);
};

/** The gates r, z, n of what has them as z, r, h side by side along an axis, and the other way round. */
function turnedGates(x: Tensor, axis: number): Tensor {
  const length = x.shape[axis] / 3;
  const gate = (place: number): Tensor =>
    kernels.slice(x, [
      ...x.shape.slice(0, axis).map((n) => ({ start: 0, step: 1, length: n })),
      { start: place * length, step: 1, length },
    ]);
  return kernels.concat([gate(1), gate(0), gate(2)], axis);
}

const gates =
  (name: string): RecipeOf =>
  (shape) => ({
    sources: [{ names: [name], shapes: [shape] }],
    make: ([x]) => turnedGates(x, 1),
    give: (x) => [turnedGates(x, 1)],
  });

/** One of the two biases of a gated recurrent unit with reset_after, [2, 3·H]: that of the input, that of the state. */
const gateBias =
  (row: 0 | 1) =>
  (name: string): RecipeOf =>
  ([length]) => ({
    sources: [{ names: [name], shapes: [[2, length]], part: { place: row, of: 2 } }],
    make: ([x]) => turnedGates(kernels.reshape(kernels.slice(x, [{ start: row, step: 1, length: 1 }]), [length]), 0),
    give: (x) => [kernels.reshape(turnedGates(x, 0), [1, length])],
  });

/** A tensor of attention: its heads are an axis of their own, and become columns or rows beside each other. */
const ofHeads =
  (name: string, axis: 0 | 1): RecipeOf =>
  (shape, { spec }) => {
    const { heads = 1 } = spec as { readonly heads?: number };
    const split = [...shape.slice(0, axis), heads, shape[axis] / heads, ...shape.slice(axis + 1)];
    return {
      sources: [{ names: [name], shapes: [split] }],
      make: ([x]) => kernels.reshape(x, shape),
      give: (x) => [kernels.reshape(x, split)],
    };
  };

const normalized = (of: (name: string) => RecipeOf) => ({ gamma: of("gamma"), beta: of("beta") });

/** The cell that a recurrent layer keeps its weights in, and the layer of one direction around it. */
const cell = /(?<=\/)(?:lstm|gru|simple_rnn)_cell(?:_\d+)?\//g;
const direction = /(?<=\/)(forward|backward)_[^/]+\/(?=(?:lstm|gru|simple_rnn)_cell)/g;

/** The parameters of a recurrent layer with cells of that name, alone or in one of two directions. */
function bothWays(
  unit: "simple_rnn" | "lstm" | "gru",
  recipes: Readonly<Record<string, (name: string) => RecipeOf>>,
): Record<string, RecipeOf> {
  return Object.fromEntries(
    Object.entries(recipes).flatMap(([key, of]) => {
      const own = `${unit}_cell/${key === "Wx" ? "kernel" : key === "Wh" ? "recurrent_kernel" : "bias"}`;
      const forward: RecipeOf = (shape, layer) => {
        const isOneOfTwo = (layer.spec as { readonly bidirectional?: boolean }).bidirectional === true;
        return of(isOneOfTwo ? `forward_${unit}/${own}` : own)(shape, layer);
      };
      return [
        [key, forward],
        [`${key}Reverse`, of(`backward_${unit}/${own}`)],
      ];
    }),
  );
}

/** Source: keras.io/api/layers, and the `build` of each layer in Keras 3. */
export const keras: Layout = {
  separator: "/",
  canonical: (name) => name.replace(/:\d+$/, "").replaceAll(".", "/").replace(direction, "$1/").replace(cell, ""),
  ignored: ["seed_generator_state"],
  recipes: {
    affine: { weight: matrix, bias: as("bias") },
    convolution: { weight: filters, bias: as("bias") },
    convolution1d: { weight: permuted([2, 1, 0], "kernel"), bias: as("bias") },
    transposedConvolution: { weight: filtersFromBehind, bias: as("bias") },
    batchNormalization: {
      ...normalized(ofChannelsOrRows),
      runningMean: ofChannelsOrRows("moving_mean"),
      runningVar: ofChannelsOrRows("moving_variance"),
    },
    layerNormalization: normalized(ofLastAxes),
    groupNormalization: normalized(ofGroups),
    embedding: { weight: as("embeddings") },
    positionEmbedding: { weight: as("embeddings", "position_embeddings") },
    rnn: bothWays("simple_rnn", { Wx: as, Wh: as, b: as }),
    lstm: bothWays("lstm", { Wx: as, Wh: as, b: as }),
    gru: bothWays("gru", { Wx: gates, Wh: gates, bx: gateBias(0), bh: gateBias(1) }),
    multiHeadAttention: {
      Wq: ofHeads("query/kernel", 1),
      Wk: ofHeads("key/kernel", 1),
      Wv: ofHeads("value/kernel", 1),
      Wo: ofHeads("attention_output/kernel", 0),
      bq: ofHeads("query/bias", 0),
      bk: ofHeads("key/bias", 0),
      bv: ofHeads("value/bias", 0),
      bo: as("attention_output/bias"),
    },
  },
};
