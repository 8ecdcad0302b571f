/** The contents of adjoint in Node.js: those of everywhere, and the engine onnxruntime under its name. */
import "./engines.node.ts";

export * from "./index.ts";
