/** Four optimizers on digits: the losses of a network of five layers. */
import { lineChart, MultiLayerNet, optimizerByName, smoothCurve } from "adjoint";
import { type Experiment, imagesOf, mean, type Samples } from "../experiment.ts";
import { lossesOf } from "../losses.ts";

/** The optimizers of the comparison; their default rates are the book's, too. */
export const optimizers = ["SGD", "Momentum", "AdaGrad", "Adam"];

export function losses(name: string, train: Samples, iterations: number, seed: number): number[] {
  const inputSize = train.x.shape[1];
  const network = new MultiLayerNet({ inputSize, hiddenSizes: [100, 100, 100, 100], outputSize: 10, seed });
  return lossesOf(network, optimizerByName(name, network.params), train, { iterations, seed });
}

export default {
  section: "6.1.8",
  title: "optimizers compared",
  figures: ["6-9"],
  async run(setting) {
    const { train } = await imagesOf(setting);
    const iterations = setting.quick ? 20 : setting.data === "mnist" ? 2000 : 1000;
    const all = optimizers.map((name) => ({ name, values: losses(name, train, iterations, 1) }));
    const figure = await lineChart({
      title: "loss by optimizer",
      xLabel: "iteration",
      yLabel: "loss",
      yRange: [0, 1],
      series: all.map(({ name, values }) => ({ name, values: smoothCurve(values), markers: false })),
    });
    const means = all.map(({ name, values }) => [name, mean(values)] as const).toSorted(([, a], [, b]) => a - b);
    return {
      result: `mean loss, the best first: ${means.map(([name, loss]) => `${name} ${loss.toFixed(3)}`).join(", ")}`,
      figures: { "optimizers.svg": figure },
    };
  },
} satisfies Experiment;
