/** The forms of options of layers, losses and models: zod schemas whose messages complete a sentence. */
import * as z from "zod/mini";
import { initializerNames, type WeightInit, weightInits } from "../../initializers.ts";

/** Makes an option one that may be left out. */
export { optional } from "zod/mini";

type OptionalKey<Shape> = { [Key in keyof Shape]: Shape[Key] extends z.ZodMiniOptional ? Key : never }[keyof Shape];

type Values<Shape> = { readonly [Key in keyof Shape]: Exclude<z.output<Shape[Key]>, undefined> };

/** Options by name as their schemas say, those that may be left out being optional. An editor leads from them to the form. */
export type OptionsOf<Shape> = Values<Omit<Shape, OptionalKey<Shape>>> &
  Partial<Values<Pick<Shape, OptionalKey<Shape>>>>;

/** Largest integer that an option may be: lengths beyond it could not be counted exactly when multiplied. */
const LARGEST = 2 ** 31 - 1;

/** An integer ≥ least. */
export function count(least: number): z.ZodMiniType<number> {
  const error = `must be an integer ≥ ${least}`;
  return z.int({ error }).check(z.gte(least, { error }), z.lte(LARGEST, { error: `must be an integer ≤ ${LARGEST}` }));
}

/** The message for wrong values. */
interface Rule {
  readonly error: string;
}

/** Bounds of the length of a string or list; a lower bound of 0 is left out. */
function lengths(least: number, most: number, rule: Rule | undefined) {
  return [...(least === 0 ? [] : [z.minLength(least, rule)]), z.maxLength(most, rule)] as const;
}

/** A string of some characters. */
export const text = (least: number, most: number, rule: Rule): z.ZodMiniString =>
  z.string(rule).check(...lengths(least, most, rule));

/** A list of some elements. */
export const list = <Element>(
  element: z.ZodMiniType<Element>,
  least: number,
  most: number,
  rule?: Rule,
): z.ZodMiniType<readonly Element[]> => z.array(element, rule).check(...lengths(least, most, rule));

/** An object of any names, whose values have a form. */
export const byName = (value: z.ZodMiniType, rule?: Rule): z.ZodMiniType<Readonly<Record<string, unknown>>> =>
  z.catchall(z.object({}, rule), value);

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

/** A length for both axes of an image, or [vertical, horizontal]. */
export type Pair = number | readonly [number, number];

/** Two integers ≥ least. */
export function two(least: number, rule?: Rule): z.ZodMiniType<readonly [number, number]> {
  // Else a list of another length counts as the form that was meant, and a union says what is wrong with that alone.
  const length = { ...rule, abort: true };
  const schema: z.ZodMiniType = z.array(count(least), rule).check(z.minLength(2, length), z.maxLength(2, length));
  return schema as z.ZodMiniType<readonly [number, number]>;
}

/** An integer ≥ least, or two of them. */
export const pair = (least: number): z.ZodMiniType<Pair> =>
  z.union([count(least), two(least)], { error: `must be an integer ≥ ${least}, or two of them` });

/** true or false. */
export const flag: z.ZodMiniType<boolean> = z.boolean({ error: "must be true or false" });

/** One of several words. */
export const oneOf = <const Words extends readonly [string, ...string[]]>(
  ...words: Words
): z.ZodMiniType<Words[number]> => z.literal(words);

/** A list of integers ≥ least, of at most 8: lengths or axes of a sample. */
export const counts = (least: number, what: string): z.ZodMiniType<readonly number[]> =>
  list(count(least), 0, 8, { error: `must be ${what}` });

/** How initial weights are spread. */
export const weightInit: z.ZodMiniType<WeightInit> = z.union(
  [z.literal(initializerNames), z.number().check(z.gte(0))],
  { error: `must be ${weightInits}` },
);

/** The factor of a penalty. */
export const penalty = numberIn("0 or more", { low: 0 });

const nameRule = "must be a name of up to 64 letters, digits, _ and -, starting with a letter";

/** The name of a layer: it becomes part of the names of parameters, which a point divides. */
export const layerName = z
  .string({ error: nameRule })
  .check(z.regex(/^[A-Za-z][A-Za-z0-9_-]{0,63}$/, { error: nameRule }));

const fromRule = { error: "must be the name of an earlier layer or input, or a list of 1 to 64 names" };

const place = text(1, 200, fromRule);

/** What any layer may say. */
const base = {
  /**
   * Its name, which its parameters start with and which other layers take it by. Default: kind and number, such as
   * conv1.
   */
  name: z.optional(layerName),
  /** The earlier layer or input that it takes, or several. Default: the layer before. */
  from: z.optional(z.union([place, list(place, 1, 64)], fromRule)),
};

/** What any layer may say: its `name`, and `from` which layers it takes its inputs. */
export interface LayerBase extends OptionsOf<typeof base> {}

/** A layer without options of its own; also any layer, where only its kind and place matter. */
export interface PlainLayerSpec<Kind extends string = string> extends LayerBase {
  readonly kind: Kind;
}

/** What a layer with weights may say of them. */
export const weighted = {
  /** Spread of the initial weights. Default: he before ReLU-like layers, xavier otherwise. */
  weightInit: z.optional(weightInit),
  /** λ of ½ λ Σ W², added to the loss for the weights of this layer, ≥ 0. Default: that of the model. */
  weightDecay: z.optional(penalty),
  /** λ of λ Σ |W|, added to the loss for the weights of this layer, ≥ 0. Default: that of the model. */
  l1: z.optional(penalty),
};

/** What a layer with weights may say of them. */
export interface Weighted extends OptionsOf<typeof weighted> {}

/** What a layer with a bias may say of it. */
export const biased = {
  /** Whether a bias is added. Default true. */
  bias: z.optional(flag),
};

/**
 * The form of a kind of layer: its own options, and those of all layers; its default names start with its own. The
 * comments before a kind and its options describe them in the JSON Schema and the reference (scripts/form-words.ts).
 */
export function layerForm<const Kind extends string, Shape extends z.core.$ZodShape>(kind: Kind, options: Shape) {
  const schema = z.strictObject({ kind: z.literal(kind), ...base, ...options });
  return { kind, prefix: kind as string, schema };
}

/** The specs that have a form. */
export type SpecOf<Form extends { readonly schema: z.ZodMiniObject }> = OptionsOf<Form["schema"]["shape"]>;

/** Whether a value holds only what JSON has. */
export function isJson(value: unknown): boolean {
  if (typeof value === "number") return Number.isFinite(value);
  if (value === null || typeof value === "string" || typeof value === "boolean") return true;
  if (typeof value !== "object") return false;
  if (Array.isArray(value)) return value.every(isJson);
  return Object.values(value).every(isJson);
}

/** What is added to a variance. */
export const epsilon = z.optional(numberIn("epsilon > 0", { above: 0 }));
