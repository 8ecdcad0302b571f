import { kernels, type Tensor, tensor } from "@adjoint/tensor";
import { describe, expect, it } from "vitest";
import { clouds, data, TinyNetwork } from "../fixtures/tiny-network.ts";
import { schedules } from "../schedules/all.ts";
import type { TrainerOptions, TrainingStep } from "./options.ts";
import type { TrainerState } from "./state.ts";
import { Trainer } from "./trainer.ts";

const quick = { epochs: 4, miniBatchSize: 10, replacement: false, optimizerParam: { lr: 0.1 } } as const;

/** The same samples with two of the three labels exchanged: the better the rest is learned, the worse the loss. */
function exchanged({ x, t }: { x: Tensor; t: Tensor }): { x: Tensor; t: Tensor } {
  return { x, t: kernels.indexSelect(t, tensor([2, 1, 0], { dtype: "int32" }), 1) };
}

const make = (options: TrainerOptions, parts = data) => new Trainer(new TinyNetwork(), parts, options);

describe("trainAsync", () => {
  it("awaits what callbacks return, and gives what train gives", async () => {
    const seen: string[] = [];
    const later = (what: string) => async () => {
      seen.push(`${what} begins`);
      await new Promise((done) => setTimeout(done, 1));
      seen.push(`${what} ends`);
    };
    const options = { ...quick, epochs: 1, miniBatchSize: 30 };
    const result = await make({
      ...options,
      measureAt: "end",
      onIteration: later("iteration"),
      onEpoch: later("epoch"),
      checkpoint: later("checkpoint"),
    }).trainAsync();
    const pair = (what: string) => [`${what} begins`, `${what} ends`];
    expect(seen).toEqual([...pair("iteration"), ...pair("epoch"), ...pair("iteration"), ...pair("checkpoint")]);
    expect(result.trainLossList).toEqual(make(options).train().trainLossList);
  });

  it("ends with what a callback rejects with", async () => {
    const failing = make({ ...quick, onEpoch: () => Promise.reject(new Error("the disk is full")) });
    await expect(failing.trainAsync()).rejects.toThrow("the disk is full");
  });

  it("lets others abort it between two iterations", async () => {
    const controller = new AbortController();
    const training = make({ ...quick, epochs: 100_000, signal: controller.signal }).trainAsync();
    setTimeout(() => controller.abort(), 50);
    const { trainLossList } = await training;
    expect(trainLossList.length).toBeGreaterThan(0);
    expect(trainLossList.length).toBeLessThan(600_000);
  });

  it("is named by train, which awaits nothing", () => {
    expect(() => make({ ...quick, onIteration: async () => {} }).train()).toThrowErrorMatchingInlineSnapshot(
      `[SpecError: Trainer: onIteration returned a promise, which train() and steps() do not await; expected a function that returns no promise. Call await trainer.trainAsync(), or save and report without async functions.]`,
    );
  });
});

