/**
 * The contents of @adjoint/autograd/internal: what the packages of Adjoint need of the core beyond the public names. It
 * is not public, and changes without notice.
 */
import "./ops/methods.ts";

export { apply, ruleOf } from "./core/apply.ts";
export { sweep } from "./core/backward.ts";
export { recordingWith } from "./core/recorder.ts";
export { checkFunction } from "./core/synchronous.ts";
export * as ops from "./ops/all.ts";
export { builtInWords } from "./ops/words.generated.ts";
