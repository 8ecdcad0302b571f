/** Counts what a file consists of before anything is made of it: walking over fields costs next to nothing. */
import { type FormatSource, formatError } from "@adjoint/data/internal";
import { PbfReader } from "pbf";
import { fieldsOf, type MessageName, messages, type ScalarType } from "./schema.ts";
import { LENGTH_DELIMITED, wireTypes } from "./write.ts";

/** Most parts of a list, and most nodes in all: an empty message takes two bytes of a file, and far more in memory. */
const longest = 2 ** 17;

/** How deep messages may lie in each other: graphs in branches of graphs, mostly. Protobuf's own limit. */
export const deepest = 100;

/** The messages that nodes may lie in. */
const around: ReadonlySet<string> = new Set<MessageName>(["Model", "Graph", "Node", "Attribute", "Function"]);

interface Counted {
  readonly path: string;
  /** The message of each of its entries, where nodes may lie in them. */
  readonly inner: MessageName | null;
  readonly isNode: boolean;
}

/** The fields of each message that come with their length, by their numbers; packed numbers are no list of parts. */
const parts = new Map(
  (Object.keys(messages) as MessageName[]).map((message) => [
    message,
    new Map(
      fieldsOf(message).flatMap(([name, [number, type]]): [number, Counted][] => {
        if (type in wireTypes && wireTypes[type as ScalarType] !== LENGTH_DELIMITED) return [];
        const inner = around.has(type) ? (type as MessageName) : null;
        return [[number, { path: `${message}.${name}`, inner, isNode: type === "Node" }]];
      }),
    ),
  ]),
);

/**
 * Refuses a message with lists that are too long. What is damaged is left to the reader, which names the place.
 * @throws DataError naming the list and the byte at which it becomes too long
 */
export function checkCounts(message: MessageName, bytes: Uint8Array, source: FormatSource): void {
  // Each entry takes two bytes.
  if (bytes.length <= 2 * longest) return;
  const reader = new PbfReader(bytes);
  let nodes = 0;
  const walk = (of: MessageName, end: number, depth: number): void => {
    const known = parts.get(of)!;
    const counts = new Map<number, number>();
    while (reader.pos < end) {
      const start = reader.pos;
      const tag = reader.readVarint();
      const number = Math.floor(tag / 8);
      const field = tag % 8 === LENGTH_DELIMITED ? known.get(number) : undefined;
      if (field === undefined) {
        reader.skip(tag % 8);
        continue;
      }
      const count = (counts.get(number) ?? 0) + 1;
      counts.set(number, count);
      if (field.isNode) nodes++;
      if (count > longest || nodes > longest) {
        const most = longest.toLocaleString("en-US");
        throw formatError(source, `has more than ${most} entries in ${field.path}`, start, `at most ${most}`, "more");
      }
      const after = reader.readVarint() + reader.pos;
      if (!(after <= end)) throw new RangeError("it is cut off");
      if (field.inner !== null && depth < deepest) walk(field.inner, after, depth + 1);
      reader.pos = after;
    }
  };
  try {
    walk(message, reader.length, 0);
  } catch (error) {
    if (error instanceof Error && "op" in error) throw error;
  }
}
