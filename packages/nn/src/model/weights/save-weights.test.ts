import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readSafetensors } from "@adjoint/data";
import { expect, it } from "vitest";
import { messageOf } from "../../../../../testing/message-of.ts";
import { layers } from "../../layers/builders.ts";
import { model } from "../../read/parse.ts";
import { build } from "../build.ts";
import { loadWeights } from "./load-weights.ts";
import { saveWeights, weightsFor } from "./save-weights.ts";

const net = build(
  model({
    input: [1, 4, 4],
    layers: [
      layers.convolution({ filters: 2, size: 3 }),
      layers.batchNormalization({ perChannel: true }),
      layers.relu(),
      layers.affine(3),
    ],
  }),
);
const names = { conv1: "features.0", batchNorm1: "features.1", affine1: "fc" };

it("writes a file that PyTorch's names and shapes are in, and that is loaded again", async () => {
  const folder = mkdtempSync(join(tmpdir(), "adjoint-weights-"));
  try {
    const path = join(folder, "cnn.safetensors");
    await saveWeights(net, path, { layout: "pytorch", names });
    const { tensors, metadata } = await readSafetensors(path);
    expect(metadata).toEqual({ format: "pt" });
    expect(Object.entries(tensors).map(([name, x]) => `${name} ${x.shape.join()}`)).toEqual([
      "fc.bias 3",
      "fc.weight 3,8",
      "features.0.bias 2",
      "features.0.weight 2,1,3,3",
      "features.1.bias 2",
      "features.1.running_mean 2",
      "features.1.running_var 2",
      "features.1.weight 2",
    ]);
    const other = build(net.toSpec(), { seed: 1 });
    loadWeights(other, tensors, { layout: "pytorch", names });
    expect(other.state()).toEqual(net.state());
  } finally {
    rmSync(folder, { recursive: true });
  }
});

it("gives a level of a stacked LSTM its name there", () => {
  const spec = model({ input: [4, 3], layers: [layers.lstm(2), layers.lstm(2)] });
  const given = weightsFor(build(spec), { layout: "pytorch", names: { lstm1: "rnn", lstm2: "rnn_l1" } });
  expect(Object.keys(given)).toEqual(
    ["l0", "l1"].flatMap((level) => ["weight_ih", "weight_hh", "bias_ih", "bias_hh"].map((n) => `rnn.${n}_${level}`)),
  );
});

it("refuses names of nothing, one name for two tensors, and what a layout cannot express", () => {
  const reshaped = build(
    model({ input: [8], layers: [layers.reshape([2, 2, 2]), layers.convolution({ filters: 2, size: 1 })] }),
  );
  expect([
    messageOf(() => weightsFor(net, { names: { conv: "features" } })),
    messageOf(() => weightsFor(net, { layout: "pytorch", names: { conv1: "a", affine1: "a" } })),
    messageOf(() => weightsFor(reshaped, { layout: "keras" })),
    messageOf(() => weightsFor(net.toSpec() as never)),
  ]).toMatchInlineSnapshot(`
    [
      "weightsFor: names has "conv", which is not a layer, block or parameter (did you mean "conv1"?).",
      "weightsFor: conv1.weight and affine1.weight are both called "a.weight"; expected a name for each tensor. Give them names of their own.",
      "weightsFor: conv1.weight reads images that a reshape made, as [C, H, W] here and as [H, W, C] in Keras; expected a parameter that keras has, too. Save the model with { layout: "adjoint" }.",
      "weightsFor: net is not a Model; expected a Model. The first argument is what build returns.",
    ]
  `);
});
