/** What data look like before anything is trained on them: samples, shapes, ranges, classes, columns, missing values. */
import { readNpz } from "@adjoint/data";
import { missingStrings, numberOf } from "@adjoint/data/internal";
import { kernels, type Shape, type Tensor } from "@adjoint/tensor";
import { kindOfData, loadNamed } from "../load-data.ts";
import { dataSets, type LoadDataOptions, type LoadedFile } from "./data-source.ts";
import { readFolder } from "./read-folder.ts";
import { openTable } from "./read-table.ts";

export interface ArrayInfo {
  readonly name: string;
  readonly type: string;
  readonly shape: Shape;
  /** The least and the greatest finite number; null where there is none. */
  readonly min: number | null;
  readonly max: number | null;
  readonly notFinite: number;
}

export interface ColumnInfo {
  readonly name: string;
  readonly type: "number" | "category";
  readonly missing: number;
  readonly distinct: number;
  readonly min: number | null;
  readonly max: number | null;
  readonly mean: number | null;
  /** How often each category is there, the commonest first; null for numbers. */
  readonly categories: readonly CountInfo[] | null;
}

export interface CountInfo {
  readonly name: string;
  readonly samples: number;
}

export interface DataInfo {
  readonly data: string;
  readonly kind: "data set" | "folder" | "table" | "arrays";
  /** How many samples there are, by part where the data say which are to test with. */
  readonly samples: Readonly<Record<string, number>>;
  readonly arrays: readonly ArrayInfo[];
  readonly columns: readonly ColumnInfo[];
  /** Of each class its samples, by part as `samples`; null where there are no classes. */
  readonly classes: Readonly<Record<string, readonly CountInfo[]>> | null;
}

/** Most values that labels have, lest numbers are taken for classes. */
const mostClasses = 1000;

/**
 * Looks at data.
 * @throws DataError naming what is wrong with a file
 */
export async function dataInfo(data: string, options: LoadDataOptions): Promise<DataInfo> {
  if (dataSets.includes(data)) return ofSamples(data, "data set", await loadNamed(data, options.dir));
  const kind = await kindOfData(data);
  if (kind === "table") return await ofTable(data, options);
  if (kind === "arrays") return ofArrays(data, await readNpz(data), options);
  const wanted = { shape: null, isLabels: false, classifies: true };
  return ofSamples(data, kind, await readFolder(data, wanted, options));
}

function ofSamples(data: string, kind: DataInfo["kind"], loaded: LoadedFile): DataInfo {
  const parts = Object.entries("all" in loaded ? { all: loaded.all } : { train: loaded.train, test: loaded.test });
  const { classes } = "all" in loaded ? loaded.all.encoding : loaded.encoding;
  const named = (part: string, name: string): string => (parts.length === 1 ? name : `${part}.${name}`);
  const counts = parts.flatMap(([part, { t }]) => (t === null ? [] : [[part, countsOf(t, classes) ?? []] as const]));
  return {
    data,
    kind,
    samples: Object.fromEntries(parts.map(([part, { x }]) => [part, x.shape[0]])),
    arrays: parts.flatMap(([part, { x, t }]) => [
      arrayInfo(named(part, "x"), x),
      ...(t === null ? [] : [arrayInfo(named(part, "t"), t)]),
    ]),
    columns: [],
    classes: Object.fromEntries(counts),
  };
}

function ofArrays(data: string, arrays: Readonly<Record<string, Tensor>>, { target }: LoadDataOptions): DataInfo {
  const entries = Object.entries(arrays);
  const isTarget = (name: string): boolean =>
    target === undefined ? /^(.*_)?(y|t|targets?|labels?)(_.*)?$/i.test(name) : name.split("_").includes(target);
  const labels = entries.flatMap(([name, x]) => {
    const counts = isTarget(name) ? countsOf(x, null) : null;
    return counts === null ? [] : [[name, counts] as const];
  });
  return {
    data,
    kind: "arrays",
    samples: Object.fromEntries(entries.flatMap(([name, { shape }]) => (shape.length > 0 ? [[name, shape[0]]] : []))),
    arrays: entries.map(([name, x]) => arrayInfo(name, x)),
    columns: [],
    classes: labels.length === 0 ? null : Object.fromEntries(labels),
  };
}

function arrayInfo(name: string, x: Tensor): ArrayInfo {
  let [min, max, notFinite] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];
  for (const value of kernels.copy(x).data) {
    if (!Number.isFinite(value)) notFinite++;
    else {
      min = Math.min(min, value);
      max = Math.max(max, value);
    }
  }
  const isEmpty = min > max;
  return { name, type: x.dtype, shape: x.shape, min: isEmpty ? null : min, max: isEmpty ? null : max, notFinite };
}

/** How many samples each class has; null for what are no labels: integers from 0 on, one for each sample. */
function countsOf(t: Tensor, names: readonly string[] | null): CountInfo[] | null {
  const isColumn = t.ndim === 2 && t.shape[1] === 1;
  if (t.ndim !== 1 && !isColumn) return null;
  const counts = new Map<number, number>();
  for (const label of kernels.copy(t).data) {
    if (!Number.isInteger(label) || label < 0 || counts.size > mostClasses) return null;
    counts.set(label, (counts.get(label) ?? 0) + 1);
  }
  const labels = names === null ? [...counts.keys()].sort((a, b) => a - b) : names.map((_, label) => label);
  return labels.map((label) => ({ name: names?.[label] ?? String(label), samples: counts.get(label) ?? 0 }));
}

async function ofTable(data: string, options: LoadDataOptions): Promise<DataInfo> {
  const { target, ignore = [], categories = [] } = options;
  const table = await openTable(data, options);
  const isMissing = (cell: unknown): boolean =>
    cell === null || (table.parsesNumbers && typeof cell === "string" && missingStrings.includes(cell.trim()));
  const columns = table.names.flatMap((name, i): ColumnInfo[] => {
    if (ignore.includes(name)) return [];
    const cells = table.rows.map((row) => row[i]);
    const values = cells.filter((cell) => !isMissing(cell));
    const numbers = values.map((cell) => numberOf(cell, table.parsesNumbers));
    const isNumber = values.length > 0 && !categories.includes(name) && numbers.every(Number.isFinite);
    const counts = countsBy(values.map(String));
    const missing = cells.length - values.length;
    if (!isNumber) {
      const empty = { min: null, max: null, mean: null };
      return [{ name, type: "category", missing, distinct: counts.length, ...empty, categories: counts }];
    }
    const [min, max] = numbers.reduce(([a, b], x) => [Math.min(a, x), Math.max(b, x)], [Infinity, -Infinity]);
    const mean = numbers.reduce((sum, x) => sum + x / numbers.length, 0);
    return [{ name, type: "number", missing, distinct: new Set(numbers).size, min, max, mean, categories: null }];
  });
  const chosen = columns.find(({ name }) => name === target);
  return {
    data,
    kind: "table",
    samples: { all: table.rows.length },
    arrays: [],
    columns,
    classes: chosen?.categories ? { all: chosen.categories } : null,
  };
}

/** How often each word is there, the commonest first. */
function countsBy(words: readonly string[]): CountInfo[] {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts].map(([name, samples]) => ({ name, samples })).sort((a, b) => b.samples - a.samples);
}
