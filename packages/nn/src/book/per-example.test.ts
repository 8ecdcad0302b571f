/** The gradient of every example for itself: networks inside vmap, their parameters as arguments. */
import { grad, relu, substitute, type Variable, variable, vmap } from "@adjoint/autograd";
import { kernels, rng, tensor } from "@adjoint/tensor";
import { expect, it } from "vitest";
import { Dropout } from "../layers/dropout.ts";
import { SimpleConvNet } from "./convolutional.ts";

const net = new SimpleConvNet({
  inputDim: [1, 8, 8],
  convParam: { filterNum: 3, filterSize: 3, pad: 1, stride: 1 },
  hiddenSize: 5,
  weightInitStd: 0.3,
  dtype: "float64",
  seed: 1,
});
const x = rng(2).normal([4, 1, 8, 8], { dtype: "float64" });
const labels = tensor([3, 0, 9, 3], { dtype: "int32" });

/** The loss of one image with its label, as a function of the parameters called `names`. */
const lossOf =
  (names: readonly string[]) =>
  (...args: Variable[]): Variable => {
    const [image, label] = args.slice(names.length);
    const pairs = names.map((name, i) => [net.params[name], args[i]] as const);
    return substitute(pairs, () => net.loss(image.reshape([1, 1, 8, 8]), label.reshape([1])));
  };

it.each([["W1"], ["b2"], ["W3"]])("of %s has the gradient of the whole batch as its mean", (name) => {
  const each = vmap(grad(lossOf([name])), { inAxes: [null, 0, 0] })(net.params[name], x, labels);
  const whole = net.gradient(x, labels)[name];
  expect(each.shape).toEqual([4, ...whole.shape]);
  const difference = kernels.abs(kernels.sub(each.mean({ axis: 0 }).value, whole));
  // Sums of a few hundred products of numbers below 10.
  expect(Number(kernels.max(difference).item())).toBeLessThan(1e-13);
});

it("checks the labels of all examples", () => {
  const wrong = tensor([3, 0, 10, 3], { dtype: "int32" });
  expect(() => vmap(lossOf(["W1"]), { inAxes: [null, 0, 0] })(net.params.W1, x, wrong)).toThrow(
    "label 10 of sample 2 is out of range for 10 classes",
  );
});

it("of a network with dropout has every example's own mask, that of the layer on the whole batch", () => {
  const weight = variable(rng(3).normal([6, 4], { dtype: "float64" }));
  const rows = rng(4).normal([5, 6], { dtype: "float64" });
  const dropout = new Dropout(0.5, { rng: rng(7) });
  const loss = (w: Variable, row: Variable): Variable => relu(dropout.forward(row, { train: true }).matmul(w)).sum();
  const each = vmap(grad(loss), { inAxes: [null, 0] })(weight, rows);
  const batch = new Dropout(0.5, { rng: rng(7) });
  const whole = grad((w) => relu(batch.forward(rows, { train: true }).matmul(w)).sum())(weight);
  expect(dropout.rng.state).toEqual(batch.rng.state);
  const difference = kernels.abs(kernels.sub(each.sum({ axis: 0 }).value, whole.value));
  // Sums of five products of numbers below 10.
  expect(Number(kernels.max(difference).item())).toBeLessThan(1e-13);
  const masked = vmap((row) => dropout.forward(row, { train: true }))(rows).toArray() as number[][];
  expect(new Set(masked.map((row) => row.map((v) => v === 0).join())).size).toBeGreaterThan(1);
  expect(masked).toEqual(batch.forward(rows, { train: true }).toArray());
});
