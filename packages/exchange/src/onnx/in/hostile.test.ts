import { readdirSync, readFileSync } from "node:fs";
import { AdjointError, DataError, tensor } from "@adjoint/tensor";
import { describe, expect, it } from "vitest";
import type { Draft } from "../messages/schema.ts";
import { fromOnnx } from "./from-onnx.ts";
import { onnxModel } from "./onnx-model.ts";
import { lowerings } from "./ops/all.ts";
import { mutation, readingOf } from "./testing/mutations.ts";
import { input, integers, modelOf, node, reals } from "./testing/small-models.ts";

const refusal = (bytes: Uint8Array): string => {
  try {
    fromOnnx(bytes, { file: "evil.onnx" });
    return "";
  } catch (error) {
    expect(error).toBeInstanceOf(AdjointError);
    return (error as Error).message;
  }
};

const folder = new URL("./fixtures/torch/", import.meta.url);
const files = readdirSync(folder)
  .filter((name) => name.endsWith(".onnx"))
  .map((name) => new Uint8Array(readFileSync(new URL(name, folder))));

describe("mutations of real files", () => {
  // scripts/mutate.ts runs more of them.
  it("are read or refused, and never crash", () => {
    const counts = { read: 0, refused: 0 };
    for (let seed = 0; seed < 1000; seed++) counts[readingOf(mutation(files, seed, [...lowerings.keys()])).kind]++;
    expect(counts.read).toBeGreaterThan(100);
    expect(counts.refused).toBeGreaterThan(300);
  });
});

