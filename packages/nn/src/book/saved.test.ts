import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readSafetensors, writeSafetensors } from "@adjoint/data";
import { rng } from "@adjoint/tensor";
import { expect, it } from "vitest";
import { DeepConvNet, SimpleConvNet } from "./convolutional.ts";
import { MultiLayerNet, MultiLayerNetExtend, TwoLayerNet } from "./fully-connected.ts";

const sizes = { inputSize: 64, hiddenSizes: [10, 10], outputSize: 10 };
const images = { inputDim: [1, 8, 8] as const, outputSize: 10 };
const filters = { filterNum: 3, filterSize: 3, pad: 0, stride: 1 };

it.each([
  ["TwoLayerNet", (seed: number) => new TwoLayerNet({ inputSize: 64, hiddenSize: 10, outputSize: 10, seed }), [64]],
  ["MultiLayerNet", (seed: number) => new MultiLayerNet({ ...sizes, seed }), [64]],
  [
    "MultiLayerNetExtend",
    (seed: number) => new MultiLayerNetExtend({ ...sizes, useBatchNorm: true, useDropout: true, seed }),
    [64],
  ],
  [
    "SimpleConvNet",
    (seed: number) => new SimpleConvNet({ ...images, convParam: filters, hiddenSize: 10, seed }),
    [1, 8, 8],
  ],
  ["DeepConvNet", (seed: number) => new DeepConvNet({ seed }), [1, 28, 28]],
] as const)("%s goes into a file and comes back, with what it learned", async (_, make, shape) => {
  const folder = mkdtempSync(join(tmpdir(), "adjoint-book-"));
  try {
    const path = join(folder, "network.safetensors");
    const [net, other] = [make(1), make(2)];
    const x = rng(3).normal([4, ...shape]);
    // Running statistics move, where there are some.
    net.predict(x, { train: true });
    await writeSafetensors(path, net.state());
    other.loadState((await readSafetensors(path)).tensors);
    expect(other.predict(x).value).toEqual(net.predict(x).value);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
