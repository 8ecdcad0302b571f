/**
 * Checks one function at one point, from its behaviour to a report for each input. `gradcheck` and the checks of models
 * and files all call it.
 */

import type { Comparison } from "../comparison/evidence.ts";
import { compareColumns } from "../comparison/full.ts";
import { compareDirections } from "../comparison/projected.ts";
import { checkTies } from "../comparison/ties.ts";
import type { Finding } from "../numerical/judge.ts";
import { roundingNoise } from "../numerical/rounding.ts";
import type { Diagnosis, InputReport } from "../report/report.ts";
import { type Behaviour, changedSince, observe } from "./behaviour.ts";
import { wrongForward } from "./derivatives/forward.ts";
import { isFailure, record } from "./derivatives/gradients.ts";
import { gradientSubject, withSecondOrder } from "./derivatives/second-order.ts";
import { inputReport, uncomparedReport } from "./input-report.ts";
import { opsAlone, wrongOp } from "./ops-alone.ts";
import { isSelection } from "./selection.ts";
import { movedALittle, type Setting, settingOf } from "./setting.ts";
import { epsilonOf, floatInputs, joined, messageOf, type Subject } from "./subject.ts";
import { randomVector, upstreamAt } from "./upstream.ts";

/** Options of {@link checkSubject}. */
export interface CheckOptions {
  /** Seed of the random upstream gradients and directions. */
  readonly seed: number;
  /** First step of the extrapolation, relative to the size of the input. */
  readonly step: number;
  /** Every entry by itself, random directions, or whichever fits the size. */
  readonly mode: "full" | "projected" | "auto";
  /** 2 also checks the derivatives of the gradients. */
  readonly order: 1 | 2;
  /** Derivatives smaller than this count as 0. Default 0. */
  readonly negligible?: number;
  /**
   * Whether the function is itself a gradient, where kinks that cancel are a mistake in its derivative. Default false.
   */
  readonly isGradient?: boolean;
}

/** The mode that was used, and a report for each float input. */
export interface CheckResult {
  readonly mode: "full" | "projected";
  readonly inputs: readonly InputReport[];
}

/** Sizes up to which `auto` compares every entry. */
const largestFull = { entries: 1024, jacobian: 2 ** 18 };

/**
 * Checks the gradients of a function at a point.
 *
 * @param deep whether, on failure, each op is also checked separately, in case several kinks coincide
 * @throws DTypeError when the function does not return real-valued Variables: nothing to check
 */
export function checkSubject(subject: Subject, options: CheckOptions, deep = true): CheckResult {
  const inputs = floatInputs(subject);
  const entries = inputs.reduce((n, k) => n + subject.points[k].size, 0);
  const uncompared = (diagnoses: readonly Diagnosis[]): CheckResult => {
    return { mode: "full", inputs: inputs.map((k) => uncomparedReport(subject, k, diagnoses)) };
  };
  let values: Float64Array;
  let epsilon = epsilonOf(subject.dtype);
  let places: Setting["places"];
  try {
    const recorded = record(subject);
    ({ places } = recorded);
    values = joined(recorded.outputs.map((y) => y.value));
    for (const { dtype } of [...recorded.outputs, ...inputs.map((k) => subject.points[k])]) {
      epsilon = Math.max(epsilon, epsilonOf(dtype));
    }
  } catch (error) {
    if ((error as { op?: string }).op === "gradcheck") throw error;
    return uncompared([thrown("at the point itself", messageOf(error))]);
  }
  const bad = values.findIndex((y) => !Number.isFinite(y));
  if (bad >= 0) return uncompared([notFinite(`${values[bad]} at the point itself (result element ${bad})`)]);

  const small = entries <= largestFull.entries && entries * values.length <= largestFull.jacobian;
  const mode = options.mode === "auto" ? (small ? "full" : "projected") : options.mode;
  let behaviour: Behaviour;
  let setting: Setting;
  try {
    behaviour = observe(subject, randomVector(values.length, options.seed + 17));
    if (behaviour.stops) return uncompared(behaviour.ofAll);
    const rounding = roundingNoise(subject, values, epsilon);
    const { negligible = 0 } = options;
    setting = settingOf(subject, { ...options, negligible, values, places, ...rounding, epsilon, mode });
  } catch (error) {
    return uncompared([thrown("when it is called again with the same inputs", messageOf(error))]);
  }
  const compare = mode === "full" ? compareColumns : compareDirections;
  const compared = inputs.map((_, j) => compare(setting, j));
  let comparisons = checkTies(setting, compared);
  try {
    // An empty result has no upstream, and no gradient.
    const { upstreams } = setting;
    const change =
      upstreams.count === 0 ? null : changedSince(subject, upstreamAt(upstreams, 0), values, setting.gradients[0]);
    if (change !== null) return uncompared([change]);
  } catch (error) {
    return uncompared([thrown("when it is called again with the same inputs", messageOf(error))]);
  }
  const onlyKinks = options.isGradient === true;
  const passing = { isTie: true, isSure: true };
  if (deep && comparisons.some((c) => excused(c, onlyKinks, passing) !== c)) {
    const excuse = kinksMeet(setting, { ...options, mode, order: 1 });
    if (excuse !== null) comparisons = comparisons.map((c) => excused(c, onlyKinks, excuse));
  }
  let reports = comparisons.map((comparison, j) =>
    inputReport(setting, comparison, comparisons, [...behaviour.ofAll, ...behaviour.ofEach[j]]),
  );
  if (deep && comparisons.some((c) => c.failure === null && isWrong(c)) && reports.some(({ ok }) => !ok)) {
    const ofOp = wrongOp(subject, (one) => checkSubject(one, { ...options, mode: "auto", order: 1 }, false).inputs);
    reports = reports.map((report) => (report.ok ? report : { ...report, diagnoses: opFirst(ofOp, report.diagnoses) }));
  }
  const isRight = (): boolean => reports.every(({ ok, kinks }) => ok && kinks.length === 0);
  const forward = deep && isRight() ? wrongForward(subject, options.seed) : null;
  if (forward !== null) {
    reports = reports.map((report, j) => (j === 0 ? { ...report, ok: false, diagnoses: [forward] } : report));
  }
  const { order } = options;
  if (
    order === 2 &&
    inputs.length > 0 &&
    reports.every(({ ok }) => ok) &&
    !setting.gradients.some((row) => row.some(isFailure))
  ) {
    // These gradients come from upstream gradients near 1, and are rounded accordingly.
    const negligible = 64 * epsilon;
    const ofGradients = { ...options, order: 1, negligible, isGradient: true } as const;
    const second = checkSubject(gradientSubject(subject, options.seed), ofGradients);
    reports = withSecondOrder(reports, second.inputs);
  }
  return { mode, inputs: reports };
}

