import { mul, type Variable } from "@adjoint/autograd";
import { build, layers, type Model, model } from "@adjoint/nn";
import { describe, expect, it } from "vitest";
import { checkLayers } from "./check-layers.ts";

const spec = model({
  input: [1, 4, 4],
  layers: [
    layers.convolution({ filters: 2, size: 3, pad: 1 }),
    layers.batchNormalization(),
    layers.relu(),
    layers.pooling({ size: 2, stride: 2 }),
    layers.affine(5),
    layers.sigmoid(),
    layers.dropout(0.5),
    layers.affine(3),
  ],
  loss: "softmaxWithLoss",
});

describe("checkLayers", () => {
  it("finds every gradient of a model right: all parameters and inputs of all layers, and the loss", () => {
    const net = build(spec, { seed: 1, dtype: "float64" });
    const checks = checkLayers(net);
    expect(checks.filter((check) => !check.ok)).toEqual([]);
    const parameters = checks.map((check) => check.parameter).filter((name) => name !== "input");
    expect(parameters.sort()).toEqual(Object.keys(net.params).sort());
    expect(checks.filter((check) => check.parameter === "input")).toHaveLength(net.layers.length + 1);
    for (const check of checks) expect(check.entries).toBe(check.shape.reduce((product, n) => product * n, 1));
  });

  it("has tolerances far below the gradients, so that a wrong one cannot hide", () => {
    for (const { tolerance, largest } of checkLayers(build(spec, { seed: 1, dtype: "float64" }))) {
      expect(tolerance).toBeLessThan(1e-4 * largest);
    }
  });

  it("notices a gradient that is 0.1 % too large", () => {
    const net = build(spec, { seed: 1, dtype: "float64" });
    const wrong = net.layers.map((layer) => ({
      ...layer,
      parameters: layer.parameters,
      forward(x: Variable, options: { train: boolean }): Variable {
        const y = layer.forward(x, options);
        // The value stays, the gradient does not: y + 0.001·(y − y detached).
        return y.add(mul(0.001, y.sub(y.detach())));
      },
    }));
    const checks = checkLayers({ ...net, layers: wrong } as unknown as Model);
    expect(checks.filter((check) => check.layer !== "loss" && check.ok)).toEqual([]);
  });
});
