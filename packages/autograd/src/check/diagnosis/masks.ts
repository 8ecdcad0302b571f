/**
 * Wrong in some places only: on a condition on the values, or at certain positions.
 */
import type { Evidence } from "../engine/comparison/evidence.ts";
import { unravel } from "../engine/subject.ts";
import type { Diagnosis } from "../report/report.ts";
import type { Candidate } from "./factors.ts";
import { cellsOf, isNonzero, weighed } from "./pattern.ts";

interface Condition {
  readonly words: string;
  readonly holds: (c: number) => boolean;
  readonly certainty: number;
}

/** Columns in which something is wrong, and in which all is right, of those that tell anything. */
function columnsOf(e: Evidence): { wrong: number[]; right: number[] } {
  const { telling } = cellsOf(e);
  const { wrong: cells } = cellsOf(e);
  const bad = new Set(cells.map((cell) => cell % e.columns.length));
  const seen = new Set(telling.map((cell) => cell % e.columns.length));
  const wrong = [...bad];
  return { wrong, right: [...seen].filter((c) => !bad.has(c)) };
}

/** A condition that holds for exactly the wrong entries. */
export function masked(e: Evidence, others: readonly Candidate[]): Diagnosis[] {
  const { wrong, right } = columnsOf(e);
  if (wrong.length === 0) return [];
  if (right.length === 0) return exchangedBranches(e);
  const there = describe(e, wrong);
  const found = [...onValues(e, others), ...onPositions(e)].find(
    ({ holds }) => wrong.every(holds) && !right.some(holds),
  );
  const total = wrong.length + right.length;
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
  const balanced = Math.min(wrong.length, right.length);
  return [
    {
      kind: "masked",
      certainty: weighed(found.certainty, 2 * balanced),
      condition: found.words,
      text: `Wrong only where ${found.words}, right elsewhere: ${there}. Look at the mask, the branch or the bounds of the rule.`,
    },
  ];
}

/** What the wrong entries have instead. */
function describe(e: Evidence, columns: readonly number[]): string {
  const { wrong } = cellsOf(e);
  const cells = wrong.filter((cell) => columns.includes(cell % e.columns.length));
  const solid = cells.filter((cell) => isNonzero(e, cell));
  if (solid.length === 0) return "the gradient passes there although the derivative is 0";
  if (cells.every((cell) => Math.abs(e.analytic[cell]) <= e.tolerance[cell])) return "no gradient arrives there";
  const ratio = e.analytic[solid[0]] / e.numerical[solid[0]];
  const constant = solid.every(
    (cell) => Math.abs(e.analytic[cell] - ratio * e.numerical[cell]) <= 10 * e.tolerance[cell],
  );
  if (constant && Math.abs(ratio + 1) < 1e-6) return "the sign is flipped there";
  if (constant) return `there it is ${Number(ratio.toPrecision(6))} times the derivative`;
  return "the gradient differs there";
}

