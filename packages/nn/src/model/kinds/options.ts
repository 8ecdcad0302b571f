/** The forms that options of layers, losses and models have: zod schemas whose messages end a sentence. */
import * as z from "zod/mini";
import { initializerNames, type WeightInit } from "../../initializers.ts";
import type { Pair } from "../spec/layer.ts";

/** Largest whole number that an option may be: lengths beyond it could not be counted exactly when multiplied. */
const LARGEST = 2 ** 31 - 1;

/** A whole number ≥ least. */
export function count(least: number): z.ZodMiniType<number> {
  const error = `must be a whole number ≥ ${least}`;
  return z
    .int({ error })
    .check(z.gte(least, { error }), z.lte(LARGEST, { error: `must be a whole number ≤ ${LARGEST}` }));
}

/** What a form says of values that do not have it. */
interface Rule {
  readonly error: string;
}

/** Bounds of the length of a string or list; without one below where it is 0, which a schema need not say. */
function lengths(least: number, most: number, rule: Rule | undefined) {
  return [...(least === 0 ? [] : [z.minLength(least, rule)]), z.maxLength(most, rule)] as const;
}

/** A string of some characters. */
export const text = (least: number, most: number, rule: Rule): z.ZodMiniString =>
  z.string(rule).check(...lengths(least, most, rule));

/** A list of some elements. */
export const list = <Element extends z.ZodMiniType>(
  element: Element,
  least: number,
  most: number,
  rule?: Rule,
): z.ZodMiniArray<Element> => z.array(element, rule).check(...lengths(least, most, rule));

/** A number low ≤ x ≤ high; `below` and `above` are bounds that it may not reach. */
export function numberIn(
  range: string,
  bounds: { low?: number; high?: number; above?: number; below?: number },
): z.ZodMiniType<number> {
  const error = `must be a number, ${range}`;
  const { low, high, above, below } = bounds;
  return z
    .number({ error })
    .check(
      ...(low === undefined ? [] : [z.gte(low, { error })]),
      ...(high === undefined ? [] : [z.lte(high, { error })]),
      ...(above === undefined ? [] : [z.gt(above, { error })]),
      ...(below === undefined ? [] : [z.lt(below, { error })]),
    );
}

/** A whole number ≥ least, or two of them. */
export const pair = (least: number): z.ZodMiniType<Pair> =>
  z.union([count(least), z.tuple([count(least), count(least)])], {
    error: `must be a whole number ≥ ${least}, or two of them`,
  });

/** true or false. */
export const flag: z.ZodMiniType<boolean> = z.boolean({ error: "must be true or false" });

/** One of several words. */
export const oneOf = <const Words extends readonly [string, ...string[]]>(
  ...words: Words
): z.ZodMiniType<Words[number]> => z.enum(words);

/** A list of whole numbers ≥ least, of at most 8: lengths or axes of a sample. */
export const counts = (least: number, what: string): z.ZodMiniType<number[]> =>
  list(count(least), 0, 8, { error: `must be ${what}` });

/** How initial weights are spread. */
export const weightInit: z.ZodMiniType<WeightInit> = z.union([z.enum(initializerNames), z.number().check(z.gte(0))], {
  error: `must be ${initializerNames.map((name) => `"${name}"`).join(", ")}, or a standard deviation ≥ 0`,
});

/** Positive, for what is added to a variance. */
export const epsilon = numberIn("epsilon > 0", { above: 0 });

/** The factor of a penalty. */
export const penalty = numberIn("0 or more", { low: 0 });

/** The options of layers with weights. */
export const weighted = {
  weightInit: z.optional(weightInit),
  weightDecay: z.optional(penalty),
  l1: z.optional(penalty),
};

const nameRule = "must be a name of up to 64 letters, digits, _ and -, starting with a letter";
/** The name of a layer: it becomes part of the names of parameters, which a point divides. */
export const layerName = z
  .string({ error: nameRule })
  .check(z.regex(/^[A-Za-z][A-Za-z0-9_-]{0,63}$/, { error: nameRule }));

const fromRule = { error: "must be the name of a layer or input above, or a list of 1 to 64 names" };
const place = text(1, 200, fromRule);
const from = z.union([place, list(place, 1, 64)], fromRule);

/** The schema of a kind: its own options, and those of all layers. */
export function layerSchema<Shape extends z.core.$ZodShape>(kind: string, options: Shape) {
  return z.strictObject({
    kind: z.literal(kind),
    name: z.optional(layerName),
    from: z.optional(from),
    ...options,
  });
}

/** Whether a value holds only what JSON has. */
export function isJson(value: unknown): boolean {
  if (typeof value === "number") return Number.isFinite(value);
  if (value === null || typeof value === "string" || typeof value === "boolean") return true;
  if (typeof value !== "object") return false;
  if (Array.isArray(value)) return value.every(isJson);
  return Object.values(value).every(isJson);
}