describe("measures at the end of an epoch", () => {
  it("are loss and accuracy after its last update, over all parts", () => {
    const steps: TrainingStep[] = [];
    const network = new TinyNetwork();
    const parts = { ...data, validation: clouds(30, 3) };
    const trainer = new Trainer(network, parts, { ...quick, measureAt: "end", onEpoch: (step) => steps.push(step) });
    const result = trainer.train();
    expect(steps.map(({ iteration, epochEnded }) => [iteration, epochEnded])).toEqual(
      [6, 12, 18, 24].map((iteration) => [iteration, true]),
    );
    const last = steps[3].measured;
    expect(Object.keys(last ?? {})).toEqual(["train", "test", "validation"]);
    expect(last?.test.accuracy).toBe(network.accuracy(data.test.x, data.test.t));
    // Three batches of ten: sums of thirty numbers in another order than at once.
    expect(last?.test.loss).toBeCloseTo(network.loss(data.test.x, data.test.t).item(), 5);
    expect(result.testAccList).toEqual(steps.map(({ measured }) => measured?.test.accuracy));
    expect(result.finalTestAccuracy).toBe(last?.test.accuracy);
  });

  it("end a training that no longer gets better, and the best network can be put back", () => {
    const parts = { ...data, validation: exchanged(clouds(30, 3)) };
    const network = new TinyNetwork();
    const values: number[] = [];
    const states: unknown[] = [];
    const trainer = new Trainer(network, parts, {
      ...quick,
      epochs: 50,
      earlyStop: 3,
      keepBest: true,
      onEpoch: ({ measured }) => {
        values.push(measured?.validation?.loss as number);
        states.push(network.params.W.toArray());
      },
    });
    trainer.train();
    const best = values.indexOf(Math.min(...values));
    expect(values).toHaveLength(best + 4);
    expect([trainer.best?.epoch, trainer.best?.value]).toEqual([best + 1, values[best]]);
    expect(network.params.W.toArray()).not.toEqual(states[best]);
    trainer.useBest();
    expect(network.params.W.toArray()).toEqual(states[best]);
    // It does not begin again.
    expect(trainer.train().trainLossList).toHaveLength(6 * values.length);
  });

  it("choose the largest accuracy, and refuse metrics that are not measured", () => {
    const accuracies: number[] = [];
    const trainer = make({
      ...quick,
      keepBest: true,
      bestBy: "accuracy",
      onEpoch: ({ measured }) => accuracies.push(measured?.test.accuracy as number),
    });
    trainer.train();
    expect(trainer.best?.value).toBe(Math.max(...accuracies));
    expect(() => make({ ...quick, keepBest: true, bestBy: "recall" }).train()).toThrowErrorMatchingInlineSnapshot(
      `[SpecError: Trainer: "recall" is not measured; expected loss, accuracy. Add it to the metrics of the spec, or choose by another.]`,
    );
    expect(() => make(quick).useBest()).toThrowErrorMatchingInlineSnapshot(
      `[SpecError: useBest: no best network was kept. Pass { keepBest: true }.]`,
    );
    expect(() => make({ earlyStop: 2, measureAt: "start" })).toThrowErrorMatchingInlineSnapshot(
      `[SpecError: Trainer: earlyStop compares whole epochs, and measureAt is "start"; expected "end". Leave measureAt out.]`,
    );
  });
});

it("trains at the rates of a schedule, by the number of updates done", () => {
  const rates: number[] = [];
  const schedule = schedules.linear({ steps: 20 });
  const trainer = make({
    ...quick,
    schedule,
    onIteration: () => rates.push(trainer.optimizer.lrFactor),
  });
  trainer.train();
  expect(rates).toEqual(Array.from({ length: 24 }, (_, i) => schedule(i)));
  const still = make({ ...quick, epochs: 1, schedule: () => 0 });
  still.train();
  expect(still.network.params.W.toArray()).toEqual([
    [0, 0, 0],
    [0, 0, 0],
  ]);
});

describe("checkpoints", () => {
  const iterations = (options: TrainerOptions): number[] => {
    const states: TrainerState[] = [];
    make({ ...quick, ...options, checkpoint: (state) => states.push(state) }).train();
    return states.map(({ progress }) => progress.iteration);
  };

  it("come at the end of every epoch, or every so many mini-batches and at the end", () => {
    expect(iterations({})).toEqual([6, 12, 18, 24]);
    expect(iterations({ checkpointEvery: 10 })).toEqual([10, 20, 24]);
  });

  it("are not changed by what comes later", () => {
    const states: TrainerState[] = [];
    make({ ...quick, epochs: 2, checkpoint: (state) => states.push(state) }).train();
    const shorter = make({ ...quick, epochs: 1 });
    shorter.train();
    expect(states[0].tensors["network/W"].toArray()).toEqual(shorter.network.params.W.toArray());
  });
});
