/**
 * What a mistake looks like: every hypothesis is tried on the gradients and derivatives that were compared, and those
 * that explain all of them are told, the surest first. The names of ops do not matter.
 */
import { formatShape } from "@adjoint/tensor";
import type { Comparison, Evidence } from "../engine/comparison/evidence.ts";
import type { Setting } from "../engine/setting.ts";
import { unravel } from "../engine/subject.ts";
import type { Diagnosis } from "../report/report.ts";
import { axesExchanged, elementsPermuted, reversedOrShifted } from "./arrangement.ts";
import { partsMissing } from "./coverage.ts";
import { detachedParts, isSilent, largestRank } from "./detached.ts";
import { type Block, blockOf, columnsOf } from "./excerpt.ts";
import {
  type Candidate,
  constantFactor,
  constantTerm,
  factorByAxis,
  hairFactor,
  varyingFactor,
} from "./factors/factors.ts";
import { notFiniteGradient, ruleFailure } from "./failures.ts";
import { masked } from "./masks/masks.ts";
import { otherInputs, outputForInput, swappedInputs } from "./other-values.ts";
import { cellsOf, weighed } from "./pattern.ts";

/** Mistakes that put right numbers in wrong places. */
const displacing: ReadonlySet<string> = new Set(["transposed", "permuted", "swapped-inputs"]);

/** How many guesses are told. */
const most = 3;

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

/** What the values themselves say. */
function ofValues(setting: Setting, comparison: Comparison, all: readonly Comparison[]): Diagnosis[] {
  const { evidence, findings, ties } = comparison;
  const first = [...nowhereDefined(comparison), ...outsideSlopes(comparison)];
  if (ties !== null) first.push(tied(ties));
  const { wrong } = cellsOf(evidence);
  const strange = findings.findIndex(({ analytic, verdict }) => verdict === "wrong" && !Number.isFinite(analytic));
  if (strange >= 0 && !findings.some(({ verdict }) => verdict === "undefined")) {
    const index = unravel(evidence.columns[strange % evidence.columns.length], evidence.shape);
    return [notFiniteGradient(formatShape(index), findings[strange].analytic)];
  }
  if (wrong.length === 0 || first[0]?.kind === "not-finite") {
    const told = [...first, ...hairFactor(findings)];
    return told.length > 0 ? told : [unknown(comparison)];
  }
  const guesses = hypotheses(setting, comparison, all);
  return [...sorted(honest(guesses)).slice(0, most), ...first, ...(guesses.length === 0 ? [unknown(comparison)] : [])];
}

function hypotheses(setting: Setting, comparison: Comparison, all: readonly Comparison[]): Diagnosis[] {
  const { evidence: e, j } = comparison;
  const others = all.filter((other) => other.j !== j && other.failure === null).map(({ evidence }) => evidence);
  const values = otherInputs(setting, j);
  const arrived = setting.gradients.some((row) => row[j] !== null);
  if (isSilent(e)) return detachedParts(e, arrived);
  const constant = constantFactor(e, setting.places.length === 1 ? setting.places[0].shape : null);
  const swapped = swappedInputs(e, others);
  // Rules that are exchanged explain two flipped signs at once (a − b).
  const exchanged = swapped.some(({ certainty }) => certainty > 0.55);
  const exact = [
    ...(exchanged ? constant.map((d) => ({ ...d, certainty: Math.min(d.certainty, 0.8) })) : constant),
    ...constantTerm(e),
    ...swapped,
    ...upstreamReduced(e),
    ...axesExchanged(e),
    ...partsMissing(e),
    ...varyingFactor(
      e,
      values.filter(() => e.complete),
    ),
    ...outputForInput(setting, comparison),
  ];
  const detached = detachedParts(e, arrived);
  // A shift leaves the border unexplained: it is no guess where something explains all.
  const moved = exact.some(({ certainty }) => certainty >= 0.8)
    ? []
    : reversedOrShifted(e).filter(({ kind }) => exact.length === 0 || kind === "permuted");
  const found = [...exact, ...(constant.length > 0 ? [] : detached), ...moved];
  if (isLarge(e) && !found.some(({ certainty }) => certainty >= 0.8)) {
    found.push(...ofExcerpts(setting, comparison, values));
  }
  if (found.length === 0) found.push(...elementsPermuted(e));
  // What stays in place when the rest is moved or exchanged may look like a mask, and is none.
  const elsewhere = found.some(({ kind, certainty }) => displacing.has(kind) && certainty >= 0.8);
  found.push(...masked(e, values).map((d) => (elsewhere ? { ...d, certainty: Math.min(0.6, d.certainty) } : d)));
  if (!found.some(({ certainty }) => certainty > 0.6)) found.push(...factorByAxis(e));
  return found;
}

/** Whether hypotheses about whole Jacobians could not all be tried. */
function isLarge(e: Evidence): boolean {
  return !e.complete || !e.unit || Math.max(e.rows, e.columns.length) > largestRank;
}

