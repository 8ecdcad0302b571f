/** What a model is asked about: numbers on the command line, or a file of samples. One reader for each ending of names. */
import { extname } from "node:path";
import { inputsOf, type ModelSpec } from "@adjoint/nn";
import { formatShape, type Shape, SpecError, sizeOf, type Tensor, tensor } from "@adjoint/tensor";
import { readTextFile } from "./load-module.ts";

/** Samples to predict. */
export interface PredictInput {
  /** [N, ...the shape of the model's input]. */
  readonly x: Tensor;
  /** What each sample is called in the result. */
  readonly names: readonly string[];
}

/** What readers need of the model. */
interface Wanted {
  readonly shape: Shape;
  readonly type: "float" | "labels";
}

/** Reads the samples of a file. */
type Reader = (path: string, wanted: Wanted) => Promise<Tensor>;

/** The readers by the ending of the name. */
const readers: Readonly<Record<string, Reader>> = {
  ".json": async (path) => {
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
  },
};

function unfit(path: string, problem: string, cause?: unknown): SpecError {
  return SpecError.of("predict", "INPUT", path, "lists of numbers, one for each sample", {
    problem: `${path} ${problem}`,
    hint: "Write [[0.5, 1, 2]] for one sample of three numbers.",
    cause,
  });
}

/** Numbers in an argument, as in `0.5,1,2` or `[0.5, 1, 2]`; null for what is no such list. */
function numbersIn(text: string): number[] | null {
  const parts = text
    .replace(/^\s*\[|\]\s*$/g, "")
    .split(/[\s,]+/)
    .filter((part) => part !== "");
  const numbers = parts.map(Number);
  return parts.length > 0 && numbers.every((x) => !Number.isNaN(x)) ? numbers : null;
}

/** The samples in rows of numbers, in the shape of the model's input. @throws SpecError for another number of them */
function shaped(what: string, x: Tensor, { shape, type }: Wanted): Tensor {
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
  return type === "labels" ? tensor(batch.toArray() as number[], { dtype: "int32" }) : batch;
}

/**
 * The samples that arguments name: the numbers of one, or files.
 *
 * @throws SpecError for a model with several inputs, and for what is neither numbers nor a file that can be read
 */
export async function readInput(inputs: readonly string[], spec: ModelSpec): Promise<PredictInput> {
  const wanted = inputsOf(spec);
  if (wanted.length !== 1) {
    throw SpecError.of("predict", "model", `${wanted.length} inputs`, "a model with one input", {
      problem: `the model has ${wanted.length} inputs`,
      hint: "Call net.predict({ … }) in a program.",
    });
  }
  const [{ shape, type }] = wanted;
  const numbers = numbersIn(inputs.join(" "));
  if (numbers !== null) return { x: shaped("the input", tensor(numbers), { shape, type }), names: ["input"] };
  const read: Tensor[] = [];
  const names: string[] = [];
  for (const path of inputs) {
    const { [extname(path).toLowerCase()]: reader } = readers;
    if (reader === undefined) {
      const endings = Object.keys(readers).join(", ");
      throw SpecError.of("predict", "INPUT", path, `numbers, or the name of a file that ends in ${endings}`, {
        problem: `${path} is neither a list of numbers nor a file with a known ending`,
        hint: `Write the numbers of a sample as 0.5,1,2, or name a file that ends in ${endings}.`,
      });
    }
    const x = shaped(path, await reader(path, { shape, type }), { shape, type });
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
