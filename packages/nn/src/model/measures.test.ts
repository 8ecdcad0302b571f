/** The accuracy of what predicts, as of a model with one output. */
import { add, mul, pow, reshape, square, sum, tanh, type Variable, variable } from "@adjoint/autograd";
import { numericalGradient } from "@adjoint/gradcheck";
import { arange, kernels, rng, type Tensor, tensor, zeros } from "@adjoint/tensor";
import { describe, expect, it } from "vitest";
import cases from "../fixtures/gradient.json" with { type: "json" };
import { fullLoss } from "../losses/all.ts";
import { expectClose, stored } from "../testing/reference.ts";
import { accuracyOf as measured } from "./evaluate.ts";
import { gradientOf, numericalGradientOf } from "./gradients.ts";

const accuracyOf = (predict: (x: Tensor) => Variable, x: Tensor, t: Tensor, batchSize = 100): number =>
  measured(
    {
      losses: [{ output: "y", spec: fullLoss("crossEntropy"), forward: () => variable(0) }],
      outputs: (batch) => ({ y: predict(batch as Tensor) }),
    },
    x,
    t,
    { batchSize, outputs: undefined },
  );

describe("the numerical gradient", () => {
  const [{ name, inputs, attrs, outputs }] = cases;

  it("is the book's", () => {
    expect([cases.length, name, attrs.f]).toEqual([1, "numerical_gradient", "sum_ij c_i * tanh(x_ij)^2 + x_ij^3"]);
    const c = reshape(stored(inputs.c), [3, 1]);
    const f = (x: Tensor) => sum(add(mul(c, square(tanh(x))), pow(x, 3)));
    // Both sides round f, a sum of 24 terms of at most `size` each: 24 · 2⁻⁵³ · size, twice, over h = 1e-4.
    const size = Math.max(...inputs.c.data.map(Math.abs), ...inputs.x.data.map((x) => Math.abs(x) ** 3));
    const rounding = (24 * 24 * size * 2 ** -52) / 1e-4;
    expectClose(numericalGradient(f, stored(inputs.x)), outputs.grad, rounding, 1);
  });

  it("of a record of parameters leaves them as they were", () => {
    const params = { a: variable([1, 2], { dtype: "float64" }), b: variable(3, { dtype: "float64" }) };
    const loss = () => sum(mul(square(params.a), params.b));
    const numerical = numericalGradientOf(params, loss);
    const exact = gradientOf(params, loss);
    expect(Object.keys(numerical)).toEqual(["a", "b"]);
    // f is a polynomial of degree 2 in each entry: only rounding is left, a few 2⁻⁵³ · |f| / h with |f| = 15.
    expectClose(numerical.a, { shape: [2], data: [6, 12] }, 1e-11);
    expectClose(numerical.b, { shape: [], data: [5] }, 1e-10);
    expect([exact.a.toArray(), exact.b.toArray()]).toEqual([[6, 12], 5]);
    expect([params.a.toArray(), params.b.item()]).toEqual([[1, 2], 3]);
  });
});

describe("the graph's gradient of a record of parameters", () => {
  it("leaves .grad as it was, also when the loss throws", () => {
    const params = { a: variable([1, 2]) };
    sum(params.a).backward();
    const before = params.a.grad;
    gradientOf(params, () => sum(square(params.a)));
    expect(params.a.grad).toBe(before);
    expect(() =>
      gradientOf(params, () => {
        throw new Error("no loss");
      }),
    ).toThrow("no loss");
    expect(params.a.grad).toBe(before);
  });

  it("is zero for a parameter that the loss does not read", () => {
    const params = { a: variable([1, 2]), unused: variable([[1, 2, 3]]) };
    expect(gradientOf(params, () => sum(params.a)).unused.toArray()).toEqual([[0, 0, 0]]);
  });
});

describe("accuracy", () => {
  /** Scores that say: the class is the input itself. */
  const predict = (x: Tensor) =>
    variable(kernels.oneHot(kernels.reshape(kernels.cast(x, "int32"), [x.size]), 3, "float32"));
  const x = tensor([[0], [1], [2], [1], [0], [2], [2]]);
  const labels = tensor([0, 1, 2, 0, 0, 1, 2]);

  it("is the share of right answers, whatever the batch size and the form of the targets", () => {
    const oneHot = kernels.oneHot(kernels.cast(labels, "int32"), 3, "float32");
    for (const batchSize of [1, 2, 3, 7, 100]) {
      expect(accuracyOf(predict, x, labels, batchSize)).toBe(5 / 7);
      expect(accuracyOf(predict, x, oneHot, batchSize)).toBe(5 / 7);
    }
  });

  it("never gives more than batchSize samples to the network, and records no graph", () => {
    const sizes: number[] = [];
    const W = variable(rng(1).normal([1, 3]));
    accuracyOf(
      (batch) => {
        sizes.push(batch.shape[0]);
        const y = mul(batch, W);
        expect(y.requiresGrad).toBe(false);
        return y;
      },
      x,
      labels,
      3,
    );
    expect(sizes).toEqual([3, 3, 1]);
  });

  it("refuses targets that do not fit, instead of counting them as wrong", () => {
    expect(() => accuracyOf(predict, x, zeros([6]))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: accuracy: x has shape [7, 1], t [6]; expected as many rows in t as in x.]`,
    );
    expect(() => accuracyOf(predict, x, zeros([7, 4]))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: accuracy: targets of shape [7, 4] do not fit scores of shape [7, 3]; expected one-hot rows [7, 3], or 7 labels.]`,
    );
    expect(() => accuracyOf(predict, x, arange(7))).toThrowErrorMatchingInlineSnapshot(
      `[IndexError: accuracy: label 3 of sample 3 is out of range for 3 classes. Labels count from 0: check the number of outputs, and that labels do not start at 1.]`,
    );
    expect(() => accuracyOf(predict, x, arange(7), 3)).toThrowErrorMatchingInlineSnapshot(
      `[IndexError: accuracy: label 3 of sample 0 is out of range for 3 classes. In samples 3 … 5. Labels count from 0: check the number of outputs, and that labels do not start at 1.]`,
    );
    expect(() => accuracyOf(predict, zeros([0, 1]), zeros([0]))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: accuracy: there are no samples: x has shape [0, 1], t [0]; expected at least one sample. A mean over no samples would be NaN.]`,
    );
    expect(() => accuracyOf(predict, x, labels, 0)).toThrowErrorMatchingInlineSnapshot(
      `[SpecError: accuracy: batchSize is 0; expected an integer ≥ 1.]`,
    );
  });
});
