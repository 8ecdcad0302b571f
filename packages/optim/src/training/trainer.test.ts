import { defineOp, isfinite, matmul, mul, sum, type Variable, variable, where } from "@adjoint/autograd";
import { full, kernels, rng, SpecError, type Tensor, tensor } from "@adjoint/tensor";
import { describe, expect, it, vi } from "vitest";
import { data, TinyNetwork } from "../fixtures/tiny-network.ts";
import { Adam } from "../rules/adam.ts";
import { defaultRate, optimizerNames } from "../rules/by-name.ts";
import { SGD } from "../rules/sgd.ts";
import type { Network } from "./network.ts";
import type { TrainerOptions, TrainingStep } from "./options.ts";
import { Trainer, type TrainingResult } from "./trainer.ts";

const quick = { epochs: 4, miniBatchSize: 10, optimizerParam: { lr: 0.1 } } as const;

function run(options: TrainerOptions): TrainingResult & { network: TinyNetwork } {
  const network = new TinyNetwork();
  return { ...new Trainer(network, data, options).train(), network };
}

describe("Trainer", () => {
  it("learns to tell three clouds apart", () => {
    const { trainLossList, trainAccList, testAccList, finalTestAccuracy } = run(quick);
    expect(trainLossList).toHaveLength(24);
    expect(trainLossList[0]).toBeGreaterThan(0.3);
    expect(trainLossList[23]).toBeLessThan(0.15);
    expect([trainAccList.length, testAccList.length]).toEqual([4, 4]);
    expect(finalTestAccuracy).toBe(1);
  });

  for (const optimizer of ["sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam"] as const) {
    it(`trains by the name "${optimizer}"`, () => {
      const { trainLossList } = run({ ...quick, optimizer, optimizerParam: { lr: 0.05 } });
      expect(trainLossList[23]).toBeLessThan(0.5 * Math.log(3));
    });
  }

  it("gives the same losses for the same seed, to the last bit, and others for another", () => {
    const first = run({ ...quick, seed: 7 });
    const second = run({ ...quick, seed: 7 });
    expect(second.trainLossList).toEqual(first.trainLossList);
    expect(second.network.params.W.toArray()).toEqual(first.network.params.W.toArray());
    expect(run({ ...quick, seed: 8 }).trainLossList).not.toEqual(first.trainLossList);
    const walk = { ...quick, seed: 7, replacement: false };
    expect(run(walk).trainLossList).toEqual(run(walk).trainLossList);
    expect(run(walk).trainLossList).not.toEqual(first.trainLossList);
  });

  it("trains alike with an optimizer made before, with or without parameters", () => {
    const named = run({ ...quick, optimizer: "adam", optimizerParam: { lr: 0.05 } });
    const bare = run({ epochs: 4, miniBatchSize: 10, optimizer: new Adam({ lr: 0.05 }) });
    const network = new TinyNetwork();
    const optimizer = new Adam(network.params, { lr: 0.05 });
    const bound = new Trainer(network, data, { epochs: 4, miniBatchSize: 10, optimizer }).train();
    expect(bare.trainLossList).toEqual(named.trainLossList);
    expect(bound.trainLossList).toEqual(named.trainLossList);
    expect(optimizer.iteration).toBe(24);
  });

  it("lists the loss after the update, or with recomputeLoss: false the one before", () => {
    // The network counts its calls, which a program does not make.
    const after = run({ ...quick, epochs: 1, compile: false });
    const before = run({ ...quick, epochs: 1, compile: false, recomputeLoss: false });
    expect(before.trainLossList[0]).toBeCloseTo(Math.log(3), 6);
    expect(after.trainLossList[0]).toBeLessThan(before.trainLossList[0]);
    expect([after.network.batches.length, before.network.batches.length]).toEqual([12, 6]);
    expect(after.network.params.W.toArray()).toEqual(before.network.params.W.toArray());
  });

  it("runs its steps as a program, with the same numbers within rounding", () => {
    const [compiled, plain] = [run({ ...quick, epochs: 2 }), run({ ...quick, epochs: 2, compile: false })];
    expect(compiled.network.batches.length).toBeLessThan(plain.network.batches.length);
    // A loss of this network adds some hundred products of numbers around 1, in steps that are contractions.
    compiled.trainLossList.forEach((loss, i) => {
      expect(Math.abs(loss - plain.trainLossList[i])).toBeLessThan(100 * 2 ** -23 * (i + 1));
    });
    expect(compiled.trainAccList).toEqual(plain.trainAccList);
  });

  it("measures by compiled outputs where the network has them, and by its own where these cannot be traced", () => {
    class WithOutputs extends TinyNetwork {
      readonly traced: (number | undefined)[] = [];
      outputs(x: Tensor): Record<string, Variable> {
        this.traced.push(x.shape[0]);
        return { y: matmul(x, this.params.W) };
      }
      override accuracy(x: Tensor, t: Tensor, _?: number, outputs?: (x: never) => Record<string, Variable>): number {
        outputs?.(x as never);
        return super.accuracy(x, t);
      }
    }
    const network = new WithOutputs();
    const trainer = new Trainer(network, data, { ...quick, epochs: 2 });
    const { testAccList, finalTestAccuracy } = trainer.train();
    expect(testAccList).toEqual(run({ ...quick, epochs: 2 }).testAccList);
    expect(trainer.accuracy(data.test)).toBe(finalTestAccuracy);
    expect(network.traced).toEqual([60, 30]);
    const plain = new WithOutputs();
    new Trainer(plain, data, { ...quick, epochs: 1, compile: false }).train();
    expect(plain.traced).toEqual([]);

    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    class Reading extends WithOutputs {
      override outputs(x: Tensor): Record<string, Variable> {
        const { y } = super.outputs(x);
        return sum(y).item() > 1e9 ? {} : { y };
      }
    }
    expect(new Trainer(new Reading(), data, { ...quick, epochs: 2 }).train().testAccList).toEqual(testAccList);
    expect(warn.mock.calls.length).toBe(1);
    expect(String(warn.mock.calls[0])).toContain(
      "accuracies are measured without a compiled program. compile: the value",
    );
    warn.mockRestore();
  });

  it("measures the loss of test samples by a program for whole batches", () => {
    const sizes = (compiled: boolean) => {
      const network = Object.assign(new TinyNetwork(), { classifies: false });
      const trainer = new Trainer(network, data, { ...quick, epochs: 2, miniBatchSize: 20, compile: compiled });
      return { ...trainer.train(), batches: network.batches };
    };
    const [plain, compiled] = [sizes(false), sizes(true)];
    compiled.testLossList.forEach((loss, i) => {
      expect(Math.abs(loss - plain.testLossList[i])).toBeLessThan(1e-4);
    });
    // 30 samples are a whole batch, for which there is a program, and a half.
    expect(compiled.batches.filter((n) => n === 10)).toHaveLength(3);
    expect(plain.batches.filter((n) => n === 10)).toHaveLength(3);
    expect(compiled.batches.length).toBeLessThan(plain.batches.length);
  });

  it("goes on without a program where the network cannot be traced, and says why once", () => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    class Reading extends TinyNetwork {
      override loss(x: Tensor, t: Tensor): Variable {
        const loss = super.loss(x, t);
        return loss.item() > 100 ? mul(loss, 0.5) : loss;
      }
    }
    const { trainLossList } = new Trainer(new Reading(), data, { ...quick, epochs: 1 }).train();
    expect(trainLossList).toEqual(run({ ...quick, epochs: 1, compile: false }).trainLossList);
    expect(warn.mock.calls.length).toBe(1);
    expect(String(warn.mock.calls[0])).toContain("training goes on without a compiled program. compile: the value of");
    warn.mockRestore();
  });

  it("measures accuracies on the first samples only, when told", () => {
    const { network } = run({ ...quick, epochs: 2, evaluateSampleNumPerEpoch: 12 });
    expect(network.evaluations).toEqual([12, 12, 12, 12, 30]);
    expect(run({ ...quick, epochs: 1, evaluateSampleNumPerEpoch: 40 }).network.evaluations).toEqual([40, 30, 30]);
  });

  it("counts epochs that are no integer of mini-batches", () => {
    const steps = [...new Trainer(new TinyNetwork(), data, { epochs: 3, miniBatchSize: 25 }).steps()];
    // 60 / 25 = 2.4 mini-batches an epoch: the second begins past 2.4, the third past 4.8.
    expect(steps.map(({ epoch }) => epoch)).toEqual([1, 1, 1, 2, 2, 3, 3]);
    expect(steps.map(({ accuracy }) => accuracy !== undefined)).toEqual([true, false, false, true, false, true, false]);
    const large = run({ epochs: 2, miniBatchSize: 100, recomputeLoss: false, compile: false });
    expect(large.network.batches).toEqual([100, 100]);
    const walk = run({ epochs: 2, miniBatchSize: 25, replacement: false, recomputeLoss: false, compile: false });
    expect(walk.network.batches).toEqual([25, 25, 10, 25, 25, 10]);
    expect(walk.trainAccList).toHaveLength(2);
  });

  it("can be driven step by step, left and taken up again", () => {
    const whole = run(quick);
    const trainer = new Trainer(new TinyNetwork(), data, quick);
    const seen: TrainingStep[] = [];
    for (const step of trainer.steps()) {
      seen.push(step);
      if (step.iteration === 9) break;
    }
    const result = trainer.train();
    const { network: _, ...expected } = whole;
    expect(result).toEqual(expected);
    expect(seen[8]).toEqual({
      iteration: 9,
      iterations: 24,
      epoch: 2,
      epochs: 4,
      loss: whole.trainLossList[8],
      epochEnded: false,
    });
    expect(seen[6].accuracy).toEqual({ train: whole.trainAccList[1], test: whole.testAccList[1] });
    expect(trainer.train().trainLossList).toHaveLength(24);
  });

  it("reports every iteration and every epoch", () => {
    const onIteration = vi.fn<(step: TrainingStep) => void>();
    const onEpoch = vi.fn<(step: TrainingStep) => void>();
    const { trainLossList } = run({ ...quick, epochs: 2, onIteration, onEpoch });
    expect(onIteration.mock.calls.map(([step]) => step.loss)).toEqual(trainLossList);
    expect(onEpoch.mock.calls.map(([step]) => [step.epoch, step.iteration])).toEqual([
      [1, 1],
      [2, 7],
    ]);
  });

  it("prints what the book prints, when told", () => {
    const log = vi.spyOn(console, "log").mockImplementation(() => {});
    try {
      run({ ...quick, epochs: 1, miniBatchSize: 60 });
      expect(log).not.toHaveBeenCalled();
      run({ ...quick, epochs: 1, miniBatchSize: 60, verbose: true });
      expect(log.mock.calls.map(([line]) => String(line).replace(/\d\.\d+|\b[01]\b$|(?<=: )[01]\b/g, "#"))).toEqual([
        "train loss: #",
        "=== epoch 1, train acc: #, test acc: # ===",
        "=== final test accuracy: # ===",
      ]);
    } finally {
      log.mockRestore();
    }
  });

  it("ends between two iterations when aborted", () => {
    const controller = new AbortController();
    const { trainLossList, trainAccList, finalTestAccuracy, network } = run({
      ...quick,
      signal: controller.signal,
      onIteration: ({ iteration }) => iteration === 8 && controller.abort(),
    });
    expect(trainLossList).toHaveLength(8);
    expect(trainAccList).toHaveLength(2);
    expect(finalTestAccuracy).toBe(network.accuracy(data.test.x, data.test.t));
    expect(trainLossList).toEqual(run(quick).trainLossList.slice(0, 8));
    expect(run({ ...quick, signal: AbortSignal.abort() }).trainLossList).toEqual([]);
  });

  it("leaves parameters that the loss does not use", () => {
    const network = new TinyNetwork();
    network.params.unused = variable(tensor([5]));
    new Trainer(network, data, { epochs: 1, optimizer: new Adam() }).train();
    expect(network.params.unused.item()).toBe(5);
  });
});

