/** A message without the list of all kinds, which grows. */
import { defineOp, square } from "@adjoint/autograd";
import { SpecError, zeros } from "@adjoint/tensor";
import { describe, expect, it } from "vitest";
import { messageOf } from "../../../../testing/message-of.ts";
import { layers } from "../layers/builders.ts";
import { build } from "../model/build.ts";
import { model, parseModel } from "./parse.ts";

function withoutKinds(message: string): string {
  return message.replace(/the kinds are convolution, .*?, shared/, "the kinds are …");
}

const good = { version: 1, input: [4], layers: [{ kind: "affine", units: 3 }], loss: "softmaxWithLoss" };

function errorOf(value: unknown): string {
  try {
    parseModel(value);
  } catch (error) {
    expect(error).toBeInstanceOf(SpecError);
    return (error as Error).message;
  }
  throw new Error("the spec was accepted");
}

describe("mistakes in a spec", () => {
  it("are all named at once, each with its place and the nearest known name", () => {
    const text = errorOf({
      version: 1,
      inputs: [4],
      input: [1, 28.5],
      layers: [
        { kind: "convolutoin", filters: 3, size: 3 },
        { kind: "convolution", filter: 3, size: 0, pad: -1 },
        { kind: "affine" },
        "relu",
        { units: 3 },
        { kind: "dropout", ratio: 1 },
      ],
      loss: "softmaxWithLos",
    });
    expect(withoutKinds(text)).toMatchInlineSnapshot(`
      "parseModel: 12 mistakes:
        inputs is [4]; it must be an object with 1 to 64 names; a single one is called "input"
        input and inputs are both given. Use inputs for several, input for one
        input[1] is 28.5; it must be an integer ≥ 1, or -1 for a length that may change
        loss is "softmaxWithLos"; did you mean "softmaxWithLoss"?
        layers[0]: has the unknown kind "convolutoin"; did you mean "convolution"?
        layers[1] (convolution): unknown name "filter"; did you mean "filters"?
        layers[1] (convolution): size is 0; it must be an integer ≥ 1
        layers[1] (convolution): pad is -1; it must be an integer ≥ 0
        layers[2] (affine): units is missing
        layers[3]: "relu" is not a layer; did you mean { "kind": "relu" }?
        layers[4]: has no kind; the kinds are …. Pass custom layers as { use: [name] }, on the command line with --use FILE
        layers[5] (dropout): ratio is 1; it must be a number, 0 ≤ ratio < 1."
    `);
  });

  it("are found in anything at all", () => {
    for (const value of [null, undefined, 3, "model", [], {}, { layers: {} }, { ...good, layers: [] }]) errorOf(value);
    expect(errorOf(null)).toMatchInlineSnapshot(
      `"parseModel: the spec is null; it must be an object such as model({ input, layers, loss }) returns."`,
    );
    expect(() => model(undefined as never)).toThrow("model: the spec is missing.");
    expect(errorOf({ ...good, layers: [] })).toMatchInlineSnapshot(
      `"parseModel: layers is []; it must be an array of 1 to 10000 layers."`,
    );
    expect(errorOf({ ...good, input: [0] })).toMatchInlineSnapshot(
      `"parseModel: input[0] is 0; it must be an integer ≥ 1."`,
    );
    expect(errorOf({ ...good, input: 784 })).toMatchInlineSnapshot(
      `"parseModel: input is 784; it must be the shape of one sample, 1 to 8 numbers, for example [1, 28, 28], or { "shape": [20], "type": "labels" }."`,
    );
    expect(errorOf({ ...good, version: 2 })).toMatchInlineSnapshot(
      `"parseModel: version is 2; it must be 1. Update Adjoint to read newer files."`,
    );
    expect(
      errorOf({ ...good, layers: [{ kind: "convolution", filters: 1, size: [3], weightInit: "hee" }] }),
    ).toMatchInlineSnapshot(`
      "parseModel: 2 mistakes:
        layers[0] (convolution): size is [3]; it must be an integer ≥ 1, or two of them
        layers[0] (convolution): weightInit is "hee"; did you mean "he"?"
    `);
  });

  it("are values that JSON cannot write, and holes", () => {
    const circle: Record<string, unknown> = {};
    circle.self = circle;
    for (const units of [circle, 3n, () => 3, Symbol("3"), Number.NaN, Number.POSITIVE_INFINITY]) {
      const text = errorOf({ ...good, layers: [{ kind: "affine", units }] });
      expect(text).toMatch(/^parseModel: layers\[0\] \(affine\): units is .+; it must be an integer ≥ 1\.$/);
    }
    const withHole = new Array<unknown>(2);
    withHole[1] = { kind: "affine", units: 3 };
    expect(errorOf({ ...good, layers: withHole })).toMatchInlineSnapshot(
      `"parseModel: layers[0]: undefined is not a layer; a layer is an object with a kind."`,
    );
  });

  it("are names that would reach into prototypes", () => {
    const polluted = JSON.parse(
      '{ "version": 1, "input": [4], "layers": [{ "kind": "affine", "units": 3, "__proto__": { "x": 1 } }], "loss": "softmaxWithLoss", "__proto__": {} }',
    );
    expect(errorOf(polluted)).toMatchInlineSnapshot(`
      "parseModel: 2 mistakes:
        unknown name "__proto__"; expected one of version, name, input, inputs, layers, outputs, loss, losses, metrics, weightDecay, l1, training
        layers[0] (affine): unknown name "__proto__"; expected one of kind, name, from, units, flatten, bias, weightInit, weightDecay, l1."
    `);
    expect(() => model(polluted)).toThrow(/unknown name "__proto__"/);
    expect(errorOf({ ...good, layers: [{ kind: "__proto__" }] })).toMatch(/unknown kind "__proto__"/);
    expect(errorOf({ ...good, layers: [{ kind: "affine", units: 3, name: "__proto__" }] })).toMatch(
      /starting with a letter/,
    );
    expect(({} as { x?: number }).x).toBeUndefined();
  });

  it("are told where they stand, also of what is called as lists of layers are", () => {
    expect(
      messageOf(() =>
        model({
          input: [3],
          layers: [layers.affine({ units: 2, name: "layers" })],
          loss: "mse",
          metrics: { layers: ["acuracy" as never] },
        }),
      ),
    ).toMatchInlineSnapshot(`"model: metrics[0] is "acuracy"; did you mean "accuracy"?"`);
  });

  it("are getters that throw, and classes of one's own", () => {
    const spec = {
      input: [3],
      get layers(): never {
        throw new Error("not today");
      },
    };
    expect([spec, new Map()].map((given) => messageOf(() => model(given as never)))).toMatchInlineSnapshot(`
      [
        "model: the spec is an object that cannot be read; it must be an object such as model({ input, layers, loss }) returns.",
        "model: the spec is an instance of a class; it must be an object such as model({ input, layers, loss }) returns.",
      ]
    `);
  });

  it("are ops and kinds of one name", () => {
    const [one, other] = [1, 2].map(() => defineOp({ ...square.definition, name: "twice" }));
    const spec = { input: [3], layers: [layers.op("twice")] };
    expect(messageOf(() => model(spec, { use: [one, other] }))).toMatchInlineSnapshot(
      `"model: two ops are called "twice"; expected a unique name. Rename one of them in defineOp."`,
    );
    expect(model(spec, { use: [one, square] }).layers).toEqual(spec.layers);
  });

  it("are two layers of one name", () => {
    const named = { kind: "affine", units: 3, name: "a" };
    expect(errorOf({ ...good, layers: [named, { kind: "relu" }, named] })).toMatchInlineSnapshot(
      `"parseModel: layers[2] (affine): duplicate name "a", which is also that of layers[0]."`,
    );
  });
});

