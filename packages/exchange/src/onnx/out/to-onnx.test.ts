import {
  add,
  constant,
  defineOp,
  graphOf,
  lgamma,
  mul,
  randomUniform,
  sum,
  type Variable,
  variable,
} from "@adjoint/autograd";
import { trace } from "@adjoint/compiler";
import { build, layers, model, randomSamples, TwoLayerNet } from "@adjoint/nn";
import { kernels, rng, Tensor, tensor } from "@adjoint/tensor";
import { describe, expect, it } from "vitest";
import { opsOf, runOnnx } from "../../testing/onnx.ts";
import { onnxModel } from "../in/onnx-model.ts";
import { decodeMessage } from "../messages/read.ts";
import { toOnnx } from "./to-onnx.ts";

const messageOf = (bytes: Uint8Array) => decodeMessage("Model", bytes, { op: "test", name: "the file" });
const namesOf = (bytes: Uint8Array) => {
  const { graph } = messageOf(bytes);
  return { inputs: graph?.input.map(({ name }) => name), outputs: graph?.output.map(({ name }) => name) };
};

describe("toOnnx", () => {
  it("writes a model with the names of its spec, and the spec", () => {
    const spec = model({
      inputs: { words: { shape: [3], type: "labels" }, more: [2] },
      layers: [
        layers.embedding({ vocabulary: 5, units: 2, from: "words" }),
        layers.mean({ axes: [0] }),
        layers.add({ from: ["mean1", "more"], name: "total" }),
      ],
      outputs: ["total"],
    });
    const net = build(spec);
    const bytes = toOnnx(net, { metadata: { author: "me" } });
    expect(namesOf(bytes)).toEqual({ inputs: ["words", "more"], outputs: ["total"] });
    const { metadata_props, graph } = messageOf(bytes);
    const texts = Object.fromEntries(metadata_props.map(({ key, value }) => [key as string, value as string]));
    expect(texts.author).toBe("me");
    expect(build(JSON.parse(texts["adjoint.model"])).toSpec()).toEqual(net.toSpec());
    expect(graph?.initializer.map(({ name }) => name)).toContain("embedding1.weight");
    const words = tensor([[0, 1, 4]], { dtype: "int32" });
    const more = tensor([[0.5, 1]]);
    const [y] = runOnnx(bytes, { words, more }, ["total"]);
    const apart = kernels.abs(kernels.sub(y, net.outputs({ words, more }).total.value));
    // A mean of three numbers below 1, and a sum.
    expect(kernels.max(apart).item()).toBeLessThan(8 * 2 ** -23);
  });

  it("writes layers with padding of every kind, in both directions and with a mask", () => {
    const sequences = [
      layers.embedding({ vocabulary: 4, units: 4 }),
      layers.gru({ units: 3, bidirectional: true, mask: "input" }),
      layers.multiHeadAttention({ heads: 3, causal: true, mask: "input" }),
      layers.convolution1d({ filters: 4, size: 3, stride: 2, pad: "causal" }),
      layers.averagePooling1d({ size: 2, pad: "same" }),
    ];
    const images = [
      layers.convolution({ filters: 3, size: [4, 3], stride: 2, pad: "same" }),
      layers.pooling({
        size: 2,
        stride: 1,
        pad: [
          [0, 1],
          [1, 0],
        ],
        countPad: false,
      }),
      layers.averagePooling({ size: 2, stride: 1, pad: "same" }),
      layers.transposedConvolution({ filters: 2, size: 3, stride: 2, pad: "same" }),
      layers.groupNormalization({ groups: 2, scale: false }),
    ];
    for (const spec of [
      { input: { shape: [5], type: "labels" }, layers: sequences },
      { input: [2, 7, 6], layers: images },
    ] as const) {
      const net = build(model(spec), { seed: 1 });
      const { x } = randomSamples(net, 3);
      const [y] = runOnnx(toOnnx(net), { input: x as Tensor }, [net.outputLayers[0].name]);
      const apart = kernels.abs(kernels.sub(y, net.predict(x as Tensor).value));
      // Sums of some ten products of numbers near 1, a few one after the other.
      expect(kernels.max(apart).item()).toBeLessThan(100 * 2 ** -23);
    }
  });

  it("writes sequences of any length, and says which op does not take them", () => {
    const tokens = { shape: [-1], type: "labels" } as const;
    const attention = [
      layers.embedding({ vocabulary: 9, units: 4 }),
      layers.positionalEncoding(),
      layers.multiHeadAttention({ heads: 2, causal: true }),
      layers.layerNormalization({ axes: 1 }),
      layers.mean([0]),
    ];
    const net = build(model({ input: tokens, layers: attention }), { seed: 1 });
    const bytes = toOnnx(net);
    for (const [count, length] of [
      [1, 1],
      [3, 7],
    ]) {
      const x = kernels.cast(rng(length).integers(0, 9, [count, length]), "int32");
      const [y] = runOnnx(bytes, { input: x }, ["mean1"]);
      const apart = kernels.abs(kernels.sub(y, net.predict(x).value));
      // Sums of some ten products of numbers near 1, a few one after the other.
      expect(kernels.max(apart).item()).toBeLessThan(100 * 2 ** -23);
      expect(onnxModel(bytes).predict(x).toArray()).toEqual(net.predict(x).toArray());
    }
    expect(onnxModel(bytes).inputs[0].shape).toEqual(["batch", "length"]);
    const recurrent = build(model({ input: [-1, 4], layers: [layers.lstm(3)] }), { seed: 1 });
    expect(() => toOnnx(recurrent)).toThrow(
      /toOnnx: the model cannot be written for a batch and a length of any size: \w+ of lstm1 has a/,
    );
  });

  it("writes a network that was read with the open axes that it had, and the parameters that it has now", () => {
    const net = build(
      model({ input: [2, 6, 6], layers: [layers.convolution({ filters: 3, size: 3 }), layers.affine(2)] }),
    );
    const first = onnxModel(toOnnx(net));
    first.params["affine1.bias"].assign(tensor([1, 2]));
    const again = onnxModel(toOnnx(first, { opset: 20 }));
    expect(again.inputs).toEqual(first.inputs);
    for (const count of [1, 4]) {
      const x = rng(count).normal([count, 2, 6, 6]);
      expect(again.predict(x).toArray()).toEqual(first.predict(x).toArray());
    }
  });

  it("writes a network of the book, and batches of a fixed size", () => {
    const net = new TwoLayerNet({ inputSize: 4, hiddenSize: 3, outputSize: 2 });
    const bytes = toOnnx(net, { batch: 7 });
    expect(opsOf(bytes)).toEqual(["Gemm", "Relu", "Gemm"]);
    expect(messageOf(bytes).graph?.input[0].type?.tensor_type?.shape?.dim.map((d) => d.dim_value)).toEqual([7, 4]);
  });

  it("writes a function under names that are chosen, and what it reads as constants", () => {
    const w = variable([2, 3], { name: "w" });
    const fn = (x: Variable, y: Variable) => [mul(x, w), add(x, y)];
    const bytes = toOnnx(fn, { examples: [tensor([0, 0]), tensor([0, 0])], inputs: ["a", "b"], outputs: ["p", "q"] });
    expect(namesOf(bytes)).toEqual({ inputs: ["a", "b"], outputs: ["p", "q"] });
    const [p, q] = runOnnx(bytes, { a: tensor([1, 2]), b: tensor([10, 20]) }, ["p", "q"]);
    expect([p.toArray(), q.toArray()]).toEqual([
      [2, 6],
      [11, 22],
    ]);
  });

  it("writes one value as several outputs, and an input as an output", () => {
    const bytes = toOnnx((x: Variable) => [x, mul(x, x), mul(x, x), constant([7])], { examples: [tensor([0])] });
    const names = ["output_0", "output_1", "output_2", "output_3"];
    const values = runOnnx(bytes, { input_0: tensor([3]) }, names).map((y) => y.toArray());
    expect(values).toEqual([[3], [9], [9], [7]]);
  });

  it("writes a recorded graph with its gradients", () => {
    const [x, w] = [variable([1, 2], { name: "x", requiresGrad: false }), variable([3, 4], { name: "w" })];
    const bytes = toOnnx(graphOf(sum(mul(x, w)), { backward: true }));
    expect(namesOf(bytes)).toEqual({ inputs: ["x"], outputs: ["output", "w.grad"] });
    const [y, gradient] = runOnnx(bytes, { x: tensor([5, 6]) }, ["output", "w.grad"]);
    expect([y.item(), gradient.toArray()]).toEqual([39, [5, 6]]);
  });

  it("draws the numbers of the library, from the state that is given", () => {
    const generator = rng(5);
    const step = trace((x: Variable) => add(x, randomUniform(generator, [3])), constant([0, 0, 0]));
    const bytes = toOnnx(step);
    const feeds = { input_0: tensor([0, 0, 0]), "generator 0": tensor(Float64Array.of(9, 4)) };
    const [y, next] = runOnnx(bytes, feeds, ["output", "generator 0.next"]);
    const expected = rng(9);
    expected.state = { key: 9, counter: 4 };
    expect(y.toArray()).toEqual(expected.uniform([3]).toArray());
    expect(next.toArray()).toEqual([9, 7]);
  });
});

