/** Models that are graphs: several inputs and outputs, joins, blocks, residuals, shared layers. */
import { add, mul, relu } from "@adjoint/autograd";
import { kernels, ones, rng, SpecError, tensor, zeros } from "@adjoint/tensor";
import { describe, expect, it } from "vitest";
import { messageOf } from "../../../../testing/message-of.ts";
import { affineMap as affine } from "../layers/affine.ts";
import { layers } from "../layers/builders.ts";
import { defineLayer } from "../layers/define-layer.ts";
import { model } from "../read/parse.ts";
import { build } from "./build.ts";
import { randomSamples } from "./random-samples.ts";

const f64 = { dtype: "float64" } as const;

const twoInputs = model({
  inputs: { a: [3], words: { shape: [4], type: "labels" } },
  layers: [
    layers.affine({ units: 2, from: "a", name: "left" }),
    layers.embedding({ vocabulary: 5, units: 3, from: "words" }),
    layers.gru({ units: 2, output: "last", name: "right" }),
    layers.concat({ from: ["left", "right"], name: "both" }),
    layers.affine({ units: 3, name: "class" }),
    layers.affine({ units: 1, name: "size", from: "both" }),
  ],
  outputs: ["class", "size"],
  losses: { class: "softmaxWithLoss", size: { kind: "mse", weight: 2 } },
});

describe("several inputs and outputs", () => {
  const net = build(twoInputs, f64);
  const { x, t } = randomSamples(net, 6);

  it("go by name, and their losses add up", () => {
    const outputs = net.outputs(x);
    expect(Object.entries(outputs).map(([name, y]) => [name, y.shape])).toEqual([
      ["class", [6, 3]],
      ["size", [6, 1]],
    ]);
    const [first, second] = net.losses.map(({ output, forward }) =>
      forward(outputs[output], (t as Record<string, never>)[output]).item(),
    );
    expect(net.loss(x, t as never).item()).toBe(first + 2 * second);
    expect(Object.keys(net.evaluate(x, t as never))).toEqual([
      "loss",
      "class.accuracy",
      "size.rootMeanSquaredError",
      "size.meanAbsoluteError",
    ]);
    expect(net.accuracy(x, t as never)).toBe(net.evaluate(x, t as never)["class.accuracy"]);
  });

  it("have right gradients", () => {
    const analytic = net.gradient(x, t as never);
    const numerical = net.numericalGradient(x, t as never);
    for (const [name, gradient] of Object.entries(analytic)) {
      const off = kernels.max(kernels.abs(kernels.sub(gradient, numerical[name]))).item();
      // Central differences with h = 1e-4: their error is about h² times the third derivative, and rounding / h.
      expect(Number(off), name).toBeLessThan(1e-6);
    }
  });

  it("are refused where they do not fit", () => {
    const { a, words } = x as Record<string, never>;
    expect([
      messageOf(() => net.predict(x)),
      messageOf(() => net.outputs(a)),
      messageOf(() => net.outputs({ a })),
      messageOf(() => net.outputs({ a, word: words })),
      messageOf(() => net.outputs({ a: words, words })),
      messageOf(() => net.outputs({ a: tensor([[1, 2, 3]]), words })),
      messageOf(() => net.outputs({ a, words: rng(1).normal([6, 4]) })),
      messageOf(() => net.loss(x, a)),
      messageOf(() => net.loss(x, { class: a })),
    ]).toMatchInlineSnapshot(`
      [
        "predict: the model has 2 outputs: class, size. Call outputs(x), which returns all of them by name.",
        "outputs: the model has 2 inputs and got one batch; expected { a, words }. Pass batches by name: { a: …, words: … }.",
        "outputs: the batches do not fit the inputs: words missing; expected a, words. Give one batch for each input of the spec.",
        "outputs: the batches do not fit the inputs: words missing; word unknown; expected a, words. Give one batch for each input of the spec.",
        "outputs: got an input of shape [6, 4] for "a"; expected batches of shape [N, 3]. Declare input: [4] in the model, or give samples of shape [3].",
        "outputs: the inputs have different numbers of samples: a [1, 3], words [6, 4]; expected the same number of samples in all.",
        "outputs: element 0 is -1.8045567274093628; expected labels, which are integers. For real numbers declare the input without "type": "labels".",
        "loss: several outputs have a loss, but t is one batch of targets; expected { class: …, … }. Pass targets by the names of the outputs.",
        "loss: targets for the output "size" are missing; expected size. Pass targets by the names of the outputs.",
      ]
    `);
  });
});

