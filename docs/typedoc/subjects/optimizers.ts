/**
 * Optimizers change parameters by their gradients, one rule each. Import the names of this page from `adjoint`.
 *
 * @module Optimizers
 */
export {
  AdaGrad,
  type AdaGradHyperparameters,
  Adam,
  type AdamHyperparameters,
  defaultRate,
  type LearningRate,
  Momentum,
  type MomentumHyperparameters,
  Nesterov,
  type NesterovHyperparameters,
  Optimizer,
  type OptimizerArguments,
  type OptimizerName,
  type OptimizerParam,
  type OptimizerState,
  optimizerNames,
  type Parameters,
  RMSprop,
  type RMSpropHyperparameters,
  SGD,
  type SGDHyperparameters,
  type UpdateRule,
} from "adjoint";
