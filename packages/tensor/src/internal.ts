/**
 * The contents of @adjoint/tensor/internal: what the packages of Adjoint need beyond the public names. It is not public, and
 * changes without notice.
 */
export { placed } from "./errors.ts";
export { checkIndices, checkUpdates, gatheredSpec, selectedSpec } from "./indices.ts";
export { checkCol, colShape } from "./kernels/im2col-col2im.ts";
export { checkMatrices, checkPart, concatSpec } from "./kernels/slice-pad.ts";
export { decoded } from "./kernels/wasm/encoding.ts";
export { hasWasmSimd, platform } from "./kernels/wasm/runtime.ts";
export { defined } from "./options.ts";
export { unitsAt } from "./random/philox.ts";
export { type GeneratorWatch, generatorWatch, watchingGenerators } from "./random/random-generator.ts";
export { formatBytes } from "./shown.ts";
export { checkFunction, checkSynchronous, givesFunction } from "./synchronous.ts";
export { partShape } from "./views.ts";
export { maySleep, startWorker, type TextWorker } from "./worker-threads.ts";
