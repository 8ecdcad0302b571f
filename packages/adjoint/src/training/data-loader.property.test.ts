/** Trainings by a DataLoader: drawn by weights, changed at random, stopped and resumed in the middle of epochs. */
import { DataLoader, loadDigits, normalize, randomCrop, randomFlip, randomShift, type Transform } from "@adjoint/data";
import { build, layers, model } from "@adjoint/nn";
import { findLearningRate, Trainer, type TrainerOptions, type TrainerState } from "@adjoint/optim";
import { kernels, type Tensor } from "@adjoint/tensor";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { messageOf } from "../../../../testing/message-of.ts";

const digits = loadDigits({ flatten: false });
const some = ({ x, t }: { readonly x: Tensor; readonly t: Tensor }, length: number) => ({
  x: kernels.slice(x, [{ start: 0, step: 1, length }]),
  t: kernels.slice(t, [{ start: 0, step: 1, length }]),
});
const train = some(digits.train, 60);
const test = some(digits.test, 30);

const spec = model({
  input: [1, 8, 8],
  layers: [
    layers.convolution({ filters: 2, size: 3 }),
    layers.batchNormalization(),
    layers.dropout(),
    layers.affine(10),
  ],
  loss: "crossEntropy",
});

const engines = [{ compile: false }, { engine: "reference" }, { engine: "wasm", threads: 1 }] as const;

/** A state as it comes back from a file: numbers through JSON, tensors as they are. */
const reread = ({ progress, tensors }: TrainerState): TrainerState => ({
  progress: JSON.parse(JSON.stringify(progress)),
  tensors,
});

const outcome = (trainer: Trainer): unknown => {
  const { progress, tensors } = trainer.state();
  return { progress, values: Object.entries(tensors).map(([name, x]) => [name, [...x.data]]) };
};

