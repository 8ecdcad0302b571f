/** The contents of adjoint in Node.js: those of everywhere, and the engine onnxruntime under its name. */
import { provideEngine } from "@adjoint/compiler/internal";
import { onnxruntime } from "@adjoint/exchange/onnxruntime";

export * from "./index.ts";

provideEngine("onnxruntime", onnxruntime);
