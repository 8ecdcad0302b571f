/** What a model is asked about: values on the command line, or files of samples. One reader for each ending of names. */
import { extname } from "node:path";
import { encodeTable, readNpy, readPng, type TableEncoding } from "@adjoint/data";
import { formatShape, type Shape, SpecError, sizeOf, type Tensor, tensor } from "@adjoint/tensor";
import type { WantedSamples } from "../training/data/data-source.ts";
import { fittedInputs } from "../training/data/fit-samples.ts";
import { type DataEncoding, loadSamples, type SampleSpec, wantedBy } from "../training/load-data.ts";
import { readTextFile } from "./load-module.ts";

export interface PredictInput {
  /** [N, ...the shape of the model's input]. */
  readonly x: Tensor;
  /** What each sample is called in the result. */
  readonly names: readonly string[];
}

/** What readers need: the model, and how the data of its training were read. */
interface Reading {
  readonly spec: SampleSpec;
  readonly wanted: WantedSamples & { readonly shape: Shape };
  readonly encoding: DataEncoding | null;
}

type Reader = (path: string, reading: Reading) => Promise<Tensor>;

/** Numbers in lists. */
const readJson: Reader = async (path) => {
  const text = await readTextFile("predict", path);
  let numbers: unknown;
  try {
    numbers = JSON.parse(text);
  } catch (cause) {
    throw unfit(path, "is not JSON", cause);
  }
  try {
    return tensor(numbers as number[]);
  } catch (cause) {
    throw unfit(path, "does not hold numbers in lists of equal lengths", cause);
  }
};

/** Samples as in training. */
const readData: Reader = async (path, { spec, encoding }) =>
  (await loadSamples(path, spec, encoding === null ? {} : { encoding })).x;

/** Reads a table by the encoding that training used, which says which columns are inputs and how they are scaled. */
const readRows: Reader = async (path, reading) => {
  if (!reading.encoding?.table) {
    throw SpecError.of("predict", "INPUT", path, "a model that was trained on a table by train", {
      problem: `${path} is a table, and the model does not say how tables become its numbers`,
      hint: "Pass the numbers as the model takes them: on the command line, or in a file of JSON or NPY.",
    });
  }
  return await readData(path, reading);
};

/** One image, in as many channels as the model takes. */
const readImage: Reader = async (path, { wanted }) => {
  const channels = wanted.shape.length === 3 ? wanted.shape[0] : 1;
  const image = await readPng(path, channels === 1 || channels === 3 || channels === 4 ? { channels } : {});
  return fittedInputs(image.reshape([1, ...image.shape]), wanted);
};

const readArray: Reader = async (path, { wanted }) => fittedInputs(await readNpy(path), wanted);

const readers: Readonly<Record<string, Reader>> = {
  ".json": readJson,
  ".csv": readRows,
  ".tsv": readRows,
  ".jsonl": readRows,
  ".ndjson": readRows,
  ".npz": readData,
  ".npy": readArray,
  ".png": readImage,
};

export const inputEndings: readonly string[] = Object.keys(readers);

function unfit(path: string, problem: string, cause?: unknown): SpecError {
  return SpecError.of("predict", "INPUT", path, "lists of numbers, one for each sample", {
    problem: `${path} ${problem}`,
    hint: "Write [[0.5, 1, 2]] for one sample of three numbers.",
    cause,
  });
}

/** Numbers in an argument, as in `0.5,1,2` or `[0.5, 1, 2]`; null for what is no such list. */
function numbersIn(text: string): number[] | null {
  const inside = text.replace(/^\s*\[|\]\s*$/g, "");
  const parts = inside.split(/[\s,]+/).filter((part) => part !== "");
  const numbers = parts.map(Number);
  return parts.length > 0 && numbers.every((x) => !Number.isNaN(x)) ? numbers : null;
}

