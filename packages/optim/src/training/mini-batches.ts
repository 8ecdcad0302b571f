/**
 * Which samples each mini-batch takes.
 */
import { type RandomGenerator, Tensor } from "@adjoint/tensor";

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
export function* miniBatches(
  { samples, miniBatchSize, replacement, minBatchSize = 1 }: MiniBatchOptions,
  random: RandomGenerator,
): Generator<Tensor<"int32">, never, void> {
  for (;;) {
    if (replacement) {
      yield random.choice(samples, miniBatchSize);
      continue;
    }
    const { data } = random.permutation(samples);
    for (let start = 0, end = 0; start < samples; start = end) {
      end = start + miniBatchSize;
      if (samples - end < minBatchSize) end = samples;
      const rows = data.slice(start, end);
      yield new Tensor<"int32">(rows, [rows.length]);
    }
  }
}
