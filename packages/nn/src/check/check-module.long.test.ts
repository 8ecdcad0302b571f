/** Checks of whole modules: right ones pass and stay as they were, a wrong layer is named. */
import { defineOp, type VariableLike, variable } from "@adjoint/autograd";
import { kernels, rng, SpecError, tensor } from "@adjoint/tensor";
import { describe, expect, it } from "vitest";
import { messageOf } from "../../../../testing/message-of.ts";
import { DeepConvNet, SimpleConvNet } from "../book/convolutional.ts";
import { MultiLayerNetExtend } from "../book/fully-connected.ts";
import { Affine } from "../layers/affine.ts";
import { layers } from "../layers/builders.ts";
import { build } from "../model/build.ts";
import { randomSamples } from "../model/random-samples.ts";
import { model } from "../read/parse.ts";
import { checkModule } from "./check-module.ts";

const images = rng(1).normal([2, 1, 8, 8]);
const spec = model({
  input: [1, 8, 8],
  layers: [
    layers.convolution({ filters: 3, size: 3, pad: 1 }),
    layers.batchNormalization(),
    layers.relu(),
    layers.pooling({ size: 2, stride: 2 }),
    layers.dropout(0.3),
    layers.affine(5),
  ],
  loss: "softmaxWithLoss",
});

/** relu with a rule that forgets the mask. */
const wrongRelu = defineOp({
  name: "wrongRelu",
  infer: ([x]) => x,
  forward: ([x]) => kernels.relu(x),
  backward: [({ grad }) => grad],
});

