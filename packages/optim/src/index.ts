/** The contents of @adjoint/optim: names only. */
export { type LearningRate, Optimizer, type OptimizerArguments, type UpdateRule } from "./optimizer/optimizer.ts";
export type { Parameters } from "./optimizer/parameters.ts";
export type { OptimizerState } from "./optimizer/state.ts";
export * from "./rules/all.ts";
export { defaultRate, type OptimizerName, type OptimizerParam, optimizerNames } from "./rules/by-name.ts";
export type {
  Accuracies,
  Network,
  Samples,
  TrainerOptions,
  TrainingData,
  TrainingStep,
} from "./training/options.ts";
export { Trainer, type TrainingResult } from "./training/trainer.ts";
export type { Values } from "./training/values.ts";