it("targets go by name where a metric is of an output without a loss", () => {
  const list = [layers.affine({ units: 2, name: "a" }), layers.affine({ units: 2, name: "b", from: "input" })];
  const metrics = { b: ["meanAbsoluteError"] } as const;
  const net = build(model({ input: [3], layers: list, outputs: ["a", "b"], losses: { a: "mse" }, metrics }), f64);
  const [x, t] = [rng(0).normal([2, 3], f64), rng(1).normal([2, 2], f64)];
  expect(Object.keys(net.evaluate(x, { a: t, b: t }))).toEqual(["loss", "b.meanAbsoluteError"]);
  expect(() => net.evaluate(x, t)).toThrow(SpecError);
  expect(net.loss(x, t).shape).toEqual([]);
});

describe("labels", () => {
  it("may be kept in any dtype, if they are whole", () => {
    const net = build(
      model({ input: { shape: [2], type: "labels" }, layers: [layers.embedding({ vocabulary: 3, units: 2 })] }),
    );
    const labels = [
      [0, 2],
      [1, 1],
    ];
    expect(net.predict(tensor(labels)).toArray()).toEqual(net.predict(tensor(labels, { dtype: "int32" })).toArray());
    expect(messageOf(() => net.loss(tensor(labels), tensor(labels)))).toMatchInlineSnapshot(
      `"loss: the model has no loss. Add one to the spec, such as loss: "softmaxWithLoss"."`,
    );
    expect(messageOf(() => net.accuracy(tensor(labels), tensor(labels)))).toMatchInlineSnapshot(
      `"accuracy: the model has no loss. Call evaluate(x, t), which measures the loss and the metrics of the spec."`,
    );
  });
});

describe("blocks", () => {
  it("repeat with parameters of their own, and give their names to what is inside", () => {
    const net = build(
      model({
        input: [3],
        layers: [layers.block([layers.affine(3), layers.relu({ name: "on" })], { name: "deep", repeat: 2 })],
        loss: "mse",
      }),
    );
    expect(Object.keys(net.params)).toEqual([
      "deep.1.affine1.weight",
      "deep.1.affine1.bias",
      "deep.2.affine1.weight",
      "deep.2.affine1.bias",
    ]);
    expect(net.params["deep.1.affine1.weight"].toArray()).not.toEqual(net.params["deep.2.affine1.weight"].toArray());
    const x = rng(1).normal([2, 3]);
    const by = (k: number) => [net.params[`deep.${k}.affine1.weight`], net.params[`deep.${k}.affine1.bias`]] as const;
    expect(net.predict(x).toArray()).toEqual(relu(affine(relu(affine(x, ...by(1))), ...by(2))).toArray());
  });

  it("see the layers around them, and what goes in as input", () => {
    const net = build(
      model({
        input: [3],
        layers: [
          layers.affine({ units: 3, name: "first" }),
          layers.affine({ units: 3, name: "second" }),
          layers.block([layers.relu({ name: "inner" }), layers.add(["inner", "input", "first"])]),
        ],
      }),
    );
    const x = rng(1).normal([2, 3]);
    const first = net.layers[0].forward(x);
    const second = net.layers[1].forward(first);
    expect(net.predict(x).toArray()).toEqual(add(add(relu(second), second), first).toArray());
  });

  it("of residuals add what goes in, or what the shortcut makes of it", () => {
    const net = build(
      model({
        input: [3],
        layers: [
          layers.residual([layers.affine(3), layers.relu()]),
          layers.residual([layers.affine(2)], { shortcut: [layers.affine({ units: 2, bias: false })] }),
        ],
      }),
    );
    expect(Object.keys(net.params)).toEqual([
      "residual1.affine1.weight",
      "residual1.affine1.bias",
      "residual2.affine1.weight",
      "residual2.affine1.bias",
      "residual2.shortcut.affine1.weight",
    ]);
    const x = rng(1).normal([2, 3]);
    const { params } = net;
    const hidden = add(relu(affine(x, params["residual1.affine1.weight"], params["residual1.affine1.bias"])), x);
    const y = add(
      affine(hidden, params["residual2.affine1.weight"], params["residual2.affine1.bias"]),
      affine(hidden, params["residual2.shortcut.affine1.weight"], null),
    );
    expect(net.predict(x).toArray()).toEqual(y.toArray());
  });
});

