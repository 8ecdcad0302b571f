/** fromOnnx: the graph of an ONNX file. */
import type { Graph } from "@adjoint/autograd";
import { checkOptions } from "@adjoint/tensor";
import type { OnnxReadOptions } from "./file/open.ts";
import { OnnxModel, type OnnxModelOptions, type OnnxShapes } from "./onnx-model.ts";

/** Options of {@link fromOnnx}. */
export interface FromOnnxOptions extends OnnxReadOptions, OnnxShapes, Pick<OnnxModelOptions, "constants"> {
  /** Whether to add the backward pass from all real outputs, each started with ones. Default false. */
  readonly backward?: boolean;
}

/**
 * The graph of an ONNX file, of any exporter: inputs without values, parameters as leaves with the names and values of
 * their initializers, and every node of the file as ops in a scope of its name. Nothing is computed but shapes and what
 * follows from them.
 *
 * `fromOnnx(bytes).run({ input: x }).outputs` computes it; `toHtml(fromOnnx(bytes, { backward: true }))` draws it. Axes that
 * the file leaves open have length 1, unless `dims` or `shapes` say otherwise: `{ dims: { batch: 8 } }`.
 * {@link onnxModel} gives the same network as a function, for any lengths, to be trained.
 *
 * @param bytes  the contents of the file
 * @throws DataError naming the byte where the file is damaged, the ops that cannot be read (all at once), or the tensor
 *         whose elements are missing, are of a type that tensors have not, or do not fit int32; or for values that are
 *         larger than a file of this size may ask for
 */
export function fromOnnx(bytes: Uint8Array, options: FromOnnxOptions = {}): Graph {
  const names = ["file", "dtype", "externalData", "isParameter", "constants", "dims", "shapes", "backward"];
  checkOptions("fromOnnx", options, names);
  return new OnnxModel("fromOnnx", bytes, options).graphAs("fromOnnx", options);
}
