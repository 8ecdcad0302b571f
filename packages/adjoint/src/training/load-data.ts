/**
 * The data of the command line: data sets by name, and files and folders by path, as the samples that a model takes.
 */
import { stat } from "node:fs/promises";
import { extname } from "node:path";
import { loadDigits, loadMnist, type MnistName, mnistClasses, trainTestSplit } from "@adjoint/data";
import { checkEncoding } from "@adjoint/data/internal";
import { inputsOf, type ModelSpec } from "@adjoint/nn";
import { losses } from "@adjoint/nn/internal";
import type { Samples, TrainingData } from "@adjoint/optim";
import { beyondBounds, DataError, formatShape, nearest, SpecError } from "@adjoint/tensor";
import { checkAugmentation } from "./data/augment.ts";
import {
  type DataEncoding,
  dataSets,
  type LoadDataOptions,
  type LoadedFile,
  type LoadedSamples,
  type WantedSamples,
  withTargets,
} from "./data/data-source.ts";
import { fittedInputs, fittedSamples } from "./data/fit-samples.ts";
import { readArrays } from "./data/read-arrays.ts";
import { readFolder } from "./data/read-folder.ts";
import { readEncodedTable, readTable, tableEndings } from "./data/read-table.ts";

export { type DataEncoding, dataSets, type LoadDataOptions } from "./data/data-source.ts";

/** Data to train and to test with, and what is known of them. */
export interface LoadedData extends TrainingData {
  /** How they became samples: the names of classes, the columns of a table. */
  readonly encoding: DataEncoding;
  /** How training images are changed at random, as `LoadDataOptions` names it. */
  readonly augment?: readonly string[];
}

/** What data need to know of a model. */
export type SampleSpec = Pick<ModelSpec, "input" | "inputs"> & { readonly loss?: unknown };

export function wantedBy(spec: SampleSpec): WantedSamples {
  const inputs = inputsOf(spec);
  const { loss } = spec;
  const kind = typeof loss === "object" && loss !== null ? (loss as { readonly kind?: unknown }).kind : loss;
  return {
    shape: inputs.length === 1 ? inputs[0].shape : null,
    isLabels: inputs.length === 1 && inputs[0].type === "labels",
    classifies: typeof kind === "string" && losses.get(kind)?.classifies === true,
  };
}

/** An error of a download, with what the command has in place of the library's options. */
export function downloadError(error: unknown, name: string): unknown {
  if (!(error instanceof DataError) || error.argument !== "mirrors") return error;
  const hint = `Is there a network? adjoint data fetch ${name} --mirror URL takes another address; --data-dir names a folder with the files.`;
  return new DataError({ ...error, hint }, { cause: error });
}

export async function loadNamed(name: string, dir: string | undefined): Promise<LoadedFile> {
  if (name === "digits") return { ...loadDigits(), encoding: { classes: mnistClasses.mnist, table: null } };
  const dataset = name as MnistName;
  const data = await loadMnist({ dataset, ...(dir === undefined ? {} : { dir }) }).catch((error) => {
    throw downloadError(error, name);
  });
  return { ...data, encoding: { classes: mnistClasses[dataset], table: null } };
}

/** What a path leads to. @throws DataError for what is not there, and for endings that are not known */
export async function kindOfData(path: string): Promise<"folder" | "table" | "arrays"> {
  const found = await stat(path).catch(() => null);
  if (found === null) {
    const isPath = /[./\\]/.test(path);
    const meant = isPath ? undefined : nearest(path, dataSets);
    throw DataError.of("data", "data", path, `a file, a folder, or one of ${dataSets.join(", ")}`, {
      problem: isPath ? `there is no file or folder ${path}` : `there is no data set ${path}`,
      hint: meant && `Did you mean "${meant}"?`,
    });
  }
  if (found.isDirectory()) return "folder";
  const ending = extname(path).toLowerCase();
  if (tableEndings.includes(ending)) return "table";
  if (ending === ".npz") return "arrays";
  throw DataError.of("data", "data", ending || "no ending", `${tableEndings.join(", ")}, .npz, or a folder`, {
    problem: `${path} ends in ${ending || "nothing"}`,
    hint: "Save arrays with names by np.savez, tables as CSV.",
  });
}

