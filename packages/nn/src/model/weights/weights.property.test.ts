import { full, kernels, rng, type Shape, type Tensor, zeros } from "@adjoint/tensor";
import fc from "fast-check";
import { expect, it } from "vitest";
import { layers } from "../../layers/builders.ts";
import type { LayerSpec } from "../../layers/structures.ts";
import { model } from "../../read/parse.ts";
import { build } from "../build.ts";
import type { ModelLayer } from "../layer.ts";
import type { Model } from "../model.ts";
import type { WeightLayout } from "./layouts/table.ts";
import { loadWeights } from "./load-weights.ts";
import { weightsFor } from "./save-weights.ts";

const onImages: fc.Arbitrary<LayerSpec> = fc.oneof(
  fc
    .record({ factor: fc.integer({ min: 1, max: 2 }), height: fc.constantFrom(1, 3), bias: fc.boolean() })
    .map(({ factor, height, bias }) =>
      layers.convolution({ filters: 2 * factor, size: [height, 1], pad: [(height - 1) / 2, 0], groups: factor, bias }),
    ),
  fc.constant(layers.transposedConvolution({ filters: 2, size: [1, 3], pad: [0, 1] })),
  fc.boolean().map((perChannel) => layers.batchNormalization({ perChannel })),
  fc.integer({ min: 1, max: 3 }).map((axes) => layers.layerNormalization({ axes })),
  fc.constant(layers.groupNormalization(2)),
  fc.constant(layers.relu()),
);

const onRows: fc.Arbitrary<LayerSpec> = fc.oneof(
  fc.record({ units: fc.integer({ min: 1, max: 4 }), bias: fc.boolean() }).map((options) => layers.affine(options)),
  fc.constant(layers.batchNormalization()),
  fc.constant(layers.layerNormalization()),
  fc.constant(layers.dropout()),
);

const onSequences: fc.Arbitrary<LayerSpec> = fc.oneof(
  fc.constant(layers.lstm(4)),
  fc.constant(layers.gru(4)),
  fc.integer({ min: 0, max: 2 }).map((n) => layers.multiHeadAttention({ heads: 2 ** n })),
  fc.constant(layers.positionEmbedding()),
  fc.constant(layers.affine({ units: 4, flatten: false })),
);

/** Models of images or of sequences; either ends in rows. */
const spec = fc.oneof(
  fc
    .tuple(fc.array(onImages, { maxLength: 4 }), fc.array(onRows, { maxLength: 4 }))
    .map(([images, rows]) => model({ input: [2, 3, 2], layers: [...images, layers.flatten(), ...rows] })),
  fc.tuple(fc.array(onSequences, { maxLength: 4 }), fc.array(onRows, { maxLength: 2 })).map(([sequences, rows]) =>
    model({
      input: { shape: [3], type: "labels" },
      layers: [layers.embedding({ vocabulary: 5, units: 4 }), ...sequences, ...rows, layers.affine(2)],
    }),
  ),
);

/** Exact, and so is the sum of two. */
const half = (x: Tensor): Tensor => kernels.mul(x, full([], 0.5, { dtype: x.dtype }));

/** What a layer keeps, by the last parts of names. */
type Own = Readonly<Record<string, Tensor>>;

function ownOf(net: Model, { name }: ModelLayer): Own {
  const own = Object.entries(net.state()).filter(([key]) => key.startsWith(`${name}.`));
  return Object.fromEntries(own.map(([key, x]) => [key.slice(name.length + 1), x]));
}

const turned = (x: Tensor): Tensor => kernels.transpose(x);

function mapped(tensors: Own, change: (x: Tensor) => Tensor): Own {
  return Object.fromEntries(Object.entries(tensors).map(([key, x]) => [key, change(x)]));
}

/** Renames; what is not in the map keeps its name. */
const renamed = (own: Own, names: Readonly<Record<string, string>>): Own =>
  Object.fromEntries(Object.entries(own).map(([key, x]) => [names[key] ?? key, x]));

