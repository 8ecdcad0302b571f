/** Runs ONNX files by ONNX Runtime, for tests. */
import { type DType, kernels, type Shape, Tensor } from "@adjoint/tensor";
import { decodeMessage } from "../onnx/messages/read.ts";
import { runtime, sessionOf } from "../onnxruntime/binding.ts";

const types: Readonly<Record<DType, string>> = { float32: "float32", float64: "float64", int32: "int32", bool: "bool" };

/**
 * What a file computes.
 *
 * @param bytes    the file
 * @param feeds    the inputs by name
 * @param outputs  the names of the outputs
 */
export function runOnnx(
  bytes: Uint8Array,
  feeds: Readonly<Record<string, Tensor>>,
  outputs: readonly string[],
): Tensor[] {
  const { Tensor: Given } = runtime("runOnnx");
  const session = sessionOf("runOnnx", bytes, { logSeverityLevel: 3, intraOpNumThreads: 1 });
  try {
    const given = Object.entries(feeds).map(([name, x]) => {
      const data = kernels.copy(x).data as Float32Array;
      return [name, new Given(types[x.dtype], data, [...x.shape])] as const;
    });
    const results = session.run(Object.fromEntries(given), Object.fromEntries(outputs.map((name) => [name, null])), {});
    return outputs.map((name) => {
      const { data, dims } = results[name];
      return new Tensor(data.slice() as Float32Array<ArrayBuffer>, dims.map(Number) as Shape);
    });
  } finally {
    session.dispose();
  }
}

/** The ops of a file, in order. */
export function opsOf(bytes: Uint8Array): string[] {
  const { graph } = decodeMessage("Model", bytes, { op: "opsOf", name: "the file" });
  return graph?.node.map(({ op_type }) => op_type as string) ?? [];
}
