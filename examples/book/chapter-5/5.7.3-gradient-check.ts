/** Backpropagation against numerical differentiation: the gradients of a two-layer network, and its graph. */
import { graphOf, kernels, type Tensor, TwoLayerNet, toSvg } from "adjoint";
import { type Experiment, first, imagesOf, mean } from "../experiment.ts";

/** The mean of the differences of all elements. */
function difference(a: Tensor, b: Tensor): number {
  return mean(kernels.abs(kernels.sub(a, b)).toJSON().data as number[]);
}

export default {
  section: "5.7.3",
  title: "gradients checked against numerical ones",
  figures: [],
  async run(setting) {
    const { x, t } = first((await imagesOf(setting)).train, 3);
    const hiddenSize = setting.quick ? 2 : 50;
    const options = { inputSize: x.shape[1], hiddenSize, outputSize: 10, dtype: "float64", seed: 2 } as const;
    const network = new TwoLayerNet(options);
    const backpropagated = network.gradient(x, t);
    const numerical = network.numericalGradient(x, t);
    const differences = Object.keys(network.params).map((name) => {
      return `${name} ${difference(backpropagated[name], numerical[name]).toExponential(1)}`;
    });
    return {
      result: `mean differences of gradients: ${differences.join(", ")}`,
      figures: { "two-layer-net.svg": await toSvg(graphOf(network.loss(x, t))) },
    };
  },
} satisfies Experiment;
