/**
 * Wrong in some places only: on a condition on the values, or at certain positions.
 */
import type { Evidence } from "../../comparison/evidence.ts";
import type { Diagnosis } from "../../report/report.ts";
import { cellsOf, isNonzero, weighed } from "../pattern.ts";
import { certaintyOf, conditionFor, type Groups } from "./conditions.ts";
import type { Candidate } from "./factors.ts";

/** Columns in which something is wrong, and in which all is right, of those that tell anything. */
function groupsOf(e: Evidence): Groups {
  const { telling } = cellsOf(e);
  const { wrong: cells } = cellsOf(e);
  const bad = new Set(cells.map((cell) => cell % e.columns.length));
  const seen = new Set(telling.map((cell) => cell % e.columns.length));
  const wrong = [...bad];
  return { wrong, right: [...seen].filter((c) => !bad.has(c)) };
}

/** A condition that holds for exactly the wrong entries. */
export function masked(e: Evidence, others: readonly Candidate[]): Diagnosis[] {
  const groups = groupsOf(e);
  const { wrong, right } = groups;
  if (wrong.length === 0) return [];
  const reversed = [...reversedMask(e, others), ...nowhereSloped(e)];
  if (reversed.length > 0) return reversed;
  if (right.length === 0) return exchangedBranches(e);
  const there = describe(e, wrong);
  const found = conditionFor(e, groups, others);
  const total = wrong.length + right.length;
  // A few entries of many may be right by chance.
  if (found === undefined && 20 * right.length < total) return [];
  if (found === undefined) {
    return [
      {
        kind: "masked",
        certainty: 0.45,
        condition: "some entries",
        text: `${wrong.length} of ${total} entries are wrong, the others right: ${there}. Which ones follows no condition that was tried.`,
      },
    ];
  }
  const elsewhere = e.complete ? "elsewhere" : `elsewhere (of ${total} entries that were compared)`;
  return [
    {
      kind: "masked",
      certainty: Math.min(
        weighed(found.certainty, 2 * Math.min(wrong.length, right.length)),
        certaintyOf(found, groups),
        // A single entry is the largest, or positive, or the third: one of many has to hold.
        there === misplaced ? 0.45 : Math.min(wrong.length, right.length) === 1 && e.columns.length > 2 ? 0.6 : 1,
      ),
      condition: found.words,
      text: `Wrong only where ${found.words}, right ${elsewhere}: ${there}. Look at the mask, the branch or the bounds of the rule.`,
    },
  ];
}

/** The derivative is 0 at every entry, as on a flat branch, the gradient is not. */
function nowhereSloped(e: Evidence): Diagnosis[] {
  const { telling } = cellsOf(e);
  const usable = e.verdicts.every((verdict) => verdict === "ok" || verdict === "wrong");
  if (!usable || telling.length === 0 || telling.some((cell) => isNonzero(e, cell))) return [];
  const signs: [string, (x: number) => boolean][] = [
    ["x < 0", (x) => x < 0],
    ["x > 0", (x) => x > 0],
  ];
  const side = signs.find(([, holds]) => e.x.every(holds))?.[0];
  return [
    {
      kind: "masked",
      certainty: weighed(0.7, telling.length),
      condition: side ?? "the derivative is 0",
      text:
        `The derivative is 0 everywhere${side === undefined ? "" : ` (here ${side} in all entries)`}, the gradient is not: it passes where the function is flat. ` +
        "A mask is missing (that of a relu, a clip, a comparison), or the function rounds, casts or detaches and the rule does not.",
    },
  ];
}

/** The gradient passes exactly where it should not: a mask is the wrong way round. */
function reversedMask(e: Evidence, others: readonly Candidate[]): Diagnosis[] {
  const { telling } = cellsOf(e);
  const [passing, silent] = [new Set<number>(), new Set<number>()];
  for (const cell of telling) {
    const arrives = Math.abs(e.analytic[cell]) > e.tolerance[cell];
    if (arrives && isNonzero(e, cell)) return [];
    (arrives ? passing : silent).add(cell % e.columns.length);
  }
  if (passing.size === 0 || silent.size === 0 || [...passing].some((c) => silent.has(c))) return [];
  const found = conditionFor(e, { wrong: [...passing], right: [...silent] }, others);
  return [
    {
      kind: "masked",
      certainty: weighed(0.84, 2 * Math.min(passing.size, silent.size)),
      condition: found?.words ?? "the derivative is 0",
      text: `The gradient passes exactly where the derivative is 0${found === undefined ? "" : ` (${found.words})`}, and none arrives where it is not: the mask is the wrong way round.`,
    },
  ];
}

/** Gradients that are lost and others that are gained: misplaced, no mask does that to an entry. */
const misplaced = "they get the gradient of other results";
const otherMask = "at some no gradient arrives, at others it passes although the derivative is 0";

/** What the wrong entries have instead. */
function describe(e: Evidence, columns: readonly number[]): string {
  const { wrong } = cellsOf(e);
  const cells = wrong.filter((cell) => columns.includes(cell % e.columns.length));
  const solid = cells.filter((cell) => isNonzero(e, cell));
  if (solid.length === 0) return "the gradient passes there although the derivative is 0";
  if (cells.every((cell) => Math.abs(e.analytic[cell]) <= e.tolerance[cell])) return "no gradient arrives there";
  const column = (cell: number): number => cell % e.columns.length;
  const lost = new Set(solid.filter((cell) => Math.abs(e.analytic[cell]) <= e.tolerance[cell]).map(column));
  const gained = cells.filter((cell) => !isNonzero(e, cell)).map(column);
  if (lost.size > 0 && gained.length > 0) return gained.some((c) => lost.has(c)) ? misplaced : otherMask;
  const ratio = e.analytic[solid[0]] / e.numerical[solid[0]];
  const constant = solid.every(
    (cell) => Math.abs(e.analytic[cell] - ratio * e.numerical[cell]) <= 10 * e.tolerance[cell],
  );
  if (constant && Math.abs(ratio + 1) < 1e-6) return "the sign is flipped there";
  if (cells.length === 1)
    return `it is ${short(e.analytic[cells[0]])} instead of ${short(e.numerical[cells[0]])} there`;
  if (constant && solid.length > 1) return `there it is ${Number(ratio.toPrecision(6))} times the derivative`;
  return "the gradient differs there";
}

/** Wrong everywhere, by one factor for x > 0 and by another for x < 0: the branches of a rule are exchanged. */
function exchangedBranches(e: Evidence): Diagnosis[] {
  const { telling } = cellsOf(e);
  const of = (side: boolean): number[] =>
    telling
      .filter((cell) => e.x[cell % e.columns.length] > 0 === side)
      .map((cell) => e.analytic[cell] / e.numerical[cell]);
  const [above, below] = [of(true), of(false)];
  if (above.length === 0 || below.length === 0) return [];
  const steady = (ratios: readonly number[]): boolean =>
    ratios.every((r) => r === ratios[0] || Math.abs(r - ratios[0]) <= 1e-5 * Math.abs(ratios[0]));
  if (!steady(above) || !steady(below) || above[0] === below[0] || Math.abs(above[0] - below[0]) < 1e-5) return [];
  return [
    {
      kind: "masked",
      certainty: weighed(0.85, telling.length),
      condition: "x > 0 and x < 0",
      text: `The gradient is ${short(above[0])} times the derivative for x > 0 and ${short(below[0])} times for x < 0: the branches of the rule are exchanged (the mask is the wrong way round).`,
    },
  ];
}

function short(value: number): string {
  return Number.isFinite(value) ? Number(value.toPrecision(6)).toString() : "∞";
}
