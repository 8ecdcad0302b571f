/** Safetensors to bytes, those that the reference implementation writes: equal tensors give equal bytes. */
import { checkOptions, kernels, SpecError, shown, type Tensor, type TypedArray } from "@adjoint/tensor";
import type { Bytes } from "../bytes.ts";
import { fileElements, swapToMachine, writtenTypes } from "../elements.ts";
import { grouped } from "../format-error.ts";
import { entriesOf, halfPair, namedTensors } from "../named-tensors.ts";
import { longestHeader, metadataName, prefix } from "./header.ts";
import { isWellFormed, quoted } from "./json-reader.ts";

/** Options of {@link encodeSafetensors}. */
export interface EncodeSafetensorsOptions {
  /** Texts to go with the tensors, by name. Default: none, and no place for any. */
  readonly metadata?: Readonly<Record<string, string>> | undefined;
}

/** The order of strings by code points, which is that of their UTF-8; `<` would go by UTF-16. */
function byCodePoints(a: string, b: string): number {
  let i = 0;
  while (i < a.length && a[i] === b[i]) i++;
  return (a.codePointAt(i) ?? -1) - (b.codePointAt(i) ?? -1);
}

/** The metadata as JSON, by name, so that the order in which they were given does not show. */
function metadataText(op: string, metadata: Readonly<Record<string, string>>): string {
  const entries = entriesOf(op, "metadata", metadata).sort(([a], [b]) => byCodePoints(a, b));
  for (const [name, text] of entries) {
    if (typeof text !== "string") {
      throw SpecError.of(op, "metadata", text, "a string", {
        problem: `${quoted(name)} in metadata is ${shown(text)}`,
        hint: "JSON.stringify makes a string of any value.",
      });
    }
    if (!isWellFormed(text)) throw halfPair(op, "metadata", text);
  }
  return `{${entries.map(([name, text]) => `${JSON.stringify(name)}:${JSON.stringify(text)}`).join(",")}}`;
}

/** The tensors with their types, by descending alignment, then by name. */
function ordered(op: string, tensors: Readonly<Record<string, Tensor>>) {
  const entries = namedTensors(op, tensors).map(([name, tensor]) => {
    if (name === metadataName) {
      throw SpecError.of(op, "tensors", name, "another name", {
        problem: `a tensor has the name ${metadataName}`,
        hint: "The format reserves that name for strings: pass them as { metadata }.",
      });
    }
    const rank = writtenTypes.findIndex(({ dtype }) => dtype === tensor.dtype);
    return { name, tensor, rank, type: writtenTypes[rank].type };
  });
  return entries.sort((a, b) => a.rank - b.rank || byCodePoints(a.name, b.name));
}

/**
 * Writes named tensors as a safetensors file, into memory. float64, float32, int32 and bool become F64, F32, I32 and
 * BOOL; views of any strides are written as what they show. The bytes depend on nothing but names, tensors and
 * metadata: tensors stand by descending alignment, then by name, as the reference implementation orders them.
 *
 * @param tensors  by name; any name but `__metadata__`
 * @param options  `metadata`: texts by name
 * @returns        the bytes of the file
 * @throws SpecError when a value is not a Tensor, a metadata not a string, a name not whole Unicode, or the header
 *                   would be longer than the format's 100 MB
 * Inverse: {@link decodeSafetensors}. To a file: `writeSafetensors`.
 */
export function encodeSafetensors(
  tensors: Readonly<Record<string, Tensor>>,
  options: EncodeSafetensorsOptions = {},
): Bytes {
  const op = "encodeSafetensors";
  checkOptions(op, options, ["metadata"]);
  const members: string[] = [];
  if (options.metadata !== undefined) members.push(`"${metadataName}":${metadataText(op, options.metadata)}`);
  let end = 0;
  const placed = ordered(op, tensors).map(({ name, tensor, type }) => {
    const begin = end;
    end += tensor.size * fileElements.get(type)!.bytes;
    const entry = { dtype: type, shape: tensor.shape, data_offsets: [begin, end] };
    members.push(`${JSON.stringify(name)}:${JSON.stringify(entry)}`);
    return { tensor, begin, word: fileElements.get(type)!.word };
  });

  const text = new TextEncoder().encode(`{${members.join(",")}}`);
  const start = Math.ceil((prefix + text.length) / 8) * 8;
  if (start - prefix > longestHeader) {
    throw SpecError.of(op, "tensors", start - prefix, `at most ${grouped(longestHeader)} bytes`, {
      problem: `the header would have ${grouped(start - prefix)} bytes`,
      hint: "Write several files, or shorten the metadata.",
    });
  }
  let bytes: Bytes;
  try {
    bytes = new Uint8Array(start + end);
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw SpecError.of(op, "tensors", `${grouped(end)} bytes`, "tensors that fit the memory", {
      problem: `the tensors take ${grouped(end)} bytes, more than can be allocated here`,
      hint: "Write several files.",
    });
  }
  new DataView(bytes.buffer).setBigUint64(0, BigInt(start - prefix), true);
  bytes.fill(0x20, prefix, start).set(text, prefix);
  for (const { tensor, begin, word } of placed) {
    // Every type begins at a multiple of its size: the data do at one of 8, and wider types come first.
    const Storage = tensor.data.constructor as new (buffer: ArrayBuffer, at: number, length: number) => TypedArray;
    const target = new Storage(bytes.buffer, start + begin, tensor.size);
    kernels.copyInto(target, tensor);
    // A bool may be stored as any byte but 0, a BOOL must be 1.
    if (tensor.dtype === "bool") for (let i = 0; i < target.length; i++) if (target[i] > 1) target[i] = 1;
    swapToMachine(bytes.subarray(start + begin, start + begin + target.byteLength), word);
  }
  return bytes;
}
