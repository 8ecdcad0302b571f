import { loadDigits } from "@adjoint/data";
import { build, type Model, model, TwoLayerNet } from "@adjoint/nn";
import { Trainer, type TrainerOptions } from "@adjoint/optim";
import { kernels, rng, type Tensor, tensor } from "@adjoint/tensor";
import { describe, expect, it } from "vitest";
import { distributionOf, histogramOf } from "./distribution.ts";
import { Snapshots } from "./record.ts";
import { recordTraining } from "./recorder.ts";

const spec = model({
  input: [64],
  layers: [
    { kind: "affine", name: "hidden1", units: 12 },
    { kind: "batchNormalization" },
    { kind: "relu", name: "relu1" },
    { kind: "dropout", ratio: 0.2 },
    { kind: "affine", name: "output", units: 10 },
  ],
  loss: "crossEntropy",
});
const digits = loadDigits();
const rows = (x: Tensor, count: number): Tensor => kernels.slice(x, [{ start: 0, step: 1, length: count }]);
const data = {
  train: { x: rows(digits.train.x, 80), t: rows(digits.train.t, 80) },
  test: { x: rows(digits.test.x, 40), t: rows(digits.test.t, 40) },
};
const options: TrainerOptions = { miniBatchSize: 20, epochs: 2, optimizer: "adam", replacement: false, seed: 3 };

