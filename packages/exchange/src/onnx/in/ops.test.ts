/** What ONNX's test cases do not show of its ops: gradients, and what they leave open. */
import type { Variable } from "@adjoint/autograd";
import { assertGradcheck, gradcheck } from "@adjoint/gradcheck";
import { kernels, rng, type Tensor, tensor } from "@adjoint/tensor";
import { describe, expect, it } from "vitest";
import type { Draft } from "../messages/schema.ts";
import { onnxModel } from "./onnx-model.ts";
import { input, integers, modelOf, node, reals } from "./testing/small-models.ts";

const string = (name: string, value: string): Draft<"Attribute"> => ({ name, s: new TextEncoder().encode(value) });
const int = (name: string, i: number): Draft<"Attribute"> => ({ name, i });

/** A node of an op whose inputs have these shapes, as a function of its real inputs. */
function functionOf(
  op: string,
  shapes: Readonly<Record<string, readonly number[]>>,
  attributes: readonly Draft<"Attribute">[],
  more: {
    readonly others?: Readonly<Record<string, Tensor>>;
    readonly inputs?: readonly string[];
    readonly output?: number;
  },
) {
  const { others = {}, inputs = [...Object.keys(shapes), ...Object.keys(others)], output = 0 } = more;
  const types = { float32: 1, float64: 1, int32: 6, bool: 9 } as const;
  const bytes = modelOf(
    [
      node(
        op,
        inputs,
        Array.from({ length: output + 1 }, (_, i) => (i === output ? "y" : `y${i}`)),
        attributes,
      ),
    ],
    {
      input: [
        ...Object.entries(shapes).map(([name, shape]) => input(name, shape)),
        ...Object.entries(others).map(([name, { shape, dtype }]) => input(name, shape, types[dtype])),
      ],
    },
    { opset_import: [{ domain: "", version: 24 }] },
  );
  const net = onnxModel(bytes, { dtype: "float64" });
  const names = Object.keys(shapes);
  return (...xs: Variable[]) =>
    net.predict({ ...others, ...Object.fromEntries(names.map((name, i) => [name, xs[i]])) });
}

const normal = (seed: number, ...shape: number[]): Tensor => rng(seed).normal(shape, { dtype: "float64" });

describe("the gradients of GridSample", () => {
  // Between the middles of elements, inside and outside: neither weights nor nearest elements have a kink there.
  const at = [-1.7, -0.8, 0.3, 1.7, 2.2, 3.7, 5.3, 0.8];
  const cases = ["linear", "nearest", "cubic"].flatMap((mode) =>
    ["zeros", "border", "reflection"].flatMap((padding) => [0, 1].map((corners) => ({ mode, padding, corners }))),
  );
  it.each(cases)("are right by $mode with $padding and align_corners $corners", ({ mode, padding, corners }) => {
    const lengths = [4, 3];
    const attributes = [string("mode", mode), string("padding_mode", padding), int("align_corners", corners)];
    const shapes = { x: [1, 2, 3, 4], grid: [1, 2, 2, 2] };
    const grid = at.map((place, i) => {
      const n = lengths[i % 2];
      return corners === 1 ? (2 * place) / (n - 1) - 1 : (2 * place + 1) / n - 1;
    });
    const points = kernels.reshape(tensor(grid, { dtype: "float64" }), shapes.grid);
    const f = functionOf("GridSample", shapes, attributes, {});
    assertGradcheck(f, [normal(1, ...shapes.x), points], { mode: "projected" });
  });

  it("are right for volumes, several of them", () => {
    const shapes = { x: [2, 1, 2, 3, 2], grid: [2, 1, 1, 2, 3] };
    const points = rng(2).uniform(shapes.grid, { dtype: "float64", low: -1.2, high: 1.2 });
    const report = gradcheck(functionOf("GridSample", shapes, [], {}), [normal(3, ...shapes.x), points]);
    expect(report.ok).toBe(true);
  });
});

it.each([
  { size: [2, 1, 3, 2], corners: 0 },
  { size: [1, 1, 2, 1, 3], corners: 1 },
])("the gradient of AffineGrid is right for $size", ({ size, corners }) => {
  const [n, , ...lengths] = size;
  const theta = [n, lengths.length, lengths.length + 1];
  const bytes = modelOf(
    [node("AffineGrid", ["theta", "size"], ["y"], [int("align_corners", corners)])],
    { input: [input("theta", theta)], initializer: [integers("size", size)] },
    { opset_import: [{ domain: "", version: 20 }] },
  );
  const net = onnxModel(bytes, { dtype: "float64" });
  assertGradcheck((x: Variable) => net.predict(x), [normal(4, ...theta)]);
});

it("the gradient of Col2Im is right", () => {
  const attributes = [
    { name: "strides", ints: [2, 1] },
    { name: "pads", ints: [1, 0, 0, 1] },
    { name: "dilations", ints: [1, 2] },
  ];
  const bytes = modelOf([node("Col2Im", ["x", "image", "block"], ["y"], attributes)], {
    input: [input("x", [2, 8, 6])],
    initializer: [integers("image", [3, 4]), integers("block", [2, 2])],
  });
  const net = onnxModel(bytes, { dtype: "float64" });
  assertGradcheck((x: Variable) => net.predict(x), [normal(5, 2, 8, 6)], { mode: "projected" });
});