describe("toOnnx refuses", () => {
  const x = tensor([1, 2]);
  const refusalOf = (run: () => unknown): string => {
    try {
      run();
    } catch (error) {
      return (error as Error).message;
    }
    throw new Error("nothing was refused");
  };

  it("ops that ONNX has not, all at once, with their number and the first place", () => {
    const mine = defineOp({ name: "mine", infer: ([a]) => a, forward: ([a]) => a, backward: [({ grad }) => grad] });
    const fn = (y: Variable) => add(mine(lgamma(y)), lgamma(mul(y, 2)));
    expect(refusalOf(() => toOnnx(fn, { examples: [x] }))).toMatchInlineSnapshot(
      `"toOnnx: 2 ops have no form in ONNX: lgamma: ONNX has no gamma function (2 times), first at node 1; mine: it is an op of your own, and its definition has no composition, first at node 2. Write what they compute with other ops: a function of them, or the composition of an op of your own, defineOp({ …, composed: ([x]) => … }). Or run it with compile(fn), whose engine "wasm" has every op."`,
    );
  });

  it("random numbers in a version without operators on bits", () => {
    const generator = rng(1);
    const draw = () => randomUniform(generator, [2]);
    expect(refusalOf(() => toOnnx(draw, { examples: [], opset: 17 }))).toMatchInlineSnapshot(
      `"toOnnx: one op has no form in ONNX: randomUniform: random numbers need bit operators, of opset 18 and later; this is opset 17, first at node 1. Write what they compute with other ops: a function of them, or the composition of an op of your own, defineOp({ …, composed: ([x]) => … }). Or run it with compile(fn), whose engine "wasm" has every op."`,
    );
  });

  it("weights that do not fit into one file", () => {
    // One number in memory, and as many in a file as its shape says.
    const w = variable(new Tensor(new Float32Array(1), [2 ** 28 + 1], [0]), { name: "w" });
    expect(refusalOf(() => toOnnx(() => sum(w), { examples: [] }))).toMatchInlineSnapshot(
      `"toOnnx: the weights take 1.1 GiB, and one file holds up to 1 GiB. Files of their own for weights (external data) are not written. Save the model with saveModel, or make it smaller."`,
    );
  });

  it("what is nothing to write, and options that are not right", () => {
    const refusals = [
      () => toOnnx({ layers: [] } as never),
      () => toOnnx(((y: Variable) => y) as never),
      () => toOnnx((y: Variable) => y, { examples: [x], opset: 16 as never }),
      () => toOnnx((y: Variable) => y, { examples: [x], inputs: ["a", "b"] }),
      () => toOnnx((y: Variable) => y, { examples: [x], inputs: ["a"], outputs: ["a"] }),
      () => toOnnx((y: Variable) => y, { examples: [x], metadata: { size: 3 as never } }),
      () => toOnnx(new TwoLayerNet({ inputSize: 4, hiddenSize: 3, outputSize: 2 }), { batch: 0 }),
    ];
    expect(refusals.map(refusalOf)).toMatchInlineSnapshot(`
      [
        "toOnnx: x is an object; expected a model, a function, a Program or a Graph. Build specs first, toOnnx(build(spec)); pass functions with examples, toOnnx(fn, { examples: [x] }).",
        "toOnnx: examples is undefined; expected a list of arguments. Pass what the function is called with: toOnnx(fn, { examples: [x, t] }).",
        "toOnnx: opset is 16; expected 17, 18, 19, 20 or 21.",
        "toOnnx: inputs is ["a", "b"]; expected a list of 1 name.",
        "toOnnx: two inputs or outputs are called "a"; expected different names.",
        "toOnnx: metadata is an object; expected a record of strings.",
        "toOnnx: batch is 0; expected an integer ≥ 1.",
      ]
    `);
  });
});
