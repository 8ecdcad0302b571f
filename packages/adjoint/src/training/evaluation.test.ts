import { loadDigits } from "@adjoint/data";
import { build, layers, model } from "@adjoint/nn";
import { kernels, rng, tensor } from "@adjoint/tensor";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { evaluateModel } from "./evaluation.ts";

const spec = model({
  input: [64],
  layers: [layers.affine(10)],
  loss: "crossEntropy",
  metrics: ["accuracy", { kind: "topAccuracy", k: 3 }],
});
const net = build(spec, { seed: 3 });
const { test } = loadDigits({ flatten: true });

/** The classes that the network takes samples for, by its own ops. */
const guesses = net.predict(test.x).argmax({ axis: 1 }).toArray() as number[];
const labels = test.t.toArray() as number[];

describe("evaluateModel", () => {
  it("counts which class was taken for which, whatever the size of its batches", () => {
    const confusion = Array.from({ length: 10 }, (_, i) =>
      Array.from({ length: 10 }, (_, j) => labels.filter((label, k) => label === i && guesses[k] === j).length),
    );
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 400 }), (batchSize) => {
        const result = evaluateModel(net, test, { batchSize, topK: 3, engine: "reference" });
        expect(result.confusion).toEqual(confusion);
        // The network's own metric counts the same.
        expect(result.measured.top3Accuracy).toBe(net.evaluate(test.x, test.t).top3Accuracy);
      }),
      { numRuns: 20, examples: [[360], [180], [359], [361], [1]] },
    );
  });

  it("scores every class by its own and by what was taken for it", () => {
    const { classes, confusion, measured } = evaluateModel(net, test, { classes: ["zero", "one"] });
    expect(classes?.map(({ name }) => name)).toEqual(["zero", "one", "2", "3", "4", "5", "6", "7", "8", "9"]);
    classes?.forEach(({ samples, precision, recall, f1 }, k) => {
      const [own, taken] = [labels.filter((label) => label === k), guesses.filter((guess) => guess === k)];
      const right = confusion?.[k][k] ?? 0;
      expect(samples).toBe(own.length);
      expect(precision).toBe(taken.length === 0 ? null : right / taken.length);
      expect(recall).toBe(right / own.length);
      if (precision !== null && recall !== null && right > 0) {
        expect(f1).toBeCloseTo(2 / (1 / precision + 1 / recall), 12);
      } else expect(f1).toBeNull();
    });
    const right = confusion?.reduce((sum, row, i) => sum + row[i], 0) ?? 0;
    expect(measured.accuracy).toBe(right / 360);
  });

  it("has two classes where the model gives a logit", () => {
    const yes = build(model({ input: [64], layers: [layers.affine(1)], loss: "binaryCrossEntropyWithLogits" }), {
      seed: 1,
    });
    const t = tensor(labels.map((label) => [label > 4 ? 1 : 0]));
    const { confusion, measured } = evaluateModel(yes, { x: test.x, t });
    const taken = (yes.predict(test.x).toArray() as number[][]).map(([y]) => (y > 0 ? 1 : 0));
    const count = (i: number, j: number) =>
      taken.filter((guess, k) => Number(labels[k] > 4) === i && guess === j).length;
    expect(confusion).toEqual([
      [count(0, 0), count(0, 1)],
      [count(1, 0), count(1, 1)],
    ]);
    expect(measured.accuracy).toBe((count(0, 0) + count(1, 1)) / 360);
  });

  it("refuses samples by which the loss is not finite, and names the first", () => {
    const line = build(model({ input: [2], layers: [layers.affine(1)], loss: "mse" }));
    const [x, t] = [
      [
        [0, 1],
        [2, 3],
        [4, 5],
      ],
      [[1], [2], [3]],
    ];
    const measured = (inputs: number[][], targets: number[][]) => () =>
      evaluateModel(line, { x: tensor(inputs), t: tensor(targets) });
    expect(measured(x, t)().measured.loss).toBeGreaterThan(0);
    expect(measured(x, [[1], [Number.NaN], [3]])).toThrowErrorMatchingInlineSnapshot(
      `[DataError: evaluate: the loss is NaN, and among the targets of sample 1 is NaN; expected finite numbers. Leave such samples out, or replace the values.]`,
    );
    expect(
      measured(
        [
          [0, 1],
          [2, 3],
          [4, Number.POSITIVE_INFINITY],
        ],
        t,
      ),
    ).toThrowErrorMatchingInlineSnapshot(
      `[DataError: evaluate: the loss is Infinity, and among the inputs of sample 2 is Infinity; expected finite numbers. Leave such samples out, or replace the values.]`,
    );
  });

  it("measures errors of numbers, and has no classes for them", () => {
    const line = build(model({ input: [64], layers: [layers.affine(1)], loss: "mse" }), { seed: 1, dtype: "float64" });
    const t = rng(1).normal([360, 1], { dtype: "float64" });
    const { measured, classes, confusion } = evaluateModel(line, { x: test.x, t }, { engine: "none" });
    const errors = kernels.sub(line.predict(test.x).value, t).toArray() as number[][];
    const square = errors.reduce((sum, [e]) => sum + e * e, 0) / 360;
    // 360 numbers in another order: 360 · 2⁻⁵³ apart.
    expect(measured.rootMeanSquaredError).toBeCloseTo(Math.sqrt(square), 12);
    expect(measured.meanAbsoluteError).toBeCloseTo(errors.reduce((sum, [e]) => sum + Math.abs(e), 0) / 360, 12);
    expect([classes, confusion]).toEqual([null, null]);
    expect(() => evaluateModel(line, { x: test.x, t }, { topK: 2 })).toThrowErrorMatchingInlineSnapshot(
      `[SpecError: evaluate: the model has no classes to be among the first; expected a model with a class for each sample. Leave --top-k out.]`,
    );
  });
});
