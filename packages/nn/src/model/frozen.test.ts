import { rng, tensor } from "@adjoint/tensor";
import { describe, expect, it } from "vitest";
import { messageOf } from "../../../../testing/message-of.ts";
import { layers } from "../layers/builders.ts";
import { model } from "../read/parse.ts";
import { build } from "./build.ts";
import { loadWeights } from "./weights/load-weights.ts";

const body = [
  layers.block([layers.affine(5), layers.batchNormalization(), layers.relu(), layers.dropout()], { name: "body" }),
];
const spec = model({ input: [4], layers: [...body, layers.affine(3)], loss: "crossEntropy" });
const x = rng(1).normal([6, 4]);
const t = tensor([0, 1, 2, 0, 1, 2], { dtype: "int32" });

describe("frozen layers", () => {
  it("are no parameters that learn, have no gradient, and keep their running statistics", () => {
    const net = build(spec, { frozen: ["body"] });
    expect(Object.keys(net.params)).toEqual(["affine1.weight", "affine1.bias"]);
    const before = net.state();
    expect(Object.keys(before)).toEqual(Object.keys(build(spec).state()));
    net.loss(x, t, { train: true }).backward();
    expect(net.state()).toEqual(before);
    const [frozen] = net.layers;
    expect(Object.values(frozen.parameters).map(({ grad }) => grad)).toEqual([null, null]);
    // The same batch for prediction: nothing is dropped, nothing normalized by the batch.
    expect(net.loss(x, t, { train: true }).item()).toBe(net.loss(x, t).item());
    expect([net.minBatchSize, build(spec).minBatchSize]).toEqual([1, 2]);
  });

  it("let gradients through to layers before them", () => {
    const net = build(model({ input: [4], layers: [layers.affine(5), layers.affine(3)], loss: "crossEntropy" }), {
      frozen: ["affine2"],
    });
    const free = build(net.toSpec());
    for (const one of [net, free]) one.loss(x, t, { train: true }).backward();
    expect(net.params["affine1.weight"].grad?.value).toEqual(free.params["affine1.weight"].grad?.value);
  });

  it("take the weights of a trained body, under a new head; built again without them all learn on", () => {
    const trained = build(spec, { seed: 3 });
    const other = model({ input: [4], layers: [...body, layers.affine(2)], loss: "crossEntropy" });
    const { "affine1.weight": _, "affine1.bias": __, ...rest } = trained.state();
    const net = build(other, { frozen: ["body"] });
    loadWeights(net, rest, { partial: true });
    expect(net.state()).toMatchObject(rest);
    const whole = build(other);
    whole.loadState(net.state());
    expect(Object.keys(whole.params)).toHaveLength(6);
    expect(whole.predict(x).value).toEqual(net.predict(x).value);
  });

  it("must be there", () => {
    expect([
      messageOf(() => build(spec, { frozen: ["boddy"] })),
      messageOf(() => build(spec, { frozen: "body" as never })),
    ]).toMatchInlineSnapshot(`
      [
        "build: the model has no layer or block "boddy"; expected names of layers or blocks. Did you mean "body"?",
        "build: frozen is a string; expected a list of names.",
      ]
    `);
  });
});
