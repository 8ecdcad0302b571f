import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { messageOf } from "../../../../../testing/message-of.ts";
import { ModelSpecError } from "../mistake.ts";
import { parseModel } from "../parse.ts";
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
      `"parseModelText: format is "toml"; expected "json" or "yaml"."`,
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
        model.json:10:37: layers[4] (affine) "affine1": unknown layer or input "relu7" in from. Did you mean "relu1"?",
        "model.yaml: 2 mistakes:
        model.yaml:10:5: layers[2] (pooling): size is "two"; it must be an integer ≥ 1, or two of them
        model.yaml:13:1: loss is "softmaxWithLos"; did you mean "softmaxWithLoss"?",
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
        "model:2:15: is not JSON: unexpected comma before ]. Remove it.",
        "model:1:1: is not JSON: the text is empty.",
        "model:1:16: is not JSON: JSON has no comments. YAML has: name the file .yaml.",
        "m.json: 4 mistakes:
        m.json:1:1: layers is missing
        m.json:1:1: input is missing. Give the shape of one sample: input: [1, 28, 28]
        m.json:2:2: duplicate name "version". Remove one of them
        m.json:2:2: version is 2; it must be 1. Update Adjoint to read newer files.",
        "m.yaml: 4 mistakes:
        m.yaml:1:1: layers is missing
        m.yaml:1:1: input is missing. Give the shape of one sample: input: [1, 28, 28]
        m.yaml:2:1: duplicate name "version". Remove one of them
        m.yaml:2:1: version is 2; it must be 1. Update Adjoint to read newer files.",
        "model:2:1: is not YAML: unexpected indentation, or a missing ] or }.",
        "model:1:10: is not YAML: tags (!…) are not supported. Remove it.",
        "model:2:1: is not YAML: there are several documents, separated by ---. A file holds one spec.",
        "model:1:1: the spec is null; it must be an object such as model({ input, layers, loss }) returns.",
        "parseModelText: text is a number; expected a string. Read the file first, or pass an object to parseModel.",
        "parseModelText: the text has 16777217 characters; expected a string of at most 4194304 characters. A spec describes layers; weights belong in safetensors files.",
      ]
    `);
  });

  it("says what to do about slips in JSON", () => {
    const texts = [
      '{ "input": [4 5] }',
      '{ "a": 1\n "b": 2 }',
      '{ "a": [1, 2,] }',
      '{ "a": 1, }',
      "# a model\n{}",
      "{ /* a */ }",
      "{ 'a': 1 }",
      "{ a: 1 }",
      '{ "a": True }',
      '{ "a": None }',
      '{ "a": NaN }',
      '{ "a": -Infinity }',
      '{ "a": relu }',
      '{ "a" 1 }',
      '{ "a" = 1 }',
      '{ "a": 1; }',
      '{ "a": }',
      '{ "a": .5 }',
      '{ "a": "x\\y" }',
      '{ "a": "x\ty" }',
      '{ "a": "x\n" }',
      '{ "a": [1 }',
      '{ "a": 1 } }',
      '{ "a": 1 } {}',
      '{\n  "a": [\n    { "b": 1 },\n',
      "{\u0000\u0000",
      "\uFFFD\uFFFD{",
    ];
    expect(texts.map((text) => messageOf(() => parseModelText(text)))).toMatchInlineSnapshot(`
      [
        "model:1:15: is not JSON: a comma is missing before this.",
        "model:2:2: is not JSON: a comma is missing before this.",
        "model:1:14: is not JSON: unexpected comma before ]. Remove it.",
        "model:1:11: is not JSON: unexpected comma before }. Remove it.",
        "model:1:1: is not JSON: JSON has no comments. YAML has: name the file .yaml.",
        "model:1:3: is not JSON: JSON has no comments. YAML has: name the file .yaml.",
        "model:1:3: is not JSON: strings need double quotes, not '.",
        "model:1:3: is not JSON: strings and names need double quotes: "a".",
        "model:1:8: is not JSON: JSON writes true for True.",
        "model:1:8: is not JSON: JSON writes null for None.",
        "model:1:8: is not JSON: JSON has no NaN. Write a number.",
        "model:1:8: is not JSON: JSON has no -Infinity. Write a number.",
        "model:1:8: is not JSON: strings and names need double quotes: "relu".",
        "model:1:7: is not JSON: a colon is missing before this.",
        "model:1:7: is not JSON: unexpected =. JSON has , and : only.",
        "model:1:9: is not JSON: unexpected ;. JSON has , and : only.",
        "model:1:8: is not JSON: a value is missing before this.",
        "model:1:8: is not JSON: .5 is not a JSON number. Write numbers as 0.5, -2 or 1e-3.",
        "model:1:10: is not JSON: unknown escape sequence. Write \\\\ for a backslash.",
        "model:1:8: is not JSON: this string contains a line break, a tab or another control character. Write \\n or \\t, or close the quote.",
        "model:1:8: is not JSON: this string contains a line break, a tab or another control character. Write \\n or \\t, or close the quote.",
        "model:1:11: is not JSON: a ] is missing before this }.",
        "model:1:12: is not JSON: unexpected }. Remove it.",
        "model:1:12: is not JSON: unexpected text after the end of the spec. A file holds one spec.",
        "model:3:15: is not JSON: a ] is missing at the end: the [ of line 2 is not closed.",
        "model: the file is not UTF-8 text. Save it as UTF-8.",
        "model: the file is not UTF-8 text. Save it as UTF-8.",
      ]
    `);
  });

  it("says what to do about slips in YAML, the first alone where they are of syntax", () => {
    const texts = [
      "layers:\n\t- kind: relu",
      "version:1\ninput: [4]",
      "version: 1\ninput: [4]\nlayers:\n  - kind:relu\n  - {kind:relu}",
      "version: 1\ninput: [4]\nlayers:\n  - &a { kind: affine, units: 3 }\n  - <<: *a\n    bias: false",
      "name: 'x\nversion: 1",
      "name: a: b\ninput: [1\nlayers: [",
      "name: @x",
      "input: *shape",
      "input: [4,,5]",
      "input: [4, 5",
    ];
    expect(texts.map((text) => messageOf(() => parseModelText(text, { format: "yaml" })))).toMatchInlineSnapshot(`
      [
        "model:2:1: is not YAML: unexpected tab. Indent with spaces.",
        "model:1:1: is not YAML: a name and its colon are on different lines. A space may be missing after a colon above.",
        "model: 2 mistakes:
        4:5: layers[0]: "kind:relu" is not a layer; a layer is an object with a kind. A space is missing after the colon
        5:6: layers[1]: unknown name "kind:relu"; it is not allowed here. A space is missing after the colon.",
        "model:5:5: layers[1]: unknown name "<<"; merge keys are not supported: write the entries out.",
        "model:2:11: is not YAML: a closing quote or bracket is missing.",
        "model:1:7: is not YAML: unexpected second colon in one entry. Quote strings that contain a colon, or check the indentation of the next line.",
        "model:1:7: is not YAML: strings that start with this character need quotes.",
        "model:1:8: is not YAML: this alias (*…) refers to nothing above it.",
        "model:1:11: is not YAML: unexpected token. Check commas, brackets and quotes.",
        "model:1:13: is not YAML: unexpected indentation, or a missing ] or }.",
      ]
    `);
  });

  it("is looked at further where a name stands twice or is misspelled", () => {
    const twice = '{ "version": 1, "input": [4],\n "input": [5],\n "layer": [\n{ "kind": "affine", "units": 0 }] }';
    expect([
      messageOf(() => parseModelText(twice)),
      messageOf(() =>
        parseModelText("version: 1\nversion: 2\ninput: [4]\nlayers: [{ kind: afine }]", { format: "yaml" }),
      ),
    ]).toMatchInlineSnapshot(`
      [
        "model: 3 mistakes:
        2:2: duplicate name "input". Remove one of them
        3:2: unknown name "layer"; did you mean "layers"?
        4:21: layers[0] (affine): units is 0; it must be an integer ≥ 1.",
        "model: 4 mistakes:
        2:1: duplicate name "version". Remove one of them
        2:1: version is 2; it must be 1. Update Adjoint to read newer files
        4:10: layers[0] (affine): units is missing
        4:12: layers[0]: has the unknown kind "afine"; did you mean "affine"?",
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
        "model: aliases expand to too many values. Write the values out.",
        "model: lists and objects are nested too deeply.",
        "model: lists and objects are nested too deeply.",
        "model: lists and objects are nested too deeply.",
        "model:1:63: unknown name "__proto__"; expected one of version, name, input, inputs, layers, outputs, loss, losses, metrics, weightDecay, l1, training.",
        "model:4:1: unknown name "__proto__"; expected one of version, name, input, inputs, layers, outputs, loss, losses, metrics, weightDecay, l1, training.",
      ]
    `);
    expect(({} as { x?: number }).x).toBeUndefined();
  });

  it("is refused before it is read where it is larger than any spec, in little memory", () => {
    const [ones, braces] = ["1,".repeat(500_000), "}".repeat(500_000)];
    const before = process.memoryUsage().heapUsed;
    const texts: (readonly [string, "json" | "yaml"])[] = [
      [`layers: [${"1,".repeat(8_000_000)}1]`, "yaml"],
      [`layers: [${ones}1]`, "yaml"],
      [`layers:\n${"- 1\n".repeat(200_000)}`, "yaml"],
      [braces, "yaml"],
      ["#\n".repeat(500_000), "yaml"],
      [`{ "layers": [${ones}1] }`, "json"],
      [`{ "layers": [${"[],".repeat(1_000_000)}1] }`, "json"],
      [braces, "json"],
    ];
    const messages = texts.map(([text, format]) => messageOf(() => parseModelText(text, { format })));
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(2 ** 26);
    expect(messages).toMatchInlineSnapshot(`
      [
        "parseModelText: the text has 16000011 characters; expected a string of at most 1048576 characters. A spec describes layers; weights belong in safetensors files.",
        "model: the text has more than 65,536 lines and special characters of YAML. A spec describes layers; weights belong in safetensors files.",
        "model: the text has more than 65,536 lines and special characters of YAML. A spec describes layers; weights belong in safetensors files.",
        "model: the text has more than 65,536 lines and special characters of YAML. A spec describes layers; weights belong in safetensors files.",
        "model: the text has more than 65,536 lines and special characters of YAML. A spec describes layers; weights belong in safetensors files.",
        "model: the text has more than 200,000 values. A spec describes layers; weights belong in safetensors files.",
        "model: the text has more than 200,000 values. A spec describes layers; weights belong in safetensors files.",
        "model:1:1: is not JSON: unexpected }. Remove it.",
      ]
    `);
  });

  it("is told apart in errors that stay short, however long its names are", () => {
    const long = "a".repeat(1_000_000);
    for (const spec of [
      { [long]: 1 },
      { version: 1, input: [4], layers: [{ kind: long }, { kind: "relu", [long]: 1 }] },
    ]) {
      for (const format of ["json", "yaml"] as const) {
        const message = messageOf(() => parseModelText(JSON.stringify(spec), { format }));
        expect(message.length).toBeLessThan(100_000);
      }
    }
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
