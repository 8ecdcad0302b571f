import { graphOf, randomBernoulli, randomNormal, randomUniform, type Variable } from "@adjoint/autograd";
import { programState, trace } from "@adjoint/compiler";
import { kernels, rng } from "@adjoint/tensor";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeMessage } from "../../messages/read.ts";
import type { Draft } from "../../messages/schema.ts";
import { encodeMessage } from "../../messages/write.ts";
import { toOnnx } from "../../out/to-onnx.ts";
import { fromOnnx } from "../from-onnx.ts";

type Generator = ReturnType<typeof rng>;
type Dtype = { readonly dtype: "float32" | "float64" };

const kinds = {
  bernoulli: (from: Generator, shape: readonly number[], options: Dtype, p: number) =>
    randomBernoulli(from, shape, p, options),
  uniform: (from: Generator, shape: readonly number[], options: Dtype) => randomUniform(from, shape, options),
  normal: (from: Generator, shape: readonly number[], options: Dtype) => randomNormal(from, shape, options),
} as const;

const some = fc.array(
  fc.record({
    kind: fc.constantFrom(...(Object.keys(kinds) as (keyof typeof kinds)[])),
    shape: fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 3 }),
    dtype: fc.constantFrom("float32" as const, "float64" as const),
    p: fc.constantFrom(0, 0.25, 0.7, 1),
  }),
  { minLength: 1, maxLength: 3 },
);
const seeds = fc.oneof(fc.nat(5), fc.integer({ min: 2 ** 33, max: 2 ** 50 }));

const bits = (xs: readonly { readonly value: Parameters<typeof kernels.copy>[0] }[]) =>
  xs.map(({ value }) => [value.dtype, value.shape, Array.from(kernels.copy(value).data)]);

describe("random numbers in a file", () => {
  it("are drawn as they were, one after the other, by numbers of the file", () => {
    fc.assert(
      fc.property(some, seeds, (draws, seed) => {
        const all = (from: Generator): Variable[] =>
          draws.map(({ kind, shape, dtype, p }) => kinds[kind](from, shape, { dtype }, p));
        const own = all(rng(seed));
        const back = fromOnnx(toOnnx(graphOf(...own)));
        expect(bits(back.run({}).outputs.map((value) => ({ value })))).toEqual(bits(own));
      }),
      { numRuns: 15 },
    );
  });

  it("are drawn as they were by the state of a generator", () => {
    fc.assert(
      fc.property(some, seeds, (draws, seed) => {
        const from = rng(seed);
        const all = (): Variable[] => draws.map(({ kind, shape, dtype, p }) => kinds[kind](from, shape, { dtype }, p));
        const program = trace(all);
        const [[name, state]] = Object.entries(programState(program));
        const back = fromOnnx(toOnnx(program));
        expect(back.nodes.filter(({ op }) => op?.startsWith("random"))).toHaveLength(draws.length);
        const run = back.run({ [name]: state });
        const found = draws.map((_, i) => run.value(draws.length === 1 ? "output" : `output_${i}`));
        expect(bits(found.map((value) => ({ value })))).toEqual(bits(all()));
        const after = programState(program)[name];
        expect(run.value(`${name}.next`).toArray()).toEqual(after.toArray());
      }),
      { numRuns: 15 },
    );
  });

  it("are no draw, and refused, where one constant, op or attribute differs", () => {
    const bytes = toOnnx(graphOf(randomBernoulli(rng(3), [4], 0.5)));
    const { graph } = decodeMessage("Model", bytes, { op: "test", name: "the file" });
    const changed = (node: Draft<"Node">[], initializer: Draft<"Tensor">[]): Uint8Array =>
      encodeMessage("Model", {
        ir_version: 8,
        opset_import: [{ domain: "", version: 18 }],
        graph: { ...(graph as Draft<"Graph">), node, initializer },
      });
    const [nodes, constants] = [graph!.node as Draft<"Node">[], graph!.initializer as Draft<"Tensor">[]];
    const again = changed(nodes, constants);
    // Files that Node.js has read are Buffers.
    for (const file of [again, Buffer.from(again)]) {
      expect(fromOnnx(file).nodes.some(({ op }) => op === "randomBernoulli")).toBe(true);
    }
    nodes.forEach((node, i) => {
      const swapped = { BitwiseAnd: "BitwiseXor", BitwiseXor: "BitwiseAnd", Add: "Mul", Mul: "Add" }[
        node.op_type ?? ""
      ];
      if (swapped === undefined) return;
      expect(() => fromOnnx(changed(nodes.with(i, { ...node, op_type: swapped }), constants))).toThrow(/unknown ops/);
    });
    constants.forEach((constant, i) => {
      // Those of 8 bytes: the words and products of Philox, and what scales them. Key, counter, count and p may be any.
      const value = new DataView(constant.raw_data!.slice().buffer).getBigUint64(0, true);
      if (value < 5n || constant.data_type !== 13) return;
      const raw_data = new Uint8Array(BigUint64Array.of(value + 1n).buffer);
      expect(() => fromOnnx(changed(nodes, constants.with(i, { ...constant, raw_data })))).toThrow(/unknown ops/);
    });
  });
});
