/** What a pickle of plain NumPy arrays is made of: the few names that NumPy writes. No name is looked up or called. */
import { kernels, sizeOf, Tensor } from "@adjoint/tensor";
import { fileElements, swapToMachine } from "../elements.ts";
import { numpyTypes } from "../numpy/numpy-types.ts";

/** Values on the stack of a pickle. */
export type Value = null | boolean | number | string | Uint8Array | Pickled;

/** Values that are more than numbers and text. */
type Pickled =
  /** Data in a row. */
  | { readonly kind: "tuple"; readonly items: readonly Value[] }
  | { readonly kind: "list"; readonly items: Value[] }
  /** Keys and values in order. */
  | { readonly kind: "dict"; readonly entries: [Value, Value][] }
  /** A name that a pickle may use. */
  | {
      readonly kind: "name";
      readonly is: "reconstruct" | "frombuffer" | "scalar" | "ndarray" | "dtype" | "encode" | "bytes" | "dict";
    }
  /** An element type, and the order of its bytes once that is known. */
  | { readonly kind: "type"; readonly code: string; isBigEndian: boolean }
  /** An array: first without elements, which come with its state. */
  | { readonly kind: "array"; tensor: Tensor | null };

export type PickledOf<Kind extends Pickled["kind"]> = Extract<Pickled, { readonly kind: Kind }>;

export const isKind = <Kind extends Pickled["kind"]>(value: Value, kind: Kind): value is PickledOf<Kind> =>
  typeof value === "object" && value !== null && "kind" in value && value.kind === kind;

/** What goes wrong, told with the place by whoever knows it. */
export type Refuse = (problem: string, expected: string, hint?: string) => never;

/** The names that pickles of arrays use: of NumPy before and after version 2, and of Python 2. */
const names: ReadonlyMap<string, PickledOf<"name">["is"]> = new Map([
  ["numpy.core.multiarray._reconstruct", "reconstruct"],
  ["numpy._core.multiarray._reconstruct", "reconstruct"],
  ["numpy.core.numeric._frombuffer", "frombuffer"],
  ["numpy._core.numeric._frombuffer", "frombuffer"],
  ["numpy.core.multiarray.scalar", "scalar"],
  ["numpy._core.multiarray.scalar", "scalar"],
  ["numpy.ndarray", "ndarray"],
  ["numpy.dtype", "dtype"],
  ["_codecs.encode", "encode"],
  ["builtins.bytes", "bytes"],
  ["__builtin__.bytes", "bytes"],
  ["collections.OrderedDict", "dict"],
]);

const fromTorch =
  'It is PyTorch\'s. Convert it in Python: from safetensors.torch import save_file; save_file(torch.load("FILE", map_location="cpu"), "FILE.safetensors").';
const asArrays = "Save a dictionary of arrays by np.savez, which readNpz reads.";

/** The meaning of a name. @throws by `refuse` for any that arrays do not need: nothing is looked up or called */
export function nameOf(module: string, name: string, refuse: Refuse): PickledOf<"name"> {
  const whole = `${module}.${name}`;
  const is = names.get(whole);
  if (is !== undefined) return { kind: "name", is };
  const shown = JSON.stringify(whole.length <= 80 ? whole : `${whole.slice(0, 77)}…`);
  return refuse(
    `calls for ${shown}, which plain arrays do not need`,
    "the names that NumPy writes for arrays",
    module.startsWith("torch") ? fromTorch : asArrays,
  );
}

/** A string; Python 2 writes strings as bytes, too. */
const textOf = (value: Value): string | null =>
  value instanceof Uint8Array && value.length < 64
    ? String.fromCharCode(...value)
    : typeof value === "string"
      ? value
      : null;

/** Lengths of axes from a tuple. */
function shapeOf(value: Value, refuse: Refuse): number[] {
  const items = isKind(value, "tuple") ? value.items : refuse("has an array without a shape", "a tuple of lengths");
  const isShape = items.length <= 64 && items.every((n) => Number.isSafeInteger(n) && (n as number) >= 0);
  return isShape ? (items as number[]) : refuse("has an array with an impossible shape", "a tuple of lengths");
}