describe("Trainer of a network without classes", () => {
  const x = rng(1).normal([50, 1], { dtype: "float64" });
  const t = kernels.mul(x, tensor(3, { dtype: "float64" }));
  const regression = () => {
    const w = variable(0, { dtype: "float64" });
    const loss = (at: Tensor, target: Tensor): Variable => w.mul(at).sub(target).square().mean();
    return { params: { w }, loss, classifies: false };
  };
  const samples = { train: { x, t }, test: { x, t } };
  const options = {
    epochs: 3,
    miniBatchSize: 20,
    replacement: false,
    recomputeLoss: false,
    optimizerParam: { lr: 0.1 },
  };

  it("needs no accuracy, and gives the loss of the test samples at every epoch and at the end", () => {
    const onEpoch = vi.fn<(step: TrainingStep) => void>();
    const network = regression();
    const result = new Trainer(network, samples, { ...options, onEpoch }).train();
    expect(onEpoch.mock.calls.map(([{ iteration }]) => iteration)).toEqual([1, 4, 7]);
    expect(onEpoch.mock.calls.map(([{ testLoss }]) => testLoss)).toEqual(result.testLossList);
    expect(onEpoch.mock.calls.map(([{ accuracy }]) => accuracy)).toEqual([undefined, undefined, undefined]);
    expect(result.trainAccList).toEqual([]);
    expect(result.finalTestAccuracy).toBeNull();
    // The batches of 20, 20 and 10 samples count by their samples: sums of 50 numbers in another order, 50 · 2⁻⁵³ apart.
    const whole = network.loss(x, t).item();
    expect(Math.abs((result.finalTestLoss as number) - whole)).toBeLessThanOrEqual(50 * 2 ** -53 * whole);
    expect(result.finalTestLoss).toBeLessThan(result.testLossList[2]);
  });

  it("measures as many samples as evaluateSampleNumPerEpoch says", () => {
    const network = regression();
    const seen: number[] = [];
    const counting = {
      ...network,
      loss: (at: Tensor, target: Tensor, { train }: { train: boolean }): Variable => {
        if (!train) seen.push(at.shape[0]);
        return network.loss(at, target);
      },
    };
    // The network counts its calls, which a program does not make.
    new Trainer(counting, samples, { ...options, epochs: 1, compile: false, evaluateSampleNumPerEpoch: 30 }).train();
    expect(seen).toEqual([20, 10, 20, 20, 10]);
  });
});