/** Only those that are there. */
const present = (all: Readonly<Record<string, Tensor | undefined>>): Own =>
  Object.fromEntries(Object.entries(all).filter((entry): entry is [string, Tensor] => entry[1] !== undefined));

const batchNames = { gamma: "weight", beta: "bias", runningMean: "running_mean", runningVar: "running_var" };

/** A layer's weights as PyTorch has them. */
function toPytorch({ kind }: ModelLayer, own: Own): Own {
  const { weight, bias, Wx, Wh, b, bx, bh, Wq, Wk, Wv, Wo, bq, bk, bv, bo } = own;
  switch (kind) {
    case "affine":
      return present({ weight: turned(weight), bias });
    case "batchNormalization":
      return { ...renamed(own, batchNames), num_batches_tracked: zeros([], { dtype: "int32" }) };
    case "lstm":
      return { weight_ih_l0: turned(Wx), weight_hh_l0: turned(Wh), bias_ih_l0: half(b), bias_hh_l0: half(b) };
    case "gru":
      return { weight_ih_l0: turned(Wx), weight_hh_l0: turned(Wh), bias_ih_l0: bx, bias_hh_l0: bh };
    case "multiHeadAttention":
      return {
        in_proj_weight: kernels.concat([Wq, Wk, Wv].map(turned), 0),
        in_proj_bias: kernels.concat([bq, bk, bv], 0),
        "out_proj.weight": turned(Wo),
        "out_proj.bias": bo,
      };
    default:
      return renamed(own, batchNames);
  }
}

const kerasNames = {
  bias: "bias",
  runningMean: "moving_mean",
  runningVar: "moving_variance",
};

/** Rows for the numbers of an image, [C, H, W] → [H, W, C]. */
function channelsLast(x: Tensor, image: Shape | null): Tensor {
  if (image === null) return x;
  const rest = x.shape.slice(1);
  const turnedRows = kernels.transpose(kernels.reshape(x, [...image, ...rest]), [
    1,
    2,
    0,
    ...rest.map((_, i) => 3 + i),
  ]);
  return kernels.reshape(turnedRows, x.shape);
}

/** The gates r, z, n as z, r, h. */
function kerasGates(x: Tensor): Tensor {
  const rows = kernels.transpose(x);
  const third = rows.shape[0] / 3;
  const gate = (i: number) => kernels.slice(rows, [{ start: i * third, step: 1, length: third }]);
  return kernels.transpose(kernels.concat([gate(1), gate(0), gate(2)], 0));
}

/** A layer's weights as Keras has them; `image` is what its rows are the numbers of. */
function toKeras({ kind, spec: options, inputShape }: ModelLayer, own: Own, image: Shape | null): Own {
  const { weight, bias, gamma, beta, Wx, Wh, bx, bh } = own;
  switch (kind) {
    case "affine":
      return present({ kernel: channelsLast(weight, image), bias });
    case "convolution":
    case "transposedConvolution":
      return present({ kernel: kernels.transpose(weight, [2, 3, 1, 0]), bias });
    case "batchNormalization": {
      const of = (options as { perChannel?: boolean }).perChannel ? null : image;
      return renamed(
        mapped(own, (x) => channelsLast(x, of)),
        kerasNames,
      );
    }
    case "layerNormalization": {
      if (gamma.ndim === 3) {
        return { gamma: kernels.transpose(gamma, [1, 2, 0]), beta: kernels.transpose(beta, [1, 2, 0]) };
      }
      const of = inputShape.length === 1 ? image : null;
      return { gamma: channelsLast(gamma, of), beta: channelsLast(beta, of) };
    }
    case "embedding":
    case "positionEmbedding":
      return { embeddings: weight };
    case "lstm":
      return { "lstm_cell/kernel": Wx, "lstm_cell/recurrent_kernel": Wh, "lstm_cell/bias": own.b };
    case "gru":
      return {
        "gru_cell/kernel": kerasGates(Wx),
        "gru_cell/recurrent_kernel": kerasGates(Wh),
        "gru_cell/bias": kernels.concat(
          [bx, bh].map((x) => kernels.reshape(kerasGates(x), [1, x.size])),
          0,
        ),
      };
    case "multiHeadAttention": {
      const { heads = 1 } = options as { heads?: number };
      const perHead = 4 / heads;
      const into = Object.entries({ query: "q", key: "k", value: "v" }).flatMap(([name, letter]) => [
        [`${name}/kernel`, kernels.reshape(own[`W${letter}`], [4, heads, perHead])],
        [`${name}/bias`, kernels.reshape(own[`b${letter}`], [heads, perHead])],
      ]);
      const out = kernels.reshape(own.Wo, [heads, perHead, 4]);
      return { ...Object.fromEntries(into), "attention_output/kernel": out, "attention_output/bias": own.bo };
    }
    default:
      return renamed(own, kerasNames);
  }
}

