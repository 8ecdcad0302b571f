/**
 * Steps of training by the engines `"wasm"` and `"onnxruntime"`, from small to large programs: what `"auto"` chooses between,
 * by how many multiplications a program has. docs/engines.md has the table.
 */
import { Adam, build, compile, constant, layers, type ModelSpec, model, rng, type Variable } from "adjoint";
import type { BenchmarkGroup } from "./groups.ts";
import { functionOf, samplesOf, trainingSteps } from "./steps.ts";

type Step = (x: Variable, t: Variable) => Variable;

/** A step of training of a model by Adam. */
function stepOf(spec: ModelSpec): Step {
  const net = build(spec, { seed: 0 });
  const optimizer = new Adam(net.params);
  return (x, t) => {
    optimizer.zeroGrad();
    const loss = net.loss(x, t, { train: true });
    loss.backward();
    optimizer.step();
    return loss;
  };
}

/** Samples of a shape, with ten classes. */
function samples(count: number, shape: readonly number[]): readonly [x: Variable, t: Variable] {
  const labels = Array.from({ length: count }, (_, i) => i % 10);
  return [constant(rng(0).uniform([count, ...shape])), constant(labels, { dtype: "int32" })];
}

const { affine, convolution, flatten, relu } = layers;
const wide = model({
  input: [1024],
  layers: [affine(1024), relu(), affine(1024), relu(), affine(10)],
  loss: "crossEntropy",
});
const images = model({
  input: [64, 32, 32],
  layers: [convolution({ filters: 128, size: 3, pad: 1 }), relu(), flatten(), affine(10)],
  loss: "crossEntropy",
});

const programs: readonly (readonly [title: string, step: () => Step, samples: readonly [Variable, Variable]])[] = [
  ...Object.values(trainingSteps).map((step) => [step.title, () => functionOf(step), samplesOf(step)] as const),
  ["1024-1024-1024-10 on 128 samples, Adam", () => stepOf(wide), samples(128, [1024])],
  ["convolution from 64 to 128 channels of 16 images, 32 × 32, Adam", () => stepOf(images), samples(16, [64, 32, 32])],
];

export const groups: readonly BenchmarkGroup[] = programs.map(([title, step, [x, t]]) => ({
  title,
  unit: "ms",
  cases: (["wasm", "onnxruntime"] as const).map((engine) => {
    const run = compile(step(), { engine });
    return { name: engine, baseline: engine === "wasm", work: 1, run: () => run(x, t).item() };
  }),
}));
