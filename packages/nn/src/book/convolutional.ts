/** The book's convolutional networks: SimpleConvNet (chapter 7) and DeepConvNet (chapter 8). */
import { calledAs, checkInteger, checkOptions, type Shape, SpecError } from "@adjoint/tensor";
import { weightStd } from "../initializers.ts";
import { layers } from "../layers/builders.ts";
import type { LayerSpec } from "../layers/structures.ts";
import type { ModelSpec } from "../read/model-spec.ts";
import { checkRatio } from "./fully-connected.ts";
import { LayeredNetwork, type NetworkOptions } from "./layered-network.ts";

/** A convolution layer of a network. */
export interface ConvParam {
  /** Number of filters. */
  readonly filterNum: number;
  /** Height and width of a filter. */
  readonly filterSize: number;
  readonly pad?: number;
  readonly stride?: number;
}

/** The options of a convolution as its spec has them. */
function convolution(op: string, argument: string, { filterNum, filterSize, ...window }: ConvParam) {
  checkOptions(op, { filterNum, filterSize, ...window }, ["filterNum", "filterSize", "pad", "stride"]);
  checkInteger(op, `${argument}.filterNum`, filterNum, 1);
  checkInteger(op, `${argument}.filterSize`, filterSize, 1);
  checkInteger(op, `${argument}.pad`, window.pad ?? 0, 0);
  checkInteger(op, `${argument}.stride`, window.stride ?? 1, 1);
  return { filters: filterNum, size: filterSize, ...window };
}

/** The spec of a classifier of images. */
function classifier(op: string, input: Shape, list: readonly LayerSpec[]): ModelSpec {
  if (!Array.isArray(input) || input.length !== 3) {
    const hint = "For grey images of 28 × 28 pixels it is [1, 28, 28].";
    throw SpecError.of(op, "inputDim", input, "[channels, height, width]", { hint });
  }
  input.forEach((n, i) => {
    checkInteger(op, `inputDim[${i}]`, n, 1);
  });
  return { version: 1, name: op, input, layers: list, loss: "softmaxWithLoss" };
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
    const { inputDim = [1, 28, 28], convParam = { filterNum: 30, filterSize: 5 } } = options;
    const { hiddenSize = 100, outputSize = 10, weightInitStd: weightInit = 0.01 } = options;
    checkInteger("SimpleConvNet", "hiddenSize", hiddenSize, 1);
    checkInteger("SimpleConvNet", "outputSize", outputSize, 1);
    calledAs("SimpleConvNet", () => weightStd(weightInit, 1));
    const spec = classifier("SimpleConvNet", inputDim, [
      layers.convolution({ ...convolution("SimpleConvNet", "convParam", convParam), weightInit }),
      layers.relu(),
      layers.pooling({ size: 2 }),
      layers.affine({ units: hiddenSize, weightInit }),
      layers.relu(),
      layers.affine({ units: outputSize, weightInit }),
    ]);
    super(spec, options);
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
    const { inputDim = [1, 28, 28], hiddenSize = 50, outputSize = 10, dropoutRatio } = options;
    checkInteger("DeepConvNet", "hiddenSize", hiddenSize, 1);
    checkInteger("DeepConvNet", "outputSize", outputSize, 1);
    checkRatio("DeepConvNet", dropoutRatio ?? 0.5);
    const filters = [16, 16, 32, 32, 64, 64];
    const pads = [1, 1, 1, 2, 1, 1];
    const stages = convs.flatMap((name, i) => {
      const param = (options[name] as ConvParam | undefined) ?? { filterNum: filters[i], filterSize: 3, pad: pads[i] };
      const layer = layers.convolution(convolution("DeepConvNet", name, param));
      return [layer, layers.relu(), ...(i % 2 === 1 ? [layers.pooling({ size: 2 })] : [])];
    });
    const dropout = layers.dropout(dropoutRatio);
    const spec = classifier("DeepConvNet", inputDim, [
      ...stages,
      ...[layers.affine(hiddenSize), layers.relu(), dropout],
      ...[layers.affine({ units: outputSize, weightInit: "he" }), dropout],
    ]);
    super(spec, options);
  }
}
