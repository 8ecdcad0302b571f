/** The engine onnxruntime under its name: a file that works by being imported, in Node.js alone. */
import { provideEngine } from "@adjoint/compiler/internal";
import { onnxruntime } from "@adjoint/exchange/onnxruntime";

provideEngine("onnxruntime", onnxruntime);
