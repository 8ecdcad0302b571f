/** Steps of training, of every model and of the book's networks, as ONNX files of every version: ONNX's own checker has nothing to say. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  Adam,
  build,
  DeepConvNet,
  inputsOf,
  type LayeredNetwork,
  type Model,
  MultiLayerNet,
  MultiLayerNetExtend,
  randomSamples,
  rng,
  SimpleConvNet,
  type Tensor,
  TwoLayerNet,
  tensor,
  toOnnx,
  trace,
} from "adjoint";
import { afterAll, expect, it } from "vitest";
import { trainingStep } from "../../packages/adjoint/src/training/step-graph.ts";
import { checkOnnx } from "../../packages/exchange/src/testing/check-onnx.ts";
import { pythonPath } from "../../packages/exchange/src/testing/python.ts";
import { modelNames, readSpec, reduced, reductions } from "./read-spec.ts";

const folder = mkdtempSync(join(tmpdir(), "adjoint-onnx-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A step of training: loss, gradients and update. */
const stepOf = (net: Model) => trainingStep(net, new Adam(net.params, { lr: 0.005 }));

/** Files of all versions, for prediction and for training by batches of these shapes. */
function filesOf(name: string, net: Model | LayeredNetwork, x: Tensor, t: Tensor): string[] {
  const step = trace(stepOf(net as Model), x, t);
  const draws = step.graph.nodes.some(({ op }) => op?.startsWith("random"));
  return ([17, 18, 19, 20, 21] as const).flatMap((opset) => {
    const [path, stepPath] = ["", "-step"].map((what) => join(folder, `${name}${what}-${opset}.onnx`));
    writeFileSync(path, toOnnx(net, { opset }));
    if (draws && opset === 17) return [path];
    writeFileSync(stepPath, toOnnx(step, { opset }));
    return [path, stepPath];
  });
}

it.skipIf(pythonPath === null)(
  "every model, and every network of the book, is a valid file of any version",
  async () => {
    const models = modelNames.flatMap((name) => {
      const net = build(reduced(readSpec(name), reductions[name]), { seed: 1 });
      const { x, t } = randomSamples(net, 4, 2) as { readonly x: Tensor; readonly t: Tensor };
      return filesOf(name, net, x, t);
    });
    const [sizes, images] = [
      { inputSize: 12, outputSize: 3 },
      { inputDim: [1, 8, 8] as const, outputSize: 3 },
    ];
    const networks: Readonly<Record<string, LayeredNetwork>> = {
      TwoLayerNet: new TwoLayerNet({ ...sizes, hiddenSize: 4 }),
      MultiLayerNet: new MultiLayerNet({ ...sizes, hiddenSizes: [4, 4], weightDecay: 0.1 }),
      MultiLayerNetExtend: new MultiLayerNetExtend({
        ...sizes,
        hiddenSizes: [4, 4],
        useBatchNorm: true,
        useDropout: true,
      }),
      SimpleConvNet: new SimpleConvNet({ ...images, hiddenSize: 4 }),
      DeepConvNet: new DeepConvNet(),
    };
    const book = Object.entries(networks).flatMap(([name, net]) => {
      const shape = inputsOf(net.toSpec())[0].shape;
      return filesOf(name, net, rng(1).normal([2, ...shape]), tensor([0, 1], { dtype: "int32" }));
    });
    expect(await checkOnnx([...models, ...book])).toBe("");
  },
);
