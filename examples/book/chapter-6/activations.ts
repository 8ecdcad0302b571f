/** How the activations of five layers are spread, by the spread of the weights. */
import { chartGrid, histogram, kernels, matmul, rng, type Tensor, type Variable, variable } from "adjoint";
import { mean } from "../experiment.ts";

const nodes = 100;

/** The activations of five layers of 100 nodes, of 1000 samples from a normal distribution. */
export function activationsOf(activation: (x: Variable) => Variable, std: number): Tensor[] {
  const random = rng(1);
  let x = variable(random.normal([1000, nodes]));
  return Array.from({ length: 5 }, () => {
    const w = variable(kernels.mul(random.normal([nodes, nodes]), kernels.cast(tensorOf(std), "float32")));
    x = activation(matmul(x, w));
    return x.value;
  });
}

const tensorOf = (value: number): Tensor => variable(value).value;

export function spread(x: Tensor): number {
  const numbers = x.toJSON().data as number[];
  const middle = mean(numbers);
  return Math.sqrt(mean(numbers.map((value) => (value - middle) ** 2)));
}

/** The histograms of all layers side by side, with axes up to `most` where that is given. */
export async function histograms(title: string, layers: readonly Tensor[], most?: number): Promise<string> {
  const charts = await Promise.all(
    layers.map((values, i) => {
      const axis = most === undefined ? {} : { most };
      return histogram({ title: `layer ${i + 1}`, values, range: [0, 1], width: 150, height: 140, ...axis });
    }),
  );
  return chartGrid({ title, charts });
}
