import { describe, expect, it } from "vitest";
import { layers } from "./builders.ts";
import { model } from "./parse.ts";

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

  it("leave out what is undefined, which JSON does not have", () => {
    expect(Object.keys(layers.pooling({ size: 2, stride: undefined } as never))).toEqual(["kind", "size"]);
  });
});
