/**
 * Which samples each mini-batch takes.
 */
import { type Generator as RandomNumbers, Tensor } from "@adjoint/tensor";

/** How mini-batches are drawn. */
export interface MiniBatchOptions {
  /** Number of samples to draw from. */
  readonly samples: number;
  /** Samples in a mini-batch. */
  readonly miniBatchSize: number;
  /** Whether each is drawn from all samples, as in the book, or each epoch takes every sample once. */
  readonly replacement: boolean;
}

/**
 * Mini-batches in an epoch: samples / miniBatchSize as in the book, which need not be whole, and at least 1; without
 * replacement rounded up, the last mini-batch being smaller.
 */
export function miniBatchesPerEpoch({ samples, miniBatchSize, replacement }: MiniBatchOptions): number {
  const perEpoch = Math.max(samples / miniBatchSize, 1);
  return replacement ? perEpoch : Math.ceil(perEpoch);
}

/** The numbers of the samples of one mini-batch after the other, without end. */
export function* miniBatches(
  { samples, miniBatchSize, replacement }: MiniBatchOptions,
  random: RandomNumbers,
): Generator<Tensor<"int32">, never, void> {
  for (;;) {
    if (replacement) {
      yield random.choice(samples, miniBatchSize);
      continue;
    }
    const { data } = random.permutation(samples);
    for (let start = 0; start < samples; start += miniBatchSize) {
      const rows = data.slice(start, start + miniBatchSize);
      yield new Tensor<"int32">(rows, [rows.length]);
    }
  }
}
