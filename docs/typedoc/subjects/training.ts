/**
 * The Trainer trains any network of the right structure. Import it from `adjoint`.
 *
 * The functions that train a spec as the command line does, with a display and files, are in `adjoint/training` and
 * need Node.js.
 *
 * @module Training
 */
export {
  type Accuracies,
  type BatchSource,
  type BestEpoch,
  type FindLearningRateOptions,
  findLearningRate,
  type LearningRateCurve,
  type LearningRateStep,
  learningRateSteps,
  type Measured,
  type MeasuredParts,
  type Network,
  type OrderState,
  type Samples,
  type SourceState,
  Trainer,
  type TrainerData,
  type TrainerOptions,
  type TrainerProgress,
  type TrainerState,
  type TrainingData,
  type TrainingResult,
  type TrainingSettings,
  type TrainingStep,
  trainerOptions,
  type Values,
} from "@adjoint/optim";
export * from "adjoint/training";
