/**
 * Do batches that a worker makes ahead pay? The time that a batch takes to be made, beside that of the training step that
 * it is for: what could be gained at most; and what is gained. Then PNG images: reading them, once, beside the training of them.
 * `npx tsx --conditions=@adjoint/source benchmarks/prefetch.ts`, with a number of threads behind it for another than 1: a step
 * that runs on all cores leaves none to the worker.
 */
import {
  build,
  compile,
  DataLoader,
  decodePng,
  type LayerSpec,
  layers,
  model,
  randomFlip,
  randomShift,
  renderTable,
  rng,
  tensor,
} from "adjoint";
import { encode } from "fast-png";
import { right } from "../examples/output.ts";
import { functionOf } from "./steps.ts";

const batchSize = 100;
const threads = Number(process.argv[2] ?? 1);
const random = rng(1);
const x = random.uniform([1000, 1, 28, 28]);
const t = tensor(
  Int32Array.from({ length: 1000 }, (_, i) => i % 10),
  { dtype: "int32" },
);
const conv = layers.convolution({ filters: 16, size: 3, pad: 1 });
const models: Readonly<Record<string, readonly LayerSpec[]>> = {
  "two layers": [layers.affine(50), layers.relu(), layers.affine(10)],
  "one convolution": [
    layers.convolution({ filters: 30, size: 5 }),
    layers.relu(),
    layers.pooling({ size: 2 }),
    layers.affine(10),
  ],
  "two convolutions": [conv, layers.relu(), conv, layers.relu(), layers.pooling({ size: 2 }), layers.affine(10)],
};

/** Milliseconds of the fastest of many calls: what else the machine does only adds. */
function fastest(calls: number, fn: (i: number) => unknown): number {
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < calls; i++) {
    const start = performance.now();
    fn(i);
    best = Math.min(best, performance.now() - start);
  }
  return best;
}

const plain = new DataLoader({ x, t }, { batchSize });
const transforms = [randomShift({ by: 2 }), randomFlip()];
const changed = new DataLoader({ x, t }, { batchSize, transforms });
const ahead = new DataLoader({ x, t }, { batchSize, transforms, prefetch: true });
const [made, madeChanged] = [plain, changed].map((loader) => fastest(200, (i) => loader.batchAt(0, i % loader.length)));

const steps = Object.entries(models).map(([name, spec]) => {
  const network = () => build(model({ input: [1, 28, 28], layers: [...spec], loss: "crossEntropy" }));
  const step = compile(functionOf({ network }), { threads });
  const { x: input, t: target } = plain.batchAt(0, 0);
  const alone = fastest(60, () => step(input as never, target as never).item());
  // In turn, so that both meet the same moments of the machine.
  const epochs = [changed, ahead].map((loader) => ({ loader, best: Number.POSITIVE_INFINITY }));
  for (let round = 0; round < (alone < 5 ? 100 : 5); round++) {
    for (const epoch of epochs) {
      const run = (): void => {
        for (const { x: images, t: classes } of epoch.loader) step(images as never, classes as never).item();
      };
      epoch.best = Math.min(epoch.best, fastest(1, run));
    }
  }
  return [name, alone, epochs[1].best / epochs[0].best] as const;
});

const share = (part: number, of: number): string => `${((100 * part) / (part + of)).toFixed(1)} %`;
console.log(`Batches of ${batchSize} images of 28 × 28: the share of training that making them takes\n`);
console.log(
  renderTable(
    ["network", ...["as they are", "shifted and mirrored", "gained by a worker"].map(right)],
    steps.map(([name, ms, left]) => [
      name,
      share(made, ms),
      share(madeChanged, ms),
      `${(100 * (1 - left)).toFixed(1)} %`,
    ]),
  ),
);

// A grey image of noise, which compresses worst.
const noise = Uint8Array.from({ length: 28 * 28 }, () => Math.floor(256 * random.uniform([]).item()));
const image = encode({ width: 28, height: 28, channels: 1, data: noise });
const decoded = fastest(500, () => decodePng(image));
const epochs = 20;
console.log(`\nA folder of PNG images is read once, before the first of ${epochs} epochs: its share of the whole\n`);
console.log(
  renderTable(
    ["network", right("share")],
    steps.map(([name, ms]) => [name, share(decoded, (epochs * ms) / batchSize)]),
  ),
);
