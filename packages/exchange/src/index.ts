/** The contents of @adjoint/exchange: names only. */
export { type JaxOptions, type JaxProgram, toJax } from "./jax/to-jax.ts";
export { onnxExternalData } from "./onnx/in/file/external.ts";
export type { OnnxInput, OnnxReadOptions } from "./onnx/in/file/open.ts";
export type { ExternalData } from "./onnx/in/file/source.ts";
export { type FromOnnxOptions, fromOnnx } from "./onnx/in/from-onnx.ts";
export {
  type OnnxInputs,
  type OnnxModel,
  type OnnxModelOptions,
  type OnnxShapes,
  type OnnxTargets,
  onnxModel,
} from "./onnx/in/onnx-model.ts";
export type { Opset } from "./onnx/out/file.ts";
export {
  type FunctionOnnxOptions,
  type GraphOnnxOptions,
  type ModelOnnxOptions,
  type OnnxOptions,
  toOnnx,
} from "./onnx/out/to-onnx.ts";
