/**
 * The contents of @adjoint/autograd/internal: what the packages of Adjoint need of the core beyond the public names. It
 * is not public, and changes without notice.
 */
import "./methods.ts";

export { accumulate, checkVersions, sweep } from "./backward/backward.ts";
export { apply, evaluate, inferred, nodeOf, ruleOf } from "./core/apply.ts";
export { assignedInVmap, describeVariable } from "./core/errors.ts";
export { type Draw, type Interpreter, inside, interpreters, withInterpreters } from "./core/interpreters.ts";
export { locating } from "./core/leaf.ts";
export { Wrapped } from "./core/levels.ts";
export { defineOp as opOf } from "./core/op.ts";
export { explained, notWhat } from "./core/own-parts.ts";
export { recorder, recordingWith } from "./core/recorder.ts";
export {
  dependsOn,
  type Effects,
  nodesMade,
  type Remote,
  settles,
  variablesMade,
  withEffects,
} from "./core/variable.ts";
export { nodeData } from "./graph/graph-of.ts";
export * as ops from "./ops/all.ts";
export { builtInWords } from "./ops/words.generated.ts";
export { AbstractVariable } from "./transforms/abstract.ts";
