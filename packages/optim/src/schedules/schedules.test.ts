import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { schedules } from "./all.ts";
import type { PlateauOptions, PlateauState } from "./plateau.ts";
import type { Schedule } from "./schedule.ts";

type Name = Exclude<keyof typeof schedules, "plateau">;
interface Case {
  readonly schedule: Name;
  readonly options: Readonly<Record<string, unknown>>;
  readonly factors: readonly number[];
}

const fixture = JSON.parse(readFileSync(new URL("../fixtures/pytorch.json", import.meta.url), "utf8"));
const cases = fixture.schedules as readonly Case[];
const plateaus = fixture.plateau as readonly {
  readonly options: PlateauOptions;
  readonly measures: readonly number[];
  readonly factors: readonly number[];
}[];

function made({ schedule, options }: Omit<Case, "factors">): Schedule {
  const { followedBy } = options as { readonly followedBy?: { readonly schedule: Name } };
  const rest = followedBy === undefined ? options : { ...options, followedBy: made(splitName(followedBy)) };
  return (schedules[schedule] as (options: unknown) => Schedule)(rest);
}

function splitName({ schedule, ...options }: { readonly schedule: Name }): Omit<Case, "factors"> {
  return { schedule, options };
}

describe("schedules", () => {
  it("are all in the reference", () => {
    expect(new Set([...cases.map(({ schedule }) => schedule), "plateau"])).toEqual(new Set(Object.keys(schedules)));
  });

  it.each(cases.map((one) => [`${one.schedule} ${JSON.stringify(one.options)}`, one] as const))(
    "%s has PyTorch's rates",
    (_, one) => {
      const factor = made(one);
      expect(one.factors).toHaveLength(24);
      one.factors.forEach((expected, t) => {
        // PyTorch multiplies the rate of the step before: 24 steps of up to five roundings of numbers up to 1.
        expect(Math.abs(factor(t) - expected)).toBeLessThanOrEqual(24 * 5 * 2 ** -53);
      });
    },
  );

  it.each(plateaus.map((one) => [JSON.stringify(one.options), one] as const))(
    "plateau %s has PyTorch's rates, also from a state that was saved",
    (_, { options, measures, factors }) => {
      const plateau = schedules.plateau(options);
      let state = plateau.start;
      measures.forEach((measure, i) => {
        state = JSON.parse(JSON.stringify(plateau.next(state, measure))) as PlateauState;
        expect(state.factor).toBe(factors[i]);
      });
    },
  );

  it("begin and end exactly where they say", () => {
    const steps = fc.integer({ min: 3, max: 1000 });
    const least = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(steps, least, (steps, least) => {
        for (const schedule of [schedules.cosine({ steps, least }), schedules.linear({ steps, to: least })]) {
          expect([schedule(0), schedule(steps), schedule(2 * steps)]).toEqual([1, least, least]);
        }
        const up = schedules.warmup({ steps, from: least });
        expect([up(0), up(steps), up(2 * steps)]).toEqual([least, 1, 1]);
        const cycle = schedules.oneCycle({ steps, from: least, to: least });
        expect([cycle(steps - 1), cycle(steps)]).toEqual([least, least]);
        expect(schedules.polynomial({ steps })(steps)).toBe(0);
      }),
    );
  });

  it("refuse values out of range", () => {
    expect(() => schedules.cosine({ steps: 0 })).toThrowErrorMatchingInlineSnapshot(
      `[SpecError: schedules.cosine: steps is 0; expected a finite number > 0.]`,
    );
    expect(() => schedules.step({})).toThrowErrorMatchingInlineSnapshot(
      `[SpecError: schedules.step: there is neither every nor at; expected { every } or { at }. For example { every: 1000 }.]`,
    );
    expect(() => schedules.warmup({ steps: 10, followedBy: 3 as never })).toThrowErrorMatchingInlineSnapshot(
      `[SpecError: schedules.warmup: followedBy is 3; expected a function. Pass a function, for example schedules.warmup((x) => …).]`,
    );
    expect(() => schedules.cosine({ steps: 10 })(-1)).toThrowErrorMatchingInlineSnapshot(
      `[SpecError: schedules.cosine: t is -1; expected a finite number ≥ 0.]`,
    );
    expect(() => schedules.plateau().next(schedules.plateau().start, Number.NaN)).toThrowErrorMatchingInlineSnapshot(
      `[SpecError: schedules.plateau: the measure is NaN; expected a finite number. Pass the loss of an epoch, or an accuracy with mode: "max".]`,
    );
    const bad: (() => unknown)[] = [
      () => schedules.cosine({ steps: 10, restarts: 0.5 }),
      () => schedules.cosine({ steps: 10, least: -1 }),
      () => schedules.step({ every: 3, at: [1] }),
      () => schedules.step({ every: Number.NaN }),
      () => schedules.step({ at: 3 as never }),
      () => schedules.exponential({} as never),
      () => schedules.oneCycle({ steps: 2 }),
      () => schedules.oneCycle({ steps: 10, warmup: 1 }),
      () => schedules.polynomial({ steps: 3, power: 0 }),
      () => schedules.plateau({ factor: 1 }),
      () => schedules.plateau({ patience: -1 }),
      () => schedules.linear({ steps: 10, from: 1 } as never),
    ];
    for (const make of bad) expect(make).toThrow("schedules.");
  });
});
