/** Safetensors, the file format of named tensors, from bytes. */
import { checkKind, checkOptions, Tensor } from "@adjoint/tensor";
import { type Bytes, checkBytes, dataName } from "../bytes.ts";
import { fileElements, swapToMachine } from "../elements.ts";
import { type FormatSource, formatError, grouped } from "../format-error.ts";
import { chosenEntries, prefix, readHeader, readHeaderLength, type TensorEntry } from "./header.ts";
import { quoted } from "./json-reader.ts";

/** What a safetensors file holds. Neither object has a prototype, so any name is a name: `__proto__`, `constructor`. */
export interface Safetensors {
  /** The tensors, in the order of the file's header. */
  readonly tensors: Record<string, Tensor>;
  /** The texts that go with them, none when the file has none. */
  readonly metadata: Record<string, string>;
}

/** Options of {@link decodeSafetensors}. */
export interface DecodeSafetensorsOptions {
  /** What errors call the bytes, for example the URL they came from. Default: "the data". */
  readonly name?: string;
  /** The tensors to read. Default: all. */
  readonly names?: readonly string[];
}

/** What `allocate` returns; a DataError when the machine does not have the memory for it. */
function withinMemory<T>({ name, begin, end }: TensorEntry, source: FormatSource, allocate: () => T): T {
  try {
    return allocate();
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    const bytes = `${grouped(end - begin)} bytes`;
    const problem = `has ${quoted(name)} in ${bytes}, more than can be allocated here`;
    throw formatError(source, problem, begin, "a tensor that fits the memory", bytes, { cause });
  }
}

export function reserve(entry: TensorEntry, source: FormatSource): Bytes {
  return withinMemory(entry, source, () => new Uint8Array(entry.end - entry.begin));
}

/** The tensor whose bytes in the file are `raw`, which becomes its storage where the types agree. */
export function tensorOf(entry: TensorEntry, raw: Bytes, source: FormatSource): Tensor {
  const { bytes, word, decode } = fileElements.get(entry.type)!;
  swapToMachine(raw, word);
  const data = withinMemory(entry, source, () =>
    decode(raw, (index, value, wanted) => {
      const problem = `has ${value} as element ${grouped(index)} of ${quoted(entry.name)} (${entry.type}), not ${wanted}`;
      return formatError(source, problem, entry.begin + index * bytes, wanted, String(value));
    }),
  );
  return new Tensor(data, entry.shape);
}

/**
 * Reads a safetensors file that is already in memory.
 *
 * F64, F32, I32 and BOOL become float64, float32, int32 and bool; F16 and BF16 float32; I8, U8, I16, U16 int32, and
 * U32, I64, U64 too where every value fits. No value changes. The tensors have storage of their own.
 *
 * @param bytes    the whole file
 * @param options  `name`: what errors call the bytes; `names`: the tensors to read, so that others may have any type
 * @returns        tensors and metadata by name
 * @throws DataError when the file is not safetensors, ends early, goes on too long, or its header lies (nothing is
 *                   allocated before all of it has been checked); when a type or a value is none that a tensor holds
 * Inverse: {@link encodeSafetensors}. From a file: `readSafetensors`.
 */
export function decodeSafetensors(bytes: Uint8Array, options: DecodeSafetensorsOptions = {}): Safetensors {
  const op = "decodeSafetensors";
  checkOptions(op, options, ["name", "names"]);
  checkBytes(op, bytes);
  checkNames(op, options.names);
  const source = { op, name: dataName(op, options.name) };
  const length = readHeaderLength(bytes.subarray(0, prefix), bytes.length, source);
  const header = readHeader(bytes.subarray(prefix, prefix + length), bytes.length, source);
  const tensors: Record<string, Tensor> = Object.create(null);
  for (const entry of chosenEntries(header, options.names, source)) {
    const raw = reserve(entry, source);
    raw.set(bytes.subarray(entry.begin, entry.end));
    tensors[entry.name] = tensorOf(entry, raw, source);
  }
  return { tensors, metadata: header.metadata };
}

/** @throws SpecError unless names are a list, or left out */
export function checkNames(op: string, names: unknown): void {
  checkKind(op, "names", names, names === undefined || Array.isArray(names), "a list of names");
}
