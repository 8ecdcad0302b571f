import { describe, expect, it } from "vitest";
import { ExponentialMovingAverage } from "../averaging/moving-average.ts";
import { clouds, data, TinyNetwork } from "../fixtures/tiny-network.ts";
import { Momentum } from "../rules/momentum.ts";
import { schedules } from "../schedules/all.ts";
import { scheduleFrom } from "../schedules/from-spec.ts";
import type { TrainerOptions } from "./options.ts";
import type { TrainerState } from "./state.ts";
import { Trainer } from "./trainer.ts";

const common: TrainerOptions = { epochs: 4, miniBatchSize: 20, recomputeLoss: false };
const bits = (network: TinyNetwork): unknown => Object.values(network.params).map((x) => Array.from(x.value.data));

/** The factor of each update, and the parameters at the end. */
function run(options: TrainerOptions, network = new TinyNetwork()): { factors: number[]; parameters: unknown } {
  const trainer = new Trainer(network, data, { ...common, ...options });
  const factors: number[] = [];
  for (const _ of trainer.steps()) factors.push(trainer.optimizer.lrFactor);
  return { factors, parameters: bits(network) };
}

describe("a Trainer with a schedule", () => {
  it("uses its factor in each update, whether it is a function, a name or data", () => {
    const cosine = schedules.cosine({ steps: 12 });
    const expected = Array.from({ length: 12 }, (_, i) => cosine(i));
    for (const schedule of [cosine, "cosine", { kind: "cosine" }] as const) {
      expect(run({ schedule }).factors).toEqual(expected);
    }
    const warmup = run({ schedule: { kind: "warmup", steps: 3, followedBy: { kind: "linear" } } });
    const line = schedules.warmup({ steps: 3, followedBy: schedules.linear({ steps: 9 }) });
    expect(warmup.factors).toEqual(expected.map((_, i) => line(i)));
  });

  it("trains as by hand, in a program as well as without", () => {
    for (const compile of [false, true]) {
      const options = { compile, engine: "reference" } as const;
      const network = new TinyNetwork();
      const optimizer = new Momentum(network.params, { lr: 0.1 });
      const schedule = schedules.step({ every: 5, factor: 0.5 });
      const trainer = new Trainer(network, data, { ...common, ...options, optimizer });
      const steps = trainer.steps();
      for (let i = 0; i < trainer.iterations; i++) {
        optimizer.lrFactor = schedule(i);
        steps.next();
      }
      const own = { optimizer: "momentum", optimizerParam: { lr: 0.1 }, schedule } as const;
      expect(run({ ...options, ...own }).parameters).toEqual(bits(network));
    }
  });

  it("goes on in the middle of a schedule and of a plateau to the last bit", () => {
    const options: TrainerOptions = {
      optimizer: "adamw",
      schedule: "oneCycle",
      plateau: { patience: 0, threshold: 0.5 },
      epochs: 6,
    };
    const states: TrainerState[] = [];
    const whole = run({ ...options, checkpointEvery: 1, checkpoint: (state) => states.push(state) });
    expect(new Set(whole.factors).size).toBeGreaterThan(10);
    for (const at of [4, 11]) {
      const resume = { ...states[at - 1], progress: JSON.parse(JSON.stringify(states[at - 1].progress)) };
      const rest = run({ ...options, resume });
      expect(rest.factors).toEqual(whole.factors.slice(at));
      expect(rest.parameters).toEqual(whole.parameters);
    }
  });

  it("reduces the rate when the loss gets no better, by accuracy where bestBy says so", () => {
    const { factors } = run({ plateau: { patience: 0, threshold: 0.9, factor: 0.5 }, optimizerParam: { lr: 0 } });
    expect(factors).toEqual([1, 1, 1, 1, 1, 1, 0.5, 0.5, 0.5, 0.25, 0.25, 0.25]);
    expect(run({ plateau: schedules.plateau({ patience: 9 }), bestBy: "loss" }).factors).toEqual(factors.map(() => 1));
  });

  it("refuses schedules that there are not", () => {
    const make = (options: object) => () => new Trainer(new TinyNetwork(), data, { ...common, ...options });
    expect(make({ schedule: "cosin" })).toThrowErrorMatchingInlineSnapshot(
      `[SpecError: Trainer: schedule is "cosin"; expected "step", "exponential", "cosine", "linear", "polynomial", "warmup" or "oneCycle". Did you mean "cosine"?]`,
    );
    expect(make({ schedule: 3 })).toThrowErrorMatchingInlineSnapshot(
      `[SpecError: Trainer: the schedule is a number; expected a function, a name, or { kind, … }. For example schedule: { kind: "cosine" }.]`,
    );
    expect(make({ schedule: { kind: "cosine", least: -1 } })).toThrow("least is -1");
    expect(make({ plateau: { patience: -1 } })).toThrow("patience is -1");
    expect(make({ plateau: {}, measureAt: "start" })).toThrow("plateau compares whole epochs");
    expect(scheduleFrom("t", "warmup", 100)(9)).toBe(schedules.warmup({ steps: 10 })(9));
  });
});

