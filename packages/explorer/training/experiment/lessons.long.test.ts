/** What the lessons say, held against what happens. */
import { describe, expect, it } from "vitest";
import { medianSize } from "../../src/training/distribution.ts";
import { verdictOf } from "../drawing/verdict.ts";
import { en } from "../text/en.ts";
import { ko } from "../text/ko.ts";
import { Experiment, type Progress } from "./experiment.ts";
import { type LessonName, lessonNames, lessons } from "./lessons.ts";
import { type Settings, settingsFrom, settingsToParams } from "./settings.ts";

/** Steps of 10 epochs of 1,400 digits by mini-batches of 50. */
const tenEpochs = 280;

interface Outcome {
  readonly first: Progress;
  readonly last: Progress;
}

/** A lesson, as it is or with one of its changes, after some steps. */
function outcome(name: LessonName, attempt: number | null, steps = tenEpochs): Outcome {
  const { settings, tries }: { settings: Settings; tries: readonly Partial<Settings>[] } = lessons[name];
  const experiment = new Experiment({ ...settings, ...(attempt === null ? {} : tries[attempt]) });
  const first = experiment.run(1, Number.POSITIVE_INFINITY, false);
  return { first, last: experiment.run(steps - 1, Number.POSITIVE_INFINITY, false) };
}

/** Median sizes of a quantity, layer by layer, in the first step. */
function medians({ first }: Outcome, quantity: "activations" | "gradients"): number[] {
  return first.snapshots[0].layers.map((layer) => medianSize(layer[quantity] as never));
}

/** What was measured last. */
function measured({ last }: Outcome) {
  const metrics = last.metrics.at(-1);
  if (metrics === undefined) throw new Error(last.error ?? "nothing was measured");
  return {
    trainLoss: Number(metrics.trainLoss),
    train: Number(metrics.trainAccuracy),
    test: Number(metrics.testAccuracy),
  };
}

