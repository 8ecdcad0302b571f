/** The book's convolutional networks: SimpleConvNet (chapter 7) and DeepConvNet (chapter 8). */
import { type Variable, variable } from "@adjoint/autograd";
import {
  checkOptions,
  type RandomGenerator,
  rng,
  type Shape,
  SpecError,
  shown,
  windowOf,
  zeros,
} from "@adjoint/tensor";
import { initializeWeight, type WeightInit } from "../initializers.ts";
import { Relu } from "../layers/activations.ts";
import { Affine } from "../layers/affine.ts";
import { Convolution } from "../layers/convolution.ts";
import { Dropout } from "../layers/dropout.ts";
import { checkCount, checkFloat } from "../layers/parameter-plan.ts";
import { Pooling } from "../layers/pooling.ts";
import { type Layer, type LayerEntry, LayeredNetwork, type NetworkParts } from "./layered-network.ts";
import type { NetworkOptions } from "./options.ts";

/** A convolution layer of a network. */
export interface ConvParam {
  /** Number of filters. */
  readonly filterNum: number;
  /** Height and width of a filter. */
  readonly filterSize: number;
  readonly pad?: number;
  readonly stride?: number;
}

/** Builds a network layer by layer, following the shape of one sample. */
class Assembly {
  readonly params: Record<string, Variable> = {};
  readonly layers: LayerEntry[] = [];
  private weights = 0;
  private readonly counts = new Map<string, number>();
  private readonly op: string;
  private readonly dtype: "float32" | "float64";
  private readonly generator: RandomGenerator;
  private shape: Shape;

  constructor(op: string, inputDim: Shape, { seed = 0, dtype = "float32" }: NetworkOptions) {
    checkFloat(op, dtype);
    if (!Array.isArray(inputDim) || inputDim.length !== 3) {
      throw new SpecError({
        op,
        problem: `inputDim is ${shown(inputDim)}`,
        argument: "inputDim",
        expected: "[channels, height, width]",
        received: shown(inputDim),
        hint: "For grey images of 28 × 28 pixels it is [1, 28, 28].",
      });
    }
    inputDim.forEach((n, i) => {
      checkCount(op, `inputDim[${i}]`, n);
    });
    this.op = op;
    this.dtype = dtype;
    this.generator = rng(seed);
    this.shape = inputDim;
  }

  convolution(argument: string, param: ConvParam, init: WeightInit): this {
    checkOptions(this.op, param, ["filterNum", "filterSize", "pad", "stride"]);
    checkCount(this.op, `${argument}.filterNum`, param.filterNum);
    checkCount(this.op, `${argument}.filterSize`, param.filterSize);
    const { filterNum, filterSize, pad = 0, stride = 1 } = param;
    const [channels] = this.shape;
    const fanIn = channels * filterSize * filterSize;
    const names = this.parameters([filterNum, channels, filterSize, filterSize], filterNum, fanIn, init);
    const layer = new Convolution(this.params[names.W], this.params[names.b], { stride, pad });
    this.windows(filterSize, stride, pad, filterNum);
    return this.add("conv", layer, names);
  }

  relu(): this {
    return this.add("relu", new Relu());
  }

  pooling(): this {
    this.windows(2, 2, 0, this.shape[0]);
    return this.add("pool", new Pooling(2, 2, { stride: 2 }));
  }

  affine(outputs: number, init: WeightInit): this {
    const inputs = this.shape.reduce((product, n) => product * n, 1);
    const names = this.parameters([inputs, outputs], outputs, inputs, init);
    this.shape = [outputs];
    return this.add("affine", new Affine(this.params[names.W], this.params[names.b]), names);
  }

  dropout(ratio: number): this {
    return this.add("dropout", new Dropout(ratio, { rng: this.generator.split() }));
  }

  parts(): NetworkParts {
    return { params: this.params, layers: this.layers };
  }

  private parameters(shape: Shape, outputs: number, fanIn: number, init: WeightInit): { W: string; b: string } {
    const k = ++this.weights;
    const W = initializeWeight(shape, fanIn, init, this.generator, this.dtype);
    this.params[`W${k}`] = variable(W, { name: `W${k}` });
    this.params[`b${k}`] = variable(zeros([outputs], { dtype: this.dtype }), { name: `b${k}` });
    return { W: `W${k}`, b: `b${k}` };
  }

  /** Follows the shape through windows. @throws ShapeError when they are larger than the padded image */
  private windows(size: number, stride: number, pad: number, channels: number): void {
    const { outputH, outputW } = windowOf(this.op, [1, ...this.shape], size, size, { stride, pad });
    this.shape = [channels, outputH, outputW];
  }

  private add(kind: string, layer: Layer, parameters: Readonly<Record<string, string>> = {}): this {
    const k = (this.counts.get(kind) ?? 0) + 1;
    this.counts.set(kind, k);
    this.layers.push({ name: `${kind}${k}`, layer, parameters });
    return this;
  }
}