/** All weights of a model in a layout, the i-th layer called m.i; and the map that says so. */
function exported(net: Model, layout: WeightLayout) {
  const names: Record<string, string> = {};
  const tensors: Record<string, Tensor> = {};
  let image: Shape | null = null;
  net.layers.forEach((layer, i) => {
    if (layer.inputShape.length === 3) image = layer.inputShape;
    const own = ownOf(net, layer);
    const foreign =
      layout === "adjoint" ? own : layout === "pytorch" ? toPytorch(layer, own) : toKeras(layer, own, image);
    names[layer.name] = layout === "keras" ? `m/${i}` : `m.${i}`;
    for (const [key, x] of Object.entries(foreign))
      tensors[layout === "keras" ? `m/${i}/${key}:0` : `m.${i}.${key}`] = x;
    if (layer.kind === "affine") image = null;
  });
  return { names, tensors };
}

const allLayouts = ["adjoint", "pytorch", "keras"] as const;

it("gives back what is written in any layout, for either precision", () => {
  const dtype = fc.constantFrom("float32" as const, "float64" as const);
  fc.assert(
    fc.property(spec, dtype, fc.nat(), (data, precision, seed) => {
      const net = build(data, { dtype: precision, seed });
      // Biases and statistics begin alike; none must be taken for another.
      const noise = rng(seed);
      net.loadState(mapped(net.state(), (x) => noise.normal(x.shape, { dtype: precision })));
      for (const layout of allLayouts) {
        const { names, tensors } = exported(net, layout);
        const other = build(data, { dtype: precision, seed: seed + 1 });
        loadWeights(other, tensors, { layout, names });
        expect(other.state()).toEqual(net.state());
        // The other way: the same tensors, but for an LSTM's biases, of which the sum counts, and PyTorch's counts of batches.
        const given = weightsFor(net, { layout, names });
        const ours = Object.entries(tensors).filter(([name]) => !/num_batches|bias_[ih]h_l0$/.test(name));
        for (const [name, x] of ours) expect(kernels.copy(given[name.replace(/:0$/, "")])).toEqual(kernels.copy(x));
        const third = build(data, { dtype: precision, seed: seed + 2 });
        loadWeights(third, given, { layout, names });
        expect(third.state()).toEqual(net.state());
      }
    }),
  );
});

it("changes nothing when a tensor is missing, one too many, or of another shape", () => {
  const damage = fc.constantFrom("missing", "unknown", "shape");
  fc.assert(
    fc.property(spec, fc.constantFrom(...allLayouts), damage, fc.nat(), (data, of, what, n) => {
      const { names, tensors } = exported(build(data, { seed: 1 }), of);
      const needed = Object.keys(tensors).filter((name) => !name.includes("num_batches"));
      fc.pre(needed.length > 0);
      const name = needed[n % needed.length];
      if (what === "missing") delete tensors[name];
      else if (what === "unknown") tensors[`${name}s`] = tensors[name];
      else tensors[name] = kernels.reshape(tensors[name], [1, 1, 1, 1, ...tensors[name].shape]);
      const net = build(data, { seed: 2 });
      const before = net.state();
      expect(() => loadWeights(net, tensors, { layout: of, names })).toThrow(name.replace(/:0$/, ""));
      expect(net.state()).toEqual(before);
    }),
  );
});
