/** The forms that options of layers, losses and models have: zod schemas whose messages end a sentence. */
import { z } from "zod";
import { initializerNames, type WeightInit } from "../../initializers.ts";
import type { Pair } from "../spec/layer.ts";

/** Largest whole number that an option may be: lengths beyond it could not be counted exactly when multiplied. */
const LARGEST = 2 ** 31 - 1;

/** A whole number ≥ least. */
export function count(least: number): z.ZodType<number> {
  const error = `must be a whole number ≥ ${least}`;
  return z
    .int({ error })
    .min(least, { error })
    .max(LARGEST, { error: `must be a whole number ≤ ${LARGEST}` });
}

/** A number low ≤ x ≤ high; `below` and `above` are bounds that it may not reach. */
export function numberIn(
  range: string,
  bounds: { low?: number; high?: number; above?: number; below?: number },
): z.ZodType<number> {
  const error = `must be a number, ${range}`;
  const { low, high, above, below } = bounds;
  let schema = z.number({ error });
  if (low !== undefined) schema = schema.gte(low, { error });
  if (high !== undefined) schema = schema.lte(high, { error });
  if (above !== undefined) schema = schema.gt(above, { error });
  if (below !== undefined) schema = schema.lt(below, { error });
  return schema;
}

/** A whole number ≥ least, or two of them. */
export const pair = (least: number): z.ZodType<Pair> =>
  z.union([count(least), z.tuple([count(least), count(least)])], {
    error: `must be a whole number ≥ ${least}, or two of them`,
  });

/** true or false. */
export const flag: z.ZodType<boolean> = z.boolean({ error: "must be true or false" });

/** One of several words. */
export const oneOf = <const Words extends readonly [string, ...string[]]>(...words: Words): z.ZodType<Words[number]> =>
  z.enum(words);

/** A list of whole numbers ≥ least, of at most 8: lengths or axes of a sample. */
export const counts = (least: number, what: string): z.ZodType<number[]> => {
  const error = `must be ${what}`;
  return z.array(count(least), { error }).max(8, { error });
};

/** How initial weights are spread. */
export const weightInit: z.ZodType<WeightInit> = z.union([z.enum(initializerNames), z.number().nonnegative()], {
  error: `must be ${initializerNames.map((name) => `"${name}"`).join(", ")}, or a standard deviation ≥ 0`,
});

/** Positive, for what is added to a variance. */
export const epsilon = numberIn("epsilon > 0", { above: 0 });

/** The factor of a penalty. */
export const penalty = numberIn("0 or more", { low: 0 });

/** The options of layers with weights. */
export const weighted = { weightInit: weightInit.optional(), weightDecay: penalty.optional(), l1: penalty.optional() };

const nameRule = "must be a name of up to 64 letters, digits, _ and -, starting with a letter";
/** The name of a layer: it becomes part of the names of parameters, which a point divides. */
export const layerName = z.string({ error: nameRule }).regex(/^[A-Za-z][A-Za-z0-9_-]{0,63}$/, { error: nameRule });

const fromRule = { error: "must be the name of a layer or input above, or a list of 1 to 64 names" };
const place = z.string(fromRule).min(1, fromRule).max(200, fromRule);
const from = z.union([place, z.array(place).min(1).max(64)], fromRule);

/** The schema of a kind: its own options, and those of all layers. */
export function layerSchema<Shape extends z.ZodRawShape>(kind: string, options: Shape) {
  return z.strictObject({ kind: z.literal(kind), name: layerName.optional(), from: from.optional(), ...options });
}

/** Whether a value holds only what JSON has. */
export function isJson(value: unknown): boolean {
  if (typeof value === "number") return Number.isFinite(value);
  if (value === null || typeof value === "string" || typeof value === "boolean") return true;
  if (typeof value !== "object") return false;
  if (Array.isArray(value)) return value.every(isJson);
  return Object.values(value).every(isJson);
}
