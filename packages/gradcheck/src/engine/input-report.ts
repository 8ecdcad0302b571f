/**
 * Makes the report of one input from its findings.
 */

import { unravel } from "@adjoint/tensor";
import type { Comparison } from "../comparison/evidence.ts";
import { diagnose } from "../diagnosis/diagnose.ts";
import type { Finding, Verdict } from "../numerical/judge.ts";
import { errorMap } from "../report/map.ts";
import type { Diagnosis, GradcheckEntry, InputReport, KinkEntry } from "../report/report.ts";
import type { Setting } from "./setting.ts";
import type { Subject } from "./subject.ts";

/** The report of an input without any comparison. */
export function uncomparedReport(subject: Subject, input: number, diagnoses: readonly Diagnosis[]): InputReport {
  return {
    ok: false,
    name: subject.names[input],
    shape: subject.points[input].shape,
    checked: 0,
    wrong: 0,
    unsure: 0,
    directions: 0,
    maxError: 0,
    resolution: 0,
    worst: null,
    kinks: [],
    diagnoses,
    map: [],
  };
}

/** A finding and the entry it belongs to. */
interface Placed {
  readonly finding: Finding;
  readonly row: number;
  readonly entry: number;
}

const isOutside = ({ kink }: Finding): boolean => kink !== undefined && !kink.between && kink.excused !== true;
const isBad = (finding: Finding): boolean =>
  finding.verdict === "wrong" || finding.verdict === "undefined" || isOutside(finding);

/** The report of one float input. */
export function inputReport(
  setting: Setting,
  comparison: Comparison,
  all: readonly Comparison[],
  behaviour: readonly Diagnosis[],
): InputReport {
  const { subject, inputs } = setting;
  const { j, failure, evidence, findings, directions, unseen, ties } = comparison;
  const { shape, columns } = evidence;
  const placed = findings.map((finding, at): Placed => {
    return { finding, row: Math.floor(at / columns.length), entry: columns[at % columns.length] };
  });
  const verdicts = verdictsOf(placed);
  const count = (...kinds: (Verdict | "outside")[]): number =>
    [...verdicts.values()].filter((v) => kinds.includes(v)).length;
  const wrong = count("wrong", "undefined", "outside");
  const badDirection = directions.some(isBad);
  const ok = failure === null && behaviour.length === 0 && wrong === 0 && !badDirection && ties === null;
  const smooth = placed.filter(({ finding }) => finding.kink === undefined);
  const compared = smooth.filter(({ finding }) => finding.verdict !== "undefined").map(({ finding }) => finding);
  const point = subject.points[inputs[j]];
  return {
    ok,
    name: subject.names[inputs[j]],
    shape,
    checked: failure !== null ? 0 : directions.length > 0 ? point.size : columns.length,
    wrong,
    unsure: count("unsure") + unseen,
    directions: directions.length === 0 ? 0 : directions.length / setting.upstreams.count,
    maxError: largest(compared.map((f) => Math.abs(f.analytic - f.numerical))),
    resolution: largest(compared.map((f) => f.tolerance)) / (largest(compared.map((f) => Math.abs(f.numerical))) || 1),
    worst: worstOf(setting, smooth, shape),
    kinks: kinksOf(setting, placed, shape),
    diagnoses: ok ? [] : diagnose(setting, comparison, all, behaviour),
    map: errorMap(shape, verdicts),
  };
}

function largest(values: readonly number[]): number {
  return values.reduce((m, v) => (Number.isNaN(v) ? m : Math.max(m, v)), 0);
}

/** The worst verdict of each entry over all rows. */
function verdictsOf(placed: readonly Placed[]): Map<number, Verdict | "outside"> {
  const order: readonly (Verdict | "outside")[] = ["ok", "unsure", "kink", "outside", "undefined", "wrong"];
  const verdicts = new Map<number, Verdict | "outside">();
  for (const { finding, entry } of placed) {
    const verdict = isOutside(finding) ? "outside" : finding.verdict;
    const before = verdicts.get(entry);
    if (before === undefined || order.indexOf(verdict) > order.indexOf(before)) verdicts.set(entry, verdict);
  }
  return verdicts;
}

/** The wrong entry that is farthest off; without wrong entries, the one nearest to its tolerance. */
function worstOf(setting: Setting, placed: readonly Placed[], shape: readonly number[]): GradcheckEntry | null {
  let worst: Placed | null = null;
  let most = -1;
  for (const candidate of placed) {
    const { analytic, numerical, tolerance, verdict } = candidate.finding;
    const apart = Math.abs(analytic - numerical);
    const share = apart / tolerance;
    // Wrong ones come before all others.
    const badness = verdict === "wrong" ? 1e30 * (Number.isFinite(apart) ? 1 + apart : 1e300) : Math.min(share, 1e20);
    if (badness > most || (worst === null && Number.isNaN(badness))) {
      most = Number.isNaN(badness) ? -1 : badness;
      worst = candidate;
    }
  }
  if (worst === null) return null;
  const { analytic, numerical, estimate } = worst.finding;
  return { ...place(setting, worst, shape), analytic, numerical, estimate };
}

/** The place of a finding, for people. */
function place(
  { upstreams, places }: Setting,
  { row, entry }: Placed,
  shape: readonly number[],
): Pick<GradcheckEntry, "index" | "output"> {
  const index = unravel(entry, shape);
  if (upstreams.vectors !== null) return { index, output: null };
  const o = places.findLastIndex(({ start }) => start <= row);
  const inside = unravel(row - places[o].start, places[o].shape);
  // Of several results the first number says which.
  return { index, output: places.length > 1 ? [o, ...inside] : inside };
}

/** One kink for each entry that has any: one whose value lies outside, if there is one. */
function kinksOf(setting: Setting, placed: readonly Placed[], shape: readonly number[]): KinkEntry[] {
  const found = new Map<number, KinkEntry>();
  for (const candidate of placed) {
    const { analytic, kink } = candidate.finding;
    if (kink === undefined) continue;
    const before = found.get(candidate.entry);
    if (before !== undefined && (!before.between || kink.between)) continue;
    const { left, right, between, excused = false } = kink;
    const where = place(setting, candidate, shape);
    found.set(candidate.entry, {
      ...where,
      left: left.value,
      right: right.value,
      analytic,
      between,
      ok: between || excused,
    });
  }
  return [...found.values()];
}