describe("files that ask for more than they hold", () => {
  const big = integers("n", [2 ** 20, 2 ** 20]);
  it.each([
    ["ConstantOfShape", modelOf([node("ConstantOfShape", ["n"], ["y"])], { initializer: [big] })],
    ["Expand", modelOf([node("Expand", ["one", "n"], ["y"])], { initializer: [big, reals("one", [1])] })],
    ["Tile", modelOf([node("Tile", ["x", "n"], ["y"])], { initializer: [big] })],
    [
      "Range",
      modelOf([node("Range", ["a", "b", "c"], ["y"])], {
        initializer: [integers("a", [0], []), integers("b", [2 ** 40], []), integers("c", [1], [])],
      }),
    ],
    ["Pad", modelOf([node("Pad", ["x", "p"], ["y"])], { initializer: [integers("p", [0, 0, 0, 2 ** 40])] })],
    ["Resize", modelOf([node("Resize", ["x", "", "", "n"], ["y"])], { initializer: [big] })],
    [
      "OneHot",
      modelOf([node("OneHot", ["x", "d", "v"], ["y"])], {
        input: [input("x", [4], 7)],
        initializer: [integers("d", [2 ** 40], []), reals("v", [0, 1])],
      }),
    ],
    ["EyeLike", modelOf([node("EyeLike", ["x"], ["y"])], { input: [input("x", [2 ** 30, 2 ** 30])] })],
  ])("by %s are refused", (op, bytes) => {
    expect(refusal(bytes)).toMatch(new RegExp(`makes [\\d,]+ elements by ${op}`));
  });

  it("by concatenating a value with itself, again and again, are refused", () => {
    const nodes = Array.from({ length: 40 }, (_, k) =>
      node(
        "Concat",
        [k === 0 ? "x" : `v${k}`, k === 0 ? "x" : `v${k}`],
        [k === 39 ? "y" : `v${k + 1}`],
        [{ name: "axis", i: 0 }],
      ),
    );
    expect(refusal(modelOf(nodes))).toMatch(/would have the shape/);
  });

  it("by a long recurrence are refused", () => {
    const bytes = modelOf([node("RNN", ["x", "w", "r"], ["y"])], {
      input: [input("x", [2 ** 24, 1, 1])],
      initializer: [reals("w", [1], [1, 1, 1]), reals("r", [1], [1, 1, 1])],
    });
    expect(refusal(bytes)).toMatch(/unfolds to more than/);
  });

  it("by functions that call each other are refused", () => {
    const functions = Array.from({ length: 30 }, (_, k) => ({
      name: `f${k}`,
      domain: "own",
      input: ["a"],
      output: ["c"],
      opset_import: [
        { domain: "", version: 17 },
        { domain: "own", version: 1 },
      ],
      node:
        k === 29
          ? [node("Relu", ["a"], ["c"])]
          : [
              node(`f${k + 1}`, ["a"], ["b"], [], { domain: "own" }),
              node(`f${k + 1}`, ["b"], ["c"], [], { domain: "own" }),
            ],
    }));
    const call = (name: string) => [node(name, ["x"], ["y"], [], { domain: "own" })];
    expect(refusal(modelOf(call("f0"), {}, { functions }))).toMatch(
      /runs more than [\d,]+ nodes by its functions and loops/,
    );
    const itself = [{ ...functions[0], node: [node("f0", ["a"], ["c"], [], { domain: "own" })] }];
    expect(refusal(modelOf(call("f0"), {}, { functions: itself }))).toMatch(/more than 32 deep/);
    expect(refusal(modelOf(call("f28"), {}, { functions }))).toBe("");
  });

  it("by what is made again and again are refused", () => {
    const many = (one: (k: number) => Draft<"Node">, initializer: readonly Draft<"Tensor">[]): string =>
      refusal(
        modelOf([...Array.from({ length: 1000 }, (_, k) => one(k)), node("Relu", ["x"], ["y"])], { initializer }),
      );
    const made = /makes more than [\d,]+ elements of constants/;
    const sizes = [integers("n", [60_000])];
    expect(many((k) => node("ConstantOfShape", ["n"], [`c${k}`]), sizes)).toMatch(made);
    const mode = [{ name: "mode", s: new TextEncoder().encode("reflect") }];
    expect(many((k) => node("Pad", ["x", "p"], [`c${k}`], mode), [integers("p", [50_000, 0, 50_000, 0])])).toMatch(
      made,
    );
    const bounds = [integers("a", [0], []), integers("b", [500_000], []), integers("c", [1], [])];
    expect(many((k) => node("Range", ["a", "b", "c"], [`c${k}`]), bounds)).toMatch(made);
  });

  it("by lists of many empty parts are refused", () => {
    const inputs = Array.from({ length: 2 ** 17 + 1 }, () => ({}));
    expect(refusal(modelOf([node("Relu", ["x"], ["y"])], { input: inputs }))).toMatch(
      /more than 131,072 entries in Graph.input/,
    );
    // In all functions together: what is too much is counted before anything is made.
    const half = Array.from({ length: 2 ** 16 + 1 }, () => ({}));
    const functions = ["f", "g"].map((name) => ({ name, domain: "own", node: half }));
    expect(refusal(modelOf([node("Relu", ["x"], ["y"])], {}, { functions }))).toMatch(
      /more than 131,072 entries in Function.node \(byte [\d,]+\)/,
    );
    const output = Array.from({ length: 2 ** 12 + 1 }, () => ({ name: "y" }));
    expect(refusal(modelOf([node("Relu", ["x"], ["y"])], { output }))).toMatch(/4097 outputs/);
  });

  it("by loops without end are refused", () => {
    const truth = { name: "go", data_type: 9, dims: [], int32_data: [1] };
    const body = {
      name: "body",
      node: [node("Identity", ["go_in"], ["go_out"])],
      input: [input("i", [], 7), input("go_in", [], 9), input("v", [1])],
      output: [{ name: "go_out" }, { name: "v" }],
    };
    const loop = (initializer: readonly Draft<"Tensor">[], count: string) =>
      modelOf([node("Loop", [count, "go", "x"], ["y"], [{ name: "body", g: body }])], { initializer });
    expect(refusal(loop([truth], ""))).toMatch(/runs more than [\d,]+ nodes by its functions and loops/);
    expect(refusal(loop([truth, integers("n", [2 ** 40], [])], "n"))).toMatch(/runs more than/);
    expect(refusal(loop([truth, integers("n", [1000], [])], "n"))).toBe("");
    const empty = { ...body, node: [], output: [{ name: "go_in" }, { name: "v" }] };
    expect(refusal(modelOf([node("Loop", ["", "", "x"], ["y"], [{ name: "body", g: empty }])]))).toMatch(
      /runs more than/,
    );
  });

  it("are read where they are only long", () => {
    const count = 20_000;
    const nodes = Array.from({ length: count }, (_, k) =>
      node("Identity", [k === 0 ? "x" : `v${k}`], [k === count - 1 ? "y" : `v${k + 1}`]),
    );
    expect(fromOnnx(modelOf(nodes)).nodes).toHaveLength(count + 1);
  });

  it("are read where a name is only long", () => {
    const name = `/a${"/".repeat(2 ** 20)}b/`;
    const [{ scope }] = onnxModel(modelOf([node("Relu", ["x"], ["y"], [], { name })])).nodes;
    expect(scope).toHaveLength(name.length - 2);
  });

  it.each([
    [
      "more elements than bytes",
      { ...reals("w", []), dims: [2 ** 30, 2 ** 20] },
      /has 0 elements for the initializer "w"/,
    ],
    ["fewer elements than bytes", { ...reals("w", [1, 2, 3]), dims: [2] }, /has 3 elements/],
    ["a negative length", { ...reals("w", [1]), dims: [-1] }, /the shape \[-1\]/],
    [
      "raw bytes of another length",
      { name: "w", data_type: 1, dims: [2], raw_data: new Uint8Array(7) },
      /7 bytes of FLOAT/,
    ],
    ["strings", { name: "w", data_type: 8, dims: [1], string_data: [Uint8Array.of(65)] }, /element type STRING/],
    ["complex numbers", { name: "w", data_type: 14, dims: [1] }, /element type COMPLEX64/],
  ])("in an initializer with %s are refused", (_, tensor, message) => {
    const text = refusal(modelOf([node("Add", ["x", "w"], ["y"])], { initializer: [tensor] }));
    expect(text).toMatch(message);
    expect(text).toMatch(/^fromOnnx: evil.onnx /);
  });
});

