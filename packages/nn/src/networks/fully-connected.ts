/**
 * The book's networks of affine layers: TwoLayerNet (chapters 4 and 5), MultiLayerNet and MultiLayerNetExtend
 * (chapter 6).
 */
import { type Variable, variable } from "@adjoint/autograd";
import { checkOptions, ones, rng, SpecError, shown, zeros } from "@adjoint/tensor";
import { initializeWeight, type WeightInit } from "../initializers.ts";
import { Relu, Sigmoid } from "../layers/activations.ts";
import { Affine } from "../layers/affine.ts";
import { BatchNormalization } from "../layers/batch-normalization.ts";
import { Dropout } from "../layers/dropout.ts";
import { checkCount, checkFloat } from "../layers/parameter-plan.ts";
import { type LayerEntry, LayeredNetwork, type NetworkParts } from "./layered-network.ts";
import { checkNotNegative, type NetworkOptions } from "./options.ts";

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

const activations = { relu: Relu, sigmoid: Sigmoid } as const;

function fullyConnected(op: string, options: MultiLayerNetExtendOptions): NetworkParts {
  const {
    inputSize,
    hiddenSizes,
    outputSize,
    activation = "relu",
    weightInit = activation,
    weightDecay = 0,
    useDropout = false,
    dropoutRatio = 0.5,
    useBatchNorm = false,
    seed = 0,
    dtype = "float32",
  } = options;
  checkCount(op, "inputSize", inputSize);
  checkCount(op, "outputSize", outputSize);
  if (!Array.isArray(hiddenSizes)) checkCount(op, "hiddenSizes", hiddenSizes);
  hiddenSizes.forEach((size, i) => {
    checkCount(op, `hiddenSizes[${i}]`, size);
  });
  checkNotNegative(op, "weightDecay", weightDecay);
  checkFloat(op, dtype);
  if (!Object.hasOwn(activations, activation)) {
    throw new SpecError({
      op,
      problem: `there is no activation ${shown(activation)}`,
      argument: "activation",
      expected: '"relu" or "sigmoid"',
      received: shown(activation),
      hint: 'The activations are "relu" and "sigmoid".',
    });
  }
  const generator = rng(seed);
  const params: Record<string, Variable> = {};
  const layers: LayerEntry[] = [];
  const sizes = [inputSize, ...hiddenSizes, outputSize];
  for (let k = 1; k < sizes.length; k++) {
    const [inputs, outputs] = [sizes[k - 1], sizes[k]];
    const W = initializeWeight([inputs, outputs], inputs, weightInit, generator, dtype);
    params[`W${k}`] = variable(W, { name: `W${k}` });
    params[`b${k}`] = variable(zeros([outputs], { dtype }), { name: `b${k}` });
    const affine = new Affine(params[`W${k}`], params[`b${k}`]);
    layers.push({ name: `affine${k}`, layer: affine, parameters: { W: `W${k}`, b: `b${k}` } });
    if (k === sizes.length - 1) break;
    if (useBatchNorm) {
      params[`gamma${k}`] = variable(ones([outputs], { dtype }), { name: `gamma${k}` });
      params[`beta${k}`] = variable(zeros([outputs], { dtype }), { name: `beta${k}` });
      const layer = new BatchNormalization(params[`gamma${k}`], params[`beta${k}`]);
      layers.push({ name: `batchNorm${k}`, layer, parameters: { gamma: `gamma${k}`, beta: `beta${k}` } });
    }
    layers.push({ name: `${activation}${k}`, layer: new activations[activation](), parameters: {} });
    if (useDropout) {
      const layer = new Dropout(dropoutRatio, { rng: generator.split() });
      layers.push({ name: `dropout${k}`, layer, parameters: {} });
    }
  }
  return { params, layers, weightDecay };
}

const multiLayerOptions = [
  "inputSize",
  "hiddenSizes",
  "outputSize",
  "activation",
  "weightInit",
  "weightDecay",
  "seed",
  "dtype",
];

/**
 * Affine and activation layers in turn, an affine one at the end; parameters W1 b1 W2 b2 …
 * @throws SpecError for unknown options, activations or sizes
 * Source: Deep Learning from Scratch, 6.5 (common/multi_layer_net.py).
 */
export class MultiLayerNet extends LayeredNetwork {
  constructor(options: MultiLayerNetOptions) {
    checkOptions("MultiLayerNet", options, multiLayerOptions);
    super(fullyConnected("MultiLayerNet", options));
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
    super(fullyConnected("MultiLayerNetExtend", options));
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
    checkCount("TwoLayerNet", "hiddenSize", hiddenSize);
    super(fullyConnected("TwoLayerNet", { ...rest, hiddenSizes: [hiddenSize], weightInit: weightInitStd }));
  }
}
