/**
 * The book's networks on MNIST: the two-layer network of chapter 4 and the SimpleConvNet of chapter 7.
 *
 * Reads MNIST from the folder in ADJOINT_DATA_DIR, or downloads it once. Options: `--dir FOLDER`, `--epochs N`
 * (default 5), `--train N` and `--test N` (how many samples, default all).
 */
import { parseArgs } from "node:util";
import {
  loadMnist,
  type MeasuredParts,
  type OptimizerName,
  SimpleConvNet,
  type Tensor,
  Trainer,
  TwoLayerNet,
} from "adjoint";
import { showProgress } from "adjoint/training";

const { values } = parseArgs({
  options: {
    dir: { type: "string" },
    epochs: { type: "string", default: "5" },
    train: { type: "string" },
    test: { type: "string" },
    out: { type: "string" },
  },
});
const options = {
  ...(values.dir === undefined ? {} : { dir: values.dir }),
  ...(values.train === undefined ? {} : { trainLimit: Number(values.train) }),
  ...(values.test === undefined ? {} : { testLimit: Number(values.test) }),
};
const epochs = Number(values.epochs);

interface Recipe {
  readonly title: string;
  readonly network: TwoLayerNet | SimpleConvNet;
  readonly flatten: boolean;
  readonly optimizer: OptimizerName;
  readonly lr: number;
  readonly miniBatchSize: number;
}

const recipes: readonly Recipe[] = [
  {
    title: "two layers, 784-50-10, SGD (chapter 4)",
    network: new TwoLayerNet({ inputSize: 784, hiddenSize: 50, outputSize: 10, seed: 1 }),
    flatten: true,
    optimizer: "sgd",
    lr: 0.1,
    miniBatchSize: 20,
  },
  {
    title: "SimpleConvNet, Adam (chapter 7)",
    network: new SimpleConvNet({ seed: 1 }),
    flatten: false,
    optimizer: "adam",
    lr: 0.001,
    miniBatchSize: 50,
  },
];

for (const { title, network, flatten, optimizer, lr, miniBatchSize } of recipes) {
  const data = await loadMnist({ ...options, flatten });
  const samples = (part: { readonly x: Tensor }): string => part.x.shape[0].toLocaleString("en-US");
  console.log(`\n${title}: ${samples(data.train)} images to train, ${samples(data.test)} to test`);
  const trainer = new Trainer(network, data, {
    epochs,
    miniBatchSize,
    optimizer,
    optimizerParam: { lr },
    evaluateSampleNumPerEpoch: 1000,
    recomputeLoss: false,
    measureAt: "end",
    seed: 1,
  });
  const progress = showProgress(process.stdout);
  const start = performance.now();
  let measured: MeasuredParts | null = null;
  for (const step of trainer.steps()) {
    measured = step.measured ?? measured;
    progress.onProgress({ ...step, measured });
  }
  progress.stop();
  const seconds = (performance.now() - start) / 1000;
  const final = trainer.accuracy(data.test);
  console.log(`test accuracy ${(100 * final).toFixed(2)} % after ${epochs} epochs in ${seconds.toFixed(1)} s`);
}