function typeOf(value: Value, refuse: Refuse): PickledOf<"type"> {
  return isKind(value, "type") ? value : refuse("has an array without an element type", "a dtype");
}

/** An array of bytes that are a part of the file. */
export function arrayOf(
  raw: Uint8Array,
  { code, isBigEndian }: PickledOf<"type">,
  shape: readonly number[],
  fortranOrder: boolean,
  refuse: Refuse,
): Tensor {
  const type = numpyTypes.get(code);
  if (type === undefined)
    return refuse(`has elements of the type ${JSON.stringify(code)}`, "booleans, integers or real numbers", asArrays);
  const { bytes: width, word, decode } = fileElements.get(type)!;
  const size = shape.includes(0) ? 0 : shape.reduce((product, n) => product * n, width);
  if (size !== raw.length) {
    return refuse(
      `has ${raw.length} bytes for an array of shape [${shape.join(", ")}] and type ${code}`,
      `${size} bytes`,
    );
  }
  const own = new Uint8Array(raw);
  if (isBigEndian) swapToMachine(own, width, true);
  swapToMachine(own, word);
  const data = decode(own, (index, value, wanted) => {
    throw refuse(`has ${value} as element ${index}, not ${wanted}`, wanted, "Save x.astype(np.float64).");
  });
  const strides = shape.map((_, axis) => sizeOf(shape.slice(0, axis)));
  return fortranOrder ? kernels.contiguous(new Tensor(data, shape, strides)) : new Tensor(data, [...shape]);
}

/** What calling a name would give. */
export function reduced(name: Value, args: Value, refuse: Refuse, count: (bytes: number) => void): Value {
  if (!isKind(name, "name") || !isKind(args, "tuple")) {
    return refuse("calls for what is no name", "a name that NumPy writes for arrays");
  }
  const [first, second, third, fourth] = args.items;
  const { is } = name;
  if (is === "reconstruct") return { kind: "array", tensor: null };
  if (is === "dict" && args.items.length === 0) return { kind: "dict", entries: [] };
  if (is === "bytes" && args.items.length === 0) return new Uint8Array(0);
  const code = is === "dtype" ? textOf(first) : null;
  if (code !== null) return { kind: "type", code: code.replace(/^[<>|=]/, ""), isBigEndian: code[0] === ">" };
  if (is === "encode" && typeof first === "string" && textOf(second) === "latin1") {
    count(first.length);
    return Uint8Array.from(first, (character) => character.charCodeAt(0));
  }
  if (is === "scalar" && second instanceof Uint8Array) {
    return { kind: "array", tensor: arrayOf(second, typeOf(first, refuse), [], false, refuse) };
  }
  if (is === "frombuffer" && first instanceof Uint8Array && (fourth === "C" || fourth === "F")) {
    count(first.length);
    return {
      kind: "array",
      tensor: arrayOf(first, typeOf(second, refuse), shapeOf(third, refuse), fourth === "F", refuse),
    };
  }
  return refuse(`calls ${is} with other arguments than NumPy writes`, "what NumPy writes for arrays");
}

/** Gives an array or an element type its state. */
export function build(target: Value, state: Value, refuse: Refuse, count: (bytes: number) => void): void {
  if (isKind(target, "type") && isKind(state, "tuple")) {
    const [, order, subtype, fields] = state.items;
    if (subtype !== null || fields !== null) refuse("has elements of the type of a structure", "numbers", asArrays);
    target.isBigEndian = textOf(order) === ">";
  } else if (isKind(target, "array") && isKind(state, "tuple") && state.items.length === 5) {
    const [, shape, type, fortranOrder, raw] = state.items;
    if (!(raw instanceof Uint8Array)) refuse("has an array of Python objects", "an array of numbers", asArrays);
    if (target.tensor !== null) refuse("gives an array two states", "one");
    count(raw.length);
    const isFortran = fortranOrder === true || fortranOrder === 1;
    target.tensor = arrayOf(raw, typeOf(type, refuse), shapeOf(shape, refuse), isFortran, refuse);
  } else refuse("gives a state to what is no array", "an array");
}
