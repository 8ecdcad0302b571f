/** Messages to the bytes of a file. */
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { type Draft, type Field, fieldsOf, type MessageName, type ScalarType } from "./schema.ts";

/** The bytes of a message. Fields are written in the order of the table, packed where they are repeated numbers. */
export function encodeMessage<M extends MessageName>(message: M, draft: Draft<M>): Uint8Array {
  const writer = new BinaryWriter();
  write(writer, message, draft);
  return writer.finish();
}

function write(writer: BinaryWriter, message: MessageName, draft: object): void {
  const values = draft as Readonly<Record<string, unknown>>;
  for (const [name, field] of fieldsOf(message)) {
    const value = values[name];
    if (value === undefined) continue;
    if (field[2] !== "repeated") writeOne(writer, field, value);
    else if (field[1] in wireTypes && field[1] !== "string" && field[1] !== "bytes") {
      writePacked(writer, field, value as readonly number[]);
    } else for (const item of value as readonly unknown[]) writeOne(writer, field, item);
  }
}

/** How each scalar type is written. */
export const wireTypes: Readonly<Record<ScalarType, WireType>> = {
  int32: WireType.Varint,
  int64: WireType.Varint,
  uint64: WireType.Varint,
  float: WireType.Bit32,
  double: WireType.Bit64,
  string: WireType.LengthDelimited,
  bytes: WireType.LengthDelimited,
};

function writeOne(writer: BinaryWriter, [number, type]: Field, value: unknown): void {
  if (type in wireTypes) {
    writer.tag(number, wireTypes[type as ScalarType]);
    writeScalar(writer, type as ScalarType, value);
    return;
  }
  writer.tag(number, WireType.LengthDelimited).fork();
  write(writer, type as MessageName, value as object);
  writer.join();
}

function writePacked(writer: BinaryWriter, [number, type]: Field, values: readonly number[]): void {
  if (values.length === 0) return;
  writer.tag(number, WireType.LengthDelimited).fork();
  for (const value of values) writeScalar(writer, type as ScalarType, value);
  writer.join();
}

function writeScalar(writer: BinaryWriter, type: ScalarType, value: unknown): void {
  if (type === "int64" || type === "uint64") writer[type](BigInt(value as number));
  else if (type === "string") writer.string(value as string);
  else if (type === "bytes") writer.bytes(value as Uint8Array);
  else writer[type](value as number);
}
