import { grad, relu, sigmoid, softmax, type Variable, type VariableLike, variable } from "@adjoint/autograd";
import { tensor } from "@adjoint/tensor";
import { describe, expect, it } from "vitest";
import cases from "../fixtures/functions.json" with { type: "json" };
import { meanSquaredError } from "../losses/mean-squared-error.ts";
import { crossEntropyError, softmaxLoss } from "../losses/softmax-with-loss.ts";
import { expectClose, type Stored, stored } from "../testing/reference.ts";
import * as own from "./functions.ts";

const functions = { ...own, relu, sigmoid, softmax, meanSquaredError, crossEntropyError, softmaxLoss };

type Case = { name: string; inputs: Record<string, Stored>; outputs: { y?: Stored; loss?: number } };

/** The function of each case, by the case's name without its variant. */
const byName: Record<string, (inputs: Record<string, Stored>) => Variable> = {
  identity_function: ({ x }) => functions.identityFunction(stored(x)),
  sigmoid: ({ x }) => functions.sigmoid(stored(x)),
  sigmoid_grad: ({ x }) => functions.sigmoidGrad(stored(x)),
  relu: ({ x }) => functions.relu(stored(x)),
  softmax: ({ x }) => functions.softmax(stored(x)),
  step_function: ({ x }) => functions.stepFunction(stored(x)),
  mean_squared_error: ({ y, t }) => functions.meanSquaredError(stored(y), stored(t)),
  cross_entropy_error: ({ y, t }) => functions.crossEntropyError(stored(y), stored(t)),
  softmax_loss: ({ x, t }) => functions.softmaxLoss(stored(x), stored(t)),
};

describe("the book's functions", () => {
  for (const { name, inputs, outputs } of cases as unknown as Case[]) {
    it(`${name} gives the book's numbers`, () => {
      const compute = byName[name.replace(/_(1d|large|onehot|index)$/, "")];
      expectClose(compute(inputs), outputs.y ?? (outputs.loss as number));
    });
  }

  it("sigmoidGrad and reluGrad are what the graph finds", () => {
    const x = variable([-2, -0.5, 0, 1.5], { dtype: "float64" });
    const derivative = (f: (x: VariableLike) => Variable) =>
      (grad((v: Variable) => f(v).sum())(x) as Variable).toArray();
    expect(functions.reluGrad(x).toArray()).toEqual(derivative(functions.relu));
    expectClose(functions.sigmoidGrad(x), { shape: [4], data: derivative(functions.sigmoid) as number[] });
  });
});

describe("targets", () => {
  const y = tensor([
    [0.1, 0.7, 0.2],
    [0.3, 0.3, 0.4],
  ]);

  it("may be labels of any dtype or one-hot rows, with one result", () => {
    const oneHot = tensor([
      [0, 1, 0],
      [0, 0, 1],
    ]);
    const loss = functions.crossEntropyError(y, oneHot).item();
    expect(functions.crossEntropyError(y, tensor([1, 2])).item()).toBe(loss);
    expect(functions.crossEntropyError(y, tensor([1, 2], { dtype: "int32" })).item()).toBe(loss);
    expect(functions.crossEntropyError(y, tensor([[1], [2]])).item()).toBe(loss);
  });

  it("are refused when they are out of range, not whole, or of another number", () => {
    expect(() => functions.crossEntropyError(y, tensor([1, 3]))).toThrowErrorMatchingInlineSnapshot(
      `[IndexError: crossEntropyError: label 3 of sample 1 is out of range for 3 classes. Labels count from 0: check the number of outputs, and that labels do not start at 1.]`,
    );
    expect(() => functions.crossEntropyError(y, tensor([-1, 0]))).toThrow(/label -1 of sample 0/);
    expect(() => functions.crossEntropyError(y, tensor([0.5, 0]))).toThrowErrorMatchingInlineSnapshot(
      `[DTypeError: crossEntropyError: the target of sample 0 is 0.5, which is not a label. Labels are integers; one-hot targets have the shape of the scores.]`,
    );
    expect(() => functions.crossEntropyError(y, tensor([0, 1, 2]))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: crossEntropyError: targets of shape [3] do not fit scores of shape [2, 3]; expected one-hot rows [2, 3], or 2 labels.]`,
    );
    expect(() => functions.crossEntropyError(tensor([[[1]]]), tensor([0]))).toThrow(/y has shape \[1, 1, 1\]/);
    expect(() => functions.meanSquaredError(y, tensor([1, 2]))).toThrow(/y has shape \[2, 3\], t \[2\]/);
  });
});
