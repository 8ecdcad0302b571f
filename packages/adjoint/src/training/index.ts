/** The contents of adjoint/training, for programs in Node.js that train as the command line does: names only. */
export { colorsFor, type Output, type OutputStream } from "../terminal/output.ts";
export { type ProgressDisplay, showLayers, showProgress } from "../terminal/progress.ts";
export { type Curves, chartOfTraining } from "./chart.ts";
export { describeResult } from "./describe-result.ts";
export {
  type DataEncoding,
  dataSets,
  type LoadDataOptions,
  type LoadedData,
  loadData,
  loadSamples,
} from "./load-data.ts";
export { graphOfStep, saveTraining } from "./save-training.ts";
export {
  type TrainedModel,
  type TrainingProgress,
  type TrainModelOptions,
  trainModel,
} from "./train-model.ts";
