/** Attributes of ONNX nodes as messages. */
import type { Draft } from "../messages/schema.ts";

/** The attributes of a node by name. */
export type Attributes = Readonly<Record<string, number | string | readonly number[]>>;

/** The attributes that are real numbers; other numbers are integers. */
const real: ReadonlySet<string> = new Set(["alpha", "beta", "epsilon", "momentum"]);

/** The numbers of kinds of attributes. Source: onnx.proto, AttributeProto.AttributeType. */
const kinds = { float: 1, int: 2, string: 3, ints: 7 } as const;

const utf8 = new TextEncoder();

export function attributesOf(attributes: Attributes): Draft<"Attribute">[] {
  return Object.entries(attributes).map(([name, value]) => {
    if (typeof value === "string") return { name, s: utf8.encode(value), type: kinds.string };
    if (typeof value !== "number") return { name, ints: value, type: kinds.ints };
    return real.has(name) ? { name, f: value, type: kinds.float } : { name, i: value, type: kinds.int };
  });
}
