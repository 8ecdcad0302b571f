/** ONNX files on disk, as networks. */
import { realpath } from "node:fs/promises";
import { dirname, join, sep } from "node:path";
import { readWhole } from "@adjoint/data/files";
import {
  type ExternalData,
  type OnnxModel,
  type OnnxModelOptions,
  onnxExternalData,
  onnxModel,
} from "@adjoint/exchange";
import { DataError, kernels, rng, type Shape, type Tensor, zeros } from "@adjoint/tensor";

export const onnxEnding = ".onnx";

/** Largest file that is read, in bytes: protobuf's own bound. */
const largest = 2 ** 31 - 1;

/** The network in a file, and in those beside it. @throws DataError naming the file that cannot be read */
export async function openOnnx(path: string, options: Omit<OnnxModelOptions, "file"> = {}): Promise<OnnxModel> {
  const bytes = await readWhole("openOnnx", path, largest);
  return onnxModel(bytes, { ...options, file: path, externalData: await besides(path, bytes) });
}

/** The files beside one that keep elements of its tensors. Links that lead out of its folder are not followed. */
async function besides(path: string, bytes: Uint8Array): Promise<ExternalData> {
  const folder = dirname(path);
  const found: [string, Uint8Array][] = [];
  for (const name of onnxExternalData(bytes, { file: path })) {
    const at = join(folder, name);
    const [inside, real] = await Promise.all([folder, at].map((one) => realpath(one).catch(() => one)));
    if (!real.startsWith(inside + sep) && real !== at) {
      throw DataError.of("openOnnx", "source", real, `a file in ${inside}`, {
        problem: `${path} keeps weights in ${at}, which is a link out of its folder`,
        hint: "Copy the file there.",
      });
    }
    found.push([name, await readWhole("openOnnx", at, largest)]);
  }
  return Object.fromEntries(found);
}

/** Lengths of the axes that a file leaves open: so many samples, and of others as many as show something. */
const STEPS = 4;

/** The shapes of a batch: as many samples as asked for where the first axis is open. */
export function batchShapes(net: OnnxModel, samples: number): Map<string, Shape> {
  const shapes = net.inputs.flatMap(({ name, shape }) =>
    shape === null
      ? []
      : [[name, shape.map((n, axis) => (typeof n === "number" ? n : axis === 0 ? samples : STEPS))] as const],
  );
  return net.inputShapes({ shapes: Object.fromEntries(shapes) });
}

/** A batch of noise by the names of inputs: normal numbers; integers 0 and 1, which most indices may be. */
export function noiseFor(net: OnnxModel, samples: number, seed: number): Record<string, Tensor> {
  const generator = rng(seed);
  const shapes = batchShapes(net, samples);
  return Object.fromEntries(
    net.inputs.map(({ name, dtype }) => {
      const shape = shapes.get(name) ?? [];
      if (dtype === "float32" || dtype === "float64") return [name, generator.normal(shape, { dtype })];
      return [name, kernels.cast(kernels.gt(generator.normal(shape), zeros(shape)), dtype)];
    }),
  );
}
