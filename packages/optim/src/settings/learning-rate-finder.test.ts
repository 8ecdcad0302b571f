import { variable } from "@adjoint/autograd";
import { rng, tensor } from "@adjoint/tensor";
import { describe, expect, it } from "vitest";
import { NoisyNetwork } from "../fixtures/noisy-network.ts";
import { clouds, data, TinyNetwork } from "../fixtures/tiny-network.ts";
import { optimizerNames } from "../rules/by-name.ts";
import { networkState } from "../training/state.ts";
import { Trainer } from "../training/trainer.ts";
import { findLearningRate, learningRateSteps } from "./learning-rate-finder.ts";

/** All that a training could change, as text. */
const all = (net: NoisyNetwork) =>
  JSON.stringify([
    Object.entries(networkState(net)).map(([name, x]) => [name, x.toArray()]),
    Object.values(net.generators).map(({ state }) => state),
    Object.values(net.params).map(({ grad }) => grad?.toArray() ?? null),
  ]);

describe("findLearningRate", () => {
  it("leaves parameters, statistics, generators and gradients as they were", () => {
    for (const compile of [true, false]) {
      const net = new NoisyNetwork();
      net.params.W1.grad = variable(rng(3).normal([2, 8]));
      const before = all(net);
      findLearningRate(net, data, { optimizer: "adam", steps: 20, compile });
      expect(all(net)).toBe(before);
      for (const { step } of learningRateSteps(net, data, { optimizer: "adam", steps: 20, compile }))
        if (step === 10) break;
      expect(all(net)).toBe(before);
    }
  });

  it("raises the rate by the same factor at each step", () => {
    const { rates, losses, smoothed } = findLearningRate(new TinyNetwork(), data, {
      from: 1e-4,
      to: 1e-2,
      steps: 21,
      compile: false,
    });
    expect([losses.length, smoothed.length]).toEqual([21, 21]);
    expect(rates[0]).toBe(1e-4);
    expect(rates[10]).toBeCloseTo(1e-3, 12);
    expect(rates[20]).toBeCloseTo(1e-2, 12);
  });

  it.each(["sgd", "adam"] as const)(
    "suggests a rate for %s that learns more in two epochs than a hundredth of it",
    (optimizer) => {
      const samples = { train: clouds(300, 1), test: clouds(30, 2) };
      const options = { miniBatchSize: 10, optimizer, compile: false } as const;
      const { suggestion } = findLearningRate(new TinyNetwork(), samples, options);
      const lossAt = (lr: number): number => {
        const net = new TinyNetwork();
        new Trainer(net, samples, { ...options, epochs: 2, optimizerParam: { lr } }).train();
        return net.loss(samples.test.x, samples.test.t).item();
      };
      expect(lossAt(suggestion!)).toBeLessThan(lossAt(suggestion! / 100) / 2);
    },
  );

  it("ends early where the loss grows far beyond its least value, or is not finite", () => {
    // No line divides these samples by their classes.
    const noise = { x: rng(1).normal([100, 2]), t: clouds(100, 2).t };
    for (const to of [1e3, 1e38]) {
      const { diverged, losses, rates } = findLearningRate(new TinyNetwork(), { train: noise }, { to, compile: false });
      expect(diverged).toBe(true);
      expect(losses.length).toBeLessThan(100);
      expect(rates).toHaveLength(losses.length);
    }
  });

  it("suggests nothing where the loss does not fall", () => {
    const noise = { x: rng(1).normal([100, 2]), t: clouds(100, 2).t };
    const { suggestion } = findLearningRate(new TinyNetwork(), { train: noise }, { to: 1e-6, compile: false });
    expect(suggestion).toBe(null);
  });

  it("says what it refuses", () => {
    const messageOf = (run: () => unknown): string => {
      try {
        run();
      } catch (error) {
        return (error as Error).message;
      }
      return "nothing";
    };
    const find =
      (options: object, samples = data) =>
      () =>
        findLearningRate(new TinyNetwork(), samples, options);
    const bad = { ...data, train: { x: tensor([[Number.NaN, 1]]), t: tensor([[1, 0, 0]]) } };
    expect(
      [
        find({ from: 0 }),
        find({ from: 1, to: 0.1 }),
        find({ steps: 3 }),
        find({ optimizer: "adan" }),
        find({ rate: 1 }),
        find({}, { train: 3 } as never),
        find({}, bad),
      ].map((call) => messageOf(call).replace(`"${optimizerNames.join('", "')}"`, "NAMES")),
    ).toMatchInlineSnapshot(`
      [
        "findLearningRate: from is 0; expected a number above 0.",
        "findLearningRate: to is 0.1; expected more than 1, the first rate. The rate rises from \`from\` to \`to\`.",
        "findLearningRate: steps is 3; expected an integer ≥ 20.",
        "findLearningRate: unknown optimizer "adan"; expected NAMES. Or pass one made with new, such as new Adam().",
        "findLearningRate: unknown option "rate". The options are optimizer, optimizerParam, miniBatchSize, from, to, steps, seed, compile, engine, threads.",
        "findLearningRate: data.train is a number; expected { x, t }. Pass what loadDigits() returns, or { train: { x, t }, test: { x, t } } with Tensors (records of Tensors for a network with several inputs or losses).",
        "train: the loss is NaN at iteration 1, with SGD at lr 1e-7, and data.train.x is NaN at [0, 0]; expected a finite number. Leave such samples out, or replace the values: isfinite(x) finds them.",
      ]
    `);
  });
});