describe("shared layers", () => {
  const net = build(
    model({
      inputs: { a: [3], b: [3] },
      layers: [
        layers.block([layers.affine(4), layers.tanh()], { name: "tower", from: "a" }),
        layers.shared("tower", { name: "again", from: "b" }),
        layers.add(["tower", "again"]),
        layers.affine({ units: 4, name: "last" }),
        layers.shared("last"),
      ],
      loss: "mse",
    }),
    f64,
  );

  it("use the same parameters, whose gradients add up", () => {
    expect(Object.keys(net.params)).toEqual(["tower.affine1.weight", "tower.affine1.bias", "last.weight", "last.bias"]);
    const x = { a: rng(1).normal([2, 3], f64), b: rng(2).normal([2, 3], f64) };
    const swapped = { a: x.b, b: x.a };
    expect(net.predict(x).toArray()).toEqual(net.predict(swapped).toArray());
    const t = rng(3).normal([2, 4], f64);
    const [analytic, numerical] = [net.gradient(x, t), net.numericalGradient(x, t)];
    for (const [name, gradient] of Object.entries(analytic)) {
      const off = kernels.max(kernels.abs(kernels.sub(gradient, numerical[name]))).item();
      expect(Number(off), name).toBeLessThan(1e-6);
    }
  });

  it("are counted once", () => {
    expect(net.parameters().reduce((n, p) => n + p.size, 0)).toBe(3 * 4 + 4 + 4 * 4 + 4);
    expect(Object.keys(net.state())).toHaveLength(4);
  });

  it("take what depends on shapes from the input that they have", () => {
    const list = [
      layers.positionalEncoding({ name: "encoding", from: "short" }),
      layers.flatten({ name: "row" }),
      layers.shared("encoding", { name: "longer", from: "long" }),
      layers.shared("row"),
      layers.concat({ from: ["row", "shared1"] }),
    ];
    const shared = build(model({ inputs: { short: [1, 2], long: [3, 2] }, layers: list }), f64);
    const alone = build(model({ input: [3, 2], layers: [layers.positionalEncoding()] }), f64);
    const [short, long] = [zeros([1, 1, 2], f64), zeros([1, 3, 2], f64)];
    expect(shared.predict({ short, long }).toArray()).toEqual([[0, 1, ...alone.predict(long).value.data]]);
  });

  it("draw masks on from where the layer that they share stopped", () => {
    const list = [layers.dropout(), layers.shared("dropout1")];
    const net = build(model({ input: [64], layers: list }), f64);
    const y = net.predict(ones([1, 64], f64), { train: true }).value.data;
    // Two masks: a half and a half of it; one mask twice would leave a half.
    expect(y.filter((value) => value === 1).length).toBeLessThan(28);
  });

  it("are refused where they would need parameters that are not there", () => {
    const named = defineLayer({
      kind: "named",
      parameters: (_, [n]) => ({ [n === 3 ? "constructor" : "factor"]: { shape: [n], fill: 1 } }),
      forward: ([x], { parameters }) => mul(x, Object.values(parameters)[0]),
    });
    const list = [named({ name: "first" }), layers.affine(3), layers.shared("first")];
    expect(messageOf(() => model({ input: [2], layers: list }, { use: [named] }))).toMatchInlineSnapshot(
      `"shared1: shares first, which has no constructor; an input of shape [3] needs [3]. Give it an input of shape [2], as first has. See layers[2] (named)."`,
    );
  });
});

