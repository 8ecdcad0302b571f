/** Pickles of plain NumPy arrays, such as the parameters of the book's networks, as tensors. machine.ts reads them. */
import { calledAs, checkOptions, type Tensor } from "@adjoint/tensor";
import { readWhole } from "../../files/read-whole.ts";
import { checkBytes, dataName } from "../bytes.ts";
import { type FormatSource, formatError, hex } from "../format-error.ts";
import { otherFormat } from "../other-formats.ts";
import { quoted } from "../safetensors/json-reader.ts";
import { runPickle } from "./machine.ts";
import type { Value } from "./objects.ts";

/** What a pickle holds: arrays, numbers, strings, and lists and dictionaries of them. */
export type PickleValue = Tensor | number | string | boolean | null | PickleValue[] | { [name: string]: PickleValue };

/** Options of {@link decodePickle}. */
export interface DecodePickleOptions {
  /** How errors name the bytes, for example the URL they came from. Default: "the data". */
  readonly name?: string;
}

/** How deep lists and dictionaries may be nested in each other. */
const deepest = 32;

/** A value as the library has it. Values that a pickle uses twice are converted once. */
function converted(value: Value, source: FormatSource): PickleValue {
  const done = new Map<object, PickleValue>();
  const refuse = (problem: string, expected: string): never => {
    throw formatError(source, problem, "0 and on", expected, "another value");
  };
  const convert = (one: Value, depth: number): PickleValue => {
    if (one === null || typeof one !== "object") return one;
    if (one instanceof Uint8Array) return new TextDecoder("latin1").decode(one);
    const known = done.get(one);
    if (known !== undefined) return known;
    if (depth > deepest) return refuse("has values nested in each other, or in themselves", `a depth of ${deepest}`);
    if (one.kind === "array") {
      return one.tensor ?? refuse("has an array without elements", "an array of numbers");
    }
    if (one.kind === "list" || one.kind === "tuple") {
      const items = one.items.map((item) => convert(item, depth + 1));
      done.set(one, items);
      return items;
    }
    if (one.kind !== "dict") return refuse("holds a name, and no value", "arrays");
    const object: { [name: string]: PickleValue } = Object.create(null);
    for (const [key, item] of one.entries) {
      const name = key instanceof Uint8Array ? new TextDecoder("latin1").decode(key) : key;
      if (typeof name !== "string" && typeof name !== "number") {
        return refuse("has a key that is no string", "strings or integers as keys");
      }
      if (Object.hasOwn(object, name)) return refuse(`has two values for ${quoted(String(name))}`, "one");
      object[name] = convert(item, depth + 1);
    }
    done.set(one, object);
    return object;
  };
  return convert(value, 0);
}

/**
 * Reads a Python pickle of plain NumPy arrays that is already in memory, as `pickle.dump` writes a dictionary of them.
 *
 * Nothing is executed: the file may use the few names that NumPy writes for arrays, and every other name and opcode is
 * refused, with its byte. Types of elements become those that `decodeNpy` lists. What the file asks to be allocated is at
 * most a few times its size.
 *
 * @param bytes    the whole file, of any protocol from 0 to 5
 * @param options  `name`: how errors name the bytes
 * @returns        the value: dictionaries as objects without a prototype, lists and tuples as arrays, arrays as tensors
 * @throws DataError when the file is cut off or damaged, or holds anything but arrays, numbers, strings, lists and
 *                   dictionaries
 * From a file: `readPickle`. Source: CPython, Lib/pickletools.py; the files of Deep Learning from Scratch, chapters 3 to 8.
 */
export function decodePickle(bytes: Uint8Array, options: DecodePickleOptions = {}): PickleValue {
  const op = "decodePickle";
  checkOptions(op, options, ["name"]);
  checkBytes(op, bytes);
  const source = { op, name: dataName(op, options.name) };
  const other = otherFormat(bytes.subarray(0, 16));
  if (other !== null && !/pickle|^text/.test(other.name)) {
    throw formatError(source, `is not a pickle: it is ${other.name}`, 0, "a pickle", hex(bytes.subarray(0, 4)), other);
  }
  return converted(runPickle(bytes, source), source);
}

/**
 * Reads a Python pickle of plain NumPy arrays, such as the book's `sample_weight.pkl`. Nothing is executed.
 *
 * @param path  path or URL of the file
 * @returns     as `decodePickle`
 * @throws DataError when there is no such file, and as `decodePickle`
 * Without files, at once: `decodePickle`.
 */
export async function readPickle(path: string | URL): Promise<PickleValue> {
  const bytes = await readWhole("readPickle", path);
  return calledAs("readPickle", () => decodePickle(bytes, { name: String(path) }));
}
