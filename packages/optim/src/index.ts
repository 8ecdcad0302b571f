/** The contents of @adjoint/optim: names only. */
export { type LearningRate, Optimizer, type OptimizerArguments, type UpdateRule } from "./optimizer/optimizer.ts";
export type { Parameters } from "./optimizer/parameters.ts";
export type { OptimizerState } from "./optimizer/state.ts";
export * from "./rules/all.ts";
export { defaultRate, type OptimizerName, type OptimizerParam, optimizerNames } from "./rules/by-name.ts";
export type { BestEpoch } from "./training/best.ts";
export type { Measured } from "./training/measure.ts";
export type { OrderState } from "./training/mini-batches.ts";
export type { Network, Samples, TrainingData } from "./training/network.ts";
export type { Accuracies, MeasuredParts, TrainerOptions, TrainingStep } from "./training/options.ts";
export type { TrainerProgress, TrainerState } from "./training/state.ts";
export { Trainer, type TrainingResult } from "./training/trainer.ts";
export type { Values } from "./training/values.ts";
