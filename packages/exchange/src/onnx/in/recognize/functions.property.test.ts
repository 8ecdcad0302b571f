import { sum, variable } from "@adjoint/autograd";
import { kernels, rng } from "@adjoint/tensor";
import { describe, expect, it } from "vitest";
import { changed } from "../../../testing/there-and-back.ts";
import type { Draft } from "../../messages/schema.ts";
import { Emitter } from "../../out/emitter.ts";
import { onnxModel } from "../onnx-model.ts";
import { input, modelOf } from "../testing/small-models.ts";
import { spelled, torchFunctions } from "./functions.ts";

describe("functions that toOnnx spells out", () => {
  it.each([...new Set(spelled.map(([op]) => op))])("%s comes back with the same bits", (op) => {
    const seed = Date.now();
    const both = (["float32", "float64"] as const).map((dtype) => changed(op, dtype, 4, seed));
    expect(
      both.flatMap(({ found }) => found),
      `seed ${seed}`,
    ).toEqual([]);
    expect(Math.max(...both.map(({ count }) => count))).toBe(4);
  });
});

/** A function of PyTorch as a graph. */
function graphOf(template: (typeof torchFunctions)[number]): Partial<Draft<"Graph">> & { node: Draft<"Node">[] } {
  const out = new Emitter({ opset: 18, batch: null });
  const x = { name: out.unique("x"), shape: [9], type: "float64" as const };
  const value = template.write(out, [x]);
  return { ...out.drafts([{ value, name: "y" }]), input: [input("x", [9], 11)] };
}

const model = ({ node, ...graph }: ReturnType<typeof graphOf>, producer_name: string): Uint8Array =>
  modelOf(node, graph, { producer_name, opset_import: [{ domain: "", version: 18 }] });

const opsOf = (bytes: Uint8Array): (string | null)[] =>
  onnxModel(bytes)
    .graph()
    .nodes.map(({ op }) => op);

const x = rng(1).normal([9], { dtype: "float64" });

describe.each(torchFunctions.map((template, i) => [i, template] as const))("spelling %i of PyTorch", (_, template) => {
  const graph = graphOf(template);

  it("is the function that it spells out, with its gradient", () => {
    const bytes = ["pytorch", "adjoint"].map((producer) => model(graph, producer));
    expect(opsOf(bytes[0])).not.toEqual(opsOf(bytes[1]));
    const [found, expected] = bytes.map((one) => {
      // Logarithms are of positive numbers.
      const at = variable(kernels.abs(x));
      const y = onnxModel(one).predict(at);
      sum(y).backward();
      return [y.value, at.grad!.value].flatMap((value) => Array.from(kernels.copy(value).data as Float64Array));
    });
    // Numbers up to 4 that are rounded to 2^-53 some times each.
    for (const [i, y] of expected.entries()) expect(Math.abs(found[i] - y)).toBeLessThan(2 ** -46);
  });

  it("is none where a constant differs", () => {
    const constants = graph.initializer as Draft<"Tensor">[];
    constants.forEach((constant, i) => {
      const raw_data = new Uint8Array(
        Float64Array.from(new Float64Array(constant.raw_data!.slice().buffer), (n) => n * 1.001).buffer,
      );
      const other = { ...graph, initializer: constants.with(i, { ...constant, raw_data }) };
      expect(opsOf(model(other, "pytorch"))).toEqual(opsOf(model(other, "adjoint")));
    });
  });
});