describe("a Trainer that averages", () => {
  const options: TrainerOptions = { average: 0.9, optimizerParam: { lr: 0.5 }, compile: true, engine: "reference" };

  it("measures with the averages, keeps the best of them, and trains as without", () => {
    const network = new TinyNetwork();
    const trainer = new Trainer(network, data, { ...common, ...options, keepBest: true });
    const own = new ExponentialMovingAverage(new TinyNetwork().params, { decay: 0.9 });
    for (const _ of trainer.steps()) {
      for (const [name, x] of Object.entries(network.params)) own.parameters.get(name)?.assign(x);
      own.update();
    }
    expect(bits(network)).toEqual(run({ ...options, average: null }).parameters);
    expect(trainer.average?.state()).toEqual(own.state());
    const averaged = trainer.average?.use(() => network.accuracy(data.test.x, data.test.t));
    expect(trainer.accuracy(data.test)).toBe(averaged);
    expect(trainer.best?.epoch).toBe(4);
    trainer.useBest();
    expect(bits(network)).toEqual(Object.values(own.state()).map((x) => Array.from(x.data)));
  });

  it("goes on from a state to the last bit, and refuses one without averages", () => {
    const states: TrainerState[] = [];
    const network = new TinyNetwork();
    const make = (more: TrainerOptions, of = new TinyNetwork()) =>
      new Trainer(of, data, { ...common, ...options, ...more });
    const whole = make({ checkpointEvery: 5, checkpoint: (state) => states.push(state) }, network);
    whole.train();
    const resumed = make({ resume: states[0] });
    resumed.train();
    expect(resumed.average?.state()).toEqual(whole.average?.state());
    expect(bits(resumed.network as TinyNetwork)).toEqual(bits(network));
    expect(() => make({ resume: states[0], average: null })).toThrowErrorMatchingInlineSnapshot(
      `[SpecError: Trainer: the state does not fit: it has averages of parameters; expected no averages of parameters. Make the Trainer as the one that the state was taken from: the same network, data, optimizer and batches.]`,
    );
    expect(() => make({ average: 1 })).toThrow("decay is 1");
  });
});

describe("a Trainer that accumulates", () => {
  it.each(["eager", "compiled"])("takes the same updates from parts of a mini-batch, %s", (way) => {
    const options = { compile: way === "compiled", engine: "reference", optimizerParam: { lr: 0.5 } } as const;
    const whole = run(options).parameters as number[][];
    const network = new TinyNetwork();
    const parts = run({ ...options, accumulate: 3 }, network).parameters as number[][];
    parts.flat().forEach((value, i) => {
      // Twelve updates; sums of 20 terms below 10 in another order: 12 · 20 · 2⁻²⁴ · 10.
      expect(Math.abs(value - whole.flat()[i])).toBeLessThanOrEqual(1.5e-4);
    });
    expect(network.batches.slice(0, 3)).toEqual([7, 7, 6]);
  });

  it("lists the loss of the whole mini-batch", () => {
    const first = (accumulate: number): number => {
      const few = { train: clouds(7, 1), test: data.test };
      const trainer = new Trainer(new TinyNetwork(), few, { ...common, accumulate, miniBatchSize: 7 });
      trainer.steps().next();
      return trainer.trainLossList[0];
    };
    expect(first(2)).toBeCloseTo(first(1), 5);
    expect(() => first(8)).toThrow("accumulate is 8; expected an integer from 1 to 7");
  });
});