/** What an excerpt of a large Jacobian shows: never certain, as most of it was not looked at. */
function ofExcerpts(setting: Setting, comparison: Comparison, values: readonly Candidate[]): Diagnosis[] {
  const { evidence: e, j } = comparison;
  const wrong = cellsOf(e).wrong.map((cell) => e.columns[cell % e.columns.length]);
  const columns = e.complete && e.unit ? null : columnsOf(setting, comparison);
  const found = columns === null || isSilent(columns) ? [] : partsMissing(columns);
  for (const around of found.length > 0 ? [] : [null, wrong[0]]) {
    const block = blockOf(setting, j, around);
    const part = block?.of(j) ?? null;
    if (block === null || part === null || cellsOf(part).wrong.length === 0 || isSilent(part)) continue;
    found.push(...ofBlock(setting, j, block, part, values));
    break;
  }
  return found.map((d) => ({ ...d, certainty: Math.min(0.88, d.certainty) }));
}

/** Hypotheses that need not know where in the whole a block lies. */
function ofBlock(setting: Setting, j: number, block: Block, e: Evidence, values: readonly Candidate[]): Diagnosis[] {
  const others = setting.inputs.flatMap((_, i) => (i === j ? [] : (block.of(i) ?? [])));
  const candidates = values.map(({ name, values: all }) => ({
    name,
    values: (e.cut?.positions ?? []).map((at) => all[at]),
  }));
  const exact = [
    ...swappedInputs(e, others),
    ...axesExchanged(e),
    ...constantTerm(e),
    ...upstreamReduced(e),
    ...partsMissing(e).filter(({ kind }) => kind === "detached"),
    ...varyingFactor(e, candidates),
  ];
  const sure = exact.some(({ certainty }) => certainty >= 0.8);
  return [...exact, ...detachedParts(e, true), ...(sure ? [] : reversedOrShifted(e))];
}

/** Two explanations of different kinds that are both sure cannot both be right: neither is certain then. */
function honest(guesses: readonly Diagnosis[]): Diagnosis[] {
  const kinds = new Set(guesses.filter(({ certainty }) => certainty >= 0.7).map(({ kind }) => kind));
  return guesses.map((guess) => (kinds.size > 1 && guess.certainty > 0.88 ? { ...guess, certainty: 0.88 } : guess));
}

function sorted(guesses: readonly Diagnosis[]): Diagnosis[] {
  const best = new Map<string, Diagnosis>();
  for (const guess of guesses.toSorted((a, b) => b.certainty - a.certainty)) {
    if (!best.has(guess.kind)) best.set(guess.kind, guess);
  }
  return [...best.values()];
}

/** All rows of the Jacobian alike: the rule takes the upstream gradient for one number. */
function upstreamReduced(e: Evidence): Diagnosis[] {
  const { length } = e.columns;
  const { wrong, right } = cellsOf(e);
  if (!e.unit || e.rows < 2 || right.length > wrong.length) return [];
  const alike = e.analytic.every((v, cell) => Math.abs(v - e.analytic[cell % length]) <= 1e-9 * Math.abs(v));
  if (!alike) return [];
  return [
    {
      kind: "upstream-ignored",
      certainty: weighed(0.8, e.rows),
      text: "Every result element has the same gradient: the rule uses the sum of the upstream gradient, not its elements.",
    },
  ];
}

function unknown({ findings, directions }: Comparison): Diagnosis {
  const count = findings.filter(({ verdict }) => verdict === "wrong").length;
  const some = count === 0 ? `${directions.length} random directions` : `${count} of ${findings.length} numbers`;
  return {
    kind: "unknown",
    certainty: 0,
    text: `The gradient is not the derivative (in ${some}), and no mistake that is known looks like this. Compare the rule with the formula term by term.`,
  };
}

function tied({ analytic, numerical }: { readonly analytic: number; readonly numerical: number }): Diagnosis {
  const [given, due] = [analytic, numerical].map((v) => Number(v.toPrecision(6)));
  return {
    kind: "kink",
    certainty: 0.92,
    text: `Entries that tie (equal maxima, for example) have gradients that add up to ${given}; moved together they have the derivative ${due}. One of them may take it, or they share it, but not each all of it.`,
  };
}

function outsideSlopes({ findings, evidence }: Comparison): Diagnosis[] {
  const at = findings.findIndex(({ kink }) => kink !== undefined && !kink.between && kink.excused !== true);
  if (at < 0) return [];
  const { analytic, kink } = findings[at];
  if (kink === undefined) return [];
  const index = formatShape(unravel(evidence.columns[at % evidence.columns.length], evidence.shape));
  if (kink.jump !== 0) {
    const text = `At ${index} the function jumps, so that it has no derivative there; the rule gives ${analytic}. Choose inputs beside it.`;
    return [{ kind: Number.isFinite(analytic) ? "kink" : "not-finite", certainty: 0.9, text }];
  }
  const [left, right, given] = [kink.left.value, kink.right.value, analytic].map((v) => Number(v.toPrecision(6)));
  return [
    {
      kind: "kink",
      certainty: 0.9,
      text: `At ${index} there is a kink with slopes ${left} and ${right}; the rule gives ${given}, which lies outside. Any value from one slope to the other would do.`,
    },
  ];
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
