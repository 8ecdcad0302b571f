/** Trainings, and how they are set: names only. */
export {
  type FindLearningRateOptions,
  findLearningRate,
  type LearningRateCurve,
  type LearningRateStep,
  learningRateSteps,
} from "./settings/learning-rate-finder.ts";
export { type TrainingSettings, trainerOptions } from "./settings/training-settings.ts";
export type { BestEpoch } from "./training/best.ts";
export type { Measured } from "./training/measure.ts";
export type { OrderState, SourceState } from "./training/mini-batches.ts";
export type { BatchSource, Network, Samples, TrainerData, TrainingData } from "./training/network.ts";
export type { Accuracies, MeasuredParts, TrainerOptions, TrainingStep } from "./training/options.ts";
export type { TrainerProgress, TrainerState } from "./training/state.ts";
export { Trainer, type TrainingResult } from "./training/trainer.ts";
export type { Values } from "./training/values.ts";