describe("files that contradict themselves", () => {
  const relu = node("Relu", ["x"], ["y"]);
  const image = input("x", [1, 4, 8, 8]);
  const filters = reals("w", new Array(72).fill(1), [2, 4, 3, 3]);
  const sequence = { input: [input("x", [3, 1, 2])] };
  const gates = [reals("w", new Array(16).fill(1), [1, 8, 2]), reals("r", new Array(16).fill(1), [1, 8, 2])];
  const branch = { name: "b", node: [node("Relu", ["x"], ["t"])], output: [{ name: "t" }] };
  const branches = [
    { name: "then_branch", g: branch },
    { name: "else_branch", g: branch },
  ];
  const own = (name: string, op: string, domain = "own") => ({
    name,
    domain,
    input: ["a"],
    output: ["b"],
    node: [node(op, ["a"], ["b"])],
    opset_import: [{ domain: "", version: 17 }],
  });
  const call = node("F", ["x"], ["y"], [], { domain: "own" });
  it.each<[string, Uint8Array, RegExp]>([
    ["two values of one name", modelOf([relu, node("Neg", ["x"], ["y"])]), /two values the name "y"/],
    ["a value with the name of an input", modelOf([node("Neg", ["x"], ["x"]), relu]), /two values the name "x"/],
    ["one node with two values of one name", modelOf([node("Split", ["x"], ["y", "y"])]), /two values the name "y"/],
    ["two inputs of one name", modelOf([relu], { input: [input("x", [2, 3]), input("x", [4])] }), /two inputs "x"/],
    ["a circle", modelOf([node("Add", ["x", "b"], ["a"]), node("Relu", ["a"], ["b"]), relu]), /reads "b"/],
    [
      "an attribute twice",
      modelOf([
        node(
          "Elu",
          ["x"],
          ["y"],
          [
            { name: "alpha", f: 1 },
            { name: "alpha", f: 2 },
          ],
        ),
      ]),
      /alpha twice/,
    ],
    [
      "an attribute of another type",
      modelOf([node("Elu", ["x"], ["y"], [{ name: "alpha", i: 1, type: 2 }])]),
      /alpha of another type/,
    ],
    [
      "an attribute in another field",
      modelOf([node("Elu", ["x"], ["y"], [{ name: "alpha", i: 1 }])]),
      /alpha of another type/,
    ],
    [
      "types that do not meet",
      modelOf([node("Add", ["x", "w"], ["y"])], { initializer: [integers("w", [1, 2, 3])] }),
      /different types/,
    ],
    ["and of numbers", modelOf([node("And", ["x", "x"], ["y"])]), /needs bool/],
    [
      "a condition of numbers",
      modelOf([node("If", ["c"], ["y"], branches)], { initializer: [reals("c", [0.3], [])] }),
      /needs bool/,
    ],
    [
      "a bias of another length",
      modelOf([node("Conv", ["x", "w", "b"], ["y"])], { input: [image], initializer: [filters, reals("b", [1])] }),
      /of shape \[1\], and needs \[2\]/,
    ],
    [
      "statistics of another length",
      modelOf([node("BatchNormalization", ["x", "s", "s", "s", "s"], ["y"])], {
        input: [image],
        initializer: [reals("s", [1])],
      }),
      /needs \[4\]/,
    ],
    [
      "a scale that is larger than its input",
      modelOf([node("LayerNormalization", ["x", "s"], ["y"])], {
        initializer: [reals("s", new Array(12).fill(1), [2, 2, 3])],
      }),
      /do not broadcast to \[2, 3\]/,
    ],
    [
      "gates of another size",
      modelOf([node("LSTM", ["x", "w", "r"], ["y"], [{ name: "hidden_size", i: 9 }])], {
        ...sequence,
        initializer: gates,
      }),
      /hidden_size that is not 2/,
    ],
    [
      "biases of gates of another size",
      modelOf([node("LSTM", ["x", "w", "r", "b"], ["y"])], {
        ...sequence,
        initializer: [...gates, reals("b", [1, 1], [1, 2])],
      }),
      /needs \[1, 16\]/,
    ],
    [
      "windows of padding alone",
      modelOf(
        [
          node(
            "MaxPool",
            ["x"],
            ["y"],
            [
              { name: "kernel_shape", ints: [2, 2] },
              { name: "pads", ints: [5, 5, 5, 5] },
            ],
          ),
        ],
        { input: [image] },
      ),
      /nothing but padding/,
    ],
    [
      "an initializer of another shape than its input",
      modelOf([node("Add", ["x", "w"], ["y"])], {
        input: [input("x", [2, 3]), input("w", [5])],
        initializer: [reals("w", [1, 2, 3])],
      }),
      /another shape or type/,
    ],
    [
      "numbers beyond their type",
      modelOf([relu], { initializer: [{ name: "w", data_type: 3, dims: [1], int32_data: [300] }] }),
      /element 300 .* INT8/,
    ],
    [
      "two functions of one name",
      modelOf([call], {}, { functions: [own("F", "Relu"), own("F", "Neg")] }),
      /two ops or functions "F"/,
    ],
    [
      "a function with the name of an op",
      modelOf([relu], {}, { functions: [own("Relu", "Neg", "")] }),
      /two ops or functions "Relu"/,
    ],
    [
      "a function called with too much",
      modelOf([{ ...call, input: ["x", "x"] }], {}, { functions: [own("F", "Relu")] }),
      /with 2 inputs, and it takes 1/,
    ],
    ["an axis more than there may be", modelOf([relu], { input: [input("x", new Array(1000).fill(1))] }), /1000 axes/],
  ])("by %s are refused", (_, bytes, message) => {
    expect(refusal(bytes)).toMatch(message);
  });

  it("do not wrap integers of 64 bits around", () => {
    const square = [
      node("Mul", ["a", "a"], ["b"]),
      node("Cast", ["b"], ["c"], [{ name: "to", i: 1 }]),
      node("Add", ["x", "c"], ["y"]),
    ];
    const bytes = modelOf(square, { input: [input("x", [1])], initializer: [integers("a", [100_000])] });
    expect(
      fromOnnx(bytes)
        .run({ x: tensor([0]) })
        .outputs[0].toArray(),
    ).toEqual([1e10]);
    expect(refusal(modelOf(square, { initializer: [integers("a", [2 ** 31 - 1])] }))).toMatch(/computes the integer/);
  });
});

