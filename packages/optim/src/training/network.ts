/** What a Trainer takes: a network, and samples for it. */
import type { Variable } from "@adjoint/autograd";
import type { RandomGenerator, Tensor } from "@adjoint/tensor";
import type { Values } from "./values.ts";

/** What a Trainer needs of a network. */
export interface Network<X extends Values = Tensor, T extends Values = Tensor> {
  /** The parameters by name, such as `W1`. */
  readonly params: Readonly<Record<string, Variable>>;
  /** The loss of a mini-batch, a single number. */
  loss(x: X, t: T, options: { train: boolean }): Variable;
  /** The outputs of a batch by name. Where it is there, a compiled form of it is passed to `accuracy`. */
  outputs?(x: X, options: { train: boolean }): Record<string, Variable>;
  /**
   * The share of samples that are classified right, 0 … 1; not needed where `classifies` is false. `outputs` computes what
   * the method of that name does, for batches of `batchSize` samples, faster.
   */
  accuracy?(x: X, t: T, batchSize?: number, outputs?: (x: never) => Record<string, Variable>): number;
  /**
   * The loss and metrics over samples in prediction mode, by name: `loss`, `accuracy`. Default: the loss, and the accuracy
   * where the network classifies.
   *
   * @param x          inputs
   * @param t          targets
   * @param batchSize  samples that are computed at a time
   * @param outputs    as for `accuracy`
   */
  evaluate?(
    x: X,
    t: T,
    batchSize?: number,
    outputs?: (x: never) => Record<string, Variable>,
  ): Readonly<Record<string, number>>;
  /** Copies of all that training changes in the network, by name. Default: the values of `params`. */
  state?(): Readonly<Record<string, Tensor>>;
  /** Puts back what `state` gave. Default: assigns to `params`. */
  loadState?(state: Readonly<Record<string, Tensor>>): void;
  /** The generators that the network draws from while it runs, by name, such as those of dropout. Default: none. */
  readonly generators?: Readonly<Record<string, RandomGenerator>>;
  /** Whether accuracy can be measured. Default true; where it is false, the loss of the test samples is measured. */
  readonly classifies?: boolean;
  /** The fewest samples that a mini-batch may have: 2 where batch normalization needs them. Default 1. */
  readonly minBatchSize?: number;
}

/** Inputs and targets; sample i is row i of both. Networks with several inputs or losses take records of tensors. */
export interface Samples<X extends Values = Tensor, T extends Values = Tensor> {
  readonly x: X;
  readonly t: T;
}

/** Samples to train and to test with, as loaders return them. */
export interface TrainingData<X extends Values = Tensor, T extends Values = Tensor> {
  readonly train: Samples<X, T>;
  readonly test: Samples<X, T>;
  /** Samples that are neither trained on nor tested: early stopping and the best model are chosen by them. */
  readonly validation?: Samples<X, T>;
}

/**
 * What gives the mini-batches of a training by itself, such as a `DataLoader`: in an order, drawn by weights, or changed at
 * random. A batch depends on its number and that of its epoch alone.
 */
export interface BatchSource<X extends Values = Tensor, T extends Values = Tensor> {
  /** Batches in an epoch. */
  readonly length: number;
  /** Samples that there are, and samples in a batch; the last of an epoch may have fewer. */
  readonly count: number;
  readonly batchSize: number;
  /** What its batches depend on, too. */
  readonly seed: number;
  /** A batch by its number and that of its epoch, both from 0, with the rows of its samples. */
  batchAt(epoch: number, batch: number): Samples<X, T> & { readonly rows: Int32Array };
  /** All samples in order, as a network is measured on them. */
  forEvaluation(): Samples<X, T>;
}

/** What a Trainer takes: samples, or what gives them in batches. */
export interface TrainerData<X extends Values = Tensor, T extends Values = Tensor> {
  /** Samples to train with; a `DataLoader` says itself how. */
  readonly train: Samples<X, T> | BatchSource<X, T>;
  /** Samples to test with; of a `DataLoader` all, without what is random in its transforms. */
  readonly test: Samples<X, T> | BatchSource<X, T>;
  /** Samples that early stopping and the best model go by; of a `DataLoader` as for `test`. */
  readonly validation?: Samples<X, T> | BatchSource<X, T>;
}
