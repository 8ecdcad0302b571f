import { type DType, GraphError, kernels, rng, SpecError, type Tensor, tensor } from "@adjoint/tensor";
import { describe, expect, it } from "vitest";
import { messageOf } from "../../../../../testing/message-of.ts";
import "../../methods.ts";
import { constant, variable } from "../../core/leaf.ts";
import { defineOp } from "../../core/op.ts";
import { mul } from "../../ops/arithmetic.ts";
import { clip } from "../../ops/comparison.ts";
import { exp } from "../../ops/elementary.ts";
import { sum } from "../../ops/repeat-sum.ts";
import { recordAll, scope } from "../../transforms/record.ts";
import type { Graph } from "../graph.ts";
import { graphOf } from "../graph-of.ts";
import { backwardSteps } from "../steps.ts";
import { graphFromJSON } from "./from-json.ts";
import { tensorFromJSON, tensorToJSON } from "./tensor.ts";

/** x of two numbers, exp in a scope, and the sum; backward too. */
function small(): Graph {
  const x = variable([1, 2], { name: "x" });
  return graphOf(sum(scope("layer", () => exp(x))), { backward: true });
}

// biome-ignore lint/suspicious/noExplicitAny: files are changed in ways that their type forbids
type Loose = any;

/** What is said of the small graph's file after a change. */
function afterChange(change: (file: Loose) => void): string {
  const file: Loose = JSON.parse(JSON.stringify(small().toJSON({ values: "leaves" })));
  change(file);
  return messageOf(() => graphFromJSON(JSON.stringify(file)));
}

describe("the file format", () => {
  it("looks like this", () => {
    const graph = graphOf(mul(variable(3, { name: "x" }), 2), { backward: true });
    expect(JSON.stringify(graph.toJSON({ values: "leaves" }), null, 1).replace(/\n {3,}/g, " ")).toMatchInlineSnapshot(`
      "{
       "format": "adjoint-graph",
       "version": 1,
       "nodes": [
        { "id": 0, "op": null, "attributes": {}, "inputs": [], "shape": [], "dtype": "float32", "name": "x", "scope": "", "role": "parameter", "value": [ 3 ]
        },
        { "id": 1, "op": null, "attributes": {}, "inputs": [], "shape": [], "dtype": "float32", "scope": "", "role": "constant", "value": [ 2 ]
        },
        { "id": 2, "op": "mul", "attributes": {}, "inputs": [ 0, 1 ], "shape": [], "dtype": "float32", "scope": "", "role": "op"
        },
        { "id": 3, "op": null, "attributes": {}, "inputs": [], "shape": [], "dtype": "float32", "name": "gradient of the output", "scope": "", "role": "gradient", "value": [ 1 ]
        },
        { "id": 4, "op": "mul", "attributes": {}, "inputs": [ 3, 1 ], "shape": [], "dtype": "float32", "scope": "", "role": "gradient", "gradientOf": 2
        }
       ],
       "outputs": [
        2
       ],
       "gradients": {
        "0": 4
       },
       "backward": {
        "starts": [ { "node": 2, "gradient": 3, "total": 3 }
        ],
        "steps": [ { "node": 2, "upstream": 3, "contributions": [ { "input": 0, "gradient": 4, "total": 4 } ] }
        ]
       }
      }"
    `);
  });

  it("has the values that are asked for", () => {
    const graph = small().run().graph;
    const held = (values: boolean | "leaves"): number =>
      graph.toJSON({ values }).nodes.filter(({ value }) => value !== undefined).length;
    expect([held(false), held("leaves"), held(true)]).toEqual([0, 2, graph.nodes.length]);
    expect(JSON.stringify({ graph })).toBe(`{"graph":${JSON.stringify(graph.toJSON())}}`);
    expect(() => graph.toJSON({ values: "all" as never })).toThrow(SpecError);
    expect(() => graph.toJSON({ value: true } as never)).toThrow(SpecError);
  });

  it("keeps infinities, NaN and −0 in attributes", () => {
    const odd = defineOp<{ readonly numbers: readonly number[]; readonly text: string }>({
      name: "odd",
      infer: ([x]) => x,
      forward: ([x]) => x,
      backward: [null],
    });
    const attributes = { numbers: [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN, -0], text: "NaN" };
    const graph = graphOf(recordAll(() => odd(constant([1]), attributes)));
    expect(graphFromJSON(JSON.stringify(graph)).nodes[1].attributes).toEqual(attributes);
    const clipped = graphOf(clip(variable([1]), { min: 0 }));
    expect(graphFromJSON(JSON.stringify(clipped)).nodes.at(-1)?.attributes).toEqual(clipped.nodes.at(-1)?.attributes);
  });

  it("refuses attributes that are no data", () => {
    const odd = defineOp<{ readonly f: unknown }>({
      name: "odd",
      infer: ([x]) => x,
      forward: ([x]) => x,
      backward: [null],
    });
    const written = (f: unknown) => messageOf(() => graphOf(recordAll(() => odd(constant([1]), { f }))).toJSON());
    expect(written(() => 1)).toMatchInlineSnapshot(
      `"toJSON: the attributes of node 1 (odd).f is a function. Attributes are plain JSON."`,
    );
    expect(written([1, new Map()])).toMatchInlineSnapshot(
      `"toJSON: the attributes of node 1 (odd).f[1] is a Map. Attributes are plain JSON."`,
    );
    expect(written(JSON.parse('{ "__proto__": 1 }'))).toMatchInlineSnapshot(
      `"toJSON: the attributes of node 1 (odd).f has the key "__proto__". Attributes are plain JSON."`,
    );
    let deep: unknown = 1;
    for (let i = 0; i < 100_000; i++) deep = [deep];
    expect(() => written(deep)).not.toThrow(RangeError);
  });
});