describe("a training by a DataLoader", () => {
  it("gives what one gives that was never stopped, to the last bit", () => {
    const cases = fc.record({
      engine: fc.constantFrom(...engines),
      batchSize: fc.integer({ min: 2, max: 60 }),
      weights: fc.constantFrom(
        undefined,
        Array.from({ length: 60 }, (_, i) => i % 4),
      ),
      seed: fc.nat(1000),
      stops: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 2 }),
    });
    const check = fc.property(cases, ({ engine, stops, batchSize, weights, seed }) => {
      const transforms: Transform[] = [randomShift({ by: 1 }), randomFlip(), normalize({ mean: 0.3, std: 0.4 })];
      const options = { batchSize, seed, transforms, dropLast: true, ...(weights && { weights }) };
      const make = (resume: TrainerState | null) =>
        new Trainer(
          build(spec),
          { train: new DataLoader(train, options), test },
          { ...engine, epochs: 2, optimizer: "adam", measureAt: "end", keepBest: true, resume },
        );
      const whole = make(null);
      whole.train();
      expect(whole.trainLossList).toHaveLength(2 * Math.floor(60 / batchSize));
      let state: TrainerState | null = null;
      for (const stop of stops) {
        const part = make(state);
        let left = stop;
        for (const _ of part.steps()) if (--left === 0) break;
        state = reread(part.state());
      }
      const last = make(state);
      last.train();
      expect(outcome(last)).toEqual(outcome(whole));
    });
    fc.assert(check, { numRuns: 8 });
  });

  it("trains on what the loader gives, and measures without chance", () => {
    const transforms = [randomCrop({ size: 6 }), normalize({ mean: 0.3, std: 0.4 })];
    const loader = new DataLoader(train, { batchSize: 20, seed: 3, transforms });
    const net = build(model({ ...spec, input: [1, 6, 6] }));
    const seen: (readonly [Tensor, Tensor])[] = [];
    const loss: typeof net.loss = (x, t, options) => {
      if (options?.train) seen.push([x as Tensor, t as Tensor]);
      return net.loss(x, t, options);
    };
    const { params } = net;
    const network = { params, loss, classifies: false, evaluate: net.evaluate.bind(net) };
    const tested = new DataLoader(test, { batchSize: 20, transforms });
    const options = { epochs: 2, compile: false, recomputeLoss: false, measureAt: "end" } as const;
    const trainer = new Trainer(network as never, { train: loader, test: tested }, options);
    const [, , last] = [...trainer.steps()];
    const again = new DataLoader(train, { batchSize: 20, seed: 3, transforms });
    const expected = [...again, ...again].map(({ x, t }) => [x, t]);
    expect(seen.map((pair) => pair.map(String))).toEqual(expected.map((pair) => pair.map(String)));
    const middle = loader.forEvaluation();
    expect(middle.x.shape).toEqual([60, 1, 6, 6]);
    const pixel = (Number(train.x.at(7, 0, 1, 1)) - 0.3) / 0.4;
    expect(Number(middle.x.at(7, 0, 0, 0))).toBe(Math.fround(pixel));
    expect(Object.keys(last.measured?.train ?? {})).toContain("accuracy");
  });

  it("finds a learning rate on what the loader gives, which stays where it is", () => {
    const loader = new DataLoader(train, {
      batchSize: 25,
      seed: 3,
      transforms: [randomShift({ by: 1 }), randomFlip()],
    });
    for (const _ of loader) break;
    const net = build(spec);
    const seen: Tensor[] = [];
    const loss: typeof net.loss = (x, t, options) => {
      seen.push(x as Tensor);
      return net.loss(x, t, options);
    };
    const network = { params: net.params, loss, classifies: false };
    const { losses } = findLearningRate(network as never, { train: loader }, { steps: 20, to: 1e-3, compile: false });
    expect(losses).toHaveLength(20);
    expect(seen.map(String)).toEqual(losses.map((_, i) => String(loader.batchAt(Math.floor(i / 3), i % 3).x)));
    expect(loader.state).toEqual({ seed: 3, epoch: 0, batch: 1 });
    expect([
      messageOf(() => findLearningRate(net, { train: loader }, { miniBatchSize: 10 })),
      messageOf(() => findLearningRate(net, { train: loader }, { seed: 1 })),
      messageOf(() => findLearningRate(net, { train: new DataLoader(train, { batchSize: 59 }) })),
    ]).toMatchInlineSnapshot(`
      [
        "findLearningRate: miniBatchSize is given, and the loader has its own batches; expected no miniBatchSize beside a loader. Leave miniBatchSize out, and make the loader with what it should be.",
        "findLearningRate: seed is given, and the loader has its own batches; expected no seed beside a loader. Leave seed out, and make the loader with what it should be.",
        "findLearningRate: the last batch of the loader has 1 sample; expected 2 samples or more for this network. Batch normalization compares the samples of a batch: make the loader with { dropLast: true }.",
      ]
    `);
  });

  it("refuses options and states that say otherwise", () => {
    const loader = new DataLoader(train, { batchSize: 59 });
    const of = (options: TrainerOptions, from = loader) => new Trainer(build(spec), { train: from, test }, options);
    const fits = new DataLoader(train, { batchSize: 20 });
    const state = of({}, fits).state();
    expect([
      messageOf(() => of({ miniBatchSize: 10 })),
      messageOf(() => of({ seed: 1 })),
      messageOf(() => of({})),
      messageOf(() => of({ resume: state }, new DataLoader(train, { batchSize: 20, seed: 1 }))),
      messageOf(() => of({ resume: state }, new DataLoader(train, { batchSize: 10 }))),
      messageOf(
        () => new Trainer(build(spec), { train, test }, { miniBatchSize: 20, replacement: false, resume: state }),
      ),
    ]).toMatchInlineSnapshot(`
      [
        "Trainer: miniBatchSize is given, and the loader has its own batches; expected no miniBatchSize beside a loader. Leave miniBatchSize out, and make the loader with what it should be.",
        "Trainer: seed is given, and the loader has its own batches; expected no seed beside a loader. Leave seed out, and make the loader with what it should be.",
        "Trainer: the last batch of the loader has 1 sample; expected 2 samples or more for this network. Batch normalization compares the samples of a batch: make the loader with { dropLast: true }.",
        "Trainer: seed is 0; expected 1, the seed of the loader. Make the loader as the one that the state was taken with.",
        "Trainer: the state does not fit: its miniBatchSize is 20; expected miniBatchSize 10. Make the Trainer as the one that the state was taken from: the same network, data, optimizer and batches.",
        "Trainer: taken is undefined; expected an integer from 0 to 59.",
      ]
    `);
  });
});
