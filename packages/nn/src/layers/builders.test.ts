import { SpecError } from "@adjoint/tensor";
import { describe, expect, it } from "vitest";
import { model } from "../read/parse.ts";
import { layers } from "./builders.ts";

describe("layer builders", () => {
  it("give plain data, the same after a round trip through JSON", () => {
    const spec = model({
      name: "everything",
      input: [1, 8, 8],
      layers: [
        layers.convolution({ filters: 4, size: [3, 2], stride: 1, pad: 1, weightInit: 0.01, name: "first" }),
        layers.batchNormalization({ momentum: 0.8 }),
        layers.relu(),
        layers.pooling({ size: 2 }),
        layers.dropout(0.3),
        layers.flatten(),
        layers.affine({ units: 5, weightInit: "xavier" }),
        layers.sigmoid({ name: "squash" }),
        layers.affine(4),
        layers.tanh(),
        layers.dropout(),
        layers.affine(3),
      ],
      loss: "softmaxWithLoss",
    });
    expect(JSON.parse(JSON.stringify(spec))).toEqual(spec);
    expect(spec.version).toBe(1);
    expect(layers.affine(3)).toEqual({ kind: "affine", units: 3 });
    expect(layers.relu({})).toEqual({ kind: "relu" });
  });

  it("take the spec of a layer of their own kind, to make another like it", () => {
    const first = layers.convolution({ filters: 3, size: 5 });
    expect(layers.convolution({ ...first, filters: 6 })).toEqual({ kind: "convolution", filters: 6, size: 5 });
  });

  it.each([
    ["none", () => layers.convolution(...([] as unknown as [never])), "layers.convolution: it got nothing;"],
    ["null", () => layers.affine(null as never), "layers.affine: it got null;"],
    ["a number", () => layers.relu(5 as never), "layers.relu: it got 5;"],
    ["a text", () => layers.dropout("0.5" as never), 'layers.dropout: it got "0.5"; expected ratio, a number, or'],
    ["an array", () => layers.flatten([1] as never), "layers.flatten: it got [1];"],
    [
      "those of another kind",
      () => layers.pooling({ ...layers.convolution({ filters: 1, size: 2 }) } as never),
      'layers.pooling: the options are those of another kind, "convolution";',
    ],
  ])("refuse options that they would have to ignore: %s", (_, make, text) => {
    expect(make).toThrow(SpecError);
    expect(make).toThrow(text);
  });

  it("take further options beside any first argument", () => {
    const inner = [layers.relu()];
    expect(layers.block({ layers: inner }, { repeat: 3 })).toEqual(layers.block(inner, { repeat: 3 }));
    expect(layers.residual({ layers: inner, name: "a" }, { name: "b" })).toEqual(layers.residual(inner, { name: "b" }));
    expect(layers.shared({ layer: "a" }, { name: "b" })).toEqual(layers.shared("a", { name: "b" }));
    expect(layers.affine(3, { bias: false })).toEqual({ kind: "affine", units: 3, bias: false });
  });

  it("leave out what is undefined, which JSON does not have", () => {
    expect(Object.keys(layers.pooling({ size: 2, stride: undefined } as never))).toEqual(["kind", "size"]);
  });
});