describe("Trainer of a network that needs two samples in a batch", () => {
  const pairs = (): TinyNetwork & { minBatchSize: number } => Object.assign(new TinyNetwork(), { minBatchSize: 2 });
  const walk = { epochs: 2, replacement: false, recomputeLoss: false } as const;

  it("lets a last sample that would be alone join the mini-batch before it", () => {
    const network = pairs();
    const { trainLossList } = new Trainer(network, data, { ...walk, miniBatchSize: 59, compile: false }).train();
    expect(network.batches).toEqual([60, 60]);
    expect(trainLossList).toHaveLength(2);
    expect(new Trainer(new TinyNetwork(), data, { ...walk, miniBatchSize: 59 }).iterations).toBe(4);
  });

  it("refuses mini-batches of one sample, and one training sample, before anything is trained", () => {
    expect(() => new Trainer(pairs(), data, { miniBatchSize: 1 })).toThrowErrorMatchingInlineSnapshot(
      `[SpecError: Trainer: miniBatchSize is 1; expected 2 samples or more for this network. Batch normalization compares the samples of a batch: use larger batches, or layer normalization.]`,
    );
    const one = {
      x: kernels.slice(data.train.x, [{ start: 0, step: 1, length: 1 }]),
      t: kernels.slice(data.train.t, [{ start: 0, step: 1, length: 1 }]),
    };
    expect(() => new Trainer(pairs(), { ...data, train: one })).toThrowErrorMatchingInlineSnapshot(
      `[SpecError: Trainer: there is 1 training sample; expected 2 samples or more for this network. Batch normalization compares the samples of a batch: use larger batches, or layer normalization.]`,
    );
  });
});