function onValues(e: Evidence, others: readonly Candidate[]): Condition[] {
  const { x } = e;
  const { wrong, right } = columnsOf(e);
  const list: Condition[] = [
    { words: "x < 0", holds: (c) => x[c] < 0, certainty: 0.93 },
    { words: "x > 0", holds: (c) => x[c] > 0, certainty: 0.93 },
    { words: "x = 0", holds: (c) => x[c] === 0, certainty: 0.9 },
    { words: "x ≠ 0", holds: (c) => x[c] !== 0, certainty: 0.8 },
    { words: "|x| > 1", holds: (c) => Math.abs(x[c]) > 1, certainty: 0.88 },
    { words: "|x| < 1", holds: (c) => Math.abs(x[c]) < 1, certainty: 0.88 },
    { words: "x > 1", holds: (c) => x[c] > 1, certainty: 0.86 },
    { words: "x < 1", holds: (c) => x[c] < 1, certainty: 0.86 },
    { words: "x < −1", holds: (c) => x[c] < -1, certainty: 0.86 },
    { words: "x > −1", holds: (c) => x[c] > -1, certainty: 0.86 },
  ];
  const y = e.y !== null && e.rows === e.columns.length ? e.y : null;
  if (y !== null) {
    list.push(
      { words: "the output is 0", holds: (c) => y[c] === 0, certainty: 0.9 },
      { words: "the output is not 0", holds: (c) => y[c] !== 0, certainty: 0.8 },
    );
  }
  for (const { name, values } of others) {
    list.push(
      { words: `${name} is not 0 (true)`, holds: (c) => values[e.columns[c]] !== 0, certainty: 0.85 },
      { words: `${name} is 0 (false)`, holds: (c) => values[e.columns[c]] === 0, certainty: 0.85 },
      { words: `x > ${name}`, holds: (c) => x[c] > values[e.columns[c]], certainty: 0.88 },
      { words: `x < ${name}`, holds: (c) => x[c] < values[e.columns[c]], certainty: 0.88 },
      { words: `${name} > 0`, holds: (c) => values[e.columns[c]] > 0, certainty: 0.85 },
      { words: `${name} < 0`, holds: (c) => values[e.columns[c]] < 0, certainty: 0.85 },
    );
  }
  // Any threshold: wrong on one side of a value between the two groups.
  for (const [words, of] of [
    ["x", (c: number) => x[c]],
    ["|x|", (c: number) => Math.abs(x[c])],
  ] as const) {
    const [low, high] = [wrong, right].map((group) => ({
      least: Math.min(...group.map(of)),
      most: Math.max(...group.map(of)),
    }));
    const border = (a: number, b: number): string => Number(((a + b) / 2).toPrecision(3)).toString();
    if (low.most < high.least) {
      const words2 = `${words} is below about ${border(low.most, high.least)}`;
      list.push({ words: words2, holds: (c) => of(c) <= low.most, certainty: 0.7 });
    } else if (low.least > high.most) {
      const words2 = `${words} is above about ${border(low.least, high.most)}`;
      list.push({ words: words2, holds: (c) => of(c) >= low.least, certainty: 0.7 });
    }
  }
  return list;
}

function onPositions(e: Evidence): Condition[] {
  const { wrong } = columnsOf(e);
  const index = e.columns.map((position) => unravel(position, e.shape));
  const list: Condition[] = [];
  e.shape.forEach((n, axis) => {
    if (n < 2) return;
    const hit = new Set(wrong.map((c) => index[c][axis]));
    const name = (i: number): string => (i === 0 ? "first" : i === n - 1 ? "last" : `index ${i}`);
    const places = [...hit].sort((a, b) => a - b);
    const missed = Array.from({ length: n }, (_, i) => i).filter((i) => !hit.has(i));
    const words =
      places.length <= 2
        ? `the index along axis ${axis} is ${places.map((i) => (name(i).startsWith("index") ? i : `the ${name(i)}`)).join(" or ")}`
        : `the index along axis ${axis} is not ${missed.slice(0, 3).join(" or ")}`;
    list.push({ words, holds: (c) => hit.has(index[c][axis]), certainty: 0.8 });
  });
  const long = e.shape.flatMap((n, axis) => (n > 2 ? [axis] : []));
  const border = (c: number): boolean => long.some((a) => index[c][a] === 0 || index[c][a] === e.shape[a] - 1);
  const lastTwo = (c: number): boolean =>
    long.slice(-2).some((a) => index[c][a] === 0 || index[c][a] === e.shape[a] - 1);
  list.push(
    { words: "the entry lies at the border", holds: border, certainty: 0.8 },
    { words: "the entry lies at the border of the last two axes", holds: lastTwo, certainty: 0.8 },
    { words: "the entry lies inside, not at the border", holds: (c) => !border(c), certainty: 0.75 },
    { words: "the entry is the first of all", holds: (c) => e.columns[c] === 0, certainty: 0.75 },
    { words: "the entry is not the first of all", holds: (c) => e.columns[c] !== 0, certainty: 0.75 },
  );
  if (e.shape.length >= 2) {
    const [row, column] = [e.shape.length - 2, e.shape.length - 1];
    list.push(
      { words: "the entry lies below the diagonal", holds: (c) => index[c][row] > index[c][column], certainty: 0.85 },
      { words: "the entry lies above the diagonal", holds: (c) => index[c][row] < index[c][column], certainty: 0.85 },
      { words: "the entry lies on the diagonal", holds: (c) => index[c][row] === index[c][column], certainty: 0.85 },
    );
  }
  return list;
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