describe("a layer that is not understood", () => {
  const wrong = { kind: "affine", units: "three", name: "scores" };
  const mistakesOf = (layers: unknown[], more: object = {}): string =>
    errorOf({ version: 1, input: [4], layers, ...more });

  it("keeps its name, so that those which take from it are not wrong, too", () => {
    const layers = [wrong, { kind: "relu", from: "scores" }, { kind: "shared", layer: "scores" }];
    expect(mistakesOf(layers, { outputs: ["relu1", "shared1"], losses: { relu1: "mse" } })).toMatchInlineSnapshot(
      `"parseModel: layers[0] (affine): units is "three"; it must be an integer ≥ 1."`,
    );
  });

  it("leaves the other layers of its block to be looked at, and what is behind it", () => {
    const block = { kind: "block", layers: [wrong, { kind: "relu", from: "nobody" }] };
    expect(mistakesOf([block, { kind: "tanh", from: "noone" }])).toMatchInlineSnapshot(`
      "parseModel: 3 mistakes:
        layers[0].layers[0] (affine): units is "three"; it must be an integer ≥ 1
        layers[0].layers[1] (relu) "block1.relu1": unknown layer or input "nobody" in from. Earlier names are "input", "scores"; later layers cannot be inputs
        layers[1] (tanh) "tanh1": unknown layer or input "noone" in from. Earlier names are "input", "block1"; later layers cannot be inputs."
    `);
  });

  it("may have had any name with a number, if its kind is not known either", () => {
    expect(withoutKinds(mistakesOf([{ kind: "?" }, { kind: "relu", from: "conv1" }]))).toMatchInlineSnapshot(
      `"parseModel: layers[0]: has the unknown kind "?"; the kinds are …. Pass custom layers as { use: [name] }, on the command line with --use FILE."`,
    );
  });

  it("does not hide what is wrong elsewhere when it is the input", () => {
    expect(errorOf({ version: 1, input: [0], layers: [{ kind: "relu", from: "nobody" }] })).toMatchInlineSnapshot(`
      "parseModel: 2 mistakes:
        input[0] is 0; it must be an integer ≥ 1
        layers[0] (relu) "relu1": unknown layer or input "nobody" in from. Earlier names are "input"; later layers cannot be inputs."
    `);
  });
});