describe("what cannot be read", () => {
  it("is told all at once: ops, how often, and where", () => {
    const nodes = [
      node("NonMaxSuppression", ["x"], ["a"]),
      ...Array.from({ length: 7 }, (_, k) => node("Unique", ["x"], [`l${k}`])),
      node("FusedThing", ["x"], ["y"], [], { domain: "com.example" }),
    ];
    expect(() => fromOnnx(modelOf(nodes), { file: "model.onnx" })).toThrowErrorMatchingInlineSnapshot(
      `[DataError: fromOnnx: model.onnx has 3 unknown ops: NonMaxSuppression (1: NonMaxSuppression_a); Unique (7: Unique_l0, Unique_l1, Unique_l2, Unique_l3, Unique_l4, …); com.example.FusedThing (1: FusedThing_y). docs/onnx-in.md lists the ops that are read. Export the model with other ops, or cut it before these.]`,
    );
  });

  it("is told with the tensor where integers do not fit", () => {
    const bytes = modelOf([node("Cast", ["n"], ["m"], [{ name: "to", i: 7 }]), node("Mul", ["m", "m"], ["y"])], {
      initializer: [integers("n", [2 ** 40])],
    });
    expect(() => fromOnnx(bytes)).toThrowErrorMatchingInlineSnapshot(
      `[DataError: fromOnnx: the data has a node that cannot be read: Mul "Mul_y" reads its input 0 "m", which holds 1099511627776. In layer "Mul_y". Integers are computed as int32. Store them as int32, or use smaller ones.]`,
    );
  });

  it("is told with the attribute that nothing here reads", () => {
    const bytes = modelOf([node("Relu", ["x"], ["y"], [{ name: "leak", f: 0.1 }])]);
    expect(() => fromOnnx(bytes)).toThrowErrorMatchingInlineSnapshot(
      `[DataError: fromOnnx: the data has a node that cannot be read: Relu "Relu_y" has attributes that are not read here: leak. In layer "Relu_y".]`,
    );
  });

  it("is told where values would have to be known that are not", () => {
    const bytes = modelOf([node("Reshape", ["x", "s"], ["y"])], { input: [input("x", [2, 3]), input("s", [1], 7)] });
    expect(() => fromOnnx(bytes)).toThrowErrorMatchingInlineSnapshot(
      `[DataError: fromOnnx: the data has a node that cannot be read: Reshape "Reshape_y" needs the numbers of its input 1 "s", which depend on inputs or parameters. In layer "Reshape_y". Shapes, axes and bounds must follow from the file. If an input holds them, give its value by constants.]`,
    );
    expect(fromOnnx(bytes, { constants: { s: [6] } }).nodes.at(-1)?.shape).toEqual([6]);
  });

  it("is told of nodes in a wrong order, and of bytes that are no model", () => {
    const bytes = modelOf([node("Relu", ["v"], ["y"]), node("Relu", ["x"], ["v"])]);
    expect(() => fromOnnx(bytes)).toThrow(/reads "v", which no node before has made/);
    expect(() => fromOnnx(new Uint8Array())).toThrow(DataError);
    expect(() => fromOnnx(new TextEncoder().encode('{"format": "json"}'))).toThrow(DataError);
    expect(() => fromOnnx("model.onnx" as never)).toThrow(/bytes/);
  });
});
