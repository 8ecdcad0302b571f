/** The contents of @adjoint/exchange/onnxruntime, which runs in Node.js alone: names only. */
export { onnxruntime } from "./engine.ts";
