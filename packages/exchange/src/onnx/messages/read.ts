/**
 * The bytes of a file to messages. Lengths are checked before anything is made of them, so that what is made is at most a
 * constant times the file.
 */
import { type FormatSource, formatError } from "@adjoint/data/internal";
import { PbfReader } from "pbf";
import { checkCounts, deepest } from "./count.ts";
import { type Field, fieldsOf, type Message, type MessageName, messages, type ScalarType } from "./schema.ts";
import { LENGTH_DELIMITED, wireTypes } from "./write.ts";

/** The fields of each message by their numbers. */
const byNumber = new Map(
  (Object.keys(messages) as MessageName[]).map((message) => [
    message,
    new Map(fieldsOf(message).map(([name, field]) => [field[0], [name, field] as const])),
  ]),
);

/** The value of all lists that a file leaves out. */
const none: readonly never[] = Object.freeze([]);

/** Where a reader is, for errors. */
interface Place {
  readonly source: FormatSource;
  readonly reader: PbfReader;
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
  checkCounts(message, bytes, source);
  return read(message, bytes, { source, offset: 0, depth: 0 }) as Message<M>;
}

function read(message: MessageName, bytes: Uint8Array, at: Omit<Place, "reader">): object {
  if (at.depth > deepest) {
    const problem = `has messages within messages, more than ${deepest} deep`;
    throw formatError(at.source, problem, at.offset, `at most ${deepest}`, "more");
  }
  const reader = new PbfReader(bytes);
  const place = { ...at, reader };
  const fields = byNumber.get(message)!;
  const listed = fieldsOf(message);
  const values: Record<string, unknown> = {};
  for (const [name, field] of listed) values[name] = field[2] === "repeated" ? none : undefined;
  while (reader.pos < reader.length) {
    const start = reader.pos;
    const tag = guarded(place, start, message, () => reader.readVarint());
    const known = fields.get(Math.floor(tag / 8));
    const wireType = tag % 8;
    if (known === undefined) {
      guarded(place, start, message, () => reader.skip(wireType));
      continue;
    }
    const [name, field] = known;
    guarded(place, start, `${message}.${name}`, () => {
      if (field[2] === "repeated") {
        if (values[name] === none) values[name] = [];
        readInto(values[name] as unknown[], place, field, wireType);
      } else values[name] = readOne(place, field, wireType);
    });
  }
  return values;
}

/** What `work` gives; what it throws as an error of the file. */
function guarded<Result>({ source, offset, reader }: Place, start: number, what: string, work: () => Result): Result {
  try {
    const result = work();
    // The reader goes on beyond the end, where it finds nothing.
    if (!(reader.pos <= reader.length))
      throw new RangeError(`it goes on beyond the end, to byte ${offset + reader.pos}`);
    return result;
  } catch (error) {
    if (error instanceof Error && "op" in error) throw error;
    const why = error instanceof Error ? error.message : String(error);
    const left = reader.length - start;
    const problem = `is cut off or damaged in ${what}`;
    throw formatError(source, problem, offset + start, `a field of ${what}`, `${left} bytes that end or mean nothing`, {
      cause: error,
      hint: `The file is not ONNX, or was not copied whole: ${why}.`,
    });
  }
}

function readOne(place: Place, [, type]: Field, wireType: number): unknown {
  const { reader, offset, depth, source } = place;
  const expected = type in wireTypes ? wireTypes[type as ScalarType] : LENGTH_DELIMITED;
  if (wireType !== expected) throw new RangeError(`expected wire type ${expected}, found ${wireType}`);
  if (type in wireTypes) return readScalar(reader, type as ScalarType);
  const bytes = readBytes(reader);
  return read(type as MessageName, bytes, { source, offset: offset + reader.pos - bytes.length, depth: depth + 1 });
}

function readInto(into: unknown[], place: Place, field: Field, wireType: number): void {
  const { reader } = place;
  const type = field[1] as ScalarType;
  const isPacked = wireType === LENGTH_DELIMITED && type in wireTypes && wireTypes[type] !== wireType;
  if (!isPacked) {
    into.push(readOne(place, field, wireType));
    return;
  }
  const end = endOf(reader);
  while (reader.pos < end) into.push(readScalar(reader, type));
  if (reader.pos > end) throw new RangeError("the last number goes beyond its field");
}

const text = new TextDecoder("utf-8", { fatal: true });

function readScalar(reader: PbfReader, type: ScalarType): unknown {
  if (type === "string") return text.decode(readBytes(reader));
  if (type === "bytes") return readBytes(reader);
  if (type === "float") return reader.readFloat();
  if (type === "double") return reader.readDouble();
  const number = reader.readVarint(type !== "uint64");
  return type === "int32" ? number | 0 : number;
}

/** A view of bytes that come with their length. */
function readBytes(reader: PbfReader): Uint8Array {
  const end = endOf(reader);
  const bytes = reader.buf.subarray(reader.pos, end);
  reader.pos = end;
  return bytes;
}

/** The end of what comes next with its length. */
function endOf(reader: PbfReader): number {
  const length = reader.readVarint();
  const left = reader.length - reader.pos;
  if (!(length <= left)) throw new RangeError(`${length} bytes are announced, and ${Math.max(left, 0)} are there`);
  return reader.pos + length;
}
