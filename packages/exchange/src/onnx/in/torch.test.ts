import { readFileSync } from "node:fs";
import { square, sum } from "@adjoint/autograd";
import { kernels, type Tensor, tensor } from "@adjoint/tensor";
import { describe, expect, it } from "vitest";
import { fromOnnx } from "./from-onnx.ts";
import { onnxModel } from "./onnx-model.ts";

interface Expected {
  /** How it was exported. */
  readonly ways: readonly string[];
  readonly input: { readonly shape: readonly number[]; readonly integer: boolean; readonly values: readonly number[] };
  readonly output: { readonly shape: readonly number[]; readonly values: readonly number[] };
  readonly gradients: Readonly<Record<string, readonly number[]>>;
}

const read = (name: string) => readFileSync(new URL(`./fixtures/torch/${name}`, import.meta.url));
const { models } = JSON.parse(read("expected.json").toString()) as { models: Record<string, Expected> };

function inputOf({ input }: Expected): Tensor {
  return kernels.reshape(tensor(input.values, { dtype: input.integer ? "int32" : "float32" }), input.shape);
}

/** The largest difference, relative to the largest number that is expected. */
function difference(got: Tensor, wanted: readonly number[]): number {
  const numbers = kernels.reshape(got, [-1]).toArray() as number[];
  expect(numbers).toHaveLength(wanted.length);
  const size = Math.max(...wanted.map(Math.abs));
  return Math.max(...numbers.map((n, i) => Math.abs(n - wanted[i]))) / size;
}

// Sums of up to 64 products, some layers deep: each adds half a unit of 2^-23, in another order than PyTorch's.
const TOLERANCE = 64 * 2 ** -23;

describe.each(Object.entries(models))("the %s network of PyTorch", (name, expected) => {
  describe.each(expected.ways)("exported the %s way", (way) => {
    const bytes = read(`${name}-${way}.onnx`);

    it("gives PyTorch's outputs and gradients", () => {
      const net = onnxModel(bytes);
      const y = net.predict(inputOf(expected));
      expect(y.shape).toEqual(expected.output.shape);
      expect(difference(y.value, expected.output.values)).toBeLessThan(TOLERANCE);
      sum(square(y)).backward();
      for (const [parameter, gradient] of Object.entries(expected.gradients)) {
        expect(difference(net.params[parameter].grad!.value, gradient)).toBeLessThan(TOLERANCE);
      }
    });

    it("is a graph that computes the same, with its backward pass", () => {
      const graph = fromOnnx(bytes, { shapes: { input: expected.input.shape }, backward: true });
      const { outputs, gradients } = graph.run({ input: inputOf(expected) });
      expect(outputs[0].shape).toEqual(expected.output.shape);
      expect(difference(outputs[0], expected.output.values)).toBeLessThan(TOLERANCE);
      // The pass starts from ones: the gradients are those of the sum of all outputs.
      const net = onnxModel(bytes);
      sum(net.predict(inputOf(expected))).backward();
      for (const [parameter, x] of Object.entries(net.params)) {
        expect(difference(gradients[parameter], x.grad!.reshape([-1]).toArray() as number[])).toBeLessThan(TOLERANCE);
      }
    });
  });
});

describe("fromOnnx", () => {
  it("binds open axes by name, and to 1 where nothing is said", () => {
    const bytes = read("recurrent-legacy.onnx");
    expect(fromOnnx(bytes).nodes.find(({ name }) => name === "output")?.shape).toEqual([1, 7, 11]);
    expect(fromOnnx(bytes, { dims: { batch: 2 } }).nodes.find(({ name }) => name === "output")?.shape).toEqual([
      2, 7, 11,
    ]);
    expect(() => fromOnnx(bytes, { dims: { bath: 2 } })).toThrowErrorMatchingInlineSnapshot(
      `[SpecError: fromOnnx: there is no open axis "bath"; expected batch.]`,
    );
    expect(() => fromOnnx(bytes, { shapes: { input: [2, 8] } })).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: fromOnnx: input has shape [2, 8]; expected [batch, 7], as the file says. Where the number of samples is fixed, export the model with an open one (dynamic_axes or dynamic_shapes).]`,
    );
  });

  it("makes initializers of real numbers parameters, and others constants", () => {
    const graph = fromOnnx(read("convolutional-dynamo.onnx"));
    const named = (role: string) => graph.nodes.filter((node) => node.role === role).map(({ name }) => name);
    expect(named("parameter")).toEqual(expect.arrayContaining(["conv1.weight", "classifier.3.bias"]));
    const one = onnxModel(read("convolutional-dynamo.onnx"), { isParameter: (name) => name.startsWith("classifier") });
    expect(Object.keys(one.params)).toHaveLength(4);
  });

  it("reads all real numbers as float64 on request", () => {
    const graph = fromOnnx(read("encoder-dynamo.onnx"), { dtype: "float64" });
    expect(new Set(graph.nodes.map(({ dtype }) => dtype))).not.toContain("float32");
  });
});
