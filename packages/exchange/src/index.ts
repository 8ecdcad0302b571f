/** The contents of @adjoint/exchange: names only. */
export type { Opset } from "./onnx/out/file.ts";
export {
  type FunctionOnnxOptions,
  type GraphOnnxOptions,
  type ModelOnnxOptions,
  type OnnxOptions,
  toOnnx,
} from "./onnx/out/to-onnx.ts";