describe("tensors in files", () => {
  const bits = ({ data }: Tensor): number[] => [...new Uint8Array(data.buffer, data.byteOffset, data.byteLength)];
  const back = (x: Tensor): Tensor =>
    tensorFromJSON(JSON.parse(JSON.stringify(tensorToJSON(x))), x.shape, x.dtype) as Tensor;

  it("keep every bit: NaN with any payload, infinities, −0, subnormal numbers", () => {
    const hidden = new Float32Array(Uint32Array.of(0x7fc0_0001, 0xff80_0001, 1, 0x8000_0000).buffer);
    const wide = Float64Array.of(Number.NaN, -0, Number.MIN_VALUE, Number.NEGATIVE_INFINITY, 0.1);
    for (const data of [hidden, wide]) expect(bits(back(tensor(data)))).toEqual(bits(tensor(data)));
    for (const dtype of ["float32", "float64"] as const) {
      const x = kernels.cast(rng(1).normal([7, 11], { dtype: "float64" }), dtype);
      expect(bits(back(x))).toEqual(bits(x));
    }
  });

  it("are numbers when they are short and base64 of little-endian bytes when not", () => {
    expect(tensorToJSON(tensor([0.1, 2], { dtype: "float64" }))).toEqual([0.1, 2]);
    expect(tensorToJSON(tensor([true, false]))).toEqual([1, 0]);
    expect(tensorToJSON(tensor([Number.NaN]))).toBe("AADAfw==");
    expect(tensorToJSON(tensor([-0]))).toBe("AAAAgA==");
    expect(tensorToJSON(tensor(Int32Array.from({ length: 17 }, (_, i) => i))).slice(0, 12)).toBe("AAAAAAEAAAAC");
  });

  it("are written as they are seen, whatever their memory looks like", () => {
    const x = kernels.transpose(
      tensor([
        [1, 2, 3],
        [4, 5, 6],
      ]),
      [1, 0],
    );
    expect(tensorToJSON(x)).toEqual([1, 4, 2, 5, 3, 6]);
    expect(tensorToJSON(kernels.broadcastTo(tensor([7]), [3]))).toEqual([7, 7, 7]);
  });

  it("may be a million numbers", () => {
    const x = rng(1).normal([1000, 1000]);
    expect(tensorToJSON(back(x)) === tensorToJSON(x)).toBe(true);
  });

  it.each<[DType, unknown, readonly number[]]>([
    ["float32", [1, 2, 3], [2]],
    ["float32", [1, "2"], [2]],
    ["float32", [1, 1e39], [2]],
    ["int32", [1, 1.5], [2]],
    ["int32", [2 ** 31], [1]],
    ["bool", [2], [1]],
    ["float32", "AAAA", [1]],
    ["float32", "AADAfw=", [1]],
    ["float32", "AADA fw=", [1]],
    ["bool", "Ag==", [1]],
    ["float32", { 0: 1 }, [1]],
  ])("are refused when they are no %s: %j for %j", (dtype, value, shape) => {
    expect(tensorFromJSON(value, shape, dtype)).toHaveProperty("problem");
  });
});

