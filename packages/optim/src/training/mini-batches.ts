/**
 * Which samples each mini-batch takes.
 */
import { checkInteger, type GeneratorState, type RandomGenerator, Tensor } from "@adjoint/tensor";

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
export function miniBatchesPerEpoch(options: MiniBatchOptions): number {
  const { samples, miniBatchSize, replacement, minBatchSize = 1 } = options;
  const perEpoch = Math.max(samples / miniBatchSize, 1);
  if (replacement) return perEpoch;
  const isJoined = perEpoch > 1 && samples % miniBatchSize < minBatchSize;
  return isJoined ? Math.floor(perEpoch) : Math.ceil(perEpoch);
}

/** The numbers of the samples of one mini-batch after the other, without end. */
export class MiniBatches {
  private readonly options: MiniBatchOptions;
  private readonly random: RandomGenerator;
  /** The order of this epoch, and where the generator was before it; null with replacement and between epochs. */
  private order: Int32Array | null = null;
  private before: GeneratorState;
  private taken = 0;

  constructor(options: MiniBatchOptions, random: RandomGenerator) {
    this.options = options;
    this.random = random;
    this.before = random.state;
  }

  /** The numbers of the samples of the next mini-batch: int32, [samples]. */
  next(): Tensor<"int32"> {
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

  /** What the next mini-batches depend on; set it to go on from there. @throws SpecError for numbers out of range */
  get state(): OrderState {
    return this.order === null ? { ...this.random.state, taken: 0 } : { ...this.before, taken: this.taken };
  }

  set state({ key, counter, taken }: OrderState) {
    checkInteger("Trainer", "taken", taken, 0, this.options.samples - 1);
    this.random.state = { key, counter };
    this.order = null;
    if (taken === 0) return;
    this.begin();
    this.taken = taken;
  }
}