describe("the gradients of Attention", () => {
  const heads = { q: [2, 2, 3, 4], k: [2, 2, 5, 4], v: [2, 2, 5, 3] };
  const mask = kernels.reshape(tensor([1, 0, 1, 1, 0, 1, 1, 0, 1, 1, 0, 0, 0, 0, 0], { dtype: "bool" }), [3, 5]);
  it.each<[string, Record<string, number[]>, Draft<"Attribute">[], Parameters<typeof functionOf>[3]]>([
    ["heads apart", heads, [{ name: "scale", f: 0.5 }], {}],
    ["causal, with a cap", heads, [int("is_causal", 1), { name: "softcap", f: 2 }], {}],
    [
      "heads side by side, keys shared",
      { q: [1, 3, 8], k: [1, 4, 4], v: [1, 4, 4] },
      [int("q_num_heads", 4), int("kv_num_heads", 2)],
      {},
    ],
    ["a mask that is added", { ...heads, mask: [3, 5] }, [], {}],
    ["a mask of truth values, one query of which sees nothing", heads, [], { others: { mask } }],
    [
      "keys and values of before",
      { ...heads, past_k: [2, 2, 2, 4], past_v: [2, 2, 2, 3] },
      [],
      { inputs: ["q", "k", "v", "", "past_k", "past_v"] },
    ],
    [
      "its scores as they are capped",
      heads,
      [{ name: "softcap", f: 2 }, int("qk_matmul_output_mode", 1)],
      { output: 3 },
    ],
  ])("are right with %s", (_, shapes, attributes, more) => {
    const f = functionOf("Attention", shapes, attributes, more);
    const inputs = Object.values(shapes).map((shape, i) => normal(10 + i, ...shape));
    expect(gradcheck(f, inputs, { mode: "projected" }).ok).toBe(true);
  });
});

describe("the gradients of RotaryEmbedding", () => {
  const places = kernels.reshape(tensor([4, 0, 2, 1, 1, 3], { dtype: "int32" }), [2, 3]);
  it.each<[string, Record<string, number[]>, Draft<"Attribute">[], Parameters<typeof functionOf>[3]]>([
    ["halves", { x: [2, 2, 3, 4], cos: [2, 3, 2], sin: [2, 3, 2] }, [], {}],
    ["neighbours", { x: [2, 2, 3, 4], cos: [2, 3, 2], sin: [2, 3, 2] }, [int("interleaved", 1)], {}],
    [
      "part of the numbers, by places",
      { x: [2, 3, 12], cos: [5, 2], sin: [5, 2] },
      [int("num_heads", 2), int("rotary_embedding_dim", 4)],
      { others: { places } },
    ],
  ])("are right for %s", (_, shapes, attributes, more) => {
    const inputs = Object.values(shapes).map((shape, i) => normal(20 + i, ...shape));
    assertGradcheck(functionOf("RotaryEmbedding", shapes, attributes, more), inputs);
  });
});

describe("ScatterElements", () => {
  const updates = reals("u", [5, 6, 7, 8], [2, 2]);
  const to = { input: [input("x", [2, 3])] };
  const places = tensor([
    [1, 1],
    [2, 0],
  ]);
  const x = tensor([
    [0, 1, 2],
    [3, 4, 5],
  ]);
  const wanted = [
    [0, 6, 2],
    [8, 4, 7],
  ];
  it("keeps the last of several updates, where indices are known and where they are not", () => {
    const known = modelOf([node("ScatterElements", ["x", "i", "u"], ["y"], [int("axis", 1)])], {
      ...to,
      initializer: [integers("i", [1, 1, 2, 0], [2, 2]), updates],
    });
    expect(onnxModel(known).predict(x).toArray()).toEqual(wanted);
    const open = modelOf([node("ScatterElements", ["x", "i", "u"], ["y"], [int("axis", 1)])], {
      input: [...to.input, input("i", [2, 2], 7)],
      initializer: [updates],
    });
    const net = onnxModel(open);
    expect(net.predict({ x, i: places }).toArray()).toEqual(wanted);
    // As a graph, which does not know the indices when it is made.
    expect(
      net
        .graph()
        .run({ x, i: kernels.cast(places, "int32") })
        .outputs[0].toArray(),
    ).toEqual(wanted);
  });
});

it("Resize takes the nearest elements by float32 numbers, in which 3 / 0.6 is 5", () => {
  const nearest = [string("nearest_mode", "floor"), string("coordinate_transformation_mode", "asymmetric")];
  const bytes = modelOf([node("Resize", ["x", "", "scales"], ["y"], nearest)], {
    input: [input("x", [1, 7])],
    initializer: [reals("scales", [1, 0.6])],
  });
  expect(
    onnxModel(bytes)
      .predict(tensor([[0, 1, 2, 3, 4, 5, 6]]))
      .toArray(),
  ).toEqual([[0, 1, 3, 5]]);
});