describe("the lessons", () => {
  it("say of ten sigmoids that a fifth passes each layer, and that they only guess", () => {
    const found = outcome("sigmoids", null);
    const gradients = medians(found, "gradients");
    for (let i = 1; i < gradients.length; i++) expect(gradients[i] / gradients[i - 1]).toBeGreaterThan(2.5);
    const ratio = (gradients[10] as number) / gradients[0];
    expect(ratio).toBeGreaterThan(2e6);
    expect(ratio).toBeLessThan(1e7);
    expect(Math.abs(measured(found).trainLoss - Math.log(10))).toBeLessThan(0.05);
    expect(measured(outcome("sigmoids", 2)).test).toBeGreaterThan(0.9);
    const relu = outcome("sigmoids", 1);
    expect(measured(relu).test).toBeGreaterThan(0.9);
    // In jumps: far below what it had reached.
    const accuracies = relu.last.metrics.map(({ testAccuracy }) => Number(testAccuracy));
    const drops = accuracies.map((accuracy, i) => Math.max(...accuracies.slice(0, i + 1)) - accuracy);
    expect(Math.max(...drops)).toBeGreaterThan(0.2);
  });

  it("say of small weights that what passes them shrinks, and of He's that it does not", () => {
    const small = outcome("he", null);
    const [shrinking, even] = [medians(small, "activations"), medians(outcome("he", 1), "activations")];
    for (let i = 1; i < 8; i++) expect(shrinking[i] / shrinking[i - 1]).toBeLessThan(0.2);
    for (let i = 1; i < 8; i++) expect(even[i] / even[i - 1]).toBeGreaterThan(0.4);
    expect(Math.max(...medians(small, "gradients"))).toBeLessThan(1e-9);
    expect(measured(small).test).toBeLessThan(0.15);
    const after = (quantity: "activations" | "gradients", layer: number) => {
      const of = small.last.snapshots.find(({ iteration }) => iteration > 50)?.layers[layer][quantity];
      return (of?.zeros ?? 0) / (of?.count ?? 1);
    };
    expect([after("activations", 7), after("gradients", 0)]).toEqual([1, 1]);
    expect(measured(outcome("he", 1)).test).toBeGreaterThan(0.9);
  });

  it("say of weights of deviation 1 that gradients grow on their way back, and of Xavier's that they do not", () => {
    const large = outcome("explode", null);
    const gradients = medians(large, "gradients");
    expect(gradients[9]).toBeLessThan(gradients[10]);
    for (let i = 1; i < 9; i++) {
      expect(gradients[i] / gradients[i + 1]).toBeGreaterThan(1.5);
      expect(gradients[i] / gradients[i + 1]).toBeLessThan(3);
    }
    for (const gradient of gradients.slice(0, 2)) {
      expect(gradient / gradients[10]).toBeGreaterThan(200);
      expect(gradient / gradients[10]).toBeLessThan(1000);
    }
    expect(measured(large).test).toBeLessThan(0.15);
    const relu = outcome("explode", 1);
    expect(relu.first.losses[0]).toBeGreaterThan(5e8);
    expect(relu.first.losses[0]).toBeLessThan(5e9);
    expect(relu.last.losses).toEqual([]);
    expect(relu.last.error).toContain("the loss is NaN");
    expect(measured(outcome("explode", 0)).test).toBeGreaterThan(0.9);
    expect(measured(outcome("explode", 2)).train).toBeGreaterThan(0.9);
  });

  it("are judged by their first gradients", () => {
    const verdict = (name: LessonName, attempt: number | null = null): string =>
      verdictOf(medians(outcome(name, attempt, 2), "gradients")).kind;
    expect(verdict("sigmoids")).toBe("vanishing");
    expect(verdict("sigmoids", 1)).toBe("steady");
    expect(verdict("he")).toBe("tiny");
    expect(verdict("he", 1)).toBe("steady");
    expect(verdict("he", 2)).toBe("huge");
    expect(verdict("explode")).toBe("growing");
    expect(verdict("explode", 0)).toBe("steady");
    expect(verdict("explode", 1)).toBe("huge");
  });

  it("say of a rate of 3 that it ends in a guess, of 0.3 that it learns, of 0.001 that it is slow", () => {
    const large = outcome("rate", null);
    expect(measured(large).test).toBeLessThan(0.2);
    expect(measured(outcome("rate", 1)).test).toBeGreaterThan(0.9);
    const slow = measured(outcome("rate", 2));
    expect(slow.trainLoss).toBeLessThan(Math.log(10) - 0.05);
    expect(slow.test).toBeLessThan(0.9);
  });

  it("say of batch normalization that it makes up for a bad start, and of deviation 1 that the loss is not finite", () => {
    expect(measured(outcome("norm", null)).test).toBeLessThan(0.15);
    expect(measured(outcome("norm", 0)).test).toBeGreaterThan(0.9);
    expect(outcome("norm", 1).last.error).toContain("the loss is");
    expect(measured(outcome("norm", 2)).train).toBeGreaterThan(0.9);
  });

  it("say of dropout that the gap between training and held-out samples gets smaller", () => {
    const without = measured(outcome("dropout", null, 600));
    const half = measured(outcome("dropout", 1, 600));
    expect(without.train).toBeGreaterThan(0.99);
    // A third of the held-out samples wrong, or nearly so.
    expect(without.test).toBeGreaterThan(0.6);
    expect(without.test).toBeLessThan(0.78);
    expect(half.train - half.test).toBeLessThan((without.train - without.test) / 2);
    expect(half.test).toBeGreaterThan(without.test + 0.1);
  });

  it("say of the sine that eight units of ReLU cannot follow it, and that two layers of 32 can", () => {
    // The noise alone has a mean square of 0.01.
    expect(measured(outcome("sine", null, 600)).trainLoss).toBeGreaterThan(0.05);
    expect(measured(outcome("sine", 2, 600)).trainLoss).toBeLessThan(0.03);
  });

  it("say of the spirals that four units are too few, and that three layers fold the plane", () => {
    const few = measured(outcome("spirals", null, 500));
    const more = measured(outcome("spirals", 0, 500));
    const deep = measured(outcome("spirals", 1, 500));
    expect(few.test).toBeLessThan(0.8);
    expect(more.test).toBeGreaterThan(few.test);
    expect(deep.test).toBeGreaterThan(0.95);
  });

  it("have words for everything that they try, in both languages", () => {
    for (const name of lessonNames) {
      for (const text of [en, ko]) expect(text.lessons[name].tries).toHaveLength(lessons[name].tries.length);
    }
  });
});

describe("settings", () => {
  it("come back from an address as they were", () => {
    for (const name of lessonNames) {
      for (const changes of [{}, ...(lessons[name].tries as readonly Partial<Settings>[])]) {
        const settings: Settings = { ...lessons[name].settings, ...changes };
        expect(settingsFrom(new URLSearchParams(settingsToParams(settings).toString()))).toEqual(settings);
      }
    }
  });

  it("pass over what an address says wrongly", () => {
    const settings = settingsFrom(new URLSearchParams("task=tea&depth=7000&lr=-1&seed=x&init=__proto__"));
    expect(settings).toMatchObject({ task: "digits", depth: 2, lr: 0.001, seed: 0, init: "he" });
  });
});
