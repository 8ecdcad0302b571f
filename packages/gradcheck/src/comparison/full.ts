/**
 * Compares every entry of every input by itself.
 */

import { isFailure } from "../engine/derivatives/gradients.ts";
import { circumstances, conditioning, type Setting } from "../engine/setting.ts";
import { type Finding, judge } from "../numerical/judge.ts";
import { Line } from "../numerical/line.ts";
import { type Comparison, evidenceOf } from "./evidence.ts";

/** Compares some entries of float input j, by default all, with all upstream vectors. */
export function compareColumns(setting: Setting, j: number, columns?: readonly number[]): Comparison {
  const { subject, inputs, gradients, upstreams, places, values } = setting;
  const k = inputs[j];
  const point = subject.points[k];
  const failure = gradients.map((row) => row[j]).find(isFailure) ?? null;
  const compared = failure === null ? (columns ?? [...point.data.keys()]) : [];
  const rows = upstreams.count;
  const findings = new Array<Finding>(rows * compared.length);
  const troubles: Comparison["troubles"][number][] = [];
  const lines = compared.map((entry) => new Line(subject, upstreams, [{ input: k, entry }], setting.values));
  const judged = (r: number, c: number, found?: number): Finding => {
    const entry = compared[c];
    const analytic = analyticAt(setting, r, j, entry);
    const where = circumstances(setting, r, j, Math.abs(point.data[entry]), analytic, entry);
    const finding = judge(lines[c], r, analytic, found === undefined ? where : { ...where, largest: found });
    return fair(setting, r, j, entry, finding);
  };
  for (let c = 0; c < compared.length; c++) {
    for (let r = 0; r < rows; r++) findings[r * compared.length + c] = judged(r, c);
  }
  // Some passed as negligible beside the rule's own gradients. Judge these again: the derivatives must be as large,
  // too.
  const found = largestFound(findings);
  findings.forEach(({ beside }, at) => {
    if (beside === undefined || beside <= 4 * found) return;
    findings[at] = judged(Math.floor(at / compared.length), at % compared.length, found);
  });
  lines.forEach(({ trouble }, c) => {
    if (trouble !== null) troubles.push({ ...trouble, entry: compared[c] });
  });
  const unit = upstreams.vectors === null;
  const evidence = evidenceOf(
    {
      name: subject.names[k],
      shape: point.shape,
      x: Float64Array.from(compared, (i) => point.data[i]),
      columns: compared,
      complete: compared.length === point.size,
      rows,
      unit,
      outputShape: unit && places.length === 1 ? places[0].shape : null,
      y: unit ? values : null,
    },
    findings,
  );
  return { j, failure, evidence, findings, directions: [], unseen: 0, troubles, ties: null };
}

/** The largest derivative among those that are sure. */
function largestFound(findings: readonly Finding[]): number {
  return findings.reduce(
    (most, { verdict, numerical }) =>
      verdict === "ok" || verdict === "wrong" ? Math.max(most, Math.abs(numerical)) : most,
    0,
  );
}

/** The gradient that the graph gave, 0 where none arrived. */
export function analyticAt(setting: Setting, r: number, j: number, entry: number): number {
  const gradient = setting.gradients[r][j];
  return gradient instanceof Float64Array ? gradient[entry] : 0;
}

/**
 * Accepts a gradient that differs by no more than rounding: one that changes as much when the inputs change by their
 * rounding.
 */
function fair(setting: Setting, r: number, j: number, entry: number, finding: Finding): Finding {
  if (finding.verdict !== "wrong") return finding;
  const apart = Math.abs(finding.analytic - finding.numerical);
  // Both are negligible beside other gradients: rounding on the way may have lost all of them.
  const all = Math.max(...setting.largest.map((row) => row[j]));
  if (
    Math.max(Math.abs(finding.analytic), Math.abs(finding.numerical)) <=
    Math.max(setting.negligible, setting.epsilon * all)
  ) {
    return { ...finding, verdict: "unsure" };
  }
  const hair = setting.epsilon > 1e-10 ? 1e-2 : 1e-5;
  if (!(apart <= hair * Math.max(Math.abs(finding.numerical), setting.largest[r][j]))) return finding;
  const shaken = conditioning(setting)[r][j][entry] ?? 0;
  return apart <= finding.tolerance + 16 * shaken ? { ...finding, verdict: "ok" } : finding;
}