/** The samples of a data set, a file or a folder; `isWhole`: see {@link readTable}. */
async function readNamed(
  path: string,
  wanted: WantedSamples,
  options: LoadDataOptions,
  isWhole: boolean,
): Promise<LoadedFile> {
  if (dataSets.includes(path)) return await loadNamed(path, options.dir);
  switch (await kindOfData(path)) {
    case "folder":
      checkNoColumns(path, path, options);
      return await readFolder(path, wanted, options);
    case "arrays": {
      const { target, ...others } = options;
      checkNoColumns(path, path, others);
      return await readArrays(path, wanted, options);
    }
    default:
      if (options.encoding?.table) return { all: await readEncodedTable(path, options) };
      return await readTable(path, wanted, options, isWhole);
  }
}

/**
 * Loads data to train and to test with.
 *
 * What is to test with: the test part of a data set, of an NPZ file with `x_test` or of a folder with `test`; else the
 * samples of `testData`; else `split` of all samples, drawn by `seed`, of each class its share.
 *
 * @param data     "digits", "mnist", "fashion-mnist" or "kmnist"; or the path of a table (.csv, .tsv, .jsonl, .ndjson),
 *                 of an .npz file, of a folder with the files of MNIST or with a folder of PNG images for each class
 * @param spec     the model: its input says the shape of samples, its loss whether targets are classes
 * @param options  see {@link LoadDataOptions}
 * @throws DataError naming what is wrong with a file; SpecError for a target or test data that are missing
 */
export async function loadData(data: string, spec: SampleSpec, options: LoadDataOptions = {}): Promise<LoadedData> {
  const wanted = wantedBy(spec);
  const isWhole = options.testData !== undefined;
  const loaded = await readNamed(data, wanted, options, isWhole);
  const parts = "all" in loaded ? await splitSamples(data, loaded.all, spec, options) : loaded;
  const [train, test] = [parts.train, parts.test].map((part) => fittedSamples(part, wanted));
  const { augment } = options;
  return { train, test, encoding: parts.encoding, ...(augment && { augment }) };
}

const nameTarget = "Name it by --target, or save it beside the samples.";

/** Samples to train with, and others to test with: of another file, or a share of them. */
async function splitSamples(data: string, all: LoadedSamples, spec: SampleSpec, options: LoadDataOptions) {
  const { testData, split = 0.2, seed = 0 } = options;
  const { encoding } = all;
  const train = withTargets(data, all, nameTarget);
  if (testData !== undefined) {
    const test = await loadSamples(testData, spec, { ...options, encoding });
    return { train, test: withTargets(testData, test, nameTarget), encoding };
  }
  const isVector = train.t.ndim === 1 && train.t.dtype === "int32";
  const parts = trainTestSplit(train.x, train.t, { testSize: split, seed, stratify: isVector });
  return { ...parts, encoding };
}

/**
 * Loads the samples of one file or data set, to measure or use a model on: the test part where there are two.
 *
 * @param data     as for {@link loadData}
 * @param options  as for {@link loadData}; `encoding`: that of the training, by which columns and classes are the same
 * @returns        `x`, and `t`, which is null where the file has no targets; `part`: null where they are all samples
 */
export async function loadSamples(
  data: string,
  spec: SampleSpec,
  options: LoadDataOptions = {},
): Promise<LoadedSamples & { readonly part: "test" | null }> {
  const wanted = wantedBy(spec);
  const loaded = await readNamed(data, wanted, options, true);
  const part = "all" in loaded ? null : "test";
  const samples = "all" in loaded ? loaded.all : { ...loaded.test, encoding: loaded.encoding };
  return { ...samples, x: fittedInputs(samples.x, wanted), part };
}

/**
 * `data: iris.csv, 120 samples to train with and 30 to test with, of shape [4], in 3 classes (setosa, versicolor,
 * virginica)`.
 */
