/**
 * Are the gradients right? Networks against the book's numerical gradient, and an op of our own against gradcheck,
 * once right and once with a mistake in its rule.
 *
 * Deep Learning from Scratch, 5.7.4 (ch05/gradient_check.py).
 */
import {
  defineOp,
  gradcheck,
  kernels,
  loadDigits,
  MultiLayerNet,
  MultiLayerNetExtend,
  mul,
  renderTable,
  rng,
  sigmoid,
  sub,
  type Tensor,
  TwoLayerNet,
  variable,
} from "adjoint";
import { right } from "../output.ts";

const { x, t } = loadDigits().train;
const rows = (all: Tensor, count: number): Tensor => kernels.slice(all, [{ start: 0, step: 1, length: count }]);
const samples = kernels.cast(rows(x, 5), "float64");
const labels = rows(t, 5);

/** float64: in float32 the rounding of the loss alone would be a thousandth of many gradients. */
const common = { inputSize: 64, outputSize: 10, dtype: "float64" as const, seed: 0 };
const networks = {
  TwoLayerNet: new TwoLayerNet({ ...common, hiddenSize: 8 }),
  "MultiLayerNet, weight decay": new MultiLayerNet({ ...common, hiddenSizes: [8, 6], weightDecay: 0.1 }),
  "MultiLayerNetExtend, batch normalization": new MultiLayerNetExtend({
    ...common,
    hiddenSizes: [8, 6],
    activation: "sigmoid",
    useBatchNorm: true,
  }),
};

console.log("1. The graph's gradient against central differences (h = 1e-4), every entry\n");
const table: string[][] = [];
for (const [name, net] of Object.entries(networks)) {
  const exact = net.gradient(samples, labels);
  const numerical = net.numericalGradient(samples, labels);
  for (const [parameter, gradient] of Object.entries(exact)) {
    const difference = kernels.abs(kernels.sub(gradient, numerical[parameter]));
    const mean = Number(kernels.sum(difference).item()) / difference.size;
    const largest = Number(kernels.max(kernels.abs(gradient)).item());
    table.push([name, parameter, String(gradient.size), largest.toExponential(1), mean.toExponential(1)]);
  }
}
console.log(
  renderTable(["network", "parameter", ...["entries", "max |gradient|", "mean |difference|"].map(right)], table),
);

console.log("\n2. An op of our own, x · sigmoid(x)\n");
const swish = defineOp({
  name: "swish",
  infer: ([z]) => z,
  forward: ([z]) => kernels.mul(z, kernels.sigmoid(z)),
  backward: [
    ({ grad, inputs: [z], output }) => {
      const s = sigmoid(z);
      return mul(grad, s.add(output.mul(sub(1, s))));
    },
  ],
  math: { forward: "y = x σ(x)", backward: "x̄ = ȳ (σ(x) + y (1 − σ(x)))" },
});
const point = variable(rng(1).normal([2, 3], { dtype: "float64" }));
console.log(String(gradcheck((z) => swish(z), [point], { names: ["x"] })));

console.log("\n3. The same with a mistake in its rule: σ(x) alone, as if the x in front were all\n");
const wrongSwish = defineOp({
  ...swish.definition,
  name: "wrongSwish",
  backward: [({ grad, inputs: [z] }) => mul(grad, sigmoid(z))],
});
const report = gradcheck((z) => wrongSwish(z), [point], { names: ["x"] });
console.log(String(report));
console.log(report.ok ? "\nIt went unnoticed." : "\nNoticed.");
if (report.ok) process.exitCode = 1;
