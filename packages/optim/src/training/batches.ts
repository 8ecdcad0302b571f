/** Where the mini-batches of a training come from: drawn from samples, or given by a loader. */

import type { RandomGenerator } from "@adjoint/tensor";
import { checkInteger, kernels, SpecError, Tensor } from "@adjoint/tensor";
import { MiniBatches, type MiniBatchOptions, miniBatchesPerEpoch, type OrderState } from "./mini-batches.ts";
import type { BatchSource, Samples, TrainerData, TrainingData } from "./network.ts";
import { mapTensors, type Values } from "./values.ts";

/** Where a training by a loader is: the next mini-batch and its epoch, both from 0. */
export interface SourceState {
  readonly seed: number;
  readonly epoch: number;
  readonly batch: number;
}

/** A mini-batch, and the rows of the training samples that it is. */
export interface Batch<X extends Values, T extends Values> {
  readonly samples: Samples<X, T>;
  readonly rows: Tensor;
}

/** One mini-batch after the other, without end. */
export interface Batches<X extends Values, T extends Values> {
  /** Mini-batches in an epoch; it need not be an integer. */
  readonly perEpoch: number;
  next(): Batch<X, T>;
  /** What the next mini-batches depend on; set it to go on from there. @throws SpecError for numbers out of range */
  state: OrderState | SourceState;
}

/** Whether samples are given in batches. */
export function isSource<X extends Values, T extends Values>(
  given: Samples<X, T> | BatchSource<X, T>,
): given is BatchSource<X, T> {
  return typeof (given as Partial<BatchSource<X, T>> | null)?.batchAt === "function";
}

/** The samples themselves, as they are measured. */
export function samplesOf<X extends Values, T extends Values>(data: TrainerData<X, T>): TrainingData<X, T> {
  const of = (part: Samples<X, T> | BatchSource<X, T>) => (isSource(part) ? part.forEvaluation() : part);
  const { train, test, validation } = data;
  return { train: of(train), test: of(test), ...(validation && { validation: of(validation) }) };
}

/** Mini-batches of samples that a generator draws. */
export function drawnBatches<X extends Values, T extends Values>(
  { x, t }: Samples<X, T>,
  options: MiniBatchOptions,
  random: RandomGenerator,
): Batches<X, T> {
  const order = new MiniBatches(options, random);
  return {
    perEpoch: miniBatchesPerEpoch(options),
    next() {
      const rows = order.next();
      const select = (tensor: Tensor): Tensor => kernels.indexSelect(tensor, rows, 0);
      return { samples: { x: mapTensors(x, select), t: mapTensors(t, select) }, rows };
    },
    get state() {
      return order.state;
    },
    set state(state) {
      order.state = state as OrderState;
    },
  };
}

/** Mini-batches of a loader, whose own place stays as it is. */
export function loadedBatches<X extends Values, T extends Values>(source: BatchSource<X, T>): Batches<X, T> {
  let [epoch, batch] = [0, 0];
  return {
    perEpoch: source.length,
    next() {
      const { x, t, rows } = source.batchAt(epoch, batch);
      batch += 1;
      if (batch === source.length) [epoch, batch] = [epoch + 1, 0];
      return { samples: { x, t }, rows: new Tensor(rows, [rows.length]) };
    },
    get state() {
      return { seed: source.seed, epoch, batch };
    },
    set state(state) {
      const given = state as SourceState;
      checkInteger("Trainer", "epoch", given.epoch, 0);
      checkInteger("Trainer", "batch", given.batch, 0, source.length - 1);
      if (given.seed !== source.seed) {
        throw SpecError.of("Trainer", "seed", given.seed, `${source.seed}, the seed of the loader`, {
          hint: "Make the loader as the one that the state was taken with.",
        });
      }
      [epoch, batch] = [given.epoch, given.batch];
    },
  };
}