describe("a spec that was checked", () => {
  it("is plain JSON, strictly equal after a round trip, also when undefined and −0 were given", () => {
    const spec = model({
      input: [1, 4, 4],
      name: undefined,
      layers: [
        { kind: "pooling", size: 2, pad: -0 },
        { kind: "affine", units: 3, name: undefined },
      ],
      loss: "softmaxWithLoss",
    } as never);
    expect(JSON.parse(JSON.stringify(spec))).toStrictEqual(spec);
    expect(Object.keys(spec.layers[1])).toEqual(["kind", "units"]);
  });

  it("does not change with what it was made from, and cannot be changed itself", () => {
    const given = structuredClone(good);
    const spec = parseModel(given);
    const net = build(spec);
    given.input[0] = 7;
    given.layers[0].units = 99;
    expect(net.toSpec()).toEqual(good);
    expect(net.predict(zeros([2, 4])).shape).toEqual([2, 3]);
    expect(() => (spec.input as number[]).push(1)).toThrow(TypeError);
    expect(() => Object.assign(spec.layers[0], { units: 5 })).toThrow(TypeError);
  });
});

describe("shapes that do not fit", () => {
  const conv = layers.convolution({ filters: 3, size: 5 });
  const pool = layers.pooling({ size: 2 });
  const loss = "softmaxWithLoss" as const;

  it("name the layer, what it got and what it needs", () => {
    expect(() => model({ input: [28, 28], layers: [conv], loss })).toThrowErrorMatchingInlineSnapshot(
      `[SpecError: conv1: convolution got an input of shape [28, 28]; it needs [channels, height, width]. For grey images declare input: [1, 28, 28]. See layers[0] (convolution).]`,
    );
    expect(() => model({ input: [1, 8, 8], layers: [conv, pool, conv], loss })).toThrowErrorMatchingInlineSnapshot(
      `
      [SpecError: model: 2 mistakes:
        softmaxWithLoss: the last layer, conv2, gives samples of shape [3, 2, 2]; the loss needs one row of scores, [classes]. End with an affine layer, one unit for each class; for classes of steps or pixels, use crossEntropy
        layers[2] (convolution) "conv2": a window of 5 × 5 is larger than the padded image; expected at most 2 × 2. Did you mean pad: 2? Its input is [3, 2, 2].]
    `,
    );
    expect(() =>
      model({ input: [1, 8, 8], layers: [layers.affine(3), pool], loss }),
    ).toThrowErrorMatchingInlineSnapshot(
      `[SpecError: pool1: pooling got an input of shape [3]; it needs [channels, height, width]. Declare the input as an image, or move this layer before those that flatten. See layers[1] (pooling).]`,
    );
  });

  it("are mended by the pad that the error names", () => {
    const small = (pad: number) => model({ input: [1, 3, 3], layers: [{ ...conv, pad }, layers.affine(2)], loss });
    expect(() => small(0)).toThrow(/Did you mean pad: 2\?/);
    expect(small(2).layers[0]).toMatchObject({ pad: 2 });
  });

  it("are found at the loss too", () => {
    expect(() => model({ input: [1, 8, 8], layers: [conv], loss })).toThrowErrorMatchingInlineSnapshot(
      `[SpecError: softmaxWithLoss: the last layer, conv1, gives samples of shape [3, 4, 4]; the loss needs one row of scores, [classes]. End with an affine layer, one unit for each class; for classes of steps or pixels, use crossEntropy.]`,
    );
    expect(model({ input: [1, 8, 8], layers: [conv], loss: "meanSquaredError" }).layers).toHaveLength(1);
  });

  it("are known of layers with large constants, without these", () => {
    const causal = layers.multiHeadAttention({ causal: true });
    expect(model({ input: [16_000, 4], layers: [causal] }).layers).toHaveLength(1);
    expect(model({ input: [2 ** 24, 2], layers: [layers.positionalEncoding()] }).layers).toHaveLength(1);
  });

  it("are found before memory is asked for", () => {
    expect(() => model({ input: [1e6], layers: [layers.affine(1e6)], loss })).toThrowErrorMatchingInlineSnapshot(
      `[SpecError: affine1: its weight would have the shape [1000000, 1000000], more than 268,435,456 numbers. Its input is [1000000]. See layers[0] (affine).]`,
    );
    expect(() => model({ input: [2 ** 20, 2 ** 20], layers: [layers.relu(), layers.affine(2)], loss })).toThrow(
      /relu1: the result would have the shape \[N, 1048576, 1048576\]; expected at most N·268,435,456 elements/,
    );
  });
});
