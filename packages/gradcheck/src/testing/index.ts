/** The contents of @adjoint/gradcheck/testing: names only. */

export { type Layout, layouts, relaid } from "../engine/layout.ts";
export {
  anyLayout,
  axesOf,
  axisSetsOf,
  type BroadcastablePair,
  broadcastablePairs,
  distinctTensors,
  eitherWay,
  indexTensors,
  maskTensors,
  type NumberRange,
  numbers,
  type ShapeLimits,
  shapes,
  tensorOf,
  tensors,
  type WindowSample,
  windows,
} from "./arbitraries.ts";
export { adjointLaw } from "./laws/adjoint.ts";
export { backendLaw } from "./laws/backend.ts";
export { type BadInputsOptions, badInputsLaw } from "./laws/bad-inputs.ts";
export { batchLaw } from "./laws/batch.ts";
export { compositionLaw } from "./laws/composition.ts";
export { doubleBackwardLaw, gradientLaw, type NumericalOptions } from "./laws/gradient.ts";
export { jvpLaw } from "./laws/jvp.ts";
export { layoutLaw } from "./laws/layout.ts";
export { type PrecisionOptions, precisionLaw } from "./laws/precision.ts";
export { purityLaw } from "./laws/purity.ts";
export { shapeLaw } from "./laws/shape.ts";
export { type AnyOp, LawError, type Sample, type Subject, subject, subjectOf } from "./laws/subject.ts";
export {
  type Law,
  type LawName,
  type LawOptions,
  lawNames,
  laws,
  type OpPropertiesOptions,
  opProperties,
} from "./op-properties.ts";
export { samples } from "./samples.ts";
