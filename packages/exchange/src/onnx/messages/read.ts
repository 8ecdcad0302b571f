/** The bytes of a file to messages. Lengths are checked first: memory is at most a constant times the file. */
import { type FormatSource, formatError } from "@adjoint/data/internal";
import { PbfReader } from "pbf";
import { checkCounts, deepest } from "./count.ts";
import { type Field, fieldsOf, type Message, type MessageName, messages, type ScalarType } from "./schema.ts";
import { LENGTH_DELIMITED, wireTypes } from "./write.ts";

/** The value of all lists that a file leaves out. */
const none: readonly never[] = Object.freeze([]);

/** A field as it is read: its name, its name in errors, and how the file stores it. */
interface Listed {
  readonly name: string;
  readonly path: string;
  readonly field: Field;
}

/** Each message without fields, and its fields by their numbers. */
const forms = new Map(
  (Object.keys(messages) as MessageName[]).map((message) => {
    const listed = fieldsOf(message);
    return [
      message,
      {
        empty: Object.fromEntries(listed.map(([name, field]) => [name, field[2] === "repeated" ? none : undefined])),
        fields: new Map(
          listed.map(([name, field]): [number, Listed] => [field[0], { name, path: `${message}.${name}`, field }]),
        ),
      },
    ] as const;
  }),
);

/**
 * The message that bytes hold.
 *
 * @param bytes   views of them become the values of fields of bytes: nothing is copied
 * @param source  how errors name the reader and the file
 * @throws DataError naming the byte at which the file is cut or is no such message
 */
export function decodeMessage<M extends MessageName>(message: M, bytes: Uint8Array, source: FormatSource): Message<M> {
  checkCounts(message, bytes, source);
  // A Buffer of Node.js would give Buffers, which are written and compared in other ways.
  const plain = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return read(message, new PbfReader(plain), source, 0) as Message<M>;
}

/** The message up to the reader's end. */
function read(message: MessageName, reader: PbfReader, source: FormatSource, depth: number): object {
  if (depth > deepest) {
    const problem = `has messages within messages, more than ${deepest} deep`;
    throw formatError(source, problem, reader.pos, `at most ${deepest}`, "more");
  }
  const { fields, empty } = forms.get(message)!;
  const values: Record<string, unknown> = { ...empty };
  let start = reader.pos;
  let what: string = message;
  try {
    while (reader.pos < reader.length) {
      start = reader.pos;
      what = message;
      const tag = reader.readVarint();
      checkEnd(reader);
      const known = fields.get(Math.floor(tag / 8));
      if (known === undefined) reader.skip(tag % 8);
      else {
        const { name, field } = known;
        what = known.path;
        if (field[2] === "repeated") {
          if (values[name] === none) values[name] = [];
          readInto(values[name] as unknown[], reader, field, tag % 8, source, depth);
        } else values[name] = readOne(reader, field, tag % 8, source, depth);
      }
      checkEnd(reader);
    }
  } catch (error) {
    if (error instanceof Error && "op" in error) throw error;
    const why = error instanceof Error ? error.message : String(error);
    const received = `${reader.length - start} bytes that end or mean nothing`;
    throw formatError(source, `is cut off or damaged in ${what}`, start, `a field of ${what}`, received, {
      cause: error,
      hint: `The file is not ONNX, or was not copied whole: ${why}.`,
    });
  }
  return values;
}

/** The reader goes on beyond its end, where it finds what belongs to others, or nothing. */
function checkEnd(reader: PbfReader): void {
  if (!(reader.pos <= reader.length)) throw new RangeError(`it goes on beyond the end, to byte ${reader.pos}`);
}

function readOne(reader: PbfReader, [, type]: Field, wireType: number, source: FormatSource, depth: number): unknown {
  const expected = type in wireTypes ? wireTypes[type as ScalarType] : LENGTH_DELIMITED;
  if (wireType !== expected) throw new RangeError(`expected wire type ${expected}, found ${wireType}`);
  if (type in wireTypes) return readScalar(reader, type as ScalarType);
  const { length } = reader;
  reader.length = endOf(reader);
  const value = read(type as MessageName, reader, source, depth + 1);
  reader.length = length;
  return value;
}

function readInto(
  into: unknown[],
  reader: PbfReader,
  field: Field,
  wireType: number,
  source: FormatSource,
  depth: number,
): void {
  const type = field[1] as ScalarType;
  const isPacked = wireType === LENGTH_DELIMITED && type in wireTypes && wireTypes[type] !== wireType;
  if (!isPacked) {
    into.push(readOne(reader, field, wireType, source, depth));
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