/** The samples in rows of numbers, in the shape of the model's input. @throws SpecError for another number of them */
function shaped(what: string, x: Tensor, { shape, isLabels }: Reading["wanted"]): Tensor {
  const size = sizeOf(shape);
  const isBatch = x.ndim === shape.length + 1 && x.shape.slice(1).every((n, i) => n === shape[i]);
  const isRows = x.ndim === 2 && x.shape[1] === size;
  const isOne = x.size === size && (x.ndim === 1 || x.ndim === shape.length);
  if (!isBatch && !isRows && !isOne) {
    const numbers = `${size} number${size === 1 ? "" : "s"}`;
    throw SpecError.of("predict", "INPUT", formatShape(x.shape), `${formatShape(shape)}, or more in a list`, {
      problem: `${what} has ${x.ndim === 1 ? `${x.size} numbers` : `shape ${formatShape(x.shape)}`}`,
      hint: `A sample of this model is ${numbers}.`,
    });
  }
  const batch = x.reshape([x.size / size, ...shape]);
  return isLabels ? tensor(batch.toArray() as number[], { dtype: "int32" }) : batch;
}

/** The values of one sample of a table, as they stand in its columns. @throws SpecError for another number of them */
function sampleOf(values: readonly string[], table: TableEncoding): Tensor {
  const names = table.features.map(({ name }) => name);
  if (values.length !== names.length) {
    throw SpecError.of("predict", "INPUT", values.length, `${names.length} values, separated by commas`, {
      problem: `the input has ${values.length} value${values.length === 1 ? "" : "s"}`,
      hint: `They are those of the columns ${names.join(", ")}.`,
    });
  }
  const rows = [values.map((value) => (value === "" ? null : value))];
  return encodeTable({ source: "the input", names, unnamed: [], rows, lines: [1], parsesNumbers: true }, table).x;
}

/**
 * The samples that arguments name: the values of one, or files.
 *
 * @param encoding  how the data of the training were read; null where that is not known
 * @throws SpecError for a model with several inputs, and for what is neither values nor a file that can be read
 */
export async function readInput(
  inputs: readonly string[],
  spec: SampleSpec,
  encoding: DataEncoding | null,
): Promise<PredictInput> {
  const { shape, ...rest } = wantedBy(spec);
  if (shape === null) {
    throw SpecError.of("predict", "model", "several inputs", "a model with one input", {
      problem: "the model has several inputs",
      hint: "Call net.predict({ … }) in a program.",
    });
  }
  const reading: Reading = { spec, wanted: { shape, ...rest }, encoding };
  const isFile = (text: string): boolean => inputEndings.includes(extname(text).toLowerCase());
  const table = encoding?.table ?? null;
  if (table !== null && !inputs.some(isFile)) {
    const values = inputs.flatMap((input) => input.split(",")).map((value) => value.trim());
    return { x: sampleOf(values, table), names: ["input"] };
  }
  const numbers = numbersIn(inputs.join(" "));
  if (numbers !== null) return { x: shaped("the input", tensor(numbers), reading.wanted), names: ["input"] };
  const read: Tensor[] = [];
  const names: string[] = [];
  for (const path of inputs) {
    const reader = readers[extname(path).toLowerCase()];
    if (reader === undefined) {
      const endings = inputEndings.join(", ");
      throw SpecError.of("predict", "INPUT", path, `numbers, or the name of a file that ends in ${endings}`, {
        problem: `${path} is neither a list of numbers nor a file with a known ending`,
        hint: "Write the numbers of a sample as 0.5,1,2.",
      });
    }
    const x = shaped(path, await reader(path, reading), reading.wanted);
    const [count] = x.shape;
    read.push(x);
    for (let i = 0; i < count; i++) names.push(count === 1 ? path : `${path}, ${i + 1}`);
  }
  return { x: concatenated(read), names };
}

function concatenated(parts: readonly Tensor[]): Tensor {
  if (parts.length === 1) return parts[0];
  const shape = [parts.reduce((sum, { shape: [n] }) => sum + n, 0), ...parts[0].shape.slice(1)];
  return tensor(parts.flatMap((x) => x.reshape([x.size]).toArray() as number[])).reshape(shape);
}
