/**
 * Whole steps of training and their convolutions, on the kernels that are chosen by themselves ("auto") and on the plain
 * TypeScript ones ("reference").
 */
import { Convolution, compile, rng, setKernels, variable, zeros } from "adjoint";
import { type BenchmarkCase, type BenchmarkGroup, lazily } from "./groups.ts";
import { functionOf, samplesOf, type TrainingStep, trainingSteps } from "./steps.ts";

const batch = 100;

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

/** The step as it is. */
function eager(training: TrainingStep): () => () => void {
  return () => {
    const [step, samples] = [functionOf(training), samplesOf(training)];
    return () => step(...samples);
  };
}

/** The step as it is on both kinds of kernels, and compiled. */
function cases(training: TrainingStep): BenchmarkCase[] {
  const compiled = lazily("compiled", 0, () => {
    const [step, samples] = [compile(functionOf(training)), samplesOf(training)];
    return () => step(...samples).item();
  });
  return [...onBothKernels(0, eager(training)), compiled];
}

const { two, five, simple, deep } = trainingSteps;
const stepGroups = [two, five, simple].map(
  (training): BenchmarkGroup => ({
    title: `step: ${training.title}, batch 100`,
    unit: "ms",
    cases: cases(training),
  }),
);

export const groups: readonly BenchmarkGroup[] = [
  ...convolutionGroups({ input: [batch, 1, 28, 28], filters: 30, size: 5, pad: 0 }),
  ...convolutionGroups({ input: [batch, 16, 14, 14], filters: 32, size: 3, pad: 1 }),
  ...stepGroups,
  // The reference kernels would take most of a minute here.
  { title: `step: ${deep.title}, batch 100`, unit: "ms", cases: cases(deep).slice(1) },
];
