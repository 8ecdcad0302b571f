import { mul } from "@adjoint/autograd";
import { full, kernels, rng, type Shape, ShapeError, SpecError, type Tensor, tensor, zeros } from "@adjoint/tensor";
import { describe, expect, it } from "vitest";
import { messageOf } from "../../../../../testing/message-of.ts";
import { layers } from "../../layers/builders.ts";
import { defineLayer } from "../../layers/define-layer.ts";
import { model } from "../../read/parse.ts";
import { build } from "../build.ts";
import { loadWeights } from "./load-weights.ts";

const norm = layers.batchNormalization({ perChannel: true });
const net = build(
  model({
    input: [1, 4, 4],
    layers: [layers.convolution({ filters: 2, size: 3 }), norm, layers.relu(), layers.affine(3)],
  }),
);

const noise = rng(5);
const normal = (...shape: Shape): Tensor => noise.normal(shape);

/** A state_dict that fits the model. */
const weights: Readonly<Record<string, Tensor>> = {
  "features.0.weight": normal(2, 1, 3, 3),
  "features.0.bias": normal(2),
  "features.1.weight": normal(2),
  "features.1.bias": normal(2),
  "features.1.running_mean": normal(2),
  "features.1.running_var": normal(2),
  "features.1.num_batches_tracked": tensor(7, { dtype: "int32" }),
  "fc.weight": normal(3, 8),
  "fc.bias": normal(3),
};
const names = { conv1: "features.0", batchNorm1: "features.1", affine1: "fc" };
const pytorch = { layout: "pytorch", names } as const;

const without = (...left: string[]): Record<string, Tensor> =>
  Object.fromEntries(Object.entries(weights).filter(([name]) => !left.includes(name)));

/** The message, once it is sure that nothing changed. */
function refusal(...args: Parameters<typeof loadWeights> extends [unknown, ...infer Rest] ? Rest : never): string {
  const before = net.state();
  const message = messageOf(() => loadWeights(net, ...args));
  expect(net.state()).toEqual(before);
  return message;
}

describe("loadWeights", () => {
  it("finds parameters by their own names where no others are given", () => {
    const other = build(net.toSpec(), { seed: 1 });
    loadWeights(other, net.state());
    expect(other.state()).toEqual(net.state());
  });

  it("takes copies, in the precision of the model", () => {
    const other = build(net.toSpec());
    const wide = Object.fromEntries(Object.entries(weights).map(([name, x]) => [name, kernels.cast(x, "float64")]));
    loadWeights(other, { ...weights, "fc.weight": wide["fc.weight"], "fc.bias": wide["fc.bias"] }, pytorch);
    expect(other.state()["affine1.weight"].dtype).toBe("float32");
    expect(other.state()["affine1.bias"].toArray()).toEqual(weights["fc.bias"].toArray());
    other.params["conv1.bias"].assign(zeros([2]));
    expect(weights["features.0.bias"].toArray()).not.toEqual([0, 0]);
  });

  it("maps blocks, the whole, and single parameters to whole names", () => {
    const inner = [layers.affine({ units: 4, name: "fc1" }), layers.affine({ units: 4, name: "fc2" })];
    const spec = model({ input: [4], layers: [layers.block(inner, { repeat: 2, name: "stage" })] });
    const [from, to] = [build(spec, { seed: 1 }), build(spec, { seed: 2 })];
    const foreign = Object.entries(from.state()).map(([name, x]) => {
      if (name === "stage.2.fc2.bias") return ["odd", x];
      return [`net.${name.replace("stage.1", "layer1.0")}`, x];
    });
    loadWeights(to, Object.fromEntries(foreign), {
      names: { "": "net", "stage.1": "net.layer1.0", "stage.2.fc2.bias": "odd" },
    });
    expect(to.state()).toEqual(from.state());
  });

  it("splits what PyTorch keeps in one piece; the outputs do not show it of the keys' bias, which softmax cancels", () => {
    const attention = build(model({ input: [3, 1], layers: [layers.multiHeadAttention()] }));
    const whole = {
      in_proj_weight: tensor([[1], [2], [3]]),
      in_proj_bias: tensor([4, 5, 6]),
      "out_proj.weight": tensor([[7]]),
      "out_proj.bias": tensor([8]),
    };
    loadWeights(attention, whole, { layout: "pytorch", names: { attention1: "" } });
    const values = Object.entries(attention.state()).map(([name, x]) => `${name.slice(-2)} ${x.item()}`);
    expect(values).toEqual(["Wq 1", "Wk 2", "Wv 3", "Wo 7", "bq 4", "bk 5", "bv 6", "bo 8"]);
  });

  it("gives one matrix to queries, keys and values each, where they stand alone", () => {
    const attention = build(model({ input: [3, 2], layers: [layers.multiHeadAttention()] }));
    const parts = Object.fromEntries(
      ["query", "key", "value", "out"].flatMap((part) => [
        [`${part}.weight`, normal(2, 2)],
        [`${part}.bias`, normal(2)],
      ]),
    );
    const own = Object.entries({ q: "query", k: "key", v: "value", o: "out" }).flatMap(([letter, part]) => [
      [`attention1.W${letter}`, `${part}.weight`],
      [`attention1.b${letter}`, `${part}.bias`],
    ]);
    loadWeights(attention, parts, { layout: "pytorch", names: Object.fromEntries(own) });
    expect(attention.state()["attention1.Wk"]).toEqual(kernels.copy(kernels.transpose(parts["key.weight"])));
    expect(attention.state()["attention1.bv"]).toEqual(parts["value.bias"]);
  });

  it("loads the parameters of layers of one's own, and of shared layers once", () => {
    const scale = defineLayer({
      kind: "scale",
      parameters: (_, [length]) => ({ factor: { shape: [length], fill: 1 } }),
      forward: ([x], { parameters: { factor } }) => mul(x, factor),
    });
    const spec = model({ input: [2], layers: [scale(), layers.shared("scale1")] }, { use: [scale] });
    const own = build(spec, { use: [scale] });
    for (const layout of ["adjoint", "pytorch", "keras"] as const) {
      const factor = normal(2);
      loadWeights(own, { "a.factor": factor }, { layout, names: { scale1: "a" } });
      expect(own.state()).toEqual({ "scale1.factor": factor });
    }
    expect(
      messageOf(() => loadWeights(own, { "scale1.factor": normal(2) }, { names: { shared1: "b" } })),
    ).toMatchInlineSnapshot(
      `"loadWeights: the tensors do not fit this model: names has "shared1", which uses the parameters of "scale1". Name scale1."`,
    );
  });

  it("leaves what has no tensor as it is, where that is allowed", () => {
    const other = build(net.toSpec(), { seed: 1 });
    const before = other.state();
    const { affine1: _, ...some } = names;
    loadWeights(other, without("fc.weight", "fc.bias"), { layout: "pytorch", names: some, partial: true });
    expect(other.state()["affine1.weight"]).toEqual(before["affine1.weight"]);
    expect(other.state()["conv1.weight"]).toEqual(weights["features.0.weight"]);
    loadWeights(other, without("features.0.bias"), { ...pytorch, partial: true });
  });
});