describe("recordTraining", () => {
  it.each([true, false])("leaves the training as it is, to the last bit (compiled: %s)", (compile) => {
    const alone = new Trainer(build(spec, { seed: 1 }), data, { ...options, compile }).train();
    const recorder = recordTraining(build(spec, { seed: 1 }), { batchSize: 20, samples: data.test });
    const trainer = new Trainer(recorder.network, data, { ...options, compile });
    for (const step of trainer.steps()) recorder.add(step);
    const record = recorder.record();
    expect(record.losses).toEqual(alone.trainLossList);
    expect(record.metrics.map(({ testAccuracy }) => testAccuracy)).toEqual(alone.testAccList);
    expect(record.snapshots.map(({ iteration }) => iteration)).toEqual(record.losses.map((_, i) => i + 1));
    expect(JSON.parse(JSON.stringify(record))).toEqual(record);
  });

  it("takes what the Trainer measures at the end of epochs, and keeps the best", () => {
    const recorder = recordTraining(build(spec, { seed: 1 }), { batchSize: 20 });
    const more = { ...options, measureAt: "end", keepBest: true } as const;
    const trainer = new Trainer(recorder.network, { ...data, validation: data.test }, more);
    const measured: unknown[] = [];
    for (const step of trainer.steps()) {
      recorder.add(step);
      if (step.measured !== undefined) measured.push(step.measured.test.loss, step.measured.train.accuracy);
    }
    const { metrics } = recorder.record();
    expect(metrics.flatMap(({ testLoss, trainAccuracy }) => [testLoss, trainAccuracy])).toEqual(measured);
    expect(measured).toHaveLength(4);
    trainer.useBest();
  });

  it("draws no classes where outputs are not a score for each", () => {
    const yes = build(
      model({ input: [2], layers: [{ kind: "affine", units: 1 }], loss: "binaryCrossEntropyWithLogits" }),
    );
    const t = tensor([[0], [1], [1]]);
    const samples = { x: rng(1).normal([3, 2]), t };
    expect(recordTraining(yes, { batchSize: 3, samples }).view()).toBeNull();
  });

  it("records the activations, gradients and weights of the step itself", () => {
    // Without dropout and with one batch of all samples a step can be done again by hand.
    const plain = model({
      input: [2],
      layers: [
        { kind: "affine", name: "first", units: 5 },
        { kind: "tanh", name: "bend" },
        { kind: "affine", name: "last", units: 3 },
      ],
      loss: "crossEntropy",
    });
    const x = rng(5).normal([8, 2]);
    const t = tensor([0, 1, 2, 0, 1, 2, 0, 1], { dtype: "int32" });
    const samples = { train: { x, t }, test: { x, t } };
    const watched = build(plain, { seed: 2 });
    const byHand = build(plain, { seed: 2 });
    const recorder = recordTraining(watched, { batchSize: 8, samples: { x, t } });
    const steps = new Trainer(recorder.network, samples, {
      miniBatchSize: 8,
      replacement: false,
      recomputeLoss: false,
      compile: false,
      seed: 0,
    }).steps();
    const step = steps.next().value as { iteration: number; loss: number };
    const snapshot = recorder.add(step);
    const activations: Record<string, Tensor> = {};
    byHand.outputs(x, {
      train: true,
      onLayer: ({ name }, y) => {
        activations[name] = y.value;
      },
    });
    const gradients = byHand.gradient(x, t);
    // The order of the samples in the batch changes no count, and sums over the batch only by rounding.
    expect(snapshot?.layers.map((layer) => layer.activations)).toEqual(
      ["bend", "last"].map((name) => distributionOf(activations[name])),
    );
    expect(recorder.histograms().map((layer) => layer.gradients?.high)).toEqual(
      ["first.weight", "last.weight"].map((name) => expect.closeTo(histogramOf(gradients[name] as Tensor).high, 6)),
    );
    expect(recorder.histograms()[0].weights).toEqual(histogramOf(watched.params["first.weight"].value));
    expect(recorder.layers).toEqual(["first", "last"]);
  });

  it("draws what the network makes of images, of the plane and of numbers", () => {
    const images = recordTraining(build(spec, { seed: 1 }), { batchSize: 20, samples: data.test, imageShape: [8, 8] });
    const net = build(spec, { seed: 1 });
    const view = images.view();
    const wrong = Math.round(40 * (1 - net.accuracy(data.test.x, data.test.t)));
    expect(view).toMatchObject({ kind: "images", wrong, of: 40 });
    expect(images.filters()).toHaveLength(12);
    const [unit] = images.filters();
    const weights = net.params["hidden1.weight"].value;
    expect(unit.values[9]).toBeCloseTo(Number(weights.at(9, 0)), 4);

    const two = build(model({ input: [2], layers: [{ kind: "affine", units: 2 }], loss: "crossEntropy" }));
    const points = { x: rng(1).normal([6, 2]), t: tensor([0, 1, 0, 1, 0, 1], { dtype: "int32" }) };
    const plane = recordTraining(two, { batchSize: 6, samples: points }).view();
    if (plane?.kind !== "plane") throw new Error("no plane");
    const { low, high, side, classes, certainties } = plane;
    // The middle of the cell in row 3, column 40: the network's own scores there.
    const at = (i: number): number => low + ((i + 0.5) * (high - low)) / side;
    const scores = two.predict(tensor([[at(40), -at(3)]])).toArray() as number[][];
    const best = scores[0][1] > scores[0][0] ? 1 : 0;
    expect(classes[3 * side + 40]).toBe(best);
    // Written with four digits, from scores with seven.
    expect(certainties[3 * side + 40]).toBeCloseTo(1 / (1 + Math.exp(-Math.abs(scores[0][1] - scores[0][0]))), 3);

    // Outputs that are NaN take no image for anything.
    const broken = { ...points, x: tensor([...new Array<number[]>(5).fill([0, 1]), [Number.NaN, 1]]) };
    expect(recordTraining(two, { batchSize: 6, samples: broken, imageShape: [1, 2] }).view()).toBeNull();

    const one: Model = build(model({ input: [1], layers: [{ kind: "affine", units: 1 }], loss: "mse" }));
    const numbers = { x: rng(1).normal([5, 1]), t: rng(2).normal([5, 1]) };
    const curve = recordTraining(one, { batchSize: 5, samples: numbers }).view();
    if (curve?.kind !== "curve") throw new Error("no curve");
    const [x0, y0] = curve.curve[60];
    expect(y0).toBeCloseTo(Number(one.predict(tensor([[x0]])).value.at(0, 0)), 3);
    expect(curve.points).toHaveLength(5);
  });

  it("records weights and gradients of a network without a list of layers", () => {
    const net = new TwoLayerNet({ inputSize: 64, hiddenSize: 8, outputSize: 10 });
    const recorder = recordTraining(net, { batchSize: 20, samples: data.test });
    const trainer = new Trainer(recorder.network, data, { ...options, epochs: 1 });
    for (const step of trainer.steps()) recorder.add(step);
    const { layers, snapshots } = recorder.record();
    expect(layers).toEqual(["W1", "W2"]);
    expect(snapshots.at(-1)?.layers[0].activations).toBeNull();
    expect(snapshots.at(-1)?.layers[0].gradients?.count).toBe(64 * 8);
  });

  it("refuses what it cannot use", () => {
    const net = build(spec);
    expect(() => recordTraining(net, { batchSize: 0 })).toThrowErrorMatchingInlineSnapshot(
      `[SpecError: recordTraining: batchSize is 0; expected an integer ≥ 1.]`,
    );
    expect(() => recordTraining({} as never, { batchSize: 1 })).toThrowErrorMatchingInlineSnapshot(
      `[SpecError: recordTraining: network is an object; expected a network with params and loss. Pass what build(spec) returns.]`,
    );
    expect(() =>
      recordTraining(net, { batchSize: 1, samples: data.test, imageShape: [8, 9] }),
    ).toThrowErrorMatchingInlineSnapshot(
      `[SpecError: recordTraining: samples have 64 numbers, which are no picture of 8 × 9; expected height and width of 64 pixels.]`,
    );
    expect(() =>
      recordTraining(net, { batchSize: 1, samples: { x: data.test.x, t: data.train.t } }),
    ).toThrowErrorMatchingInlineSnapshot(
      `[SpecError: recordTraining: there are 40 inputs and 80 targets; expected as many rows in t as in x.]`,
    );
  });
});

describe("Snapshots", () => {
  it("keeps evenly spaced steps from the first on, never more than it may", () => {
    const snapshots = new Snapshots(10);
    for (let iteration = 1; iteration <= 1000; iteration++) {
      snapshots.add({ iteration, layers: [] });
      const kept = snapshots.kept.map((snapshot) => snapshot.iteration);
      expect(kept.length).toBeLessThanOrEqual(10);
      const gaps = new Set(kept.slice(1).map((at, i) => at - kept[i]));
      expect(kept[0]).toBe(1);
      expect(gaps.size).toBeLessThanOrEqual(1);
      expect(iteration).toBeLessThanOrEqual(snapshots.span);
    }
  });
});
