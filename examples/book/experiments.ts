/** The one list of experiments, in the order of the book. */
import derivative from "./chapter-4/4.3.3-derivative.ts";
import descent from "./chapter-4/4.4.1-descent.ts";
import gradient from "./chapter-4/4.4-gradient.ts";
import learning from "./chapter-4/4.5-learning.ts";
import gradientCheck from "./chapter-5/5.7.3-gradient-check.ts";
import optimizers from "./chapter-6/6.1.8-optimizers.ts";
import paths from "./chapter-6/6.1-paths.ts";
import activations from "./chapter-6/6.2.2-activations.ts";
import relu from "./chapter-6/6.2.3-relu.ts";
import initialization from "./chapter-6/6.2.4-initialization.ts";
import batchNormalization from "./chapter-6/6.3.2-batch-normalization.ts";
import weightDecay from "./chapter-6/6.4.2-weight-decay.ts";
import dropout from "./chapter-6/6.4.3-dropout.ts";
import hyperparameters from "./chapter-6/6.5.3-hyperparameters.ts";
import simpleConvNet from "./chapter-7/7.5-simple-conv-net.ts";
import deepConvNet from "./chapter-8/8.1-deep-conv-net.ts";
import type { Experiment } from "./experiment.ts";

export const experiments: readonly Experiment[] = [
  derivative,
  gradient,
  descent,
  learning,
  gradientCheck,
  paths,
  optimizers,
  activations,
  relu,
  initialization,
  batchNormalization,
  weightDecay,
  dropout,
  hyperparameters,
  simpleConvNet,
  deepConvNet,
];
