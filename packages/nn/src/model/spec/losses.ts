/** Losses and metrics as data. */

/** What any loss may say. */
export interface LossBase {
  /** What the loss is multiplied by before losses are added up, ≥ 0. Default 1. */
  readonly weight?: number;
}

/**
 * The book's softmax with cross entropy, −log(p + 1e-7): rows of scores, and labels or one-hot rows. Its gradient is y − t
 * scaled by p / (p + 1e-7), so it vanishes where the network is confidently wrong (2 % is left when scores differ by 20);
 * crossEntropy learns there too.
 */
export interface SoftmaxWithLossSpec extends LossBase {
  readonly kind: "softmaxWithLoss";
}

/**
 * The mean cross entropy of softmax(scores), exact for unlikely classes, with labels or rows of probabilities; also for
 * sequences and images of scores. The one to use, unless the book's numbers are wanted.
 */
export interface CrossEntropySpec extends LossBase {
  readonly kind: "crossEntropy";
  /** Share of each target that is spread evenly over all classes, 0 ≤ … < 1. Default 0. */
  readonly labelSmoothing?: number;
  /** Positions with this label do not count. Default: none. */
  readonly ignoreIndex?: number;
  /** Which axis of a sample holds the classes: "first" for images [classes, H, W]. Default "last". */
  readonly classes?: "first" | "last";
}

/** The mean binary cross entropy of sigmoid(y), targets 0 … 1 (others are refused), without overflow. */
export interface BinaryCrossEntropySpec extends LossBase {
  readonly kind: "binaryCrossEntropyWithLogits";
}

/** The book's ½ Σ (y − t)², a sum over the batch and no mean: larger batches have larger losses. See mse for the mean. */
export interface MeanSquaredErrorSpec extends LossBase {
  readonly kind: "meanSquaredError";
}

/** The mean of (y − t)². */
export interface MseSpec extends LossBase {
  readonly kind: "mse";
}

/** The mean of |y − t|. */
export interface L1Spec extends LossBase {
  readonly kind: "l1";
}

/** Square near, linear beyond delta. */
export interface HuberSpec extends LossBase {
  readonly kind: "huber";
  /** Where it becomes linear, > 0. Default 1. */
  readonly delta?: number;
}

/**
 * The Kullback-Leibler divergence of e^y from the target distribution; y are log-probabilities, as of logSoftmax. Targets
 * are rows of probabilities.
 */
export interface KlDivergenceSpec extends LossBase {
  readonly kind: "klDivergence";
}

/** The losses in full. */
export type FullLossSpec =
  | SoftmaxWithLossSpec
  | CrossEntropySpec
  | BinaryCrossEntropySpec
  | MeanSquaredErrorSpec
  | MseSpec
  | L1Spec
  | HuberSpec
  | KlDivergenceSpec;

/** The names of losses. */
export type LossName = FullLossSpec["kind"];

/** A loss: its name, or its name and options. */
export type LossSpec = LossName | FullLossSpec;

/** The share of samples (or positions) whose target is among the k largest scores. */
export interface TopAccuracySpec {
  readonly kind: "topAccuracy";
  /** How many of the largest scores count, ≥ 1. */
  readonly k: number;
}

/** The names of metrics that have no options. */
export type PlainMetricName = "accuracy" | "meanAbsoluteError" | "rootMeanSquaredError" | "perplexity";

/** What can be measured beside the loss. */
export type MetricSpec = PlainMetricName | TopAccuracySpec;