describe("wiring that does not fit", () => {
  const given = (...list: object[]) => messageOf(() => model({ input: [3], layers: list as never, loss: "mse" }));

  it("is told with the layer, and what is there instead", () => {
    expect([
      given(layers.affine({ units: 3, from: "later" }), layers.relu({ name: "later" })),
      given(layers.affine({ units: 3, name: "x", from: "x" })),
      given(layers.affine(3), { kind: "add" }),
      given(layers.affine({ units: 3, from: ["input", "input"] })),
      given(layers.affine(3), layers.relu({ from: "input" })),
      given(layers.affine({ units: 3, name: "input" })),
      given(layers.affine(3), layers.shared("affine2")),
      given(layers.affine(3), layers.relu(), layers.shared("affine1"), layers.shared("shared1")),
      given(layers.affine(2), layers.shared("affine1")),
      given(layers.affine(3), layers.block([layers.add(["input", "affine7"])])),
      given(layers.block([layers.affine({ units: 3, name: "a" }), layers.relu({ from: "input" })], { repeat: 9 })),
      given(layers.block([layers.relu({ from: "no" })], { name: "a", repeat: 2e9 }), layers.shared("a")),
      given(
        layers.residual([layers.block([layers.affine(3)], { name: "shortcut" })], { shortcut: [layers.affine(3)] }),
      ),
      messageOf(() => model({ inputs: { a: [3], b: [3] }, layers: [layers.affine(3)], loss: "mse" })),
      messageOf(() =>
        model({ inputs: { a: [3], b: [3] }, layers: [layers.affine({ units: 3, from: "a" })], loss: "mse" }),
      ),
      messageOf(() => model({ input: [3], layers: [layers.affine(3)], outputs: ["affine1", "affine2"], loss: "mse" })),
      messageOf(() =>
        model({ input: [3], layers: [layers.affine(3), layers.relu()], outputs: ["affine1", "relu1"], loss: "mse" }),
      ),
      messageOf(() =>
        model({
          input: [3],
          layers: [layers.affine(3)],
          losses: { affin1: "mse" },
          metrics: { affine2: ["accuracy"] },
        }),
      ),
    ]).toMatchInlineSnapshot(`
      [
        "affine1: unknown layer or input "later" in from. Earlier names are "input"; later layers cannot be inputs. See layers[0] (affine).",
        "x: unknown layer or input "x" in from. Earlier names are "input"; later layers cannot be inputs. See layers[0] (affine).",
        "add1: needs two or more inputs, but the layer before is only one. Name the inputs: from: ["a", "b"]. See layers[1] (add).",
        "affine1: takes one input, but from names 2. Join them with an add or concat layer first. See layers[0] (affine).",
        "affine1: its output is unused. Use it with from: "affine1", list it in outputs, or remove it. See layers[0] (affine).",
        "model: layers[0] (affine): duplicate name "input", which is also that of an input.",
        "shared1: unknown layer "affine2". Did you mean "affine1"? See layers[1] (shared).",
        "shared2: "shared1" is itself a shared layer. Name the layer that it shares: "affine1". See layers[3] (shared).",
        "shared1: shares affine1, whose weight has shape [3, 2]; an input of shape [2] needs [2, 2]. Give it an input of shape [3], as affine1 has. See layers[1] (affine).",
        "block1.add1: unknown layer or input "affine7" in from. Did you mean "affine1"? See layers[1].layers[0] (add).",
        "block1.1.a: its output is unused. Use it with from: "a", list it in outputs, or remove it. See layers[0].layers[0] (affine).",
        "a.1.relu1: unknown layer or input "no" in from. Earlier names are "input"; later layers cannot be inputs. See layers[0].layers[0] (relu).",
        "model: layers[0].layers[0] (block): the name "shortcut" is reserved for the layers of the shortcut.",
        "affine1: is the first layer, and the model has several inputs. Name one in from: "a", "b". See layers[0] (affine).",
        "model: unused input "b". Use it with from: "b", or remove it.",
        "model: unknown layer "affine2" in outputs[1]. Did you mean "affine1"?",
        "model: one loss is given for 2 outputs. Give a loss for each: "losses": { "affine1": …, "relu1": … }.",
        "model: 2 mistakes:
        unknown output "affin1". Did you mean "affine1"?
        unknown output "affine2". Did you mean "affine1"?",
      ]
    `);
  });

  it("is found before blocks that repeat without end fill the memory", () => {
    const endless = (list: object[]): object => ({ kind: "block", repeat: 2e9, layers: list });
    expect([
      given(endless([layers.relu()])),
      given(endless([endless([endless([layers.relu()])])])),
      given(endless([layers.relu({ from: "nothing" })])),
    ]).toMatchInlineSnapshot(`
      [
        "block1: repeated blocks make more than 10,000 layers. Use fewer repetitions. See layers[0] (block).",
        "model: 3 mistakes:
        layers[0] (block) "block1": repeated blocks make more than 10,000 layers. Use fewer repetitions
        layers[0].layers[0] (block) "block1.1.block1": repeated blocks make more than 10,000 layers. Use fewer repetitions
        layers[0].layers[0].layers[0] (block) "block1.1.block1.1.block1": repeated blocks make more than 10,000 layers. Use fewer repetitions.",
        "block1.1.relu1: unknown layer or input "nothing" in from. Earlier names are "input"; later layers cannot be inputs. See layers[0].layers[0] (relu).",
      ]
    `);
    expect(() => given(layers.relu())).toThrow();
  });
});

it("asks for permission before it makes very many parameters", () => {
  const spec = model({ input: [20_000], layers: [layers.affine(10_000), layers.affine(10_000)], loss: "mse" });
  expect(messageOf(() => build(spec))).toMatchInlineSnapshot(
    `"build: the model has 300,020,000 parameters; expected at most 268,435,456. To allow more, pass { maxParameters: 300020000 }."`,
  );
  expect(() => build(model({ input: [10], layers: [layers.affine(10)] }), { maxParameters: 109 })).toThrow(SpecError);
  expect(build(model({ input: [10], layers: [layers.affine(10)] }), { maxParameters: 110 }).parameters()).toHaveLength(
    2,
  );
});
