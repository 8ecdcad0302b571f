/**
 * Diagnoses mistakes: tries every known mistake on the compared gradients and derivatives, and reports those that
 * explain all of them, the surest first. The names of ops do not matter.
 */

import { formatShape, unravel } from "@adjoint/tensor";
import type { Comparison, Evidence } from "../comparison/evidence.ts";
import type { Setting } from "../engine/setting.ts";
import { apart } from "../report/numbers.ts";
import type { Diagnosis } from "../report/report.ts";
import { blockOf, columnsOf } from "./excerpt.ts";
import { notFiniteGradient, ruleFailure } from "./failures.ts";
import {
  axesExchanged,
  elementsPermuted,
  operandsExchanged,
  reversedOrShifted,
  upstreamExchanged,
} from "./mistakes/arrangement.ts";
import { partsMissing } from "./mistakes/coverage.ts";
import { isSilent, largestRank, nothingArrives, partDetached } from "./mistakes/detached.ts";
import {
  constantFactor,
  constantTerm,
  factorByAxis,
  hairFactor,
  varyingFactor,
  withoutDerivative,
} from "./mistakes/factors.ts";
import { branchesExchanged, masked, maskReversed, nowhereSloped, scattered } from "./mistakes/masks.ts";
import { otherInputs, outputForInput, swappedInputs } from "./mistakes/other-values.ts";
import { cellsOf, distinct } from "./pattern.ts";
import {
  bitsOfWrong,
  type Case,
  type Explanation,
  explanationsOf,
  type Family,
  type Mistake,
  real,
  weighed,
} from "./score.ts";

/** The mistakes that show in a part of a Jacobian, wherever in the whole it lies. */
const ofParts: readonly Family[] = [
  swappedInputs,
  axesExchanged,
  upstreamExchanged,
  operandsExchanged,
  constantTerm,
  upstreamReduced,
  partsMissing,
  withoutDerivative,
  varyingFactor,
  partDetached,
  reversedOrShifted,
];

/** The mistakes that gradients and derivatives show as a whole. */
const ofWholes: readonly Family[] = [
  ...ofParts,
  constantFactor,
  outputForInput,
  factorByAxis,
  masked,
  scattered,
  nowhereSloped,
  maskReversed,
  branchesExchanged,
];

/** The most guesses that are reported. */
const most = 3;

/** An excerpt hides most of the Jacobian: its explanations are less likely, by this many bits. */
const unseen = 6;

/** The diagnoses of one input, best guess first; one at least. */
export function diagnose(
  setting: Setting,
  comparison: Comparison,
  all: readonly Comparison[],
  behaviour: readonly Diagnosis[],
): Diagnosis[] {
  const { failure } = comparison;
  if (failure !== null) return [...behaviour, ...ruleFailure(failure)];
  // A gradient that does not follow the upstream one cannot be compared with a derivative.
  if (behaviour.some(({ kind }) => kind !== "layout" && kind !== "mutates")) return sorted(behaviour);
  const more = ofValues(setting, comparison, all);
  return behaviour.length > 0 && more[0]?.kind === "unknown" ? [...behaviour] : [...behaviour, ...more];
}

/** Diagnoses from the values themselves: not finite, at a jump, outside a kink, or at the edge of the domain. */
function ofValues(setting: Setting, comparison: Comparison, all: readonly Comparison[]): Diagnosis[] {
  const { evidence, findings, ties } = comparison;
  const first = [...nowhereDefined(comparison), ...outsideSlopes(comparison)];
  if (ties !== null) first.push(tied(ties));
  const { wrong } = cellsOf(evidence);
  const bad = findings.findIndex(({ analytic, verdict }) => verdict === "wrong" && !Number.isFinite(analytic));
  if (bad >= 0 && !findings.some(({ verdict }) => verdict === "undefined")) {
    const index = unravel(evidence.columns[bad % evidence.columns.length], evidence.shape);
    return [notFiniteGradient(formatShape(index), findings[bad].analytic)];
  }
  if (wrong.length === 0 || first[0]?.kind === "not-finite") {
    const count = findings.filter(({ verdict }) => verdict === "wrong").length;
    const found = [...first, ...weighed(hairFactor(findings), real * count)];
    return found.length > 0 ? found : [unknown(comparison)];
  }
  const guesses = weighed(explained(setting, comparison, all), bitsOfWrong(evidence));
  return [...guesses.slice(0, most), ...first, ...(guesses.length === 0 ? [unknown(comparison)] : [])];
}

/** The mistakes that explain the values. */
function explained(setting: Setting, comparison: Comparison, all: readonly Comparison[]): Explanation[] {
  const { evidence: e, j } = comparison;
  const others = all.filter((other) => other.j !== j && other.failure === null).map(({ evidence }) => evidence);
  const of: Case = { e, setting, comparison, others, values: otherInputs(setting, j) };
  if (isSilent(e)) return explanationsOf(of, [nothingArrives]);
  const found = explanationsOf(of, ofWholes);
  const isExplained = (): boolean => found.some(({ bits }) => bits < 2 * real);
  if (isLarge(e) && !isExplained()) found.push(...ofExcerpts(of));
  return isExplained() ? found : [...found, ...explanationsOf(of, [elementsPermuted])];
}

