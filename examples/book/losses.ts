/** The loop that chapter 6 compares things by: mini-batches, an update by each, and the loss before it. */
import { compile, constant, kernels, type LayeredNetwork, type Optimizer, rng, type Variable } from "adjoint";
import type { Samples } from "./experiment.ts";

/** Networks of this chapter take less than a millisecond a step: more threads would wait for each other. */
export const threads = 1;

/** Trains a network on random mini-batches, and returns the loss of each before its update. */
export function lossesOf(
  network: LayeredNetwork,
  optimizer: Optimizer,
  { x, t }: Samples,
  { iterations, batchSize = 128, seed = 0 }: { iterations: number; batchSize?: number; seed?: number },
): number[] {
  const update = (xBatch: Variable, tBatch: Variable): Variable => {
    optimizer.zeroGrad();
    const loss = network.loss(xBatch, tBatch, { train: true });
    loss.backward();
    optimizer.step();
    return loss;
  };
  const step = compile(update, { threads });
  const random = rng(seed);
  return Array.from({ length: iterations }, () => {
    const rows = random.choice(x.shape[0], batchSize);
    return step(constant(kernels.indexSelect(x, rows, 0)), constant(kernels.indexSelect(t, rows, 0))).item();
  });
}
