/**
 * The book's networks of affine layers: TwoLayerNet (chapters 4 and 5), MultiLayerNet and MultiLayerNetExtend
 * (chapter 6).
 */
import { calledAs, checkInteger, checkOneOf, checkOptions } from "@adjoint/tensor";
import { type WeightInit, weightStd } from "../initializers.ts";
import { layers } from "../layers/builders.ts";
import { checkNumberThat } from "../layers/kind/parameter.ts";
import type { ModelSpec } from "../read/model-spec.ts";
import { LayeredNetwork, type NetworkOptions } from "./layered-network.ts";

/** The activations of the book's fully connected networks. */
export type Activation = "relu" | "sigmoid";

/** Options of {@link MultiLayerNet}. */
export interface MultiLayerNetOptions extends NetworkOptions {
  /** Numbers in a sample. */
  readonly inputSize: number;
  /** Neurons of each hidden layer. */
  readonly hiddenSizes: readonly number[];
  /** Classes. */
  readonly outputSize: number;
  /** Default `"relu"`. */
  readonly activation?: Activation;
  /** Spread of the initial weights. Default: what fits the activation, he or xavier. */
  readonly weightInit?: WeightInit;
  /** λ of ½ λ Σ W² in the loss. Default 0. */
  readonly weightDecay?: number;
}

/** Options of {@link MultiLayerNetExtend}. */
export interface MultiLayerNetExtendOptions extends MultiLayerNetOptions {
  /** Whether hidden layers end in Dropout. Default false. */
  readonly useDropout?: boolean;
  /** Default 0.5. */
  readonly dropoutRatio?: number;
  /** Whether hidden layers normalize before their activation. Default false. */
  readonly useBatchNorm?: boolean;
}

/** The spec of a network of affine layers. */
function fullyConnected(op: string, options: MultiLayerNetExtendOptions): ModelSpec {
  const { inputSize, hiddenSizes, outputSize, activation = "relu", weightInit = activation } = options;
  const { weightDecay = 0, useDropout = false, dropoutRatio = 0.5, useBatchNorm = false } = options;
  checkInteger(op, "inputSize", inputSize, 1);
  checkInteger(op, "outputSize", outputSize, 1);
  if (!Array.isArray(hiddenSizes)) checkInteger(op, "hiddenSizes", hiddenSizes, 1);
  hiddenSizes.forEach((size, i) => {
    checkInteger(op, `hiddenSizes[${i}]`, size, 1);
  });
  checkNumberThat(op, "weightDecay", weightDecay, (x) => x >= 0 && x < Infinity, "a finite number ≥ 0");
  checkOneOf(op, "activation", activation, ["relu", "sigmoid"]);
  checkRatio(op, dropoutRatio);
  calledAs(op, () => weightStd(weightInit, 1));
  const hidden = hiddenSizes.flatMap((units) => [
    layers.affine({ units, weightInit }),
    ...(useBatchNorm ? [layers.batchNormalization({ initialVariance: 0 })] : []),
    layers[activation](),
    ...(useDropout ? [layers.dropout(dropoutRatio)] : []),
  ]);
  return {
    version: 1,
    name: op,
    input: [inputSize],
    layers: [...hidden, layers.affine({ units: outputSize, weightInit })],
    loss: "softmaxWithLoss",
    ...(weightDecay === 0 ? {} : { weightDecay }),
  };
}

/** @throws SpecError unless `ratio` is a share of neurons that Dropout can switch off */
export function checkRatio(op: string, ratio: number): void {
  checkNumberThat(op, "dropoutRatio", ratio, (x) => x >= 0 && x < 1, "a number, 0 ≤ dropoutRatio < 1");
}

const multiLayerOptions = [
  ...["inputSize", "hiddenSizes", "outputSize", "activation", "weightInit", "weightDecay"],
  ...["seed", "dtype"],
];

/**
 * Affine and activation layers in turn, an affine one at the end; parameters W1 b1 W2 b2 …
 * @throws SpecError for unknown options, activations or sizes
 * Source: Deep Learning from Scratch, 6.5 (common/multi_layer_net.py).
 */
export class MultiLayerNet extends LayeredNetwork {
  constructor(options: MultiLayerNetOptions) {
    checkOptions("MultiLayerNet", options, multiLayerOptions);
    super(fullyConnected("MultiLayerNet", options), options);
  }
}

/**
 * {@link MultiLayerNet} with batch normalization before the activations and dropout after them, if wanted; parameters
 * gamma1 beta1 … beside the weights.
 * @throws SpecError for unknown options, activations or sizes
 * Source: Deep Learning from Scratch, 6.5 (common/multi_layer_net_extend.py).
 */
export class MultiLayerNetExtend extends LayeredNetwork {
  constructor(options: MultiLayerNetExtendOptions) {
    const names = [...multiLayerOptions, "useDropout", "dropoutRatio", "useBatchNorm"];
    checkOptions("MultiLayerNetExtend", options, names);
    super(fullyConnected("MultiLayerNetExtend", options), options);
  }
}

/** Options of {@link TwoLayerNet}. */
export interface TwoLayerNetOptions extends NetworkOptions {
  /** Numbers of a sample. */
  readonly inputSize: number;
  /** Neurons of the hidden layer. */
  readonly hiddenSize: number;
  /** Classes. */
  readonly outputSize: number;
  /** Standard deviation of the initial weights. Default 0.01. */
  readonly weightInitStd?: number;
  /** Default `"relu"`, as in chapter 5; chapter 4 uses `"sigmoid"`. */
  readonly activation?: Activation;
}

/**
 * One hidden layer: affine, activation, affine; parameters W1 b1 W2 b2. `predict` gives scores, before softmax.
 * @throws SpecError for unknown options or sizes
 * Source: Deep Learning from Scratch, 4.5 and 5.7 (two_layer_net.py).
 */
export class TwoLayerNet extends LayeredNetwork {
  constructor(options: TwoLayerNetOptions) {
    const names = ["inputSize", "hiddenSize", "outputSize", "weightInitStd", "activation", "seed", "dtype"];
    checkOptions("TwoLayerNet", options, names);
    const { hiddenSize, weightInitStd = 0.01, ...rest } = options;
    checkInteger("TwoLayerNet", "hiddenSize", hiddenSize, 1);
    super(fullyConnected("TwoLayerNet", { ...rest, hiddenSizes: [hiddenSize], weightInit: weightInitStd }), options);
  }
}
