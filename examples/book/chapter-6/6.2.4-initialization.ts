/**
 * Weight initializations on digits: the losses of a network with ReLU from weights of 0.01, Xavier and He initialization.
 */
import { lineChart, MultiLayerNet, SGD, smoothCurve, type WeightInit } from "adjoint";
import { type Experiment, imagesOf, type Samples } from "../experiment.ts";
import { lossesOf } from "../losses.ts";

export const initializations: Readonly<Record<string, WeightInit>> = { "std 0.01": 0.01, Xavier: "xavier", He: "he" };

export function losses(name: string, train: Samples, iterations: number, seed: number): number[] {
  const weightInit = initializations[name];
  const sizes = { inputSize: train.x.shape[1], hiddenSizes: [100, 100, 100, 100], outputSize: 10 };
  const network = new MultiLayerNet({ ...sizes, weightInit, seed });
  return lossesOf(network, new SGD(network.params, { lr: 0.01 }), train, { iterations, seed });
}

export default {
  section: "6.2.4",
  title: "weight initializations compared",
  figures: ["6-15"],
  async run(setting) {
    const { train } = await imagesOf(setting);
    const iterations = setting.quick ? 20 : 2000;
    const all = Object.keys(initializations).map((name) => ({ name, values: losses(name, train, iterations, 1) }));
    const figure = await lineChart({
      title: "loss by initialization",
      xLabel: "iteration",
      yLabel: "loss",
      yRange: [0, 2.5],
      series: all.map(({ name, values }) => ({ name, values: smoothCurve(values), markers: false })),
    });
    const ends = all.map(({ name, values }) => `${name} ${smoothCurve(values).at(-1)?.toFixed(3)}`);
    return {
      result: `loss after ${iterations} iterations: ${ends.join(", ")}`,
      figures: { "initialization.svg": figure },
    };
  },
} satisfies Experiment;
