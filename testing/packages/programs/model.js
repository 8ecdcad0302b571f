// A model as data, and the Trainer.
import { build, layers, model, rng, Trainer, tensor } from "adjoint";

const net = build(
  model({ input: [4], layers: [layers.affine(32), layers.relu(), layers.affine(3)], loss: "softmaxWithLoss" }),
  { seed: 1 },
);
const x = rng(1).normal([60, 4]);
const t = tensor(Int32Array.from({ length: 60 }, (_, i) => i % 3));
const samples = { x, t };
const trainer = new Trainer(
  net,
  { train: samples, test: samples },
  { epochs: 3, miniBatchSize: 20, optimizer: "adam" },
);
const { trainLossList, finalTestAccuracy } = trainer.train();
globalThis.report({ loss: trainLossList.at(-1), accuracy: finalTestAccuracy });
