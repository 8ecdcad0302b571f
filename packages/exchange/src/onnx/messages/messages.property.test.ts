import { DataError } from "@adjoint/tensor";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeMessage } from "./read.ts";
import { type Draft, fieldsOf, type MessageName, messages, type ScalarType } from "./schema.ts";
import { encodeMessage, wireTypes } from "./write.ts";

const source = { op: "decode", name: "the data" };

const scalars: Readonly<Record<ScalarType, fc.Arbitrary<unknown>>> = {
  int32: fc.integer(),
  int64: fc.maxSafeInteger(),
  uint64: fc.maxSafeNat(),
  float: fc.float({ noNaN: true }),
  double: fc.double({ noNaN: true }),
  string: fc.string({ unit: "grapheme" }),
  bytes: fc.uint8Array(),
};

/** Drafts of a message, messages in it at most `depth` deep. */
function drafts(message: MessageName, depth: number): fc.Arbitrary<object> {
  const fields = fieldsOf(message).flatMap(([name, [, type, repeated]]) => {
    const isScalar = type in wireTypes;
    if (!isScalar && depth === 0) return [];
    const one = isScalar ? scalars[type as ScalarType] : drafts(type as MessageName, depth - 1);
    return [[name, repeated === undefined ? one : fc.array(one, { maxLength: 3 })] as const];
  });
  return fc.record(Object.fromEntries(fields), { requiredKeys: [] });
}

const anyMessage = fc
  .constantFrom(...(Object.keys(messages) as MessageName[]))
  .chain((message) => drafts(message, 3).map((draft) => ({ message, draft })));

/** What a reader makes of a draft: absent fields are undefined, absent repeated ones empty. */
function expected(message: MessageName, draft: object): object {
  const values = draft as Readonly<Record<string, unknown>>;
  return Object.fromEntries(
    fieldsOf(message).map(([name, [, type, repeated]]) => {
      const one = (value: unknown) => (type in wireTypes ? value : expected(type as MessageName, value as object));
      const value = values[name];
      if (repeated !== undefined) return [name, ((value as unknown[]) ?? []).map(one)];
      return [name, value === undefined ? undefined : one(value)];
    }),
  );
}

describe("messages of ONNX", () => {
  it("come back as they were written", () => {
    fc.assert(
      fc.property(anyMessage, ({ message, draft }) => {
        const bytes = encodeMessage(message, draft as Draft<typeof message>);
        expect(decodeMessage(message, bytes, source)).toEqual(expected(message, draft));
      }),
    );
  });

  it("damaged and cut, are read or refused with the byte, and never crash", () => {
    const cuts = fc.record({ at: fc.nat(), to: fc.nat(255), cut: fc.boolean() });
    fc.assert(
      fc.property(anyMessage, fc.array(cuts, { minLength: 1, maxLength: 4 }), ({ message, draft }, changes) => {
        let bytes = encodeMessage(message, draft as Draft<typeof message>);
        for (const { at, to, cut } of changes) {
          if (bytes.length === 0) break;
          if (cut) bytes = bytes.slice(0, at % (bytes.length + 1));
          else bytes[at % bytes.length] = to;
        }
        try {
          decodeMessage(message, bytes, source);
        } catch (error) {
          expect(error).toBeInstanceOf(DataError);
          expect((error as Error).message).toMatch(/\(byte [\d,]+\)/);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it("nested without end are refused", () => {
    let bytes = new Uint8Array();
    // Attribute.g holds a graph, Graph.node a node, Node.attribute an attribute.
    for (let i = 0; i < 60; i++) {
      const attribute = encodeMessage("Attribute", { g: {} });
      const head = attribute.subarray(0, 1);
      for (const tag of [head[0], 0x2a, 0x0a]) bytes = new Uint8Array([tag, ...lengthOf(bytes), ...bytes]);
    }
    expect(() => decodeMessage("Graph", bytes, source)).toThrow(/more than 100 deep/);
  });
});

/** A length as protobuf writes it. */
function lengthOf({ length }: Uint8Array): number[] {
  const bytes: number[] = [];
  let rest = length;
  for (; rest > 127; rest >>>= 7) bytes.push((rest & 127) | 128);
  return [...bytes, rest];
}
