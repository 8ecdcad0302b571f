import { AdjointError, tensor } from "@adjoint/tensor";
import { describe, expect, it } from "vitest";
import type { Draft } from "../../messages/schema.ts";
import { fromOnnx } from "../from-onnx.ts";
import { onnxModel } from "../onnx-model.ts";
import { modelOf, node, reals } from "../testing/small-models.ts";
import { onnxExternalData } from "./external.ts";

const weights = Float32Array.of(9, 1, 2, 3, 4, 5, 6);
const others = new Uint8Array(weights.buffer);

/** A tensor [2, 3] outside of the file. */
function outside(name: string, entries: Readonly<Record<string, string>>): Draft<"Tensor"> {
  const external_data = Object.entries(entries).map(([key, value]) => ({ key, value }));
  return { name, data_type: 1, dims: [2, 3], data_location: 1, external_data };
}

const withWeights = (...initializer: Draft<"Tensor">[]): Uint8Array =>
  modelOf(
    initializer.map(({ name = "" }, i) =>
      node("Add", [i === 0 ? "x" : `v${i}`, name], [i === initializer.length - 1 ? "y" : `v${i + 1}`]),
    ),
    { initializer },
  );

const refusal = (bytes: Uint8Array, externalData = { "w.bin": others }): string => {
  try {
    fromOnnx(bytes, { file: "model.onnx", externalData });
    return "";
  } catch (error) {
    expect(error).toBeInstanceOf(AdjointError);
    return (error as Error).message;
  }
};

describe("weights in other files", () => {
  it("are read from their offset", () => {
    const bytes = withWeights(outside("w", { location: "w.bin", offset: "4", length: "24" }));
    expect(onnxExternalData(bytes)).toEqual(["w.bin"]);
    const net = onnxModel(bytes, { externalData: { "w.bin": others } });
    expect(net.params.w.toArray()).toEqual([
      [1, 2, 3],
      [4, 5, 6],
    ]);
    expect(
      net
        .predict(
          tensor([
            [1, 1, 1],
            [1, 1, 1],
          ]),
        )
        .toArray(),
    ).toEqual([
      [2, 3, 4],
      [5, 6, 7],
    ]);
  });

  it("are listed once each, those in branches, attributes and functions too; none where there are none", () => {
    const at = (location: string) => outside("w", { location });
    const branch = { name: "b", node: [], initializer: [at("branch")], output: [{ name: "w" }] };
    const bytes = modelOf(
      [
        node("If", ["c"], ["y"], [{ name: "then_branch", g: branch }]),
        node("Constant", [], ["k"], [{ name: "value", t: at("deep/attribute") }]),
      ],
      { initializer: [at("graph"), at("graph"), reals("r", [1])] },
      { functions: [{ name: "f", node: [node("Constant", [], ["k"], [{ name: "value", t: at("function") }])] }] },
    );
    expect(onnxExternalData(bytes)).toEqual(["graph", "branch", "deep/attribute", "function"]);
    expect(onnxExternalData(modelOf([node("Relu", ["x"], ["y"])]))).toEqual([]);
    expect(() => onnxExternalData("model.onnx" as never)).toThrow(/bytes/);
    expect(() => onnxExternalData(bytes, { file: Symbol("f") as never })).toThrow(/file is a symbol/);
    expect(() => fromOnnx(bytes, { externalData: null as never })).toThrow(/externalData is null/);
    expect(() => fromOnnx(bytes, { externalData: { w: [1] as never } })).toThrow(/externalData/);
  });

  it("are asked for where they are not given", () => {
    const bytes = withWeights(outside("w", { location: "w.bin" }));
    expect(() => fromOnnx(bytes, { file: "model.onnx" })).toThrowErrorMatchingInlineSnapshot(
      `[DataError: fromOnnx: model.onnx keeps the elements of the initializer "w" in another file, "w.bin". Pass its bytes: { externalData: { "w.bin": bytes } }, or save the model with its weights inside: onnx.save_model(model, path, save_as_external_data=False).]`,
    );
  });

  it.each(["", "/etc/passwd", "../w.bin", "a/../../w.bin", "./w.bin", "a//b", "C:w.bin", "..\\w.bin", "a\0b", "w/.."])(
    "are not read from %j",
    (location) => {
      const bytes = withWeights(outside("w", { location }));
      expect(() => onnxExternalData(bytes)).toThrow(/outside of its own folder/);
      expect(refusal(bytes, { [location]: others } as never)).toMatch(/outside of its own folder/);
    },
  );

  it.each([
    ["beyond the end", { offset: "8", length: "24" }, /takes 24 bytes from byte 8 of "w.bin", which has 28/],
    ["of another length than their shape", { length: "20" }, /takes 20 bytes .* of 24 bytes/],
    ["from a negative place", { offset: "-4" }, /the offset "-4"/],
    ["from a place that no number is", { offset: "1e1" }, /the offset "1e1"/],
    ["from a place beyond numbers", { offset: "99999999999999999999" }, /the offset/],
  ])("are not read %s", (_, entries, message) => {
    expect(refusal(withWeights(outside("w", { location: "w.bin", ...entries })))).toMatch(message);
  });

  it("are not read again and again, so that a small file would become a large one", () => {
    const shared = (count: number) =>
      withWeights(...Array.from({ length: count }, (_, i) => outside(`w${i}`, { location: "w.bin" })));
    expect(refusal(shared(18))).toBe("");
    expect(refusal(shared(20))).toMatch(/more than 16 times over/);
    const vast = { ...outside("w", { location: "w.bin" }), dims: [2 ** 26, 2 ** 20] };
    expect(refusal(withWeights(vast))).toMatch(/takes [\d]+ bytes from byte 0/);
  });

  it("are not properties of objects", () => {
    expect(refusal(withWeights(outside("w", { location: "constructor" })), {} as never)).toMatch(/in another file/);
  });
});
