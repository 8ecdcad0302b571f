/** Messages to the bytes of a file. */
import { PbfWriter } from "pbf";
import { type Draft, type Field, fieldsOf, type MessageName, type ScalarType } from "./schema.ts";

/** The bytes of a message. Fields are written in the order of the table, packed where they are repeated numbers. */
export function encodeMessage<M extends MessageName>(message: M, draft: Draft<M>): Uint8Array {
  const writer = new PbfWriter();
  write(writer, message, draft);
  return writer.finish().slice();
}

function write(writer: PbfWriter, message: MessageName, draft: object): void {
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

/** How a value is written whose length comes first. */
export const LENGTH_DELIMITED = 2;

/** How each scalar type is written: as a number of any length, in 8 or 4 bytes, or with its length. */
export const wireTypes: Readonly<Record<ScalarType, number>> = {
  int32: 0,
  int64: 0,
  uint64: 0,
  float: 5,
  double: 1,
  string: LENGTH_DELIMITED,
  bytes: LENGTH_DELIMITED,
};

function writeOne(writer: PbfWriter, [number, type]: Field, value: unknown): void {
  if (type in wireTypes) {
    writer.writeTag(number, wireTypes[type as ScalarType]);
    writeScalar(writer, type as ScalarType, value);
    return;
  }
  writer.writeMessage(number, (draft: object) => write(writer, type as MessageName, draft), value as object);
}

function writePacked(writer: PbfWriter, [number, type]: Field, values: readonly number[]): void {
  if (values.length === 0) return;
  const writeAll = (items: readonly number[]): void => {
    for (const item of items) writeScalar(writer, type as ScalarType, item);
  };
  writer.writeMessage(number, writeAll, values);
}

const text = new TextEncoder();

function writeScalar(writer: PbfWriter, type: ScalarType, value: unknown): void {
  if (type === "string") writer.writeBytes(text.encode(value as string));
  else if (type === "bytes") writer.writeBytes(value as Uint8Array);
  else if (type === "float") writer.writeFloat(value as number);
  else if (type === "double") writer.writeDouble(value as number);
  else writer.writeVarint(value as number);
}
