/** Inputs at which digits are lost, or which are very large or very small: no false alarm, and no mistake unseen. */
import {
  add,
  type BackwardRule,
  cosh,
  defineOp,
  erf,
  exp,
  gelu,
  log,
  logSoftmax,
  mul,
  type NoAttributes,
  pow,
  sigmoid,
  softmax,
  square,
  sub,
  tanh,
  type Variable,
} from "@adjoint/autograd";
import { kernels, rng, type Tensor, tensor } from "@adjoint/tensor";
import { describe, expect, it } from "vitest";
import { type GradcheckOptions, gradcheck } from "../gradcheck.ts";

const f64 = (...values: number[]): Tensor => tensor(values, { dtype: "float64" });
type Case = [name: string, f: (...xs: Variable[]) => Variable, inputs: readonly Tensor[], options?: GradcheckOptions];

const right: Case[] = [
  ["gelu where 1 + erf is a staircase", (x) => gelu(x), [f64(-7, 1)]],
  ["gelu by tanh there", (x) => gelu(x, { approximate: "tanh" }), [f64(-7, 1)]],
  ["gelu in float32", (x) => gelu(x), [f64(-4, -5, 1)], { dtype: "float32" }],
  ["1 − erf", (x) => sub(1, erf(x)), [f64(5)]],
  ["1 − tanh", (x) => sub(1, tanh(x)), [f64(17)]],
  ["1 − sigmoid", (x) => sub(1, sigmoid(x)), [f64(30)]],
  ["log(1 + eˣ) written out", (x) => log(add(exp(x), 1)), [f64(-30)]],
  ["log(1 + x) of next to nothing", (x) => log(add(x, 1)), [f64(1e-12)]],
  ["x + 1e6 − 1e6", (x) => sub(add(x, 1e6), 1e6), [f64(1e-5)]],
  ["sigmoid where it is flat, twice", (x) => sigmoid(x), [f64(30, -30)], { order: 2 }],
  ["softmax of unlikely classes, twice", (x) => softmax(x), [f64(0, -25)], { order: 2 }],
  ["logSoftmax of unlikely classes, twice", (x) => logSoftmax(x), [f64(0, -30)], { order: 2 }],
  ["exp of large numbers", (x) => exp(x), [f64(-700, 400, 700)]],
  ["cosh of large numbers", (x) => cosh(x), [f64(400)]],
  ["square of very large numbers", (x) => square(x), [f64(1e100)]],
  ["a power of very large numbers", (x) => pow(x, 3), [f64(1e60)]],
  ["exp next to underflow", (x) => exp(x), [f64(-740)]],
  ["a product next to underflow", (x) => mul(x, 1e-320), [f64(1)]],
  ["a product that underflows", (x, y) => mul(x, y), [f64(1e-200), f64(1e-150)]],
  ["squares that underflow beside others that do not", (x) => square(x), [f64(1e150, 1e-150)]],
  ["log of very different numbers", (x) => log(x), [f64(1e-8, 1e-300)]],
];

describe("gradcheck raises no false alarm", () => {
  it.each(right.map(([name, f, inputs, options]) => ({ name, f, inputs, options })))("for $name", (each) => {
    const { f, inputs, options } = each;
    const report = gradcheck(f, inputs, options);
    expect(report.ok, String(report)).toBe(true);
  });

  it.each(Array.from({ length: 10 }, (_, seed) => seed))("for saturated gelu and softmax (seed %i)", (seed) => {
    const x = rng(seed).normal([4, 4], { dtype: "float64" });
    for (const scale of [5, 10, 100, 1000]) {
      const inputs = [kernels.mul(x, scale)];
      for (const f of [(z: Variable) => gelu(z), (z: Variable) => softmax(z)]) {
        const report = gradcheck(f, inputs);
        expect(report.ok, String(report)).toBe(true);
      }
    }
  });
});

describe("gradcheck sees mistakes", () => {
  const wrong = (kernel: (x: Tensor) => Tensor, rule: BackwardRule<NoAttributes>) =>
    defineOp({ name: "wrong", infer: ([x]) => x, forward: ([x]) => kernel(x), backward: [rule] });

  it.each([1e-12, 1e-9, 1e-6, 1e-3, 1, 100])("for inputs near %d", (size) => {
    const inputs = [f64(size, 2 * size)];
    const mistakes = [
      wrong(kernels.exp, ({ grad }) => mul(grad, 0)),
      wrong(kernels.exp, ({ grad, output }) => mul(mul(grad, output), 0.5)),
      wrong(kernels.sigmoid, ({ grad, output }) => mul(grad, mul(output, 2))),
    ];
    // Of sigmoid nothing is left to see at 100 and 200.
    for (const op of size === 100 ? mistakes.slice(0, 2) : mistakes) {
      expect(gradcheck((x) => op(x), inputs).ok).toBe(false);
    }
  });
});
