/**
 * Conditions that may separate wrong entries from right ones: on values, on other inputs, on positions. The likelier a
 * condition is in a program, the earlier it comes.
 */
import { formatShape, unravel } from "@adjoint/tensor";
import type { Evidence } from "../../comparison/evidence.ts";
import type { Candidate } from "../score.ts";

/** Entries of a single axis up to which a list of indices is worth reporting. */
const longestListed = 16;

/** Columns of a matrix of evidence in two groups. */
export interface Groups {
  readonly wrong: readonly number[];
  readonly right: readonly number[];
}

/** A condition and its bits. */
export interface Condition {
  readonly words: string;
  readonly holds: (c: number) => boolean;
  /** The binary logarithm of the number of conditions of its sort. */
  readonly bits: number;
}

const when = (words: string, bits: number, holds: (c: number) => boolean): Condition => ({ words, bits, holds });

/** The conditions that hold for the wrong columns and for no right one, the likeliest first. */
export function conditionsFor(e: Evidence, groups: Groups, others: readonly Candidate[]): Condition[] {
  const { wrong, right } = groups;
  return [
    ...onValues(e, others),
    ...extremes(e),
    ...soleEntry(e, groups),
    ...simplePositions(e, groups),
    ...listedIndices(e, groups),
    ...anyThreshold(e, groups),
  ]
    .filter(({ holds }) => wrong.every(holds) && !right.some(holds))
    .sort((a, b) => a.bits - b.bits);
}

function onValues(e: Evidence, others: readonly Candidate[]): Condition[] {
  const { x } = e;
  const y = e.y !== null && e.rows === e.columns.length ? e.y : null;
  return [
    when("x < 0", 0, (c) => x[c] < 0),
    when("x > 0", 0, (c) => x[c] > 0),
    when("x = 0", 0, (c) => x[c] === 0),
    when("x ≠ 0", 2, (c) => x[c] !== 0),
    when("the output is 0", 2, (c) => y?.[c] === 0),
    when("the output is not 0", 2, (c) => y !== null && y[c] !== 0),
    ...others.flatMap(({ name, values }) => {
      const z = (c: number): number => values[e.columns[c]];
      return [
        when(`${name} is not 0 (true)`, 2, (c) => z(c) !== 0),
        when(`${name} is 0 (false)`, 2, (c) => z(c) === 0),
        when(`x > ${name}`, 2, (c) => x[c] > z(c)),
        when(`x < ${name}`, 2, (c) => x[c] < z(c)),
        when(`${name} > 0`, 2, (c) => z(c) > 0),
        when(`${name} < 0`, 2, (c) => z(c) < 0),
      ];
    }),
    when("|x| > 1", 4, (c) => Math.abs(x[c]) > 1),
    when("|x| < 1", 4, (c) => Math.abs(x[c]) < 1),
    when("x > 1", 4, (c) => x[c] > 1),
    when("x < 1", 4, (c) => x[c] < 1),
    when("x < −1", 4, (c) => x[c] < -1),
    when("x > −1", 4, (c) => x[c] > -1),
  ];
}

/** The largest or smallest of all, or of those along an axis, as a maximum or a stabilizing shift chooses it. */
function extremes(e: Evidence): Condition[] {
  if (!e.complete || e.columns.length < 3) return [];
  const list: Condition[] = [];
  const add = (where: string, key: (c: number) => number): void => {
    const [most, least] = [new Map<number, number>(), new Map<number, number>()];
    e.x.forEach((v, c) => {
      most.set(key(c), Math.max(v, most.get(key(c)) ?? v));
      least.set(key(c), Math.min(v, least.get(key(c)) ?? v));
    });
    list.push(
      when(`x is the largest ${where}`, 3, (c) => e.x[c] === most.get(key(c))),
      when(`x is not the largest ${where}`, 3, (c) => e.x[c] < (most.get(key(c)) ?? 0)),
      when(`x is the smallest ${where}`, 3, (c) => e.x[c] === least.get(key(c))),
    );
  };
  add("of all", () => 0);
  if (e.shape.length < 2) return list;
  let stride = e.columns.length;
  e.shape.forEach((n, axis) => {
    const [outer, inner] = [stride, stride / n];
    stride = inner;
    if (n > 1) add(`along axis ${axis}`, (c) => Math.floor(c / outer) * inner + (c % inner));
  });
  return list;
}

/** A single entry. Of a few that were compared, its whole row may be as wrong: then only the entry itself is known. */
function soleEntry(e: Evidence, { wrong }: Groups): Condition[] {
  if (wrong.length !== 1 || (e.complete && e.shape.length < 2)) return [];
  const words = `the entry is ${formatShape(unravel(e.columns[wrong[0]], e.shape))}`;
  return [when(words, 3 + Math.log2(e.columns.length), (c) => c === wrong[0])];
}

/** Indices along one axis of the wrong and of the right entries; null where both share one. */
function indicesAlong(e: Evidence, { wrong, right }: Groups, axis: number): { hit: number[]; spared: number[] } | null {
  const along = (list: readonly number[]): number[] =>
    [...new Set(list.map((c) => unravel(e.columns[c], e.shape)[axis]))].sort((a, b) => a - b);
  const [hit, spared] = [along(wrong), along(right)];
  return hit.some((i) => spared.includes(i)) ? null : { hit, spared };
}

