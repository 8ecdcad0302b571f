// Losses and functions: names only.
export { identityFunction, reluGrad, sigmoidGrad, stepFunction } from "../book/functions.ts";
export { binaryCrossEntropyWithLogits } from "../losses/binary-cross-entropy.ts";
export { type CrossEntropyOptions, crossEntropy } from "../losses/cross-entropy.ts";
export { huberLoss } from "../losses/huber.ts";
export { klDivergence } from "../losses/kl-divergence.ts";
export { l1Loss } from "../losses/l1.ts";
export { meanSquaredError } from "../losses/mean-squared-error.ts";
export { mseLoss } from "../losses/mse.ts";
export { crossEntropyError, softmaxLoss } from "../losses/softmax-with-loss.ts";
