/** Convolutions in blocks of channels, and all that stays in blocks around them. */
import { add, constant, grad, mul, relu, sum, type Variable } from "@adjoint/autograd";
import { compile, trace } from "@adjoint/compiler";
import { Convolution, Pooling } from "@adjoint/nn";
import { kernels, rng, type Shape, type Tensor } from "@adjoint/tensor";
import fc from "fast-check";
import { expect, it } from "vitest";
import { writeGraph } from "../onnx/out/write-graph.ts";
import { blockOf } from "./block.ts";
import { onnxruntime } from "./engine.ts";

/** Small integers: sums of their products are exact, and many are equal. */
const integers = (shape: Shape, seed: number): Tensor => kernels.cast(rng(seed).integers(-2, 3, shape), "float32");

/** Two convolutions with what stands between them in networks, and the gradients of all that they read. */
function network(options: object, pool: number) {
  const forward = (x: Variable, W: Variable, b: Variable, V: Variable, c: Variable): Variable => {
    const hidden = relu(new Convolution(W, b, { pad: 1 }).forward(x));
    const y = relu(new Convolution(V, c, options).forward(hidden));
    // A way around the pooling, in the order of others.
    return add(new Pooling(pool, pool, { stride: pool }).forward(y), sum(y, { axis: [1, 2, 3], keepDims: true }));
  };
  return (...given: Variable[]): Variable[] => {
    const [g, ...args] = given as [Variable, ...Parameters<typeof forward>];
    const gradients = args.map(
      (arg, i) => grad((one: Variable) => sum(mul(forward(...(args.with(i, one) as typeof args)), g)))(arg) as Variable,
    );
    return [forward(...args), ...gradients];
  };
}

/** What {@link network} is called with. */
function operands(n: number, [c, hidden, f]: readonly number[], size: number, options: object, pool: number) {
  const given = [
    integers([n, c, size, size], 1),
    integers([hidden, c, 3, 3], 2),
    integers([hidden], 3),
    integers([f, hidden, 3, 2], 4),
    integers([f], 5),
  ].map((value) => constant(value));
  const { shape } = network(options, pool)(constant(0), ...given)[0];
  return [constant(integers(shape, 6)), ...given];
}

it("computes convolutions, pooling and their gradients, whatever fits into blocks and whatever does not", () => {
  const channels = fc.tuple(...[1, 2, 3].map(() => fc.constantFrom(1, 3, 8, 16, 20, 32)));
  const options = fc.record({
    stride: fc.integer({ min: 1, max: 2 }),
    pad: fc.nat(3),
    dilation: fc.integer({ min: 1, max: 2 }),
  });
  fc.assert(
    fc.property(
      channels,
      options,
      fc.integer({ min: 1, max: 2 }),
      fc.integer({ min: 7, max: 8 }),
      (of, how, pool, size) => {
        const given = operands(2, of, size, how, pool);
        const fn = network(how, pool);
        const found = compile(fn, { engine: onnxruntime })(...given);
        fn(...given).forEach((right, i) => {
          expect(kernels.copy(found[i].value)).toEqual(kernels.copy(right.value));
        });
      },
    ),
    { numRuns: 15 },
  );
});

it("puts images into blocks once, and out of them where others read them", () => {
  const given = operands(2, [3, 16, 32], 6, { pad: 1 }, 2);
  const { graph, inputs, outputs } = trace(network({ pad: 1 }, 2), ...given);
  const named = (word: string, nodes: readonly number[]) => nodes.map((node, i) => ({ node, name: `${word}${i}` }));
  const opsWith = (block: number | null): string[] => {
    const ends = { inputs: named("x", inputs), outputs: named("y", outputs) };
    const { node } = writeGraph(graph, { op: "test", opset: 18, batch: null, block, ...ends });
    return (node ?? []).flatMap(({ op_type: name = "", domain = "onnx" }) =>
      /Conv|Pool|Reorder/.test(name) ? [`${domain}:${name}`] : [],
    );
  };
  expect(opsWith(null)).toMatchInlineSnapshot(`
    [
      "onnx:Conv",
      "onnx:Conv",
      "onnx:MaxPool",
      "onnx:ConvTranspose",
      "onnx:ConvTranspose",
    ]
  `);
  expect(opsWith(16)).toMatchInlineSnapshot(`
    [
      "com.microsoft.nchwc:Conv",
      "com.microsoft.nchwc:ReorderOutput",
      "com.microsoft.nchwc:Conv",
      "com.microsoft.nchwc:ReorderOutput",
      "com.microsoft.nchwc:MaxPool",
      "com.microsoft.nchwc:ReorderOutput",
      "com.microsoft.nchwc:ReorderInput",
      "com.microsoft.nchwc:ReorderOutput",
      "com.microsoft.nchwc:ReorderOutput",
      "com.microsoft.nchwc:ReorderInput",
      "com.microsoft.nchwc:Conv",
      "com.microsoft.nchwc:ReorderOutput",
      "onnx:ConvTranspose",
    ]
  `);
});

it("finds the length of blocks of the processor", () => {
  const found = blockOf("test", 18);
  // Processors of x86-64 have vectors of 256 bits at least; of others ONNX Runtime may have no blocks.
  expect(process.arch === "x64" ? [8, 16] : [null, 8, 16]).toContain(found);
});
