import { SpecError } from "@adjoint/tensor";
import { describe, expect, it } from "vitest";
import { layers } from "./builders.ts";
import { model, parseModel } from "./parse.ts";

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
    expect(text).toMatchInlineSnapshot(`
      "model: 12 mistakes:
        input[1] is 28.5; expected int, received number
        loss is "softmaxWithLos"; did you mean "softmaxWithLoss"?
        the model unknown name "inputs"; did you mean "input"?
        layers[0] has the unknown kind "convolutoin"; did you mean "convolution"?
        layers[1] (convolution).filters is missing
        layers[1] (convolution).size is 0; expected number to be >=1
        layers[1] (convolution).pad is -1; expected number to be >=0
        layers[1] (convolution) unknown name "filter"; did you mean "filters"?
        layers[2] (affine).units is missing
        layers[3] is "relu"; a layer is an object with a kind
        layers[4] has no kind; the kinds are convolution, pooling, affine, relu, sigmoid, tanh, dropout, batchNormalization, flatten
        layers[5] (dropout).ratio is 1; expected number to be <1."
    `);
  });

  it("are found in anything at all", () => {
    for (const value of [null, undefined, 3, "model", [], {}, { layers: {} }, { ...good, layers: [] }]) errorOf(value);
    expect(errorOf({ ...good, input: [0] })).toMatchInlineSnapshot(
      `"model: input[0] is 0; expected number to be >=1."`,
    );
    expect(errorOf({ ...good, version: 2 })).toMatchInlineSnapshot(`"model: version is 2; it must be 1."`);
    expect(
      errorOf({
        ...good,
        input: [1e9],
        layers: [
          { kind: "affine", units: 2 ** 31 },
          { kind: "affine", units: 2 ** 53 },
        ],
      }),
    ).toMatch(/units/);
  });

  it("are names that would reach into prototypes", () => {
    const polluted = JSON.parse(
      '{ "version": 1, "input": [4], "layers": [{ "kind": "affine", "units": 3, "__proto__": { "x": 1 } }], "loss": "softmaxWithLoss", "__proto__": {} }',
    );
    expect(errorOf(polluted)).toMatch(/__proto__/);
    expect(errorOf({ ...good, layers: [{ kind: "__proto__" }] })).toMatch(/unknown kind "__proto__"/);
    expect(errorOf({ ...good, layers: [{ kind: "affine", units: 3, name: "__proto__" }] })).toMatch(
      /starting with a letter/,
    );
    expect(({} as { x?: number }).x).toBeUndefined();
  });

  it("are two layers of one name", () => {
    const named = { kind: "affine", units: 3, name: "a" };
    expect(errorOf({ ...good, layers: [named, { kind: "relu" }, named] })).toMatchInlineSnapshot(
      `"model: layers[2].name is "a", as that of layers[0]."`,
    );
  });
});

describe("shapes that do not fit", () => {
  it("name the layer, what it got and what it needs", () => {
    const conv = layers.convolution({ filters: 3, size: 5 });
    const loss = "softmaxWithLoss" as const;
    expect(() => model({ input: [28, 28], layers: [conv], loss })).toThrowErrorMatchingInlineSnapshot(
      `[SpecError: conv1: convolution got an input of shape [28, 28]; it needs [channels, height, width]. In layers[0], whose input is [28,28]. For grey images declare input: [1, 28, 28].]`,
    );
    expect(() =>
      model({ input: [1, 8, 8], layers: [conv, layers.pooling({ size: 2 }), conv], loss }),
    ).toThrowErrorMatchingInlineSnapshot(
      `[SpecError: conv2: a window of 5 × 5 is larger than the padded image of 2 × 2. In layers[2], whose input is [3,2,2]. Use a smaller filter, or pad: 2.]`,
    );
    expect(() =>
      model({ input: [1, 8, 8], layers: [layers.affine(3), layers.pooling({ size: 2 })], loss }),
    ).toThrowErrorMatchingInlineSnapshot(
      `[SpecError: pool1: pooling got an input of shape [3]; it needs [channels, height, width]. In layers[1], whose input is [3].]`,
    );
  });
});
