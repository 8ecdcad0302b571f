/** The mini-batches of a training: drawn from samples, or given by a loader. */
import { checkInteger, type GeneratorState, kernels, type RandomGenerator, SpecError, Tensor } from "@adjoint/tensor";
import type { BatchSource, Samples, TrainerData, TrainingData } from "./network.ts";
import { countOf, mapTensors, type Values } from "./values.ts";

/** How mini-batches are drawn. */
export interface MiniBatchOptions {
  /** Number of samples to draw from. */
  readonly samples: number;
  /** Samples in a mini-batch. */
  readonly miniBatchSize: number;
  /** Whether each is drawn from all samples, as in the book, or each epoch takes every sample once. */
  readonly replacement: boolean;
  /** Fewest samples in a mini-batch; fewer at the end of an epoch join the mini-batch before. Default 1. */
  readonly minBatchSize?: number;
}

/** Where the order of samples is: the generator before the order of this epoch was drawn, and how many were taken. */
export interface OrderState extends GeneratorState {
  /** Samples of this epoch that were taken; 0 with replacement. */
  readonly taken: number;
}

/**
 * Mini-batches in an epoch: samples / miniBatchSize as in the book, which need not be whole, and at least 1; without
 * replacement rounded up, the last mini-batch being smaller, unless it would be smaller than it may be.
 */
function miniBatchesPerEpoch(options: MiniBatchOptions): number {
  const { samples, miniBatchSize, replacement, minBatchSize = 1 } = options;
  const perEpoch = Math.max(samples / miniBatchSize, 1);
  if (replacement) return perEpoch;
  const isJoined = perEpoch > 1 && samples % miniBatchSize < minBatchSize;
  return isJoined ? Math.floor(perEpoch) : Math.ceil(perEpoch);
}

/** Mini-batches of samples that a generator draws. */
export class DrawnBatches<X extends Values, T extends Values> implements Batches<X, T> {
  readonly perEpoch: number;
  private readonly source: Samples<X, T>;
  private readonly options: MiniBatchOptions;
  private readonly random: RandomGenerator;
  /** The order of this epoch, and where the generator was before it; null with replacement and between epochs. */
  private order: Int32Array | null = null;
  private before: GeneratorState;
  private taken = 0;

  constructor(source: Samples<X, T>, options: MiniBatchOptions, random: RandomGenerator) {
    this.perEpoch = miniBatchesPerEpoch(options);
    this.source = source;
    this.options = options;
    this.random = random;
    this.before = random.state;
  }

  next(): Batch<X, T> {
    const { x, t } = this.source;
    const rows = this.nextRows();
    const select = (tensor: Tensor): Tensor => kernels.indexSelect(tensor, rows, 0);
    return { samples: { x: mapTensors(x, select), t: mapTensors(t, select) }, rows };
  }

  /** The numbers of the samples of the next mini-batch: int32, [samples]. */
  private nextRows(): Tensor<"int32"> {
    const { samples, miniBatchSize, replacement, minBatchSize = 1 } = this.options;
    if (replacement) return this.random.choice(samples, miniBatchSize);
    if (this.order === null) this.begin();
    const start = this.taken;
    const end = samples - start - miniBatchSize < minBatchSize ? samples : start + miniBatchSize;
    const rows = (this.order as Int32Array).slice(start, end);
    this.taken = end;
    if (end === samples) this.order = null;
    return new Tensor<"int32">(rows, [rows.length]);
  }

  private begin(): void {
    this.before = this.random.state;
    this.order = this.random.permutation(this.options.samples).data as Int32Array;
    this.taken = 0;
  }

  get state(): OrderState {
    return this.order === null ? { ...this.random.state, taken: 0 } : { ...this.before, taken: this.taken };
  }

  set state(state: OrderState | SourceState) {
    const { key, counter, taken } = state as OrderState;
    checkInteger("Trainer", "taken", taken, 0, this.options.samples - 1);
    this.random.state = { key, counter };
    this.order = null;
    if (taken === 0) return;
    this.begin();
    this.taken = taken;
  }
}

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
  const { train, test, validation } = data;
  // What is not given by loaders is checked as it was given.
  if (![train, test, validation].some((part) => part && isSource(part))) return data as TrainingData<X, T>;
  const of = (part: Samples<X, T> | BatchSource<X, T>) => (isSource(part) ? part.forEvaluation() : part);
  return { train: of(train), test: of(test), ...(validation && { validation: of(validation) }) };
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

/** `count` samples from `start` on, or as many as there are. */
export function someRows<X extends Values, T extends Values>(
  { x, t }: Samples<X, T>,
  start: number,
  count: number,
): Samples<X, T> {
  const length = Math.min(count, countOf(x) - start);
  const rows = (tensor: Tensor): Tensor =>
    length === tensor.shape[0] ? tensor : kernels.slice(tensor, [{ start, step: 1, length }]);
  return { x: mapTensors(x, rows), t: mapTensors(t, rows) };
}