describe("checkModule", () => {
  it("passes a model, every parameter of every layer and its loss", () => {
    // Of two samples batch normalization gives ±γ + β, whatever they are, and its gradients are next to nothing.
    const report = checkModule(build(spec, { seed: 1 }), rng(1).normal([3, 1, 8, 8]), {
      t: tensor([0, 4, 2], { dtype: "int32" }),
      mode: "full",
    });
    expect([report.ok, report.firstWrong]).toEqual([true, null]);
    expect(report.layers.map(({ name, report: { inputs } }) => [name, ...inputs.map((input) => input.name)])).toEqual([
      ["conv1", "input", "conv1.weight", "conv1.bias"],
      ["batchNorm1", "input", "batchNorm1.gamma", "batchNorm1.beta"],
      ["relu1", "input"],
      ["pool1", "input"],
      ["dropout1", "input"],
      ["affine1", "input", "affine1.weight", "affine1.bias"],
      ["loss", "input"],
    ]);
    expect(String(report)).toMatch(
      /All 2,882 entries of 13 gradients agree with numerical derivatives, each by itself\.$/,
    );
  });

  it("passes the book's networks in training mode, however large: along random directions", () => {
    const report = checkModule(new SimpleConvNet({ seed: 0 }), rng(2).normal([1, 1, 28, 28]));
    expect(report.ok).toBe(true);
    expect(String(report)).toMatch(/of them along random directions\.$/);
    const extended = new MultiLayerNetExtend({
      inputSize: 12,
      hiddenSizes: [10, 8],
      outputSize: 4,
      useBatchNorm: true,
      useDropout: true,
      dropoutRatio: 0.3,
      seed: 0,
    });
    expect(checkModule(extended, rng(3).normal([5, 12]), { t: tensor([0, 1, 2, 3, 0], { dtype: "int32" }) }).ok).toBe(
      true,
    );
    const deep = new DeepConvNet({ inputDim: [1, 16, 16], seed: 0 });
    expect(checkModule(deep, rng(4).normal([1, 1, 16, 16])).ok).toBe(true);
  });

  it("leaves parameters, running statistics and generators as they were", () => {
    const net = build(spec, { seed: 1 });
    const same = build(spec, { seed: 1 });
    const before = net.state();
    checkModule(net, images);
    for (const [name, value] of Object.entries(net.state()))
      expect(value.toArray(), name).toEqual(before[name].toArray());
    expect(Object.values(net.params).every((x) => x.grad === null)).toBe(true);
    // The next dropout mask is the one that it would have been.
    const [a, b] = [net, same].map((m) => m.predict(images, { train: true }).toArray());
    expect(a).toEqual(b);
  });

  it("names the first layer whose rule is wrong, and says what its mistake looks like", () => {
    const affine = new Affine(variable(rng(1).normal([4, 3])), variable([0, 0, 0]));
    const second = { name: "second", forward: (x: VariableLike) => wrongRelu(x) };
    // What comes out of the second is not negative any more: here the mask is not missed.
    const third = { name: "third", forward: (x: VariableLike) => wrongRelu(x) };
    const list = { layers: [affine, second, third] };
    const report = checkModule(list, rng(2).normal([6, 4]));
    expect([report.ok, report.firstWrong]).toEqual([false, "second"]);
    expect(report.layers.map(({ name, ok }) => [name, ok])).toEqual([
      ["layer1", true],
      ["second", false],
      ["third", true],
    ]);
    expect(report.layers[1].report.inputs[0].diagnoses[0].kind).toBe("masked");
    expect(String(report)).toContain("The first layer whose gradients are wrong is second:");
    expect(JSON.parse(JSON.stringify(report)).firstWrong).toBe("second");
  });

  it("passes over layers that rearrange labels, which have no gradient", () => {
    const rows = layers.embedding({ vocabulary: 1, units: 2 });
    const labels = { shape: [2, 1], type: "labels" } as const;
    const net = build(model({ input: labels, layers: [layers.flatten(), rows, layers.affine(3)] }));
    const report = checkModule(net, randomSamples(net, 2).x);
    expect(report.layers.map(({ name, ok }) => [name, ok])).toEqual([
      ["embedding1", true],
      ["affine1", true],
    ]);
  });

  it("says how far it is", () => {
    const seen: unknown[] = [];
    checkModule(build(spec, { seed: 1 }), images, {
      onProgress: ({ done, total, layer }) => seen.push([done, total, layer]),
    });
    expect(seen[0]).toEqual([0, 6, "conv1"]);
    expect(seen.at(-1)).toEqual([6, 6, null]);
  });

  it("refuses what has no layers, and inputs that do not fit, naming the layer", () => {
    for (const nothing of [null, undefined, 3]) expect(() => checkModule(nothing as never, images)).toThrow(SpecError);
    expect([
      messageOf(() => checkModule({} as never, images)),
      messageOf(() => checkModule({ layers: [] }, images)),
      messageOf(() => checkModule(spec as never, images)),
      messageOf(() => checkModule(build(spec, { seed: 1 }), rng(1).normal([2, 64]))),
      messageOf(() => checkModule(new Affine(variable([[1]]), variable([0])), tensor([[1]]), { t: 1 })),
      messageOf(() => checkModule(build(spec, { seed: 1 }), images, { modes: "full" } as object)),
    ]).toMatchInlineSnapshot(`
      [
        "checkModule: the module has no layers with a forward; expected a model, a network with layers, or a layer with forward(x). Pass what build(spec) gives, a network of the book, or a layer.",
        "checkModule: the module has no layers with a forward; expected a model, a network with layers, or a layer with forward(x). Pass what build(spec) gives, a network of the book, or a layer.",
        "checkModule: the module is a spec, which has no parameters yet; expected a model, a network with layers, or a layer with forward(x). Call build(spec) first: checkModule(build(spec), x).",
        "checkModule: got an input of shape [2, 64]; expected batches of shape [N, 1, 8, 8]. Reshape the batch to [2, 1, 8, 8].",
        "checkModule: there are targets, but the module has no loss; expected a model or a network with a loss. Leave t out, or pass the whole network.",
        "checkModule: unknown option "modes". Did you mean "mode"?",
      ]
    `);
  });
});
