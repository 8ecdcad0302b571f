/** The training steps that are timed: networks of the book on batches of 100, data given at every step. */
import {
  Adam,
  constant,
  DeepConvNet,
  MultiLayerNetExtend,
  rng,
  SGD,
  SimpleConvNet,
  TwoLayerNet,
  type Variable,
} from "adjoint";

const pixels = { inputSize: 784, outputSize: 10, seed: 0 };

interface Network {
  readonly params: Readonly<Record<string, Variable>>;
  loss(x: Variable, t: Variable, options: { train: boolean }): Variable;
}

/** A step: its network and optimizer made anew, and the shape of a sample. */
export interface TrainingStep {
  readonly title: string;
  readonly image: readonly number[];
  /** How many samples a step takes. Default 100. */
  readonly batch?: number;
  readonly network: () => Network;
  readonly optimizer: (params: Network["params"]) => { step(): void; zeroGrad(): void };
}

const sgd: TrainingStep["optimizer"] = (params) => new SGD(params, { lr: 0.1 });
export const adam: TrainingStep["optimizer"] = (params) => new Adam(params, { lr: 0.001 });

export const trainingSteps: Readonly<Record<"two" | "five" | "simple" | "deep", TrainingStep>> = {
  two: {
    title: "two-layer net 784-50-10, SGD",
    image: [784],
    network: () => new TwoLayerNet({ ...pixels, hiddenSize: 50 }),
    optimizer: sgd,
  },
  five: {
    title: "784-5×100-10 with batch normalization and dropout, Adam",
    image: [784],
    network: () =>
      new MultiLayerNetExtend({
        ...pixels,
        hiddenSizes: [100, 100, 100, 100, 100],
        useBatchNorm: true,
        useDropout: true,
        dropoutRatio: 0.2,
      }),
    optimizer: adam,
  },
  simple: {
    title: "SimpleConvNet, Adam",
    image: [1, 28, 28],
    network: () => new SimpleConvNet({ seed: 0 }),
    optimizer: adam,
  },
  deep: {
    title: "DeepConvNet, Adam",
    image: [1, 28, 28],
    network: () => new DeepConvNet({ seed: 0 }),
    optimizer: adam,
  },
};

export function samplesOf({
  image,
  batch = 100,
}: Pick<TrainingStep, "image" | "batch">): readonly [x: Variable, t: Variable] {
  const labels = Array.from({ length: batch }, (_, i) => i % 10);
  return [constant(rng(0).uniform([batch, ...image])), constant(labels, { dtype: "int32" })];
}

/** The step as a function of samples, on a network of its own. */
export function functionOf({
  network,
  optimizer = adam,
}: Pick<TrainingStep, "network"> & Partial<TrainingStep>): (x: Variable, t: Variable) => Variable {
  const net = network();
  const rule = optimizer(net.params);
  return (x, t) => {
    rule.zeroGrad();
    const loss = net.loss(x, t, { train: true });
    loss.backward();
    rule.step();
    return loss;
  };
}