it("trains by each name at the optimizer's own rate, unless a rate is given", () => {
  const rateOf = (options: TrainerOptions): number => new Trainer(new TinyNetwork(), data, options).optimizer.lr;
  const rates = { sgd: 0.01, momentum: 0.01, nesterov: 0.01, adagrad: 0.01, rmsprop: 0.01, adam: 0.001 };
  expect(rates).toMatchObject(Object.fromEntries(Object.keys(rates).map((name) => [name, defaultRate(name as "sgd")])));
  for (const name of optimizerNames) {
    expect(rateOf({ optimizer: name }), name).toBe(defaultRate(name));
    expect(rateOf({ optimizer: name, optimizerParam: { lr: 0.3 } }), name).toBe(0.3);
  }
  expect(rateOf({})).toBe(0.01);
  expect(rateOf({ optimizer: "adam", optimizerParam: { beta1: 0.8 } })).toBe(0.001);
});

/** What `run` throws, without the lines of this file that it names; "trained" when it throws nothing. */
function messageOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    return String(error).replaceAll(/computed at .*?:\d+:\d+\)?/g, "computed at <line>");
  }
  return "trained";
}

describe("Trainer refuses", () => {
  it("a loss that is no longer finite, and says where and with which learning rate", () => {
    const network = {
      params: { w: variable(tensor([1e10]), { name: "w" }) },
      loss(): Variable {
        return sum(mul(mul(this.params.w, this.params.w), this.params.w));
      },
      accuracy: (): number => 0,
    };
    const trainer = new Trainer(network, data, { optimizer: new SGD({ lr: 100 }) });
    expect(messageOf(() => trainer.train())).toMatchInlineSnapshot(
      `"GraphError: train: the loss is -Infinity at iteration 1, with SGD at lr 100; expected a finite number. Lower the learning rate; if it is small already, look for a log or a division of 0 in the network and its loss. It began here: mul: the result is Infinity at [0]; expected finite numbers. In Variables "w", "w". Its inputs are all finite; computed at <line>."`,
    );
    expect(trainer.trainLossList).toEqual([]);
  });

  it("a gradient that is not finite, and says where", () => {
    const network = {
      params: { w: variable(tensor([0]), { name: "w" }) },
      loss(): Variable {
        return sum(this.params.w.sqrt());
      },
      accuracy: (): number => 0,
    };
    expect(messageOf(() => new Trainer(network, data).train())).toMatchInlineSnapshot(
      `"GraphError: step: the gradient for "w" is Infinity at [0]; expected finite numbers. In iteration 1. Nothing was changed. Lower the learning rate, or look for a log or a division of 0 in the loss. It began here: div: the result is Infinity at [0], in the backward rule of sqrt; expected finite numbers. Its inputs are all finite; its forward pass was computed at <line>."`,
    );
    expect(network.params.w.item()).toBe(0);
  });

  describe("what is not finite, and says where it comes from:", () => {
    const withNaN = (x: Tensor, row: number, column: number): Tensor => {
      const copy = kernels.copy(x);
      copy.data[row * x.shape[1] + column] = Number.NaN;
      return copy;
    };
    const options: TrainerOptions = { miniBatchSize: 60, replacement: false, recomputeLoss: false };
    const message = (parts: Partial<typeof data>, network: Network = new TinyNetwork()): string => {
      return messageOf(() => new Trainer(network, { ...data, ...parts }, options).train());
    };
    const { train, test } = data;

    it("inputs and targets", () => {
      const hidden = new TinyNetwork();
      // The loss leaves the NaN out; the gradient, 0 · NaN, does not.
      hidden.loss = (x) => {
        const y = matmul(x, hidden.params.W);
        return sum(where(isfinite(y), y, 0));
      };
      expect([
        message({ train: { ...train, x: withNaN(train.x, 17, 1) } }),
        message({ train: { ...train, x: withNaN(train.x, 17, 1) } }, hidden),
        message({ train: { ...train, t: withNaN(train.t, 3, 2) } }),
        message({ test: { ...test, x: withNaN(test.x, 5, 0) } }),
        message({ test: { ...test, t: withNaN(test.t, 5, 0) } }),
      ]).toMatchInlineSnapshot(`
        [
          "GraphError: train: the loss is NaN at iteration 1, with SGD at lr 0.01, and data.train.x is NaN at [17, 1]; expected a finite number. Leave such samples out, or replace the values: isfinite(x) finds them.",
          "GraphError: train: data.train.x is NaN at [17, 1], and a gradient is not finite. Leave such samples out, or replace the values: isfinite(x) finds them.",
          "GraphError: train: the loss is NaN at iteration 1, with SGD at lr 0.01, and data.train.t is NaN at [3, 2]; expected a finite number. Leave such samples out, or replace the values: isfinite(x) finds them.",
          "GraphError: train: data.test.x is NaN at [5, 0], and the loss over data.test is not finite. Leave such samples out, or replace the values: isfinite(x) finds them.",
          "GraphError: train: data.test.t is NaN at [5, 0], and the loss over data.test is not finite. Leave such samples out, or replace the values: isfinite(x) finds them.",
        ]
      `);
    });

    it("parameters and the loss", () => {
      const started = new TinyNetwork();
      started.params.W.assign(full([2, 3], Number.NaN));
      const divided = new TinyNetwork();
      divided.loss = () => sum(divided.params.b.div(0));
      const grown = new TinyNetwork();
      grown.loss = () => sum(grown.params.b.add(1e30).square());
      expect([message({}, started), message({}, divided), message({}, grown)]).toMatchInlineSnapshot(`
        [
          "GraphError: train: the loss is NaN at iteration 1, with SGD at lr 0.01, and parameter "W" is NaN; expected a finite number. Start from finite parameters.",
          "GraphError: train: the loss is NaN at iteration 1, with SGD at lr 0.01; expected a finite number. Samples and parameters are finite: look for a log or a division of 0 in the network and its loss. It began here: div: the result is NaN at [0]; expected finite numbers. In Variable "b". Its inputs are all finite; computed at <line>.",
          "GraphError: train: the loss is Infinity at iteration 1, with SGD at lr 0.01; expected a finite number. Samples and parameters are finite: look for a log or a division of 0 in the network and its loss. It began here: square: the result is Infinity at [0]; expected finite numbers. Its inputs are all finite; computed at <line>.",
        ]
      `);
    });

    it("what the optimizer remembers", () => {
      const steep = new TinyNetwork();
      // 0, and its gradient 3e38: twice that is infinite in float32.
      const hidden = defineOp({
        name: "steep",
        infer: ([x]) => x,
        forward: ([x]) => kernels.mul(x, 0),
        backward: [({ grad }) => mul(grad, 3e38)],
      });
      steep.loss = () => sum(hidden(steep.params.b));
      const momentum: TrainerOptions = { ...options, optimizer: "momentum", optimizerParam: { lr: 1 } };
      const said = messageOf(() => new Trainer(steep, data, momentum).train());
      expect(said).toContain(`and parameter "b" is -Infinity (in the optimizer's state "b.v" is -Infinity)`);
    });

    it("not where the network minds", () => {
      const network = new TinyNetwork();
      const seen = (x: Tensor): Tensor => where(isfinite(x), x, 0).value;
      const { loss, accuracy } = network;
      network.loss = (x, t) => loss.call(network, seen(x), t);
      network.accuracy = (x, t) => accuracy.call(network, seen(x), t);
      const parts = { train: { ...train, x: withNaN(train.x, 17, 1) }, test: { ...test, x: withNaN(test.x, 5, 0) } };
      expect(message(parts, network)).toBe("trained");
    });
  });

  it("a spec in place of a network", () => {
    expect(() => new Trainer({ input: [1], layers: [] } as never, data)).toThrow(
      "Trainer: the network has no params; expected { params, loss(x, t, { train }), accuracy(x, t) }. It is a spec; build it first: new Trainer(build(spec), data).",
    );
  });

  it("options that do not exist or are out of range", () => {
    const make = (options: object) => () => new Trainer(new TinyNetwork(), data, options as TrainerOptions);
    expect(make({ batchSize: 10 })).toThrowErrorMatchingInlineSnapshot(
      `[SpecError: Trainer: unknown option "batchSize". Did you mean "miniBatchSize"?]`,
    );
    expect(make({ batch_size: 10 })).toThrow('unknown option "batch_size". Did you mean "miniBatchSize"?');
    expect(make({ learningRate: 0.1 })).toThrow(
      'the Trainer has no option learningRate; expected the rate among the optimizer\'s parameters. Pass { optimizer: "adam", optimizerParam: { lr: 0.01 } }.',
    );
    expect(make({ epochs: 0 })).toThrowErrorMatchingInlineSnapshot(
      `[SpecError: Trainer: epochs is 0; expected an integer ≥ 1.]`,
    );
    expect(make({ optimizer: "adamm" })).toThrow(
      `Trainer: unknown optimizer "adamm"; expected "${optimizerNames.join('", "')}". Or pass one made with new, such as new Adam().`,
    );
    expect(make({ optimizer: "adam", optimizerParam: { momentum: 0.9 } })).toThrowErrorMatchingInlineSnapshot(
      `[SpecError: Trainer: unknown option "momentum". The options are lr, beta1, beta2, weightDecay, groups, clip.]`,
    );
    expect(make({ optimizer: new Adam(), optimizerParam: { lr: 1 } })).toThrowErrorMatchingInlineSnapshot(
      `[SpecError: Trainer: optimizerParam is given beside an Adam that is already made. Pass the hyper-parameters to new Adam(…), or the optimizer by name.]`,
    );
    expect(make({ optimizer: new Adam(new TinyNetwork().params) })).toThrowErrorMatchingInlineSnapshot(
      `[SpecError: Trainer: the Adam was made with "W"; expected parameters of this network only. Make it with new Adam(network.params), or without parameters.]`,
    );
    const bad: object[] = [
      { miniBatchSize: 0.5 },
      { epochs: Number.POSITIVE_INFINITY },
      { evaluateSampleNumPerEpoch: 0 },
      { verbose: 1 },
      { replacement: "yes" },
      { recomputeLoss: null },
      { onIteration: 1 },
      { onEpoch: {} },
      { signal: {} },
      { optimizer: null },
      { optimizer: {} },
    ];
    for (const options of bad) expect(make(options), JSON.stringify(options)).toThrow(SpecError);
  });

  it("data and networks that do not fit", () => {
    const { train, test } = data;
    const make = (parts: object) => () => new Trainer(new TinyNetwork(), parts as typeof data);
    expect(make({ train: { x: train.x, t: test.t }, test })).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: Trainer: data.train has inputs of shape [60, 2] and targets of shape [30, 3]; expected one row or more, as many in x as in t.]`,
    );
    expect(make({ train })).toThrowErrorMatchingInlineSnapshot(
      `[SpecError: Trainer: data.test is missing; expected { x, t }. Pass what loadDigits() returns, or { train: { x, t }, test: { x, t } } with Tensors (records of Tensors for a network with several inputs or losses).]`,
    );
    expect(make({ train: { x: [[1]], t: [1] }, test })).toThrow(SpecError);
    const network = { params: {}, loss: (x: Tensor): Variable => variable(x) };
    expect(() => new Trainer(network as never, data)).toThrowErrorMatchingInlineSnapshot(
      `[SpecError: Trainer: the network has no accuracy; expected { params, loss(x, t, { train }), accuracy(x, t) }. Add accuracy(x, t), or classifies: false for a network without classes, such as a regression.]`,
    );
  });
});

it("trains networks of several inputs and targets, given by name", () => {
  // y = a · u + b · v, targets u + 2 v and its negative.
  const params = { a: variable(0, { dtype: "float64" }), b: variable(0, { dtype: "float64" }) };
  const network = {
    params,
    loss: (x: { u: Tensor; v: Tensor }, t: { plus: Tensor; minus: Tensor }) => {
      const y = params.a.mul(x.u).add(params.b.mul(x.v));
      return y.sub(t.plus).square().mean().add(y.neg().sub(t.minus).square().mean());
    },
    accuracy: () => 0,
    classifies: false,
  };
  const [u, v] = [rng(1).normal([40], { dtype: "float64" }), rng(2).normal([40], { dtype: "float64" })];
  const plus = kernels.add(u, kernels.add(v, v));
  const samples = { x: { u, v }, t: { plus, minus: kernels.neg(plus) } };
  const data = { train: samples, test: samples };
  const result = new Trainer(network, data, { epochs: 60, miniBatchSize: 10, optimizerParam: { lr: 0.05 } }).train();
  expect(result.finalTestAccuracy).toBe(null);
  expect(result.trainAccList).toEqual([]);
  // Two hundred and forty steps shrink a linear problem's error below float32's resolution of 1.
  expect(Math.abs(params.a.item() - 1)).toBeLessThan(1e-6);
  expect(Math.abs(params.b.item() - 2)).toBeLessThan(1e-6);
  const lost = { ...samples, x: { u, v: kernels.slice(v, [{ start: 0, step: 1, length: 39 }]) } };
  expect(() => new Trainer(network, { train: lost, test: samples })).toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: Trainer: data.train has inputs of shape u [40], v [39] and targets of shape plus [40], minus [40]; expected one row or more, as many in x as in t.]`,
  );
});
