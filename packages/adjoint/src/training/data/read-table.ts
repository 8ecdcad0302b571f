/** Tables for a training: CSV and JSON lines. */
import {
  dropMissing,
  encodeTable,
  fitTable,
  parseCsv,
  parseJsonLines,
  type Table,
  trainTestSplit,
} from "@adjoint/data";
import { readWhole } from "@adjoint/data/files";
import { takeTableRows } from "@adjoint/data/internal";
import { arange, DataError, SpecError, type Tensor } from "@adjoint/tensor";
import { defined } from "@adjoint/tensor/internal";
import {
  type LoadDataOptions,
  type LoadedFile,
  type LoadedSamples,
  type WantedSamples,
  withTargets,
} from "./data-source.ts";

export const tableEndings: readonly string[] = [".csv", ".tsv", ".jsonl", ".ndjson"];

/** An error of a table, with options of the command in place of the library's. */
function inCommandWords(error: unknown): unknown {
  if (!(error instanceof DataError) || error.hint === undefined) return error;
  const hint = error.hint
    .replace('{ missing: "fill" }', "--missing fill")
    .replace('or "drop" to', "or --missing drop to")
    .replace('{ missing: "drop" }', "--missing drop")
    .replace(/\{ ignore: \["?(.*?)"?\] \}/, "--ignore $1")
    .replace(/\{ types: \{ "?(.*?)"?: "category" \} \}/, "--categories $1")
    .replace(/, or keep it by \{ types.*\}/, "")
    .replace(", add it to { missingValues } if it means that there is none,", "");
  return new DataError({ ...error, hint }, { cause: error });
}

/** What `read` gives; its errors name the options of the command. */
async function told<Result>(read: () => Promise<Result>): Promise<Result> {
  try {
    return await read();
  } catch (error) {
    throw inCommandWords(error);
  }
}

/** The table in a file, without rows that are to be dropped. */
export async function openTable(path: string, { missing, ignore = [] }: LoadDataOptions): Promise<Table> {
  const bytes = await readWhole("data", path);
  const isLines = /\.(jsonl|ndjson)$/i.test(path);
  const table = isLines ? parseJsonLines(bytes, { name: path }) : parseCsv(bytes, { name: path });
  if (missing !== "drop") return table;
  const ignored = ignore.filter((name) => table.names.includes(name));
  return dropMissing(table, ignored);
}

/** The samples of a table, encoded as those of a training were. */
export async function readEncodedTable(path: string, options: LoadDataOptions): Promise<LoadedSamples> {
  const encoding = options.encoding!;
  const { x, t } = await told(async () => encodeTable(await openTable(path, options), encoding.table!));
  return { x, t, encoding };
}

/**
 * The samples of a table to train with, and some of its rows to test with. Means and deviations are those of the rows to
 * train with; the names of categories and classes are those of all.
 *
 * @param isWhole  whether all rows are asked for, with their means and deviations, because nothing is to be trained or
 *                 `testData` names the samples to test with
 */
export const readTable = (...args: Parameters<typeof readNewTable>): Promise<LoadedFile> =>
  told(() => readNewTable(...args));

async function readNewTable(
  path: string,
  wanted: WantedSamples,
  options: LoadDataOptions,
  isWhole: boolean,
): Promise<LoadedFile> {
  const { target, ignore, missing, standardize = true, split = 0.2, seed = 0, categories } = options;
  const table = await openTable(path, options);
  if (target === undefined) {
    const names = table.names
      .slice(0, 20)
      .map((name) => JSON.stringify(name))
      .join(", ");
    throw SpecError.of("--target", "target", "none", "the name of the column to learn", {
      problem: `${path} needs a target`,
      hint: `Name one: --target NAME. Its columns are ${names}${table.names.length > 20 ? ", …" : ""}.`,
    });
  }
  const types = categories && Object.fromEntries(categories.map((name) => [name, "category"] as const));
  const task = wanted.classifies ? ("classes" as const) : undefined;
  const columns = { target, standardize, ...defined({ ignore, missing, types, task }) };
  const encodingOf = ({ classes, encoding }: ReturnType<typeof encodeTable>) => ({ classes, table: encoding });
  if (isWhole) {
    const all = encodeTable(table, fitTable(table, columns));
    return { all: { x: all.x, t: all.t, encoding: encodingOf(all) } };
  }
  const { x, t } = encodeTable(table, fitTable(table, columns));
  const targets = withTargets(path, { x, t, encoding: { classes: null, table: null } }, "Name the column to learn.").t;
  const rows = arange(table.rows.length, { dtype: "int32" });
  const parts = trainTestSplit(rows, targets, { testSize: split, seed, stratify: targets.dtype === "int32" });
  const numbersOf = (part: Tensor): number[] => part.toArray() as number[];
  const encoding = fitTable(table, { ...columns, statisticsOf: numbersOf(parts.train.x) });
  const [train, test] = [parts.train, parts.test].map((part) =>
    encodeTable(takeTableRows(table, numbersOf(part.x)), encoding),
  );
  return {
    train: { x: train.x, t: train.t as Tensor },
    test: { x: test.x, t: test.t as Tensor },
    encoding: encodingOf(train),
  };
}
