/** Optimizers and what changes their rates: names only. */
export { ExponentialMovingAverage, type MovingAverageOptions } from "./averaging/moving-average.ts";
export type { OptimizerArguments, OptimizerOptions } from "./optimizer/arguments.ts";
export { type Clip, type ClipGradNormOptions, clipGradNorm, clipGradValue } from "./optimizer/clip.ts";
export type { ParameterGroup, ParameterSelection } from "./optimizer/groups.ts";
export { Optimizer } from "./optimizer/optimizer.ts";
export type { Parameters } from "./optimizer/parameters.ts";
export type { CommonHyperparameters, UpdateRule } from "./optimizer/rule.ts";
export type { OptimizerState } from "./optimizer/state.ts";
export * from "./rules/all.ts";
export {
  defaultRate,
  type OptimizerName,
  type OptimizerParam,
  optimizerByName,
  optimizerNames,
} from "./rules/by-name.ts";
export { schedules } from "./schedules/all.ts";
export type { CosineOptions, LinearOptions, PolynomialOptions } from "./schedules/decay.ts";
export type { ScheduleName, ScheduleSpec } from "./schedules/from-spec.ts";
export type { Plateau, PlateauOptions, PlateauState } from "./schedules/plateau.ts";
export type { Schedule } from "./schedules/schedule.ts";
export type { ExponentialOptions, StepOptions } from "./schedules/step.ts";
export type { OneCycleOptions, WarmupOptions } from "./schedules/warmup.ts";
