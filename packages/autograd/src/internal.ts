/**
 * The contents of @adjoint/autograd/internal: what the packages of Adjoint need of the core beyond the public names. It
 * is not public, and changes without notice.
 */
import "./ops/methods.ts";

export { AbstractVariable } from "./core/abstract.ts";
export { apply, evaluate, inferred, nodeOf, ruleOf } from "./core/apply.ts";
export { sweep } from "./core/backward.ts";
export { type Draw, type Interpreter, inside, interpreters } from "./core/interpreters.ts";
export { located } from "./core/leaf.ts";
export { recorder, recordingWith } from "./core/recorder.ts";
export { checkFunction } from "./core/synchronous.ts";
export {
  assignedInVmap,
  describeVariable,
  type Effects,
  nodesMade,
  type Remote,
  variablesMade,
  withEffects,
} from "./core/variable.ts";
export { Wrapped } from "./core/wrapped.ts";
export * as ops from "./ops/all.ts";
export { builtInWords } from "./ops/words.generated.ts";
