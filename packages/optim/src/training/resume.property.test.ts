import type { Tensor } from "@adjoint/tensor";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { NoisyNetwork } from "../fixtures/noisy-network.ts";
import { data, TinyNetwork } from "../fixtures/tiny-network.ts";
import { optimizerNames } from "../rules/by-name.ts";
import { schedules } from "../schedules/all.ts";
import type { TrainerOptions } from "./options.ts";
import type { TrainerState } from "./state.ts";
import { Trainer } from "./trainer.ts";

/** A state as it comes back from a file: numbers through JSON, tensors as they are. */
function reread({ progress, tensors }: TrainerState): TrainerState {
  return { progress: JSON.parse(JSON.stringify(progress)), tensors };
}

/** All that a training came to, in numbers. */
function outcome(trainer: Trainer): unknown {
  const { progress, tensors } = trainer.state();
  const values = Object.entries(tensors).map(([name, x]: [string, Tensor]) => [name, [...x.data]]);
  return { progress, values };
}

const engines = [{ compile: false }, { engine: "reference" }, { engine: "wasm", threads: 1 }] as const;

const cases = fc.record({
  engine: fc.constantFrom(...engines),
  optimizer: fc.constantFrom(...optimizerNames),
  miniBatchSize: fc.integer({ min: 1, max: 61 }),
  replacement: fc.boolean(),
  recomputeLoss: fc.boolean(),
  measureAt: fc.constantFrom("start" as const, "end" as const),
  seed: fc.nat(1000),
  schedule: fc.constantFrom(null, schedules.warmup({ steps: 3, followedBy: schedules.cosine({ steps: 10 }) })),
  stops: fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 3 }),
});

describe("a training that is stopped and resumed", () => {
  it("gives what one gives that was never stopped, to the last bit", () => {
    const check = fc.property(cases, ({ engine, stops, ...rest }) => {
      const options: TrainerOptions = { ...rest, ...engine, epochs: 2, keepBest: rest.measureAt === "end" };
      const make = (resume: TrainerState | null) => new Trainer(new NoisyNetwork(), data, { ...options, resume });
      const whole = make(null);
      whole.train();
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
      expect(last.best).toEqual(whole.best);
    });
    fc.assert(check, { numRuns: 40 });
  });

  it("goes on beyond its end as a longer one would have", () => {
    for (const engine of engines) {
      const options = { ...engine, miniBatchSize: 17, replacement: false, optimizer: "adam" } as const;
      const long = new Trainer(new NoisyNetwork(), data, { ...options, epochs: 5 });
      const short = new Trainer(new NoisyNetwork(), data, { ...options, epochs: 2 });
      long.train();
      short.train();
      const resumed = new Trainer(new NoisyNetwork(), data, { ...options, epochs: 5, resume: reread(short.state()) });
      resumed.train();
      expect(outcome(resumed)).toEqual(outcome(long));
    }
  });
});

describe("the state of a Trainer", () => {
  it("is refused by one for another network, optimizer or batches, which stays as it was", () => {
    const state = (() => {
      const trainer = new Trainer(new NoisyNetwork(), data, { epochs: 1, optimizer: "adam" });
      trainer.train();
      return trainer.state();
    })();
    const messages = (
      [
        [new NoisyNetwork(), { optimizer: "sgd" }],
        [new TinyNetwork(), { optimizer: "adam" }],
        [new NoisyNetwork(), { optimizer: "adam", miniBatchSize: 7 }],
        [new NoisyNetwork(), { optimizer: "adam", replacement: false }],
      ] as const
    ).map(([network, options]) => {
      const trainer = new Trainer(network, data, options);
      const before = outcome(trainer);
      let message = "nothing";
      try {
        trainer.loadState(state);
      } catch (error) {
        message = String(error);
      }
      expect(outcome(trainer)).toEqual(before);
      return message;
    });
    expect(messages).toMatchInlineSnapshot(`
      [
        "SpecError: loadState: this is SGD, the state is that of "Adam". Make the optimizer that the state was saved from.",
        "SpecError: Trainer: the state does not fit: its network has W1 [2, 8], W2 [8, 3], running [8]; expected W [2, 3], b [3]. Make the Trainer as the one that the state was taken from: the same network, data, optimizer and batches.",
        "SpecError: Trainer: the state does not fit: its miniBatchSize is 100; expected miniBatchSize 7. Make the Trainer as the one that the state was taken from: the same network, data, optimizer and batches.",
        "SpecError: Trainer: the state does not fit: its replacement is true; expected replacement false. Make the Trainer as the one that the state was taken from: the same network, data, optimizer and batches.",
      ]
    `);
  });

  it("is checked before it is used", () => {
    const trainer = new Trainer(new TinyNetwork(), data);
    const { progress, tensors } = trainer.state();
    for (const bad of [
      null,
      {},
      { progress, tensors: null },
      { progress: { ...progress, version: 2 }, tensors },
      { progress: { ...progress, iteration: -1 }, tensors },
      { progress: { ...progress, order: null }, tensors },
      { progress: { ...progress, order: { ...progress.order, taken: 60 } }, tensors },
      { progress: { ...progress, optimizer: undefined }, tensors },
      { progress, tensors: {} },
    ]) {
      expect(() => trainer.loadState(bad as never), JSON.stringify(bad)).toThrow(/^(Trainer|loadState): /);
    }
  });
});
