/**
 * What declaring a model costs: a step of the book's network as a spec beside the class, what is done with a spec before
 * anything is computed beside the building itself, and saving beside the bare numbers.
 */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build, decodeModel, encodeModel, layerRows, type ModelSpec, parseModelText, SimpleConvNet } from "adjoint";
import { type BenchmarkGroup, lazyCases } from "./groups.ts";
import { functionOf, samplesOf, type TrainingStep } from "./steps.ts";

function textOf(name: string): string {
  return readFileSync(fileURLToPath(new URL(`../examples/models/${name}.json`, import.meta.url)), "utf8");
}

function step(network: TrainingStep["network"]): () => () => void {
  return () => {
    const run = functionOf({ network });
    const samples = samplesOf({ image: [1, 28, 28] });
    return () => void run(...samples);
  };
}

/** Something done with ResNet-20, of 61 layers that compute. */
function withResNet(use: (text: string, spec: ModelSpec) => () => void): () => () => void {
  return () => {
    const text = textOf("resnet-20");
    return use(text, parseModelText(text));
  };
}

export const groups: readonly BenchmarkGroup[] = [
  {
    title: "step of SimpleConvNet: the class, and the same as a spec",
    unit: "ms",
    cases: lazyCases({
      class: step(() => new SimpleConvNet({ seed: 0 })),
      spec: step(() => build(parseModelText(textOf("simple-conv-net")))),
    }),
  },
  {
    title: "ResNet-20 before it runs",
    unit: "ms",
    cases: lazyCases({
      "build: check, infer shapes, draw weights": withResNet((_, spec) => () => void build(spec)),
      "check the text, infer shapes": withResNet((text) => () => void parseModelText(text)),
      "count parameters, products, activations": withResNet((_, spec) => {
        const net = build(spec);
        return () => void layerRows(net);
      }),
      "write and read a saved model": withResNet((_, spec) => {
        const net = build(spec);
        return () => void decodeModel(encodeModel(net));
      }),
    }),
  },
];
