/**
 * Compares all entries of an input at once, along random directions, and a few entries by themselves.
 * A mistake anywhere shows in a direction that favours no entry; single entries then show where it is.
 */
import { rng } from "@adjoint/tensor";
import { isFailure } from "../engine/derivatives/gradients.ts";
import { circumstances, type Setting } from "../engine/setting.ts";
import { randomVector } from "../engine/upstream.ts";
import { type Finding, isSeen, judge } from "../numerical/judge.ts";
import { Line } from "../numerical/line.ts";
import type { Comparison } from "./evidence.ts";
import { analyticAt, compareColumns } from "./full.ts";

/** Random directions for each input. */
const directionCount = 2;
/** Entries compared by themselves when directions agree, and when they do not. */
const few = 2;
const many = 48;
/** Inputs with at most this many entries are compared entry by entry. */
const tiny = 12;

/** Compares float input j along random directions, or, where it is tiny, entry by entry. */
export function compareDirections(setting: Setting, j: number): Comparison {
  const { subject, inputs, gradients, seed } = setting;
  const { size } = subject.points[inputs[j]];
  if (size === 0 || gradients.some((row) => isFailure(row[j]))) return compareColumns(setting, j, []);
  if (size <= tiny) return compareColumns(setting, j);
  const directions: Finding[] = [];
  const seen = new Set<number>();
  let suspect: Float64Array | null = null;
  for (let d = 0; d < directionCount; d++) {
    const direction = randomVector(size, seed + 100 * j + d + 1);
    const found = along(setting, j, direction);
    directions.push(...found);
    found.forEach((finding, r) => {
      for (const i of shownBy(setting, r, j, direction, finding)) seen.add(i);
    });
    if (found.some(({ verdict }) => verdict !== "ok")) suspect = direction;
  }
  const columns = new Set(chosen(setting, j, suspect === null ? few : many));
  if (suspect !== null) for (const i of hunted(setting, j, suspect)) columns.add(i);
  const inOrder = [...columns].sort((a, b) => a - b);
  const compared = compareColumns(setting, j, inOrder);
  for (const i of inOrder) seen.add(i);
  return { ...compared, directions, unseen: size - seen.size };
}

/**
 * The entries in which a mistake would have shown along a direction, as it changes the sum by more than is allowed: one
 * of 1 % of its term, or of the mean term where the rule gives 0.
 */
function shownBy(setting: Setting, r: number, j: number, direction: Float64Array, finding: Finding): number[] {
  if (finding.verdict !== "ok") return [];
  const terms = direction.map((d, i) => Math.abs(d * analyticAt(setting, r, j, i)));
  const mean = terms.reduce((sum, term) => sum + term, 0) / terms.length;
  return [...terms.keys()].filter((i) => mean === 0 || isSeen(finding, terms[i] === 0 ? mean : terms[i]));
}

/** ⟨gradient, d⟩ against the derivative along d, for every upstream vector. */
function along(setting: Setting, j: number, direction: Float64Array): Finding[] {
  const { subject, inputs, upstreams, scales } = setting;
  const line = new Line(subject, upstreams, [{ input: inputs[j], direction }], setting.values);
  return Array.from({ length: upstreams.count }, (_, r) => {
    let analytic = 0;
    let magnitude = 0;
    for (let i = 0; i < direction.length; i++) {
      const term = direction[i] === 0 ? 0 : analyticAt(setting, r, j, i) * direction[i];
      analytic += term;
      magnitude += Math.abs(term);
    }
    return judge(line, r, analytic, circumstances(setting, r, j, scales[j], magnitude));
  });
}

/** The entries with the largest gradients, and random ones: a third and two thirds of `count`. */
function chosen(setting: Setting, j: number, count: number): number[] {
  const { size } = setting.subject.points[setting.inputs[j]];
  const found = new Set<number>();
  for (let n = 0; n < Math.ceil(count / 3); n++) {
    let strongest = -1;
    let most = -1;
    for (let i = 0; i < size; i++) {
      const strength = Math.abs(analyticAt(setting, 0, j, i));
      if (strength > most && !found.has(i)) [strongest, most] = [i, strength];
    }
    if (strongest >= 0) found.add(strongest);
  }
  const lots = rng(setting.seed + 5_000 + j).uniform([count], { dtype: "float64" });
  for (let n = 0; n < count && found.size < count; n++) found.add(Math.floor(lots.data[n] * size));
  return [...found];
}

/** Finds an entry that is wrong, or has a kink, by halving the direction as long as one of the halves is wrong. */
function hunted(setting: Setting, j: number, direction: Float64Array): number[] {
  let entries = Array.from(direction, (_, i) => i);
  while (entries.length > 1) {
    const half = entries.slice(0, entries.length >> 1);
    const rest = entries.slice(entries.length >> 1);
    const troubled = [half, rest].find((part) => {
      const only = new Float64Array(direction.length);
      for (const i of part) only[i] = direction[i];
      return along(setting, j, only).some(({ verdict }) => verdict !== "ok");
    });
    if (troubled === undefined) return entries.slice(0, many);
    entries = troubled;
  }
  return entries;
}
