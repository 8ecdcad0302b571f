/**
 * Takes excerpts of Jacobians that are too large to compare as a whole: a few entries against a few result elements.
 * The choice is closed under moving and exchanging axes, so that hypotheses about whole Jacobians can be tried on it.
 */
import { indexSelect, reshape } from "@adjoint/autograd";
import { type Shape, Tensor, unravel } from "@adjoint/tensor";
import type { Comparison, Evidence } from "../comparison/evidence.ts";
import { compareColumns } from "../comparison/full.ts";
import { type Setting, settingOf } from "../engine/setting.ts";
import { type CheckedFunction, outputsOf, type Subject, valuesAt } from "../engine/subject.ts";
import { ravel } from "./pattern.ts";

/** The most entries, and the most result elements, of an excerpt. */
const most = { block: 64, columns: 12, rows: 256 };

/** Result elements up to which a single column is looked through as a whole. */
const longestColumn = 2 ** 16;

/** The kept indices of an axis, by its length. */
type Kept = ReadonlyMap<number, readonly number[]>;

/** Some result elements of a function, as a function of its own. */
function rowsOf(setting: Setting, rows: readonly number[]): Setting {
  const { subject, values, noise } = setting;
  const index = new Tensor(Int32Array.from(rows), [rows.length]);
  const compute: CheckedFunction = (...xs) => {
    const [y] = outputsOf(subject.compute(...xs));
    return indexSelect(reshape(y, [y.size]), index);
  };
  const at = (from: Float64Array): Float64Array => Float64Array.from(rows, (r) => from[r]);
  const places = [{ shape: [rows.length], start: 0, size: rows.length }];
  const part: Subject = { ...subject, compute };
  return settingOf(part, { ...setting, values: at(values), noise: at(noise), places, mode: "full" });
}

/**
 * A block of the Jacobian: along all axes of one length the same indices, which lie symmetrically. So axes may be
 * exchanged, between input and result too, and reversed, and the block holds what it did before.
 */
export interface Block {
  /** The block's evidence for another of the inputs, null when that has too many entries. */
  readonly of: (j: number) => Evidence | null;
}

/**
 * A block of the Jacobian of input j.
 *
 * @param around an entry that has to be in it; the middle is taken otherwise
 */
export function blockOf(setting: Setting, j: number, around: number | null): Block | null {
  const { subject, inputs, places } = setting;
  if (places.length !== 1) return null;
  const own = subject.points[inputs[j]].shape;
  const outputShape = places[0].shape;
  const kept = keptIndices(own, outputShape, around === null ? null : unravel(around, own));
  if (kept === null) return null;
  const inner = rowsOf(setting, positions(outputShape, kept));
  const of = (i: number): Evidence | null => {
    const { shape } = subject.points[inputs[i]];
    if (shape.some((n) => !kept.has(n)) || count(shape, kept) > most.block) return null;
    const columns = positions(shape, kept);
    const { failure, evidence } = compareColumns(inner, i, columns);
    if (failure !== null) return null;
    return {
      ...evidence,
      shape: shape.map((n) => kept.get(n)?.length ?? n),
      outputShape: outputShape.map((n) => kept.get(n)?.length ?? n),
      columns: columns.map((_, c) => c),
      complete: true,
      cut: { shape, outputShape, positions: columns },
    };
  };
  return { of };
}

/** Indices for each length of an axis, so few that the block is small; null when there are too many axes. */
function keptIndices(input: Shape, output: Shape, around: readonly number[] | null): Kept | null {
  const longest = Math.max(input.length, output.length) < 2 ? 32 : 8;
  const sizes = new Map<number, number>();
  // An even number of indices lies symmetrically in an even length, an odd number in any other.
  for (const n of [...input, ...output]) sizes.set(n, n <= longest ? n : longest - ((n - longest) % 2));
  const size = (shape: Shape): number => shape.reduce((product, n) => product * (sizes.get(n) ?? n), 1);
  for (const shape of [input, output]) {
    while (size(shape) > most.block) {
      const widest = shape.reduce((a, b) => ((sizes.get(b) ?? b) > (sizes.get(a) ?? a) ? b : a));
      const next = (sizes.get(widest) ?? widest) - 2;
      if (next < 1) return null;
      sizes.set(widest, next);
    }
  }
  const kept = new Map<number, readonly number[]>();
  for (const [n, m] of sizes) {
    const wanted = around === null ? [] : input.flatMap((length, axis) => (length === n ? [around[axis]] : []));
    const found = new Set(wanted.slice(0, m >> 1).flatMap((i) => [i, n - 1 - i]));
    for (let i = (n - 1) >> 1; i >= 0 && found.size < m; i--) found.add(i).add(n - 1 - i);
    const inOrder = [...found].sort((a, b) => a - b);
    kept.set(n, inOrder);
  }
  return kept;
}

function count(shape: Shape, kept: Kept): number {
  return shape.reduce((product, n) => product * (kept.get(n)?.length ?? n), 1);
}

function positions(shape: Shape, kept: Kept): number[] {
  const small = shape.map((n) => kept.get(n)?.length ?? n);
  return Array.from({ length: count(shape, kept) }, (_, at) => {
    const index = unravel(at, small).map((i, axis) => kept.get(shape[axis])?.[i] ?? i);
    return ravel(index, shape);
  });
}

/** Whole columns of the Jacobian: some entries, wrong ones first, with every result element that reads them. */
export function columnsOf(setting: Setting, { j, evidence: e }: Comparison): Evidence | null {
  const { places, values } = setting;
  if (places.length !== 1 || values.length < 2 || values.length > longestColumn) return null;
  const { length } = e.columns;
  const isWrong = (c: number): boolean =>
    Array.from({ length: e.rows }, (_, r) => e.verdicts[r * length + c]).includes("wrong");
  const order = e.columns.map((_, c) => c);
  const wrong = order.filter(isWrong);
  const others = order.filter((c) => !isWrong(c));
  const chosen = [...spread(wrong, (2 * most.columns) / 3), ...spread(others, most.columns / 3)];
  const rows = new Set<number>();
  const columns: number[] = [];
  for (const c of chosen) {
    const readers = readersOf(setting, j, e.columns[c]).filter((r) => !rows.has(r));
    if (rows.size + readers.length > most.rows) continue;
    for (const r of readers) rows.add(r);
    columns.push(e.columns[c]);
  }
  if (columns.length === 0 || rows.size < 2) return null;
  columns.sort((a, b) => a - b);
  const rowPositions = [...rows].sort((a, b) => a - b);
  const { failure, evidence } = compareColumns(rowsOf(setting, rowPositions), j, columns);
  return failure === null ? { ...evidence, outputShape: places[0].shape, rowPositions } : null;
}

/** Some elements of a list, evenly spread. */
function spread(list: readonly number[], limit: number): number[] {
  if (list.length <= limit) return [...list];
  return Array.from({ length: limit }, (_, i) => list[Math.floor((i * list.length) / limit)]);
}

/** The result elements that change when an entry does. */
function readersOf({ subject, inputs, scales, values }: Setting, j: number, entry: number): number[] {
  const k = inputs[j];
  const point = subject.points[k];
  const moved = new Tensor(point.data.slice() as typeof point.data, point.shape);
  moved.data[entry] += 1e-3 * scales[j];
  try {
    const points = subject.points.map((p, i) => (i === k ? moved : p));
    const there = valuesAt(subject, points);
    return Array.from(there.keys()).filter((r) => there[r] !== values[r]);
  } catch {
    // Outside the domain this entry shows nothing.
    return [];
  }
}
