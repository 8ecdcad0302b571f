/**
 * Does memory stay flat? 10,000 training steps in one synchronous loop, with nothing disposed of: resident memory and
 * what tensors take, every 1,000 steps. `pnpm bench:memory`; `pnpm bench:memory 2000` for fewer steps.
 */
import { constant, kernels, loadDigits, MultiLayerNetExtend, type Tensor, type Variable } from "adjoint";
import Table from "cli-table3";
import { functionOf } from "./steps.ts";

const steps = Number(process.argv[2] ?? 10_000);
const batch = 50;
const { x, t } = loadDigits().train;
const hiddenSizes = [100, 100, 100];
const changes = { useBatchNorm: true, useDropout: true, dropoutRatio: 0.2 };
const network = () => new MultiLayerNetExtend({ inputSize: 64, hiddenSizes, outputSize: 10, ...changes, seed: 0 });
const trainingStep = functionOf({ network });

/** Rows `start` … `start + batch − 1` of a data set, around its end. */
function rows(all: Tensor, start: number): Variable {
  return constant(kernels.slice(all, [{ start: start % (all.shape[0] - batch), step: 1, length: batch }]));
}

const megabytes = (bytes: number): string => (bytes / 2 ** 20).toFixed(0);
const table = new Table({
  head: ["steps", "resident, MiB", "JavaScript heap, MiB", "array buffers, MiB", "loss"],
  colAligns: ["right", "right", "right", "right", "right"],
  style: { head: [], border: [], compact: true },
});
let loss = 0;
for (let step = 0; step <= steps; step++) {
  loss = trainingStep(rows(x, step * batch), rows(t, step * batch)).item();
  if (step % Math.max(1, Math.floor(steps / 10)) === 0) {
    const { rss, heapUsed, arrayBuffers } = process.memoryUsage();
    table.push([step.toLocaleString("en"), ...[rss, heapUsed, arrayBuffers].map(megabytes), loss.toFixed(4)]);
  }
}
console.log(table.toString());
