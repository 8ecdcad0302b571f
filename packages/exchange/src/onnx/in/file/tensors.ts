/** The tensors of a file: weights and constants. Their declared shapes are held against the bytes before anything is made. */
import { fileElements, swapToMachine } from "@adjoint/data/internal";
import { kernels, maxAxes, Tensor, type TypedArray } from "@adjoint/tensor";
import type { Message } from "../../messages/schema.ts";
import { Known } from "../nodes/values.ts";
import { type ElementType, elementTypeOf, rangeOf } from "./element-types.ts";
import { externalBytes, isExternal } from "./external.ts";
import { type OnnxSource, refused } from "./source.ts";

/**
 * The value of a tensor of the file.
 *
 * @param what  what it is, for errors: `the initializer "conv1.weight"`
 * @throws DataError naming it, where its type is none that tensors have, its elements lie in a file that is not given, or
 *         their number does not fit its shape
 */
export function knownTensor(source: OnnxSource, proto: Message<"Tensor">, what: string): Known {
  const type = elementTypeOf(source, proto.data_type ?? 0, what);
  const shape = proto.dims;
  const count = shape.reduce((product, n) => product * n, 1);
  if (shape.length > maxAxes || shape.some((n) => !Number.isSafeInteger(n) || n < 0) || !Number.isSafeInteger(count)) {
    throw refused(source, `gives ${what} the shape [${shape.slice(0, maxAxes).join(", ")}]`, {
      expected: `at most ${maxAxes} lengths ≥ 0`,
    });
  }
  const raw = isExternal(proto) ? externalBytes(source, proto, what, count * type.bytes) : proto.raw_data;
  const held = raw === undefined ? proto[type.field].length : raw.length / type.bytes;
  if (held !== count) {
    const bytes = raw === undefined ? "" : ` (${raw.length} bytes of ${type.name})`;
    throw refused(source, `has ${held} elements${bytes} for ${what} of shape [${shape.join(", ")}]`, {
      expected: `${count} elements`,
      received: `${held}`,
      hint: "The file is damaged, or was not written whole.",
    });
  }
  const name = proto.name === undefined || proto.name === "" ? {} : { name: proto.name };
  const { data, isWide } =
    raw === undefined ? fromField(source, proto, type, what) : fromBytes(source, raw, type, what);
  const tensor = new Tensor(data, [...shape]);
  return new Known(type.dtype === "real" ? kernels.cast(tensor, source.real) : tensor, { isWide, ...name });
}

interface Elements {
  readonly data: TypedArray;
  readonly isWide: boolean;
}

/** Thrown inside for integers that int32 does not hold. */
class Beyond extends Error {}

function decoded(raw: Uint8Array, type: ElementType): TypedArray {
  const { word, decode } = fileElements.get(type.stored) as NonNullable<ReturnType<typeof fileElements.get>>;
  const own = new Uint8Array(raw);
  swapToMachine(own, word);
  return decode(own, () => new Beyond());
}

function fromBytes(source: OnnxSource, raw: Uint8Array, type: ElementType, what: string): Elements {
  try {
    return { data: decoded(raw, type), isWide: false };
  } catch (error) {
    if (!(error instanceof Beyond)) throw error;
  }
  if (type.name === "BOOL") throw refused(source, `has elements other than 0 and 1 in ${what} of type BOOL`);
  const own = new Uint8Array(raw);
  swapToMachine(own, type.bytes);
  const words =
    type.bytes === 4
      ? new Uint32Array(own.buffer)
      : new (type.name === "INT64" ? BigInt64Array : BigUint64Array)(own.buffer);
  return { data: Float64Array.from(words as ArrayLike<number | bigint>, Number), isWide: true };
}

/** Elements that are written as numbers. */
function fromField(source: OnnxSource, proto: Message<"Tensor">, type: ElementType, what: string): Elements {
  const values = proto[type.field];
  const [least, most] = rangeOf(type) ?? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  const beyond = values.find((n) => n < least || n > most);
  if (beyond !== undefined) throw refused(source, `has the element ${beyond} in ${what} of type ${type.name}`);
  if (type.field === "float_data") return { data: Float32Array.from(values), isWide: false };
  if (type.field === "double_data") return { data: Float64Array.from(values), isWide: false };
  if (type.name === "BOOL") return { data: Uint8Array.from(values, (n) => Number(n !== 0)), isWide: false };
  if (type.dtype === "real")
    return { data: decoded(new Uint8Array(Uint16Array.from(values).buffer), type), isWide: false };
  if (values.every((n) => n === (n | 0))) return { data: Int32Array.from(values), isWide: false };
  return { data: Float64Array.from(values), isWide: true };
}