describe("loadWeights refuses", () => {
  it("tensors that are missing, and names those that may be meant", () => {
    expect(refusal(without("fc.bias"), pytorch)).toMatchInlineSnapshot(
      `"loadWeights: the tensors do not fit this model: affine1.bias has no tensor "fc.bias". To keep parameters without a tensor as they are, pass { partial: true }."`,
    );
    expect(refusal(weights, { ...pytorch, names: { ...names, conv1: "feature.0" } })).toMatchInlineSnapshot(`
      "loadWeights: the tensors do not fit this model:
        conv1.weight has no tensor "feature.0.weight" (did you mean "features.0.weight"?)
        conv1.bias has no tensor "feature.0.bias" (did you mean "features.0.bias"?)
        no layer takes "features.0.weight", "features.0.bias". Map layers to foreign names: { names: { conv1: "features.0" } }."
    `);
  });

  it("guesses: nothing is taken by its order", () => {
    expect(refusal(weights, { layout: "pytorch" })).toMatchInlineSnapshot(`
      "loadWeights: the tensors do not fit this model:
        conv1.weight has no tensor "conv1.weight"
        conv1.bias has no tensor "conv1.bias"
        batchNorm1.gamma has no tensor "batchNorm1.weight"
        batchNorm1.beta has no tensor "batchNorm1.bias"
        affine1.weight has no tensor "affine1.weight"
        affine1.bias has no tensor "affine1.bias"
        batchNorm1.runningMean has no tensor "batchNorm1.running_mean"
        batchNorm1.runningVar has no tensor "batchNorm1.running_var"
        no layer takes "features.0.weight", "features.0.bias", "features.1.weight", "features.1.bias", "features.1.running_mean", "features.1.running_var", "fc.weight", "fc.bias". Map layers to foreign names: { names: { conv1: "features.0" } }."
    `);
  });

  it("tensors that no layer takes", () => {
    expect(refusal({ ...weights, "fc2.weight": normal(2, 3) }, pytorch)).toMatchInlineSnapshot(
      `"loadWeights: the tensors do not fit this model: no layer takes "fc2.weight". Remove the tensors that this model does not have."`,
    );
    expect(refusal({ ...weights, "fc2.weight": normal(2, 3) }, { ...pytorch, partial: true })).toContain(
      "no layer takes",
    );
  });

  it("other shapes, before and after the layout, as a ShapeError where nothing else is wrong", () => {
    const wrong = { ...weights, "fc.weight": normal(3, 9), "features.0.bias": normal(3) };
    expect(refusal(wrong, pytorch)).toMatchInlineSnapshot(`
      "loadWeights: the tensors do not fit this model:
        "features.0.bias" has shape [3]; conv1.bias takes [2]
        "fc.weight" has shape [3, 9]; affine1.weight takes [3, 8], which is [8, 3] here. Build the model with the sizes that the weights were trained with."
    `);
    expect(() => loadWeights(net, wrong, pytorch)).toThrow(ShapeError);
    expect(refusal(wrong, { ...pytorch, partial: true })).toContain(
      'To keep what the model has there, leave out "features.0.bias" and "fc.weight": const { "features.0.bias": _0, "fc.weight": _1, ...rest } = tensors.',
    );
    const perActivation = build(model({ input: [2, 3, 3], layers: [layers.batchNormalization()] }));
    const batch = { names: { batchNorm1: "features.1" }, layout: "pytorch", partial: true } as const;
    expect(
      messageOf(() => loadWeights(perActivation, { "features.1.weight": normal(2) }, batch)),
    ).toMatchInlineSnapshot(
      `"loadWeights: the tensors do not fit this model: "features.1.weight" has shape [2]; batchNorm1.gamma takes [18]. One number for each channel is what batchNormalization({ perChannel: true }) has."`,
    );
    const recurrent = build(model({ input: [3, 2], layers: [layers.gru(1)] }));
    expect(
      messageOf(() => loadWeights(recurrent, { "gru1/bias": normal(3) }, { layout: "keras", partial: true })),
    ).toMatchInlineSnapshot(`
        "loadWeights: the tensors do not fit this model:
          "gru1/bias" has shape [3]; gru1.bx takes [2, 3], which is [3] here
          "gru1/bias" has shape [3]; gru1.bh takes [2, 3], which is [3] here. The GRU here is Keras's with reset_after: true, whose bias has two rows."
      `);
    expect(() => loadWeights(net, { ...wrong, more: normal(1) }, pytorch)).toThrow(SpecError);
  });

  it("PyTorch's matrices as they are, with the layout that they need", () => {
    const linear = build(model({ input: [4], layers: [layers.affine(3)] }));
    expect(
      messageOf(() => loadWeights(linear, { "affine1.weight": normal(3, 4), "affine1.bias": normal(3) })),
    ).toMatchInlineSnapshot(
      `"loadWeights: the tensors do not fit this model: "affine1.weight" has shape [3, 4]; affine1.weight takes [4, 3]. PyTorch keeps matrices the other way round: for its weights pass { layout: "pytorch" }."`,
    );
  });

  it("what are no floats, or too large", () => {
    const whole = { ...weights, "fc.weight": zeros([3, 8], { dtype: "int32" }), "fc.bias": [1, 2, 3] as never };
    expect(refusal(whole, pytorch)).toMatchInlineSnapshot(`
      "loadWeights: the tensors do not fit this model:
        "fc.weight", for affine1.weight, is int32; weights are float32 or float64
        "fc.bias", for affine1.bias, is an array, not a Tensor."
    `);
    expect(
      refusal({ ...weights, "fc.weight": full([3, 8], 1e300, { dtype: "float64" }) }, pytorch),
    ).toMatchInlineSnapshot(
      `"loadWeights: the tensors do not fit this model: "fc.weight", for affine1.weight, has numbers that are too large for float32."`,
    );
  });

  it("names of nothing, also where parts may be missing", () => {
    expect(refusal(weights, { ...pytorch, names: { ...names, conv2: "fc" } })).toMatchInlineSnapshot(
      `"loadWeights: the tensors do not fit this model: names has "conv2", which is not a layer, block or parameter (did you mean "conv1"?)."`,
    );
    const typo = { ...names, affine1: "fcc" };
    expect(refusal(without("fc.weight", "fc.bias"), { ...pytorch, names: typo, partial: true })).toMatchInlineSnapshot(`
      "loadWeights: the tensors do not fit this model:
        affine1.weight has no tensor "fcc.weight"
        affine1.bias has no tensor "fcc.bias". With partial, too, entries of names need a tensor, and parameters all of their parts."
    `);
  });

  it("half of what a parameter is made of", () => {
    const recurrent = build(model({ input: [3, 2], layers: [layers.lstm(1)] }));
    const state = { "rnn.weight_ih_l0": normal(4, 2), "rnn.weight_hh_l0": normal(4, 1), "rnn.bias_ih_l0": normal(4) };
    expect(
      messageOf(() => loadWeights(recurrent, state, { layout: "pytorch", names: { lstm1: "rnn" }, partial: true })),
    ).toMatchInlineSnapshot(
      `"loadWeights: the tensors do not fit this model: lstm1.b has no tensor "rnn.bias_hh_l0". With partial, too, entries of names need a tensor, and parameters all of their parts."`,
    );
    expect(
      messageOf(() =>
        loadWeights(recurrent, state, { layout: "pytorch", names: { lstm1: "rnn", "lstm1.b": "rnn.bias_ih_l0" } }),
      ),
    ).toMatchInlineSnapshot(
      `"loadWeights: the tensors do not fit this model: lstm1.b is made of bias_ih_l0 and bias_hh_l0, but names gives one tensor for it. Give the prefix that both have."`,
    );
  });

  it("weights of Keras whose order cannot be told", () => {
    const odd = build(
      model({ input: [2, 3, 3], layers: [layers.transpose([0, 2, 1]), layers.affine(2), layers.reshape([2, 1, 1])] }),
    );
    expect(
      messageOf(() =>
        loadWeights(
          odd,
          { "fc/kernel": normal(18, 2), "fc/bias": normal(2) },
          { layout: "keras", names: { affine1: "fc" } },
        ),
      ),
    ).toMatchInlineSnapshot(
      `"loadWeights: the tensors do not fit this model: affine1.weight reads numbers of an image, whose order in Keras is unknown after the layers in between. Reorder it for this model and load it alone: { layout: "adjoint", partial: true }."`,
    );
    const [weight, bias] = [normal(18, 2), normal(2)];
    loadWeights(odd, { "fc/bias": bias }, { layout: "keras", names: { affine1: "fc" }, partial: true });
    loadWeights(odd, { "affine1.weight": weight }, { partial: true });
    expect(odd.state()).toEqual({ "affine1.weight": weight, "affine1.bias": bias });
    const image = build(
      model({
        input: [12],
        layers: [layers.reshape([3, 2, 2]), layers.convolution({ filters: 1, size: 2, name: "conv" })],
      }),
    );
    expect(
      messageOf(() =>
        loadWeights(image, { "conv/kernel": normal(2, 2, 3, 1), "conv/bias": normal(1) }, { layout: "keras" }),
      ),
    ).toMatchInlineSnapshot(
      `"loadWeights: the tensors do not fit this model: conv.weight reads images that a reshape made, as [C, H, W] here and as [H, W, C] in Keras. Reshape to [H, W, C] here too, then transpose by axes [2, 0, 1]."`,
    );
  });

  it("two spellings of one name", () => {
    const linear = build(model({ input: [4], layers: [layers.affine({ units: 1, bias: false, name: "fc" })] }));
    expect(
      messageOf(() =>
        loadWeights(linear, { "fc/kernel": normal(4, 1), "fc.kernel:0": normal(4, 1) }, { layout: "keras" }),
      ),
    ).toMatchInlineSnapshot(
      `"loadWeights: the tensors do not fit this model: "fc/kernel" and "fc.kernel:0" are one name in Keras."`,
    );
  });

  it("arguments that are something else", () => {
    expect(refusal({ tensors: weights, metadata: {} } as never)).toMatchInlineSnapshot(
      `"loadWeights: tensors is not a record of Tensors by name; expected Tensors by name. Pass what readSafetensors gives as its tensors: (await readSafetensors(path)).tensors."`,
    );
    expect(messageOf(() => loadWeights(weights as never, net as never))).toMatchInlineSnapshot(
      `"loadWeights: net is not a Model; expected a Model. The first argument is what build returns."`,
    );
    expect(refusal([] as never)).toMatchInlineSnapshot(
      `"loadWeights: tensors is not a record of Tensors by name; expected Tensors by name. Pass what readSafetensors gives as its tensors: (await readSafetensors(path)).tensors."`,
    );
    expect(refusal(weights, { layout: "torch" as never })).toMatchInlineSnapshot(
      `"loadWeights: layout is "torch"; expected adjoint, pytorch, keras. The layouts are adjoint, pytorch, keras."`,
    );
    expect(refusal(weights, { names: ["features.0"] as never })).toMatchInlineSnapshot(
      `"loadWeights: names is not a record; expected names by name. Map layers to foreign names: { conv1: "features.0" }."`,
    );
    expect(refusal(weights, { names: { conv1: 0 as never } })).toContain('names has "conv1" with 0');
    const odd = { layout: "keras", names: { "conv1.weight": null as never } } as const;
    expect(refusal(weights, odd)).toContain('names has "conv1.weight" with null');
    expect(refusal(weights, { partial: "yes" as never })).toMatchInlineSnapshot(
      `"loadWeights: partial is "yes"; expected true or false."`,
    );
    expect(refusal(weights, { map: {} } as never)).toMatchInlineSnapshot(
      `"loadWeights: unknown option "map". The options are names, layout, partial."`,
    );
  });
});
