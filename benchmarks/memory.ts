/**
 * Does memory stay flat? 10,000 training steps in one synchronous loop, with nothing disposed of: resident memory and
 * what tensors take, every 1,000 steps. `pnpm bench:memory`; `pnpm bench:memory 2000` for fewer steps.
 */
import { Adam, kernels, loadDigits, MultiLayerNetExtend, type Tensor } from "adjoint";
import Table from "cli-table3";

const steps = Number(process.argv[2] ?? 10_000);
const batch = 50;
const { x, t } = loadDigits().train;
const net = new MultiLayerNetExtend({
  inputSize: 64,
  hiddenSizes: [100, 100, 100],
  outputSize: 10,
  useBatchNorm: true,
  useDropout: true,
  dropoutRatio: 0.2,
  seed: 0,
});
const optimizer = new Adam(net.params, { lr: 0.001 });

/** Rows `start` … `start + batch − 1` of a data set, around its end. */
function rows(all: Tensor, start: number): Tensor {
  const from = start % (all.shape[0] - batch);
  return kernels.slice(
    all,
    all.shape.map((length, i) => (i === 0 ? { start: from, step: 1, length: batch } : { start: 0, step: 1, length })),
  );
}

const megabytes = (bytes: number): string => (bytes / 2 ** 20).toFixed(0);
const table = new Table({
  head: ["steps", "resident, MiB", "JavaScript heap, MiB", "array buffers, MiB", "loss"],
  colAligns: ["right", "right", "right", "right", "right"],
  style: { head: [], border: [], compact: true },
});
let loss = 0;
for (let step = 0; step <= steps; step++) {
  const value = net.loss(rows(x, step * batch), rows(t, step * batch), { train: true });
  value.backward();
  optimizer.step();
  optimizer.zeroGrad();
  loss = value.item();
  if (step % Math.max(1, Math.floor(steps / 10)) === 0) {
    const { rss, heapUsed, arrayBuffers } = process.memoryUsage();
    table.push([
      step.toLocaleString("en"),
      megabytes(rss),
      megabytes(heapUsed),
      megabytes(arrayBuffers),
      loss.toFixed(4),
    ]);
  }
}
console.log(table.toString());