/** Options of {@link SimpleConvNet}. */
export interface SimpleConvNetOptions extends NetworkOptions {
  /** [channels, height, width] of a sample. Default [1, 28, 28]. */
  readonly inputDim?: Shape;
  /** Default `{ filterNum: 30, filterSize: 5, pad: 0, stride: 1 }`. */
  readonly convParam?: ConvParam;
  /** Neurons of the hidden affine layer. Default 100. */
  readonly hiddenSize?: number;
  /** Classes. Default 10. */
  readonly outputSize?: number;
  /** Standard deviation of the initial weights. Default 0.01. */
  readonly weightInitStd?: number;
}

/**
 * conv – relu – pool – affine – relu – affine; parameters W1 b1 W2 b2 W3 b3.
 * @throws SpecError for unknown options or sizes; ShapeError for filters larger than the image
 * Source: Deep Learning from Scratch, 7.5 (ch07/simple_convnet.py).
 */
export class SimpleConvNet extends LayeredNetwork {
  constructor(options: SimpleConvNetOptions = {}) {
    const names = ["inputDim", "convParam", "hiddenSize", "outputSize", "weightInitStd", "seed", "dtype"];
    checkOptions("SimpleConvNet", options, names);
    const {
      inputDim = [1, 28, 28],
      convParam = { filterNum: 30, filterSize: 5, pad: 0, stride: 1 },
      hiddenSize = 100,
      outputSize = 10,
      weightInitStd: std = 0.01,
    } = options;
    checkCount("SimpleConvNet", "hiddenSize", hiddenSize);
    checkCount("SimpleConvNet", "outputSize", outputSize);
    super(
      new Assembly("SimpleConvNet", inputDim, options)
        .convolution("convParam", convParam, std)
        .relu()
        .pooling()
        .affine(hiddenSize, std)
        .relu()
        .affine(outputSize, std)
        .parts(),
    );
  }
}

/** Options of {@link DeepConvNet}. */
export interface DeepConvNetOptions extends NetworkOptions {
  /** [channels, height, width] of a sample. Default [1, 28, 28]. */
  readonly inputDim?: Shape;
  /** The first convolution. Default 16 filters of 3 × 3, pad 1. */
  readonly convParam1?: ConvParam;
  /** Default 16 filters of 3 × 3, pad 1. */
  readonly convParam2?: ConvParam;
  /** Default 32 filters of 3 × 3, pad 1. */
  readonly convParam3?: ConvParam;
  /** Default 32 filters of 3 × 3, pad 2. */
  readonly convParam4?: ConvParam;
  /** Default 64 filters of 3 × 3, pad 1. */
  readonly convParam5?: ConvParam;
  /** Default 64 filters of 3 × 3, pad 1. */
  readonly convParam6?: ConvParam;
  /** Neurons of the hidden affine layer. Default 50. */
  readonly hiddenSize?: number;
  /** Classes. Default 10. */
  readonly outputSize?: number;
  /** The share of neurons that both dropout layers switch off in training, 0 ≤ ratio < 1. Default 0.5. */
  readonly dropoutRatio?: number;
}

/**
 * Three times conv – relu – conv – relu – pool, then affine – relu – dropout – affine – dropout; he initialization;
 * parameters W1 b1 … W8 b8.
 * @throws SpecError for unknown options or sizes; ShapeError for filters larger than the image
 * Source: Deep Learning from Scratch, 8.1 (ch08/deep_convnet.py).
 */
export class DeepConvNet extends LayeredNetwork {
  constructor(options: DeepConvNetOptions = {}) {
    const convs = [1, 2, 3, 4, 5, 6].map((k) => `convParam${k}` as keyof DeepConvNetOptions);
    const names = ["inputDim", ...convs, "hiddenSize", "outputSize", "dropoutRatio", "seed", "dtype"];
    checkOptions("DeepConvNet", options, names);
    const filters = [16, 16, 32, 32, 64, 64];
    const pads = [1, 1, 1, 2, 1, 1];
    const { inputDim = [1, 28, 28], hiddenSize = 50, outputSize = 10, dropoutRatio = 0.5 } = options;
    checkCount("DeepConvNet", "hiddenSize", hiddenSize);
    checkCount("DeepConvNet", "outputSize", outputSize);
    const assembly = new Assembly("DeepConvNet", inputDim, options);
    convs.forEach((name, i) => {
      const given = options[name] as ConvParam | undefined;
      const param = given ?? { filterNum: filters[i], filterSize: 3, pad: pads[i], stride: 1 };
      assembly.convolution(name, param, "he").relu();
      if (i % 2 === 1) assembly.pooling();
    });
    assembly.affine(hiddenSize, "he").relu().dropout(dropoutRatio);
    super(assembly.affine(outputSize, "he").dropout(dropoutRatio).parts());
  }
}
