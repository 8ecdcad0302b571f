/**
 * A new head on a trained body: a network that tells ten digits apart learns to tell odd from even from forty images, its
 * filters kept.
 *
 * The body goes through a file, as one from elsewhere would: see docs/weights.md.
 */
import { join } from "node:path";
import {
  build,
  kernels,
  layers,
  loadDigits,
  loadWeights,
  type Model,
  type ModelSpec,
  model,
  readSafetensors,
  saveWeights,
  type Tensor,
  Trainer,
  tensor,
} from "adjoint";
import { outputFolder } from "../output.ts";

type Samples = { readonly x: Tensor; readonly t: Tensor };

const digits = loadDigits({ flatten: false });

/** Whether each digit is odd, of the first `count` images. */
function odd({ x, t }: Samples, count = x.shape[0]): Samples {
  const labels = (t.toArray() as number[]).slice(0, count).map((label) => label % 2);
  return { x: kernels.slice(x, [{ start: 0, step: 1, length: count }]), t: tensor(labels, { dtype: "int32" }) };
}

const body = layers.block(
  [
    layers.convolution({ filters: 16, size: 3, pad: 1 }),
    layers.batchNormalization({ perChannel: true }),
    layers.relu(),
    layers.pooling({ size: 2 }),
    layers.affine(64),
    layers.relu(),
  ],
  { name: "body" },
);
const withHead = (units: number): ModelSpec =>
  model({ input: [1, 8, 8], layers: [body, layers.affine({ units, name: "head" })], loss: "crossEntropy" });

/** Trains a network, and returns its accuracy on test images. */
function trained(net: Model, data: { readonly train: Samples; readonly test: Samples }, epochs: number, lr: number) {
  const optimizerParam = { lr };
  new Trainer(net, data, { epochs, miniBatchSize: 20, optimizer: "adam", optimizerParam, replacement: false }).train();
  return net.accuracy(data.test.x, data.test.t);
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
const seeds = [1, 2, 3];
const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b) / values.length;

const first = build(withHead(10));
console.log(
  `ten digits, from ${digits.train.x.shape[0]} images: ${percent(trained(first, digits, 5, 0.003))} are right`,
);
const file = join(outputFolder(import.meta.url), "digits.safetensors");
await saveWeights(first, file, { layout: "pytorch" });

// The head has other classes, so that it is left out; all else must be there.
const { tensors } = await readSafetensors(file);
const { "head.weight": _, "head.bias": __, ...ofBody } = tensors;
const task = { train: odd(digits.train, 40), test: odd(digits.test) };
console.log(`odd or even, from 40 images, averaged over ${seeds.length} seeds:`);

const fromScratch = seeds.map((seed) => trained(build(withHead(2), { seed }), task, 40, 0.003));
console.log(`  from scratch: ${percent(mean(fromScratch))}`);

// Frozen layers do not learn, and run as for prediction.
const heads = seeds.map((seed) => {
  const net = build(withHead(2), { seed, frozen: ["body"] });
  loadWeights(net, ofBody, { layout: "pytorch", partial: true });
  return { net, accuracy: trained(net, task, 40, 0.003) };
});
console.log(`  a new head on the frozen body: ${percent(mean(heads.map(({ accuracy }) => accuracy)))}`);

const text = (x: Tensor): string => JSON.stringify(x.toArray());
const before = Object.entries(first.state()).filter(([name]) => name.startsWith("body"));
const isKept = heads.every(({ net }) => {
  const state = net.state();
  return before.every(([name, x]) => text(state[name]) === text(x));
});
console.log(`  the body is as it was: ${isKept}`);

// Built again without frozen layers, and with the same parameters, all of it learns on, slowly.
const whole = heads.map(({ net }, i) => {
  const next = build(withHead(2), { seed: seeds[i] });
  next.loadState(net.state());
  return trained(next, task, 20, 0.0003);
});
console.log(`  then all of it, at a low rate: ${percent(mean(whole))}`);
