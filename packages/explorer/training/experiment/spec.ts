/** The network of an experiment as a spec. */
import type { LayerSpec, ModelSpec, WeightInit } from "@adjoint/nn";
import type { Settings } from "./settings.ts";

const weightInits: { readonly [I in Settings["init"]]: WeightInit } = {
  "0.01": 0.01,
  xavier: "xavier",
  he: "he",
  large: 1,
};

const ends = {
  digits: { input: [64], units: 10, loss: "crossEntropy" },
  spirals: { input: [2], units: 2, loss: "crossEntropy" },
  sine: { input: [1], units: 1, loss: "mse" },
} as const;

/** The spec: hidden layers of equal width, named hidden1, hidden2, …, then the output. */
export function specOf(settings: Settings): ModelSpec {
  const { task, activation, depth, width, batchNorm, dropout, first } = settings;
  const weightInit = weightInits[settings.init];
  const { input, units, loss } = ends[task];
  const after = (number: number): LayerSpec[] => {
    const layers: LayerSpec[] = [];
    if (batchNorm) layers.push({ kind: "batchNormalization", name: `norm${number}` });
    // Without options all of them are alike.
    layers.push({ kind: activation, name: `${activation}${number}` } as LayerSpec);
    if (dropout > 0) layers.push({ kind: "dropout", name: `dropout${number}`, ratio: dropout });
    return layers;
  };
  const hasFilters = task === "digits" && first === "convolution";
  const hidden = Array.from({ length: depth }, (_, i): LayerSpec[] => {
    const name = `hidden${i + 1}`;
    if (i > 0 || !hasFilters) return [{ kind: "affine", name, units: width, weightInit }, ...after(i + 1)];
    return [
      { kind: "convolution", name, filters: 16, size: 3, pad: 1, weightInit },
      ...after(1),
      { kind: "pooling", name: "pool1", size: 2, stride: 2 },
    ];
  });
  return {
    version: 1,
    input: hasFilters ? [1, 8, 8] : [...input],
    layers: [...hidden.flat(), { kind: "affine", name: "output", units, weightInit }],
    loss,
  } as ModelSpec;
}