export function describeData(name: string, { train, test, encoding }: LoadedData): string {
  const [training, testing] = [train, test].map(({ x }) => x.shape[0].toLocaleString("en-US"));
  const samples = `${training} samples to train with and ${testing} to test with, of shape ${formatShape(train.x.shape.slice(1))}`;
  const isClasses = train.t.dtype === "int32";
  const { classes } = encoding;
  const shown = classes === null || classes.every((one, i) => one === String(i)) ? "" : ` (${listed(classes)})`;
  const count = classes?.length ?? (isClasses ? classesIn([train, test]) : 0);
  const targets = isClasses
    ? `in ${count} classes${shown}`
    : `with targets of shape ${formatShape(train.t.shape.slice(1))}`;
  return `data: ${name}, ${samples}, ${targets}`;
}

/** A few names: the first of many. */
function listed(names: readonly string[]): string {
  return names.length <= 12 ? names.join(", ") : `${names.slice(0, 10).join(", ")}, …`;
}

/** How many classes labels have, rows of one each included. */
function classesIn(parts: readonly Samples[]): number {
  const labels = parts.flatMap(({ t }) => (t.ndim === 1 ? (t.toArray() as number[]) : []));
  return labels.reduce((most, label) => Math.max(most, label + 1), parts[0].t.ndim === 1 ? 0 : parts[0].t.shape[1]);
}

/**
 * @throws SpecError for a folder that would not be read, columns of data that have none, a way to split data that are split
 * already, or an unknown change
 */
export function checkDataOptions(data: string, options: LoadDataOptions): void {
  const { dir, split, testData, augment = [] } = options;
  checkAugmentation(augment);
  const isNamed = dataSets.includes(data);
  if (dir !== undefined && (!isNamed || data === "digits")) {
    const what = isNamed ? `the data set ${data} is part of the package and` : `${data} is a path, and`;
    throw SpecError.of("--data-dir", "--data-dir", `--data ${data}`, "--data mnist, fashion-mnist or kmnist", {
      problem: `${what} is read from no folder`,
      hint: "Add --data mnist, or leave out --data-dir.",
    });
  }
  if (isNamed && (split !== undefined || testData !== undefined)) {
    const option = split === undefined ? "--test-data" : "--split";
    throw SpecError.of(option, option, `--data ${data}`, "data without a test part", {
      problem: `the data set ${data} has its own samples to test with`,
      hint: `Leave out ${option}.`,
    });
  }
  if (isNamed) checkNoColumns(data, `the data set ${data}`, options);
  if (split === undefined || testData === undefined) return;
  throw SpecError.of("--split", "--split", "--split and --test-data", "one of the two", {
    problem: "there are two ways to choose samples to test with",
  });
}

/** @throws SpecError for an option about columns, of data that have none */
function checkNoColumns(data: string, what: string, options: LoadDataOptions): void {
  const column = (["target", "ignore", "categories", "missing"] as const).find((name) => options[name] !== undefined);
  if (column === undefined && options.standardize !== false) return;
  const option = column === undefined ? "--no-standardize" : `--${column}`;
  throw SpecError.of(option, option, `--data ${data}`, "the path of a table", {
    problem: `${what} has no columns`,
    hint: `Name a table by --data, or leave out ${option}.`,
  });
}

const longestEncoding = 2 ** 24;

/**
 * The encoding that a saved model carries, under `dataEncoding` among its metadata; null where it carries none.
 * @throws DataError for text that is none
 */
export function encodingFrom(metadata: Readonly<Record<string, string>>, name: string): DataEncoding | null {
  const text = metadata.dataEncoding;
  if (text === undefined) return null;
  const refuse = (cause?: unknown): never => {
    throw DataError.of("data", "dataEncoding", "other text", "what train writes", {
      problem: `${name} has metadata "dataEncoding" that say nothing about data`,
      cause,
    });
  };
  if (text.length > longestEncoding || beyondBounds(text, { depth: 8 }) !== null) return refuse();
  try {
    const { classes, table } = JSON.parse(text) as DataEncoding;
    if (classes !== null && !(Array.isArray(classes) && classes.every((one) => typeof one === "string"))) refuse();
    if (table !== null) checkEncoding("data", table);
    return { classes, table };
  } catch (cause) {
    return refuse(cause);
  }
}