describe("graphFromJSON", () => {
  it("takes text, or what JSON.parse made of it", () => {
    const file = JSON.stringify(small().toJSON({ values: "leaves" }));
    expect(graphFromJSON(JSON.parse(file)).toJSON()).toEqual(graphFromJSON(file).toJSON());
  });

  it("says what is wrong, and where", () => {
    expect(messageOf(() => graphFromJSON("{"))).toMatch(/^graphFromJSON: the file is not JSON: /);
    const said = [
      messageOf(() => graphFromJSON("[]")),
      messageOf(() => graphFromJSON(null as never)),
      afterChange((file) => delete file.format),
      afterChange((file) => (file.version = 2)),
      afterChange((file) => delete file.outputs),
      afterChange((file) => (file.output = [])),
      afterChange((file) => (file.nodes = {})),
      afterChange((file) => (file.nodes[1] = null)),
      afterChange((file) => (file.nodes[1].id = 0)),
      afterChange((file) => (file.nodes[1].op = "")),
      afterChange((file) => (file.nodes[1].op = 3)),
      afterChange((file) => (file.nodes[1].inputs = [1])),
      afterChange((file) => (file.nodes[1].inputs = [-1])),
      afterChange((file) => (file.nodes[1].inputs = ["0"])),
      afterChange((file) => (file.nodes[1].inputs = [0, 0])),
      afterChange((file) => (file.nodes[1].shape = [3])),
      afterChange((file) => (file.nodes[1].shape = [2.5])),
      afterChange((file) => (file.nodes[0].shape = [65_536, 65_536])),
      afterChange((file) => (file.nodes[1].dtype = "float64")),
      afterChange((file) => (file.nodes[1].dtype = "float16")),
      afterChange((file) => (file.nodes[1].role = "parameter")),
      afterChange((file) => (file.nodes[1].role = "result")),
      afterChange((file) => (file.nodes[0].role = "op")),
      afterChange((file) => (file.nodes[0].inputs = [0])),
      afterChange((file) => (file.nodes[0].attributes = { a: 1 })),
      afterChange((file) => (file.nodes[0].dtype = "int32")),
      afterChange((file) => (file.nodes[0].name = 1)),
      afterChange((file) => (file.nodes[0].name = "x".repeat(100_001))),
      afterChange((file) => (file.nodes[0].valu = [1, 2])),
      afterChange((file) => (file.nodes[0].value = [1])),
      afterChange((file) => (file.nodes[0].value = "?")),
      afterChange((file) => (file.nodes[1].scope = "a/".repeat(300))),
      afterChange((file) => (file.nodes[1].gradientOf = 0)),
      afterChange((file) => (file.nodes[1].frozen = true)),
      afterChange((file) => (file.nodes[2].attributes.axes = ["0"])),
      afterChange((file) => (file.nodes[2].attributes = { axes: { $number: "2" } })),
      afterChange((file) => (file.nodes[2].attributes = { axes: null })),
      afterChange((file) => (file.nodes[2].attributes = [])),
      afterChange((file) => (file.outputs = [])),
      afterChange((file) => (file.outputs = [9])),
      afterChange((file) => (file.gradients = { x: 1 })),
      afterChange((file) => (file.gradients = { 0: 2 })),
      afterChange((file) => (file.gradients = { 0: 17 })),
      afterChange((file) => (file.backward = {})),
      afterChange((file) => (file.backward.steps[0].node = 0)),
      afterChange((file) => (file.backward.steps[0].upstream = 0)),
      afterChange((file) => (file.backward.steps[0].contributions[0].input = 1)),
      afterChange((file) => (file.backward.steps[0].contributions[0].total = 0)),
      afterChange((file) => file.backward.starts.push(file.backward.starts[0])),
    ];
    expect(said.map((text) => text.replace("graphFromJSON: ", ""))).toMatchInlineSnapshot(`
      [
        "the file is no graph: its "format" is not "adjoint-graph". Write the file with JSON.stringify(graph.toJSON()).",
        "the file is no graph: its "format" is not "adjoint-graph". Write the file with JSON.stringify(graph.toJSON()).",
        "the file is no graph: its "format" is not "adjoint-graph". Write the file with JSON.stringify(graph.toJSON()).",
        "version is 2; this version of Adjoint reads 1. Update Adjoint to read newer files.",
        "the file has no field "outputs". Write the file with JSON.stringify(graph.toJSON()).",
        "the file has the unknown field "output". Did you mean "outputs"?",
        "nodes is {}, where a list is needed. Write the file with JSON.stringify(graph.toJSON()).",
        "nodes[1] is null, where an object is needed. Write the file with JSON.stringify(graph.toJSON()).",
        "nodes[1].id is 0; the node's place in the list is 1. Write the file with JSON.stringify(graph.toJSON()).",
        "nodes[1].op is empty. A leaf's op is null.",
        "nodes[1].op is 3, where text is needed. Write the file with JSON.stringify(graph.toJSON()).",
        "nodes[1].inputs[0] is 1, a node that comes later. Nodes stand after their inputs.",
        "nodes[1].inputs[0] is -1, where a node from 0 to 6 is needed. Write the file with JSON.stringify(graph.toJSON()).",
        "nodes[1].inputs[0] is "0", where a node from 0 to 6 is needed. Write the file with JSON.stringify(graph.toJSON()).",
        "nodes[1].inputs has 2 entries; "exp" takes 1. Write the file with JSON.stringify(graph.toJSON()).",
        "nodes[1].shape and dtype are float32 [3]; the op "exp" gives float32 [2]. Write the file with JSON.stringify(graph.toJSON()).",
        "nodes[1].shape is [2.5], where integers from 0 are needed. Write the file with JSON.stringify(graph.toJSON()).",
        "nodes[0].shape is [65536,65536]: 4294967296 elements, of 2147483647 at the most. Write the file with JSON.stringify(graph.toJSON()).",
        "nodes[1].shape and dtype are float64 [2]; the op "exp" gives float32 [2]. Write the file with JSON.stringify(graph.toJSON()).",
        "nodes[1].dtype is "float16". The dtypes are float32, float64, int32 and bool.",
        "nodes[1].role is "parameter" for the op "exp". Write the file with JSON.stringify(graph.toJSON()).",
        "nodes[1].role is "result". The roles are input, parameter, constant, op, gradient.",
        "nodes[0].role is "op" for a leaf. Write the file with JSON.stringify(graph.toJSON()).",
        "nodes[0].inputs[0] is 0, a node that comes later. Nodes stand after their inputs.",
        "nodes[0].attributes has entries, though the node is a leaf. Write the file with JSON.stringify(graph.toJSON()).",
        "nodes[0].dtype is int32 for a parameter. Only float32 and float64 have gradients.",
        "nodes[0].name is 1, where text is needed. Write the file with JSON.stringify(graph.toJSON()).",
        "nodes[0].name has 100001 characters; the most is 100000. Write the file with JSON.stringify(graph.toJSON()).",
        "nodes[0] has the unknown field "valu". Did you mean "value"?",
        "nodes[0].value has 1 numbers; shape [2] has 2. Write the file with JSON.stringify(graph.toJSON()).",
        "nodes[0].value is not base64. Write the file with JSON.stringify(graph.toJSON()).",
        "nodes[1].scope is 301 scopes deep; the most is 256. Write the file with JSON.stringify(graph.toJSON()).",
        "nodes[1].gradientOf is there for the role "op". Only nodes of the backward pass have it.",
        "nodes[1].frozen is true for the op "exp". Write the file with JSON.stringify(graph.toJSON()).",
        "nodes[2].shape and dtype are float32 []; the op "sum" gives float32 [2]. Write the file with JSON.stringify(graph.toJSON()).",
        "nodes[2].attributes.axes says { "$number": "2" }, which is none of NaN, Infinity, -Infinity, -0. Attributes are plain JSON.",
        "nodes[2] does not fit the op "sum" of float32 [2]: its attributes are not what its rule reads. Write the file with JSON.stringify(graph.toJSON()).",
        "nodes[2].attributes is [], where an object is needed. Write the file with JSON.stringify(graph.toJSON()).",
        "outputs is empty. A graph has one output at least.",
        "outputs[0] is 9, where a node from 0 to 6 is needed. Write the file with JSON.stringify(graph.toJSON()).",
        "gradients["x"] is no number of a node. Write the file with JSON.stringify(graph.toJSON()).",
        "gradients["0"] is node 2, float32 []; a gradient of node 0 is float32 [2]. Write the file with JSON.stringify(graph.toJSON()).",
        "gradients["0"] is 17, where a node from 0 to 6 is needed. Write the file with JSON.stringify(graph.toJSON()).",
        "backward has no field "starts". Write the file with JSON.stringify(graph.toJSON()).",
        "backward.steps[0].node is 0, a leaf: it has no rules. Write the file with JSON.stringify(graph.toJSON()).",
        "backward.steps[0].upstream is node 0, float32 [2]; a gradient of node 2 is float32 []. Write the file with JSON.stringify(graph.toJSON()).",
        "backward.steps[0].contributions[0].input is 1; the op has 1 inputs. Write the file with JSON.stringify(graph.toJSON()).",
        "backward.steps[0].contributions[0].total is node 0, where node 5 itself is needed. Write the file with JSON.stringify(graph.toJSON()).",
        "backward.starts[1].total is node 3, where the sum of the nodes 3 and 3 is needed. Write the file with JSON.stringify(graph.toJSON()).",
      ]
    `);
  });

  it("refuses keys that change prototypes, and nesting without end", () => {
    const file = JSON.stringify(small().toJSON());
    const withAttributes = (attributes: string): string =>
      file.replace(/"attributes":\{\}/, `"attributes":${attributes}`);
    expect(messageOf(() => graphFromJSON(withAttributes('{"__proto__":{"a":1}}')))).toMatchInlineSnapshot(
      `"graphFromJSON: nodes[0].attributes has entries, though the node is a leaf. Write the file with JSON.stringify(graph.toJSON())."`,
    );
    expect(messageOf(() => graphFromJSON(file.replace('"id":0', '"__proto__":{},"id":0')))).toMatchInlineSnapshot(
      `"graphFromJSON: nodes[0] has the unknown field "__proto__". Its fields are id, op, attributes, inputs, shape, dtype, scope, role, name, gradientOf, frozen, value."`,
    );
    const deep = `{"a":${"[".repeat(50_000)}${"]".repeat(50_000)}}`;
    const inOp = file.replace(/("op":"exp","attributes":)\{\}/, `$1${deep}`);
    expect(messageOf(() => graphFromJSON(inOp))).toMatch(/is nested deeper than 32 levels/);
    expect(({} as { a?: number }).a).toBeUndefined();
  });

  it("throws GraphErrors for values however deep and large, wherever in the file they are", () => {
    const file = JSON.parse(JSON.stringify(small().toJSON({ values: "leaves" }))) as Loose;
    const deep = (depth: number): string => `${"[".repeat(depth)}${"]".repeat(depth)}`;
    const mark = '"deep"';
    const places: ((file: Loose) => void)[] = [
      (f) => (f.version = "deep"),
      (f) => (f.nodes = "deep"),
      (f) => (f.nodes[0] = "deep"),
      (f) => (f.nodes[0].id = "deep"),
      (f) => (f.nodes[0].shape = ["deep"]),
      (f) => (f.nodes[0].dtype = "deep"),
      (f) => (f.nodes[0].name = ["deep"]),
      (f) => (f.nodes[0].value = ["deep", 1]),
      (f) => (f.nodes[1].op = ["deep"]),
      (f) => (f.nodes[1].inputs = ["deep"]),
      (f) => (f.nodes[1].attributes = { $number: "deep" }),
      (f) => (f.nodes[1].attributes = { a: { b: "deep" } }),
      (f) => (f.outputs = ["deep"]),
      (f) => (f.gradients = { 0: "deep" }),
      (f) => (f.backward = "deep"),
      (f) => (f.backward.steps = ["deep"]),
    ];
    for (const put of places) {
      const changed = structuredClone(file);
      put(changed);
      const text = JSON.stringify(changed);
      expect(text).toContain(mark);
      for (const depth of [5000, 200_000]) {
        const deepText = text.replace(mark, deep(depth));
        for (const json of [deepText, JSON.parse(deepText)]) {
          const message = messageOf(() => graphFromJSON(json));
          expect(message.length).toBeLessThan(400);
        }
      }
      // Attributes may be wide.
      if (text.includes('"b":"deep"')) continue;
      const wide = JSON.stringify({ list: Array(10_000).fill("x"), name: "y".repeat(100_000) });
      expect(messageOf(() => graphFromJSON(text.replace(mark, wide))).length).toBeLessThan(400);
    }
  });

  it("reads many gradients and attributes in time linear in their number", () => {
    const nodes = Array.from({ length: 100_000 }, (_, id) => ({
      id,
      op: null,
      attributes: {},
      inputs: [],
      shape: [],
      dtype: "float32",
      scope: "",
      role: "constant",
    }));
    const gradients = Object.fromEntries(nodes.map(({ id }) => [id, id]));
    const file = { format: "adjoint-graph", version: 1, nodes, outputs: [0], gradients };
    expect(Object.keys(graphFromJSON(file).gradients)).toHaveLength(100_000);
    const attributes = Object.fromEntries(nodes.map(({ id }) => [`a${id}`, id]));
    const withAttributes = { ...nodes[1], op: "unknown", role: "op", attributes };
    expect(graphFromJSON({ ...file, nodes: [nodes[0], withAttributes], gradients: {} }).nodes).toHaveLength(2);
  });

  it("throws nothing but GraphErrors, whatever one place of a file is changed to", () => {
    const text = JSON.stringify(small().toJSON({ values: "leaves" }));
    const places: (string | number)[][] = [];
    const walk = (value: unknown, place: (string | number)[]): void => {
      places.push(place);
      if (value === null || typeof value !== "object") return;
      for (const [key, part] of Object.entries(value)) walk(part, [...place, key]);
    };
    walk(JSON.parse(text), []);
    const replacements = [null, true, -1, 0, 1, 1.5, 1e300, "", "x", "sum", [], [[]], [0], {}, { a: 1 }, { axis: -7 }];
    for (const place of places.slice(1)) {
      for (const replacement of replacements) {
        const file: Loose = JSON.parse(text);
        let at = file;
        for (const key of place.slice(0, -1)) at = at[key];
        at[place[place.length - 1]] = replacement;
        try {
          Array.from(backwardSteps(graphFromJSON(JSON.stringify(file)).run().graph));
        } catch (error) {
          if (!(error instanceof GraphError))
            throw new Error(`${place.join(".")} = ${JSON.stringify(replacement)}: ${error}`);
        }
      }
    }
  });

  it("refuses ops that are none, and two of one name", () => {
    const file = JSON.stringify(small());
    const mine = defineOp({ name: "exp", infer: ([x]) => x, forward: ([x]) => x, backward: [null] });
    expect(messageOf(() => graphFromJSON(file, { ops: [mine] }))).toMatchInlineSnapshot(
      `"graphFromJSON: there are two ops of the name "exp"; expected one op of each name. Give your op another name."`,
    );
    expect(() => graphFromJSON(file, { ops: [exp as never, 3 as never] })).toThrow(SpecError);
    expect(() => graphFromJSON(file, { ops: exp as never })).toThrow(SpecError);
    expect(() => graphFromJSON(file, { op: [] } as never)).toThrow(SpecError);
  });

  it("reads a graph of 100,000 nodes", () => {
    const nodes = Array.from({ length: 100_000 }, (_, id) => ({
      id,
      op: id === 0 ? null : "exp",
      attributes: {},
      inputs: id === 0 ? [] : [id - 1],
      shape: [],
      dtype: "float32",
      scope: "",
      role: id === 0 ? "constant" : "op",
      ...(id === 0 ? { value: [-1] } : {}),
    }));
    const file = { format: "adjoint-graph", version: 1, nodes, outputs: [99_999], gradients: {} };
    expect(graphFromJSON(file).run().outputs[0].item()).toBe(Number.POSITIVE_INFINITY);
  });
});
