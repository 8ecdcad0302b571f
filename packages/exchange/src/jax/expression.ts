/** Python expressions as text, with how tightly each holds together: parentheses stand where they are needed. */
import type { DType, Shape } from "@adjoint/tensor";

export interface Expression {
  readonly text: string;
  /** How tightly it holds together: {@link levels}. */
  readonly level: number;
}

/** Python's operators, from those that hold least. */
export const levels = { comparison: 1, or: 2, and: 3, sum: 4, product: 5, sign: 6, power: 7, atom: 8 } as const;

const operators = {
  "+": levels.sum,
  "-": levels.sum,
  "*": levels.product,
  "/": levels.product,
  "@": levels.product,
  "|": levels.or,
  "&": levels.and,
  "**": levels.power,
  "==": levels.comparison,
  "!=": levels.comparison,
  "<": levels.comparison,
  "<=": levels.comparison,
  ">": levels.comparison,
  ">=": levels.comparison,
} as const;

/** A name, a call, or whatever else needs no parentheses. */
export function atom(text: string): Expression {
  return { text, level: levels.atom };
}

/** The text of an expression where only what holds tighter than `level` may stand without parentheses. */
function above({ text, level }: Expression, least: number): string {
  return level > least ? text : `(${text})`;
}

/** `a + b`. What has the same level stands in parentheses on the right: sums of floats are not associative. */
export function infix(a: Expression, operator: keyof typeof operators, b: Expression): Expression {
  const level = operators[operator];
  // Comparisons form chains, and powers group from the right.
  const left = above(a, operator === "**" || level === levels.comparison ? level : level - 1);
  return { text: `${left} ${operator} ${above(b, level)}`, level };
}

/** `-x`. */
export function negated(x: Expression): Expression {
  return { text: `-${above(x, levels.product)}`, level: levels.sign };
}

/** `f(x, y, axis=1)`. */
export function call(name: string, ...args: readonly (Expression | string)[]): Expression {
  return atom(`${name}(${args.map((x) => (typeof x === "string" ? x : x.text)).join(", ")})`);
}

/** `x.name` and what follows. */
export function member(x: Expression, rest: string): Expression {
  return atom(`${above(x, levels.power)}${rest}`);
}

/** `(2, 3)`, `(2,)`, `()`. */
export function tuple(items: readonly (number | string)[]): string {
  return items.length === 1 ? `(${items[0]},)` : `(${items.join(", ")})`;
}

/** A shape as arguments: `2, 3`; of a single number `()`. */
export function lengths(shape: Shape): string {
  return shape.length === 0 ? "()" : shape.join(", ");
}

export function dtypeName(dtype: DType): string {
  return dtype === "bool" ? "bool" : `jnp.${dtype}`;
}

/** A string as Python writes it. */
export function quoted(text: string): string {
  return JSON.stringify(text).replaceAll("\u007f", "\\u007f");
}

/** A number of a dtype with as few digits as tell it from all others of that dtype. */
export function literal(value: number | boolean, dtype: DType): Expression {
  if (dtype === "bool") return atom(value ? "True" : "False");
  const number = Number(value);
  if (Number.isNaN(number)) return atom("jnp.nan");
  if (number < 0 || Object.is(number, -0)) return negated(literal(-number, dtype));
  if (number === Number.POSITIVE_INFINITY) return atom("jnp.inf");
  if (dtype !== "float32") return atom(String(number));
  for (let digits = 1; digits < 9; digits++) {
    const rounded = Number(number.toPrecision(digits));
    if (Math.fround(rounded) === number) return atom(String(rounded));
  }
  return atom(String(number));
}
