/** ONNX files on disk, as networks. */
import { readWhole } from "@adjoint/data/files";
import { type OnnxModel, type OnnxModelOptions, onnxModel } from "@adjoint/exchange";
import { kernels, rng, type Shape, type Tensor, zeros } from "@adjoint/tensor";

/** The ending of ONNX files. */
export const onnxEnding = ".onnx";

/** Largest file that is read, in bytes: protobuf's own bound. */
const largest = 2 ** 31 - 1;

/** The network in a file. @throws DataError naming the file when it cannot be read */
export async function openOnnx(path: string, options: Omit<OnnxModelOptions, "file"> = {}): Promise<OnnxModel> {
  return onnxModel(await readWhole("openOnnx", path, largest), { ...options, file: path });
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