/** The reason why a value other than the slope passes. */
interface Excuse {
  /** Whether sorted entries tie and the gradient is one of those beside the point, where there is no derivative. */
  readonly isTie: boolean;
  /** Whether every check that the excuse rests on was sure. */
  readonly isSure: boolean;
}

/** Relative distances beside the point at which the whole function must be right too: on both sides of it. */
const besides = [1e-3, -1e-3];

/**
 * Finds out whether only kinks or ties that meet make the gradient wrong; null if not. A little beside the point the
 * whole function must be right. Also, either every op by itself is right and some have kinks at the values they got, or
 * the gradient is one of those beside the point.
 */
function kinksMeet(setting: Setting, options: CheckOptions): Excuse | null {
  const { subject } = setting;
  const isTie = isSelection(setting);
  const alone = opsAlone(subject);
  if (alone.length === 0 && !isTie) return null;
  let isSure = true;
  const isRight = (one: Subject, mode: CheckOptions["mode"]): readonly InputReport[] | null => {
    const reports = checkSubject(one, { ...options, mode }, false).inputs;
    if (reports.some(({ unsure }) => unsure > 0)) isSure = false;
    return reports.every(({ ok }) => ok) ? reports : null;
  };
  for (const share of besides) {
    for (const stream of [77, 174]) {
      const points = movedALittle(setting, share, stream);
      if (isRight({ ...subject, points }, options.mode) === null) return null;
    }
  }
  if (isTie) return { isTie, isSure };
  const all = alone.map((one) => isRight(one, "auto"));
  const haveKinks = all.some((reports) => reports?.some(({ kinks }) => kinks.length > 0));
  return haveKinks && all.every((reports) => reports !== null) ? { isTie, isSure } : null;
}

function isWrong({ failure, findings, directions, ties }: Comparison): boolean {
  if (failure !== null) return false;
  const bad = ({ verdict, kink }: Finding): boolean => verdict === "wrong" || (kink !== undefined && !kink.between);
  return ties !== null || findings.some(bad) || directions.some(bad);
}

/**
 * Turns wrong findings into excused kinks, which are reported and pass; with `onlyKinks` only findings at kinks. Where
 * the slopes on both sides agree and nothing ties, the derivative exists and is not the rule's value: the finding is
 * unsure.
 */
function excused(comparison: Comparison, onlyKinks: boolean, { isTie, isSure }: Excuse): Comparison {
  if (!isWrong(comparison)) return comparison;
  const excuse = (finding: Finding): Finding => {
    const { verdict, kink, numerical, estimate } = finding;
    if (kink === undefined && (verdict !== "wrong" || onlyKinks)) return finding;
    // Beside a kink there is a derivative.
    if (kink !== undefined && (kink.between || !kink.isAt)) return finding;
    const slope = { value: numerical, error: estimate };
    const seen = kink ?? { left: slope, right: slope, jump: 0, isAt: true, between: false };
    const isKink = isSure && (kink !== undefined || isTie);
    return { ...finding, verdict: isKink ? "kink" : "unsure", kink: { ...seen, excused: true } };
  };
  const findings = comparison.findings.map(excuse);
  const directions = comparison.directions.map(excuse);
  return { ...comparison, findings, directions, ties: null };
}

/** Puts a known diagnosis of the op alone first; of the whole function only other kinds follow, less sure. */
function opFirst(ofOp: readonly Diagnosis[], whole: readonly Diagnosis[]): readonly Diagnosis[] {
  const [first] = ofOp;
  if (first === undefined || first.kind === "unknown") return whole;
  const others = whole.filter(({ kind }) => kind !== first.kind && kind !== "unknown");
  return [first, ...others.map((d) => ({ ...d, certainty: Math.min(d.certainty, first.certainty) }))];
}

function thrown(where: string, message: string): Diagnosis {
  return { kind: "throws", certainty: 1, text: `f throws ${where}: ${message}` };
}

function notFinite(what: string): Diagnosis {
  const text = `f gives ${what}. Choose inputs inside the domain of the function, away from its edge.`;
  return { kind: "not-finite", certainty: 0.97, text };
}