function simplePositions(e: Evidence, groups: Groups): Condition[] {
  const index = e.columns.map((position) => unravel(position, e.shape));
  const list: Condition[] = [];
  e.shape.forEach((n, axis) => {
    const indices = n < 2 ? null : indicesAlong(e, groups, axis);
    if (indices === null) return;
    const found = wordsFor(indices.hit, indices.spared, n, e.complete);
    if (found === null) return;
    const bits = 3 + (found.single ? Math.log2(n) - 1 : 0);
    list.push(when(`the index along axis ${axis} ${found.words}`, bits, (c) => indices.hit.includes(index[c][axis])));
  });
  const long = e.shape.flatMap((n, axis) => (n > 2 ? [axis] : []));
  const atBorder = (c: number, axes: readonly number[]): boolean =>
    axes.some((a) => index[c][a] === 0 || index[c][a] === e.shape[a] - 1);
  const add = (words: string, holds: (c: number) => boolean): void => {
    list.push(when(words, 3, holds));
  };
  if (e.shape.length >= 2) {
    const [row, column] = [e.shape.length - 2, e.shape.length - 1];
    add("the entry lies below the diagonal", (c) => index[c][row] > index[c][column]);
    add("the entry lies above the diagonal", (c) => index[c][row] < index[c][column]);
    add("the entry lies on the diagonal", (c) => index[c][row] === index[c][column]);
    add("the entry lies off the diagonal", (c) => index[c][row] !== index[c][column]);
  }
  add("the entry lies at the border", (c) => atBorder(c, long));
  add("the entry lies at the border of the last two axes", (c) => atBorder(c, long.slice(-2)));
  add("the entry lies inside, not at the border", (c) => !atBorder(c, long));
  add("the entry is the first of all", (c) => e.columns[c] === 0);
  add("the entry is not the first of all", (c) => e.columns[c] !== 0);
  return list;
}

/** A property that all wrong indices have, and no right one. */
function wordsFor(hit: readonly number[], spared: readonly number[], n: number, complete: boolean) {
  const named = (i: number): string => (i === 0 ? "the first" : i === n - 1 ? "the last" : `${i}`);
  const [low, high] = [hit[0], hit[hit.length - 1]];
  const one = (words: string): { words: string; single: boolean } => ({ words, single: true });
  const simple = (words: string): { words: string; single: boolean } => ({ words, single: false });
  if (hit.length === 1) return one(`is ${named(low)}`);
  if (spared.length === 1 && (complete || hit.length >= 4)) return one(`is not ${named(spared[0])}`);
  const below = spared.filter((i) => i < low);
  const above = spared.filter((i) => i > high);
  const rights = (i: number): string => (complete ? "" : ` (at ${i} it is right)`);
  if (below.length === spared.length && spared.length > 0) {
    const last = below[below.length - 1];
    return simple(`is ≥ ${low}${low === last + 1 ? "" : rights(last)}`);
  }
  if (above.length === spared.length && spared.length > 0) {
    return simple(`is ≤ ${high}${above[0] === high + 1 ? "" : rights(above[0])}`);
  }
  const parity = hit.every((i) => i % 2 === low % 2) && spared.every((i) => i % 2 !== low % 2);
  const enough = complete ? 2 : 4;
  if (parity && hit.length >= enough && spared.length >= enough) return simple(`is ${low % 2 === 0 ? "even" : "odd"}`);
  const between = below.length + above.length === spared.length;
  return between && hit.length >= 4 ? one(`lies from ${low} to ${high}`) : null;
}

/** Lists a few indices: all of them, or null. */
function listedIndices(e: Evidence, groups: Groups): Condition[] {
  if (!e.complete) return [];
  const listed = (list: readonly number[]): string =>
    list.length < 2 ? `${list[0]}` : `${list.slice(0, -1).join(", ")} or ${list[list.length - 1]}`;
  return e.shape.flatMap((n, axis): Condition[] => {
    const indices = indicesAlong(e, groups, axis);
    if (indices === null || n < 3 || (e.shape.length < 2 && n > longestListed)) return [];
    const { hit, spared } = indices;
    if (hit.length > 4 && spared.length > 3) return [];
    const words = hit.length <= 4 ? `is ${listed(hit)}` : `is not ${listed(spared)}`;
    const holds = (c: number): boolean => hit.includes(unravel(e.columns[c], e.shape)[axis]);
    const few = Math.min(hit.length, spared.length);
    // Along a single axis any few entries make a list.
    return [when(`the index along axis ${axis} ${words}`, (e.shape.length > 1 ? 4 : 6) + few * Math.log2(n), holds)];
  });
}

/** Any threshold: on one side of a value between the two groups. */
function anyThreshold({ x }: Evidence, { wrong, right }: Groups): Condition[] {
  const ways: readonly [string, (c: number) => number][] = [
    ["x", (c) => x[c]],
    ["|x|", (c) => Math.abs(x[c])],
  ];
  return ways.flatMap(([name, of]) => {
    const [bad, good] = [wrong, right]
      .map((group) => group.map(of))
      .map((list) => [Math.min(...list), Math.max(...list)]);
    return [
      ...(bad[1] < good[0]
        ? [when(`${name} is below about ${roundest(bad[1], good[0])}`, 6, (c) => of(c) <= bad[1])]
        : []),
      ...(bad[0] > good[1]
        ? [when(`${name} is above about ${roundest(good[1], bad[0])}`, 6, (c) => of(c) >= bad[0])]
        : []),
    ];
  });
}

/** The number of fewest digits between two others: programs have thresholds like 0.5. */
function roundest(low: number, high: number): string {
  const middle = (low + high) / 2;
  for (let power = Math.ceil(Math.log10(Math.max(Math.abs(low), Math.abs(high), 1e-300))); power > -300; power--) {
    const step = 10 ** power;
    const near = Math.round(middle / step) * step;
    for (const at of [near, near - step, near + step]) {
      if (at > low && at < high) return Number(at.toPrecision(6)).toString().replace("-", "−");
    }
  }
  return Number(middle.toPrecision(3)).toString().replace("-", "−");
}
