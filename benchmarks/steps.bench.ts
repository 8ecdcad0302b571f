/**
 * Whole steps of training and their convolutions, on the kernels that are chosen by themselves ("auto") and on the plain
 * TypeScript ones ("reference").
 */
import {
  Adam,
  Convolution,
  constant,
  DeepConvNet,
  MultiLayerNetExtend,
  type RandomGenerator,
  rng,
  SGD,
  SimpleConvNet,
  setKernels,
  type Tensor,
  TwoLayerNet,
  type Variable,
  variable,
  zeros,
} from "adjoint";
import type { BenchmarkCase, BenchmarkGroup } from "./groups.ts";

const batch = 100;

/** A case whose preparation waits for the first run, so that a filtered run prepares only what it times. */
function lazily(name: string, work: number, prepare: () => () => void): BenchmarkCase {
  let run: (() => void) | undefined;
  return {
    name,
    work,
    run() {
      run ??= prepare();
      run();
    },
  };
}

/** The same case on both kinds of kernels. */
function onBothKernels(work: number, prepare: () => () => void): BenchmarkCase[] {
  return (["reference", "auto"] as const).map((kernels) => {
    const one = lazily(kernels, work, prepare);
    return {
      ...one,
      baseline: kernels === "reference",
      run() {
        setKernels(kernels);
        one.run();
        setKernels("auto");
      },
    };
  });
}

interface Shapes {
  readonly input: readonly [n: number, c: number, h: number, w: number];
  readonly filters: number;
  readonly size: number;
  readonly pad: number;
}

function convolutionGroups({ input, filters, size, pad }: Shapes): BenchmarkGroup[] {
  const [n, c, h, w] = input;
  const products = 2 * n * (h + 2 * pad - size + 1) * (w + 2 * pad - size + 1) * filters * c * size * size;
  const prepare = (backward: boolean) => () => {
    const random = rng(0);
    const x = variable(random.normal([...input]), { requiresGrad: backward });
    const weight = variable(random.normal([filters, c, size, size]), { requiresGrad: backward });
    const layer = new Convolution(weight, variable(zeros([filters]), { requiresGrad: backward }), { stride: 1, pad });
    return () => {
      const y = layer.forward(x);
      if (!backward) return;
      y.backward({ grad: y.value });
      for (const leaf of [x, layer.W, layer.b]) leaf.zeroGrad();
    };
  };
  const title = `convolution [${input.join(", ")}], ${filters} of ${size}×${size}, pad ${pad}`;
  return [
    { title: `${title}, forward`, unit: "GFLOP/s", cases: onBothKernels(products, prepare(false)) },
    { title: `${title}, forward + backward`, unit: "GFLOP/s", cases: onBothKernels(3 * products, prepare(true)) },
  ];
}

/** What a training step needs of a network. */
interface Network {
  readonly params: Record<string, Variable>;
  loss(x: Tensor, t: Tensor, options: { train: boolean }): Variable;
}

/** What it needs of an optimizer. */
interface Optimizer {
  step(): void;
  zeroGrad(): void;
}

function trainingStep(
  network: () => Network,
  optimizer: (params: Record<string, Variable>) => Optimizer,
  image: readonly number[],
): () => () => void {
  return () => {
    const random: RandomGenerator = rng(0);
    const x = random.uniform([batch, ...image]);
    const t = constant(
      Array.from({ length: batch }, (_, i) => i % 10),
      { dtype: "int32" },
    ).value;
    const net = network();
    const rule = optimizer(net.params);
    return () => {
      rule.zeroGrad();
      net.loss(x, t, { train: true }).backward();
      rule.step();
    };
  };
}

const pixels = { inputSize: 784, outputSize: 10, seed: 0 };
const twoLayers = trainingStep(
  () => new TwoLayerNet({ ...pixels, hiddenSize: 50 }),
  (params) => new SGD(params, { lr: 0.1 }),
  [784],
);
const fiveLayers = trainingStep(
  () =>
    new MultiLayerNetExtend({
      ...pixels,
      hiddenSizes: [100, 100, 100, 100, 100],
      useBatchNorm: true,
      useDropout: true,
      dropoutRatio: 0.2,
    }),
  (params) => new Adam(params, { lr: 0.001 }),
  [784],
);
const simpleConvolution = trainingStep(
  () => new SimpleConvNet({ seed: 0 }),
  (params) => new Adam(params, { lr: 0.001 }),
  [1, 28, 28],
);
const deepConvolution = trainingStep(
  () => new DeepConvNet({ seed: 0 }),
  (params) => new Adam(params, { lr: 0.001 }),
  [1, 28, 28],
);

export const groups: readonly BenchmarkGroup[] = [
  ...convolutionGroups({ input: [batch, 1, 28, 28], filters: 30, size: 5, pad: 0 }),
  ...convolutionGroups({ input: [batch, 16, 14, 14], filters: 32, size: 3, pad: 1 }),
  { title: "step: two-layer net 784-50-10, SGD, batch 100", unit: "ms", cases: onBothKernels(0, twoLayers) },
  {
    title: "step: 784-5×100-10 with batch normalization and dropout, Adam, batch 100",
    unit: "ms",
    cases: onBothKernels(0, fiveLayers),
  },
  { title: "step: SimpleConvNet, Adam, batch 100", unit: "ms", cases: onBothKernels(0, simpleConvolution) },
  // The reference kernels would take most of a minute here.
  { title: "step: DeepConvNet, Adam, batch 100", unit: "ms", cases: [lazily("auto", 0, deepConvolution)] },
];
