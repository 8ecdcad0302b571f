/** Losses and cells where a network is certain, and at kinks: values and derivatives keep their digits. */
import { constant, grad, hessian, logSoftmax, mean, neg, type Variable } from "@adjoint/autograd";
import { tensor } from "@adjoint/tensor";
import { describe, expect, it } from "vitest";
import { sigmoidGrad } from "../book/functions.ts";
import { GruCell } from "../layers/gru.ts";
import { binaryCrossEntropyWithLogits } from "./binary-cross-entropy.ts";
import { crossEntropy } from "./cross-entropy.ts";
import { huberLoss } from "./huber.ts";

const dtypes = { float32: 2 ** -23, float64: 2 ** -52 } as const;
type Scalar = (x: Variable) => Variable;

function derivative(f: Scalar): Scalar {
  return (x) => (grad((z: Variable) => f(z).sum()) as Scalar)(x);
}

describe.each(["float32", "float64"] as const)("in %s", (dtype) => {
  // Each result is a handful of ops, each off by a unit in the last place at most.
  const near = (found: number, expected: number): void => {
    expect(Math.abs(found / expected - 1)).toBeLessThan(8 * dtypes[dtype]);
  };
  // log(1 + e⁻²⁰), σ(−20) and σ(20) σ(−20), by mpmath with 40 digits.
  const [loss, slope, curvature] = [2.061153620314381e-9, 2.0611536181902037e-9, 2.061153613941849e-9];

  it("the binary cross entropy of a certain and right answer is not 0, nor are its derivatives", () => {
    for (const t of [0, 1]) {
      const f: Scalar = (x) => binaryCrossEntropyWithLogits(x, constant([t], { dtype }));
      const x = constant([t === 1 ? 20 : -20], { dtype });
      near(f(x).item(), loss);
      near(derivative(f)(x).item(), t === 1 ? -slope : slope);
      near(derivative(derivative(f))(x).item(), curvature);
    }
  });

  it("the cross entropy of a certain and right answer is not 0, nor is its gradient", () => {
    const f: Scalar = (x) => crossEntropy(x, constant([0], { dtype: "int32" }));
    const x = constant([[20, 0]], { dtype });
    near(f(x).item(), loss);
    const [[a, b]] = derivative(f)(x).toArray() as number[][];
    near(a, -slope);
    near(b, slope);
  });

  it("the cross entropy of targets that are wholly smoothed asks for no class", () => {
    const x = constant([[1, -2, 0.5]], { dtype });
    const loss = (label: number) => crossEntropy(x, tensor([label], { dtype: "int32" }), { labelSmoothing: 1 });
    expect(loss(0).item()).toBe(neg(mean(logSoftmax(x))).item());
    expect(loss(2).item()).toBe(loss(0).item());
  });

  it("the derivative of sigmoid written out has its digits at both ends", () => {
    for (const x of [-20, 20]) near(sigmoidGrad(constant(x, { dtype })).item(), curvature);
  });

  it("a GRU that keeps its state passes a little of what is new", () => {
    // All weights 0 but the bias of z, 20, and of n: h′ = σ(−20) · tanh(bn), whose derivative by bn is σ(−20) at bn = 0.
    const zeros = constant([[0, 0, 0]], { dtype });
    const f: Scalar = (bias) =>
      new GruCell(zeros, zeros, bias, constant([0, 0, 0], { dtype })).forward(
        constant([[0]], { dtype }),
        constant([[0]], { dtype }),
      );
    const [, , byNew] = derivative(f)(constant([0, 20, 0], { dtype })).toArray() as number[];
    near(byNew, slope);
  });
});

describe("huberLoss", () => {
  const f64 = { dtype: "float64" } as const;

  it("has second derivative 1 inside, at 0 too, and 0 beyond δ", () => {
    const zeros = constant([0, 0, 0], f64);
    const h = hessian((x: Variable) => huberLoss(x, zeros).mul(3), constant([0, 0.5, -2], f64)).toArray() as number[][];
    expect(h).toEqual([
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 0],
    ]);
  });

  it("is d²/2 inside and δ (|d| − δ/2) beyond, on both sides", () => {
    const of = (d: number): number => huberLoss(constant([d], f64), constant([0], f64), { delta: 2 }).item();
    expect([-3, -2, -1, 0, 1, 2, 3].map(of)).toEqual([4, 2, 0.5, 0, 0.5, 2, 4]);
  });
});
