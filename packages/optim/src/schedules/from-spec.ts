/** Schedules as plain data, for files and for whoever does not know how many updates there will be. */
import { checkOneOf, kindOf, SpecError } from "@adjoint/tensor";
import { schedules } from "./all.ts";
import type { Schedule } from "./schedule.ts";

/** The names of the schedules that go by the number of updates. */
export type ScheduleName = Exclude<keyof typeof schedules, "plateau">;

/** A schedule as plain data: its name as `kind`, and its options. `steps` is, by default, all updates that there are. */
export type ScheduleSpec = {
  readonly [Name in ScheduleName]: { readonly kind: Name } & SpecOptions<Parameters<(typeof schedules)[Name]>[0]>;
}[ScheduleName];

/** Options as data: `steps` may be left out, and what follows is data, too. */
type SpecOptions<Options> = Omit<Options, "steps" | "followedBy"> & {
  readonly steps?: number;
} & (Options extends { readonly followedBy?: unknown } ? Followed : object);

/** An interface, so that the type of data that follow data is no circle. */
interface Followed {
  readonly followedBy?: ScheduleSpec;
}

const names = Object.keys(schedules).filter((name) => name !== "plateau");

/**
 * The schedule that a function, a name or data stand for.
 *
 * @param updates  how many updates there will be: the default of `steps`, of which a schedule that follows has the rest
 * @throws SpecError for unknown kinds and for options out of range
 */
export function scheduleFrom(op: string, spec: Schedule | ScheduleName | ScheduleSpec, updates: number): Schedule {
  if (typeof spec === "function") return spec;
  const data = typeof spec === "string" ? { kind: spec } : spec;
  if (data === null || typeof data !== "object") {
    throw SpecError.of(op, "schedule", spec, "a function, a name, or { kind, … }", {
      problem: `the schedule is ${kindOf(spec)}`,
      hint: 'For example schedule: { kind: "cosine" }.',
    });
  }
  const { kind, ...options } = data as { readonly kind: ScheduleName } & Readonly<Record<string, unknown>>;
  checkOneOf(op, "schedule", kind, names);
  const { followedBy, ...own } = options as { readonly followedBy?: ScheduleSpec; readonly steps?: number };
  // A warm-up of all updates would never get to the rate: a tenth, as is usual.
  const steps = own.steps ?? (kind === "warmup" ? Math.max(updates / 10, 1) : updates);
  const hasSteps = kind !== "step" && kind !== "exponential";
  const after = followedBy === undefined ? {} : { followedBy: scheduleFrom(op, followedBy, updates - steps) };
  const make = schedules[kind] as (options: object) => Schedule;
  return make({ ...own, ...(hasSteps ? { steps } : {}), ...after });
}
