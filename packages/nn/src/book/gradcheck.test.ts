/** The book's networks through gradcheck: every parameter at once, in projected mode. */
import type { Variable } from "@adjoint/autograd";
import { type GradcheckReport, gradcheck } from "@adjoint/gradcheck";
import { rng, type Tensor, tensor } from "@adjoint/tensor";
import { describe, expect, it } from "vitest";
import { SimpleConvNet } from "./convolutional.ts";
import { MultiLayerNetExtend } from "./fully-connected.ts";

const f64 = { dtype: "float64" } as const;

interface Network {
  readonly params: Record<string, Variable>;
  loss(x: Tensor, t: Tensor, options: { readonly train: boolean }): Variable;
}

/** Checks the gradients of the training loss with respect to every parameter. */
function check(net: Network, x: Tensor, t: Tensor): GradcheckReport {
  const names = Object.keys(net.params);
  const loss = (...parameters: Variable[]): Variable => {
    names.forEach((name, i) => {
      net.params[name] = parameters[i];
    });
    return net.loss(x, t, { train: true });
  };
  return gradcheck(loss, Object.values(net.params), { names, mode: "projected" });
}

describe("gradcheck of the book's networks", () => {
  it("finds SimpleConvNet right, all of its 437,000 parameters", () => {
    const net = new SimpleConvNet({ ...f64, seed: 1 });
    const report = check(net, rng(2).uniform([1, 1, 28, 28], f64), tensor([3], { dtype: "int32" }));
    expect(report.ok, String(report)).toBe(true);
    expect(report.inputs.map(({ name }) => name)).toEqual(["W1", "b1", "W2", "b2", "W3", "b3"]);
    expect(report.inputs[2].checked).toBe(4320 * 100);
  });

  it.each(["relu", "sigmoid"] as const)(
    "finds MultiLayerNetExtend with batch normalization right (%s)",
    (activation) => {
      const net = new MultiLayerNetExtend({
        ...f64,
        inputSize: 8,
        hiddenSizes: [6, 5],
        outputSize: 4,
        activation,
        useBatchNorm: true,
        weightDecay: 0.1,
        seed: 1,
      });
      const report = check(net, rng(3).normal([5, 8], f64), tensor([0, 1, 2, 3, 0], { dtype: "int32" }));
      expect(report.ok, String(report)).toBe(true);
    },
    60_000,
  );
});
