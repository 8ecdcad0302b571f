/**
 * Steps of training by the engines `"wasm"` and `"onnxruntime"`, from small to large programs: what `"auto"` chooses between,
 * by how many multiplications a program has. docs/engines.md has the table.
 */
import { build, compile, layers, model } from "adjoint";
import type { BenchmarkGroup } from "./groups.ts";
import { adam, functionOf, samplesOf, type TrainingStep, trainingSteps } from "./steps.ts";

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

const programs: readonly TrainingStep[] = [
  ...Object.values(trainingSteps),
  {
    title: "1024-1024-1024-10 on 128 samples, Adam",
    image: [1024],
    batch: 128,
    network: () => build(wide, { seed: 0 }),
    optimizer: adam,
  },
  {
    title: "convolution from 64 to 128 channels of 16 images, 32 × 32, Adam",
    image: [64, 32, 32],
    batch: 16,
    network: () => build(images, { seed: 0 }),
    optimizer: adam,
  },
];

export const groups: readonly BenchmarkGroup[] = programs.map((program) => {
  const [x, t] = samplesOf(program);
  return {
    title: program.title,
    unit: "ms",
    cases: (["wasm", "onnxruntime"] as const).map((engine) => {
      const run = compile(functionOf(program), { engine });
      return { name: engine, baseline: engine === "wasm", work: 1, run: () => run(x, t).item() };
    }),
  };
});
