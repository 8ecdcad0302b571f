/**
 * The bytes of a file to messages. Lengths are checked before anything is made of them, so that what is made is at most a
 * constant times the file.
 */
import { type FormatSource, formatError } from "@adjoint/data/internal";
import { BinaryReader, WireType } from "@bufbuild/protobuf/wire";
import { type Field, fieldsOf, type Message, type MessageName, messages, type ScalarType } from "./schema.ts";
import { wireTypes } from "./write.ts";

/** How deep messages may lie in each other: graphs in branches of graphs, mostly. Protobuf's own limit. */
const deepest = 100;

/** The fields of each message by their numbers. */
const byNumber = new Map(
  (Object.keys(messages) as MessageName[]).map((message) => [
    message,
    new Map(fieldsOf(message).map(([name, field]) => [field[0], [name, field] as const])),
  ]),
);

/** Where a reader is, for errors. */
interface Place {
  readonly source: FormatSource;
  readonly reader: BinaryReader;
  /** The byte at which the bytes of `reader` begin in the file. */
  readonly offset: number;
  readonly depth: number;
}

/**
 * The message that bytes hold.
 *
 * @param bytes   views of them become the values of fields of bytes: nothing is copied
 * @param source  how errors name the reader and the file
 * @throws DataError naming the byte at which the file is cut or is no such message
 */
export function decodeMessage<M extends MessageName>(message: M, bytes: Uint8Array, source: FormatSource): Message<M> {
  return read(message, bytes, { source, offset: 0, depth: 0 }) as Message<M>;
}

function read(message: MessageName, bytes: Uint8Array, at: Omit<Place, "reader">): object {
  if (at.depth > deepest) {
    const problem = `has messages within messages, more than ${deepest} deep`;
    throw formatError(at.source, problem, at.offset, `at most ${deepest}`, "more");
  }
  const reader = new BinaryReader(bytes);
  const place = { ...at, reader };
  const fields = byNumber.get(message)!;
  const values: Record<string, unknown> = {};
  for (const [name, field] of fieldsOf(message)) values[name] = field[2] === "repeated" ? [] : undefined;
  while (reader.pos < reader.len) {
    const start = reader.pos;
    const [number, wireType] = guarded(place, start, message, () => reader.tag());
    const known = fields.get(number);
    if (known === undefined) {
      guarded(place, start, message, () => reader.skip(wireType, number));
      continue;
    }
    const [name, field] = known;
    guarded(place, start, `${message}.${name}`, () => {
      if (field[2] === "repeated") readInto(values[name] as unknown[], place, field, wireType);
      else values[name] = readOne(place, field, wireType);
    });
  }
  return values;
}

/** What `work` gives; what it throws as an error of the file. */
function guarded<Result>({ source, offset, reader }: Place, start: number, what: string, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    if (error instanceof Error && "op" in error) throw error;
    const why = error instanceof Error ? error.message : String(error);
    const left = reader.len - start;
    const problem = `is cut off or damaged in ${what}`;
    throw formatError(source, problem, offset + start, `a field of ${what}`, `${left} bytes that end or mean nothing`, {
      cause: error,
      hint: `The file is not ONNX, or was not copied whole: ${why}.`,
    });
  }
}

function readOne(place: Place, [, type]: Field, wireType: WireType): unknown {
  const { reader, offset, depth, source } = place;
  const expected = type in wireTypes ? wireTypes[type as ScalarType] : WireType.LengthDelimited;
  if (wireType !== expected) throw new RangeError(`expected wire type ${expected}, found ${wireType}`);
  if (type in wireTypes) return readScalar(reader, type as ScalarType);
  const bytes = reader.bytes();
  return read(type as MessageName, bytes, { source, offset: offset + reader.pos - bytes.length, depth: depth + 1 });
}

function readInto(into: unknown[], place: Place, field: Field, wireType: WireType): void {
  const { reader } = place;
  const type = field[1] as ScalarType;
  const isPacked = wireType === WireType.LengthDelimited && type in wireTypes && wireTypes[type] !== wireType;
  if (!isPacked) {
    into.push(readOne(place, field, wireType));
    return;
  }
  const length = reader.uint32();
  const end = reader.pos + length;
  if (end > reader.len) throw new RangeError(`${length} bytes are announced, and ${reader.len - reader.pos} are there`);
  while (reader.pos < end) into.push(readScalar(reader, type));
  if (reader.pos > end) throw new RangeError("the last number goes beyond its field");
}

const text = new TextDecoder("utf-8", { fatal: true });

function readScalar(reader: BinaryReader, type: ScalarType): unknown {
  if (type === "int64" || type === "uint64") return Number(reader[type]());
  if (type === "string") return text.decode(reader.bytes());
  return reader[type]();
}
