/** PyTorch's layout: names and shapes of a state_dict. */
import { kernels } from "@adjoint/tensor";
import { withReverse } from "../../../layers/recurrent.ts";
import { as, type Layout, type RecipeOf, sumOf, transposed } from "./recipe.ts";

/**
 * One of the three parts of `in_proj_weight` or `in_proj_bias`, stacked as queries, keys, values. A tensor with only one
 * of them is taken whole.
 */
const third =
  (place: number, name: string): RecipeOf =>
  (shape) => {
    const [size] = shape;
    return {
      sources: [{ names: [name], shapes: [shape.with(0, 3 * size), shape], part: { place, of: 3 } }],
      make: ([x]) => {
        const own = x.shape[0] === size ? x : kernels.slice(x, [{ start: place * size, step: 1, length: size }]);
        return own.ndim === 2 ? kernels.transpose(own) : own;
      },
      give: (x) => [x.ndim === 2 ? kernels.transpose(x) : x],
    };
  };

const normalization = { gamma: as("weight"), beta: as("bias") };
const filters = { weight: as("weight"), bias: as("bias") };

/** The parameters of a recurrent layer, and of one that reads backward; `biases` by the ending of names. */
function bothWays(biases: (end: string) => Readonly<Record<string, RecipeOf>>): Record<string, RecipeOf> {
  const one = (end: string) => ({
    Wx: transposed(`weight_ih_l0${end}`),
    Wh: transposed(`weight_hh_l0${end}`),
    ...biases(end),
  });
  return withReverse(one(""), one("_reverse"));
}

const summed = bothWays((end) => ({ b: sumOf(`bias_ih_l0${end}`, `bias_hh_l0${end}`) }));

/** Source: the docstrings of the modules of torch.nn. */
export const pytorch: Layout = {
  separator: ".",
  canonical: (name) => name,
  ignored: ["num_batches_tracked"],
  recipes: {
    affine: { weight: transposed("weight"), bias: as("bias") },
    convolution: filters,
    convolution1d: filters,
    transposedConvolution: filters,
    batchNormalization: { ...normalization, runningMean: as("running_mean"), runningVar: as("running_var") },
    layerNormalization: normalization,
    groupNormalization: normalization,
    rnn: summed,
    lstm: summed,
    gru: bothWays((end) => ({ bx: as(`bias_ih_l0${end}`), bh: as(`bias_hh_l0${end}`) })),
    multiHeadAttention: {
      Wq: third(0, "in_proj_weight"),
      Wk: third(1, "in_proj_weight"),
      Wv: third(2, "in_proj_weight"),
      Wo: transposed("out_proj.weight"),
      bq: third(0, "in_proj_bias"),
      bk: third(1, "in_proj_bias"),
      bv: third(2, "in_proj_bias"),
      bo: as("out_proj.bias"),
    },
  },
};