/** Whether mistakes in whole Jacobians could not all be tried. */
function isLarge(e: Evidence): boolean {
  return !e.complete || !e.unit || Math.max(e.rows, e.columns.length) > largestRank;
}

/** The mistakes that an excerpt of a large Jacobian shows. */
function ofExcerpts(of: Case): Explanation[] {
  const { e, setting, comparison, values } = of;
  const { j } = comparison;
  const wrong = cellsOf(e).wrong.map((cell) => e.columns[cell % e.columns.length]);
  const columns = e.complete && e.unit ? null : columnsOf(setting, comparison);
  if (columns !== null && !isSilent(columns)) {
    const found = explanationsOf({ ...of, e: columns }, [partsMissing], unseen);
    if (found.length > 0) return found;
  }
  for (const around of [null, wrong[0]]) {
    const block = blockOf(setting, j, around);
    const part = block?.of(j) ?? null;
    if (block === null || part === null || cellsOf(part).wrong.length === 0 || isSilent(part)) continue;
    const positions = part.cut?.positions ?? [];
    const inside: Case = {
      ...of,
      e: part,
      others: setting.inputs.flatMap((_, i) => (i === j ? [] : (block.of(i) ?? []))),
      values: values.map(({ name, values: all }) => ({ name, values: positions.map((at) => all[at]) })),
    };
    return explanationsOf(inside, ofParts, unseen);
  }
  return [];
}

function sorted(guesses: readonly Diagnosis[]): Diagnosis[] {
  const kinds = new Map<string, Diagnosis>();
  for (const guess of guesses.toSorted((a, b) => a.certainty - b.certainty)) kinds.set(guess.kind, guess);
  return [...kinds.values()].reverse();
}

/** All rows of the Jacobian alike: the rule takes the upstream gradient for one number. */
function* upstreamReduced({ e }: Case): Iterable<Mistake> {
  const { length } = e.columns;
  const { wrong, right } = cellsOf(e);
  if (!e.unit || e.rows < 2 || right.length > wrong.length) return;
  if (!e.analytic.every((v, cell) => Math.abs(v - e.analytic[cell % length]) <= 1e-9 * Math.abs(v))) return;
  const shares = e.columns.map((_, c) => {
    let sum = 0;
    for (let cell = c; cell < e.numerical.length; cell += length) sum += e.numerical[cell];
    return e.analytic[c] / sum;
  });
  yield {
    kind: "upstream-ignored",
    bits: shares.every((share) => Math.abs(share - 1) <= 1e-6) ? 0 : real * distinct(shares),
    words: () =>
      "Every result element has the same gradient: the rule uses the sum of the upstream gradient, not its elements.",
  };
}

function unknown({ findings, directions }: Comparison): Diagnosis {
  const count = findings.filter(({ verdict }) => verdict === "wrong").length;
  const some = count === 0 ? `${directions.length} random directions` : `${count} of ${findings.length} numbers`;
  const text = `The gradient differs from the derivative (in ${some}), and no known mistake explains the difference. Compare the rule with the formula term by term.`;
  return { kind: "unknown", certainty: 0, text };
}

function tied({ analytic, numerical }: { readonly analytic: number; readonly numerical: number }): Diagnosis {
  const [given, due] = apart(analytic, numerical);
  const text = `Entries that tie (equal maxima, for example) have gradients that add up to ${given}; moved together they have the derivative ${due}. Give it to one of them or share it among them, but do not give all of it to each.`;
  return { kind: "kink", certainty: 0.92, text };
}

function outsideSlopes({ findings, evidence }: Comparison): Diagnosis[] {
  const at = findings.findIndex(({ kink }) => kink !== undefined && !kink.between && kink.excused !== true);
  if (at < 0) return [];
  const { analytic, kink } = findings[at];
  if (kink === undefined) return [];
  const index = formatShape(unravel(evidence.columns[at % evidence.columns.length], evidence.shape));
  if (kink.jump !== 0) {
    const text = `At ${index} the function jumps and has no derivative; the rule gives ${analytic}. Choose inputs away from the jump.`;
    return [{ kind: Number.isFinite(analytic) ? "kink" : "not-finite", certainty: 0.9, text }];
  }
  const [left, right, given] = apart(kink.left.value, kink.right.value, analytic);
  const slopes = `slopes ${left} and ${right}; the rule gives ${given}, which lies outside`;
  const text = `At ${index} the function has a kink with ${slopes}. Any value from one slope to the other is right.`;
  return [{ kind: "kink", certainty: 0.9, text }];
}

function nowhereDefined({ findings, troubles, evidence }: Comparison): Diagnosis[] {
  const at = findings.findIndex(({ verdict }) => verdict === "undefined");
  if (at < 0) return [];
  const entry = evidence.columns[at % evidence.columns.length];
  const index = formatShape(unravel(entry, evidence.shape));
  const trouble = troubles.find((t) => t.entry === entry);
  const text =
    trouble === undefined
      ? `At ${index} the function has no finite derivative: its differences grow as the steps shrink.`
      : `At ${index}, a step of ${trouble.t.toExponential(0)} away, ${trouble.message}: the point lies at the edge of the domain. Choose inputs inside it.`;
  return [{ kind: trouble?.message.startsWith("f throws") ? "throws" : "not-finite", certainty: 0.9, text }];
}
