import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { messageOf } from "../../../../../testing/message-of.ts";
import { ModelSpecError } from "../mistake.ts";
import { parseModel } from "../parse/parse.ts";
import { parseModelText } from "./parse-model-text.ts";

const json = `{
  "version": 1,
  "input": [1, 8, 8],
  "layers": [
    { "kind": "convolution", "filters": 4, "size": 5 },
    { "kind": "relu" },
    { "kind": "poling", "size": 2 },
    { "kind": "convolution", "filters": 4,
      "size": 5, "pads": 1 },
    { "kind": "affine", "units": 3, "from": "relu7" }
  ],
  "loss": "softmaxWithLoss"
}
`;

const yaml = `# a model
version: 1
input: [1, 8, 8]
layers:
  - kind: convolution
    filters: 4
    size: 5
  - { kind: relu }
  - kind: pooling
    size: two
  - kind: affine
    units: 3
loss: softmaxWithLos
`;

describe("a spec as text", () => {
  it("is refused in another format", () => {
    expect(messageOf(() => parseModelText("input: [4]", { format: "toml" as never }))).toMatchInlineSnapshot(
      `"parseModelText: format is "toml". Leave it out where the name of the file says it."`,
    );
  });

  it("is read from JSON and YAML alike", () => {
    const spec = parseModel({
      version: 1,
      input: [4],
      layers: [
        { kind: "affine", units: 3, weightInit: 0.01 },
        { kind: "dropout", ratio: 0.5 },
      ],
      loss: { kind: "crossEntropy", labelSmoothing: 0.1 },
    });
    expect(parseModelText(`\uFEFF${JSON.stringify(spec)}`)).toEqual(spec);
    expect(parseModelText(stringify(spec), { format: "yaml" })).toEqual(spec);
    expect(parseModelText(stringify(spec), { file: "a.yml" })).toEqual(spec);
    expect(parseModelText(JSON.stringify(spec, null, 2), { format: "yaml" })).toEqual(spec);
  });

  it("names the line and column of every mistake", () => {
    expect([
      messageOf(() => parseModelText(json, { file: "model.json" })),
      messageOf(() => parseModelText(yaml, { file: "model.yaml" })),
      messageOf(() =>
        parseModelText('{ "version": 1, "input": [4],\n "layers": [{ "kind": "affine" }], "loss": "mse" }'),
      ),
    ]).toMatchInlineSnapshot(`
      [
        "model.json: 3 mistakes:
        model.json:7:7: layers[2]: has the unknown kind "poling"; did you mean "pooling"?
        model.json:9:18: layers[3] (convolution): unknown name "pads"; did you mean "pad"?
        model.json:10:37: layers[4] (affine) "affine1": takes from "relu7", and there is no such layer or input above. Did you mean "relu1"?",
        "model.yaml: 2 mistakes:
        model.yaml:13:1: loss is "softmaxWithLos"; did you mean "softmaxWithLoss"?
        model.yaml:10:5: layers[2] (pooling): size is "two"; it must be a whole number ≥ 1, or two of them.",
        "model:2:13: layers[0] (affine): units is missing.",
      ]
    `);
    const caught = (() => {
      try {
        parseModelText(json);
      } catch (error) {
        return error;
      }
    })();
    expect(caught).toBeInstanceOf(ModelSpecError);
    expect((caught as ModelSpecError).mistakes.map(({ line, column }) => [line, column])).toMatchInlineSnapshot(`
      [
        [
          7,
          7,
        ],
        [
          9,
          18,
        ],
        [
          10,
          37,
        ],
      ]
    `);
  });

  it("names the line and column of what is no JSON or YAML, and of names that stand twice", () => {
    expect([
      messageOf(() => parseModelText('{ "version": 1,\n  "input": [4,] }')),
      messageOf(() => parseModelText("")),
      messageOf(() => parseModelText('{ "version": 1 // one\n}')),
      messageOf(() => parseModelText('{ "version": 1,\n "version": 2 }', { file: "m.json" })),
      messageOf(() => parseModelText("version: 1\nversion: 2", { file: "m.yaml" })),
      messageOf(() => parseModelText("a: [1\nb: 2", { format: "yaml" })),
      messageOf(() => parseModelText("version: !!js/function 'x'\ninput: [4]", { format: "yaml" })),
      messageOf(() => parseModelText("a: 1\n---\nb: 2", { format: "yaml" })),
      messageOf(() => parseModelText("", { format: "yaml" })),
      messageOf(() => parseModelText(3 as never)),
      messageOf(() => parseModelText("x".repeat(2 ** 24 + 1))),
    ]).toMatchInlineSnapshot(`
      [
        "model:2:15: is not JSON: unexpected "]".",
        "model:1:1: is not JSON: unexpected end of input found.",
        "model:1:16: is not JSON: unexpected character '/' found.",
        "m.json:2:2: the name "version" stands twice in one object. Leave one of them out.",
        "m.yaml:2:1: is not YAML: map keys must be unique.",
        "model:2:1: is not YAML: flow sequence in block collection must be sufficiently indented and end with a ].",
        "model:1:10: is not YAML: unresolved tag: tag:yaml.org,2002:js/function.",
        "model:2:1: is not YAML: source contains multiple documents.",
        "model:1:1: the spec is null; it must be an object such as model({ input, layers, loss }) returns.",
        "parseModelText: the text is a number. A spec holds layers, not weights: those are in safetensors files.",
        "parseModelText: the text has 16777217 characters. A spec holds layers, not weights: those are in safetensors files.",
      ]
    `);
  });

  it("does not unfold to more than it is, nest without end, or reach into prototypes", () => {
    const bomb = `a: &a [x, x, x, x, x, x, x, x, x]\n${"bcdefghij"
      .split("")
      .map((name, i) => `${name}: &${name} [${`*${"abcdefghi"[i]}, `.repeat(9)}]`)
      .join("\n")}`;
    expect([
      messageOf(() => parseModelText(bomb, { format: "yaml" })),
      messageOf(() => parseModelText("[".repeat(200_000))),
      messageOf(() => parseModelText(`${"[".repeat(20_000)}${"]".repeat(20_000)}`)),
      messageOf(() => parseModelText("[".repeat(20_000), { format: "yaml" })),
      messageOf(() =>
        parseModelText('{ "version": 1, "input": [4], "layers": [{ "kind": "relu" }], "__proto__": { "x": 1 } }'),
      ),
      messageOf(() =>
        parseModelText("version: 1\ninput: [4]\nlayers: [{ kind: relu }]\n__proto__: { x: 1 }", { format: "yaml" }),
      ),
    ]).toMatchInlineSnapshot(`
      [
        "model: is not YAML: excessive alias count indicates a resource exhaustion attack.",
        "model: lists and objects are nested too deep.",
        "model: lists and objects are nested too deep.",
        "model: lists and objects are nested too deep.",
        "model:1:63: unknown name "__proto__"; the names here are version, name, input, inputs, layers, outputs, loss, losses, metrics, weightDecay, l1.",
        "model:4:1: unknown name "__proto__"; the names here are version, name, input, inputs, layers, outputs, loss, losses, metrics, weightDecay, l1.",
      ]
    `);
    expect(({} as { x?: number }).x).toBeUndefined();
  });

  it("is never anything but a spec or a list of mistakes, whatever the text", () => {
    const garbage = fc.oneof(
      fc.string(),
      fc.json(),
      fc
        .record({ at: fc.nat(json.length), text: fc.string({ maxLength: 5 }) })
        .map(({ at, text }) => json.slice(0, at) + text + json.slice(at + text.length)),
    );
    fc.assert(
      fc.property(garbage, fc.constantFrom("json" as const, "yaml" as const), (text, format) => {
        try {
          parseModelText(text, { format });
        } catch (error) {
          expect(error).toBeInstanceOf(ModelSpecError);
          for (const { line } of (error as ModelSpecError).mistakes) expect(line ?? 1).toBeGreaterThan(0);
        }
      }),
      { numRuns: 300 },
    );
  });
});
