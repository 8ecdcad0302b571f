/**
 * The errors of every Adjoint package: typed fields first, and one builder that renders the sentence people read.
 *
 * An error says what is wrong with the actual values, where in the model, and what to do about it.
 */
import { isOfKind, stamp } from "./brand.ts";
import { printable, printableLine } from "./printable.ts";
import { formatShape, ofOtherCopy, shown } from "./shown.ts";

/** What an error knows about itself; everything but `op` and `problem` is optional. */
export interface ErrorFields {
  /** The operation that refused, for example `"matmul"`. */
  readonly op: string;
  /** What is wrong, with the actual values, as a sentence without its full stop. */
  readonly problem: string;
  /** The argument at fault, for example `"axis"`. */
  readonly argument?: string | undefined;
  /** What would have been accepted. */
  readonly expected?: string | undefined;
  /** What was given. */
  readonly received?: string | undefined;
  /** Where in the model: Variable names, scope, layer. */
  readonly where?: string | undefined;
  /** The likely fix, as a whole sentence. */
  readonly hint?: string | undefined;
}

/** Longest field of an error that its sentence shows whole: a name may be as long as the file that it comes from. */
const longestField = 20_000;

/** A field as a sentence shows it. */
function shortened(text: string): string {
  if (text.length <= longestField) return text;
  const cut = (text.length - longestField).toLocaleString("en-US");
  return `${text.slice(0, longestField / 2)} … (${cut} more characters) … ${text.slice(-longestField / 2)}`;
}

/**
 * Renders the fields of an error as `op: problem. In where. hint`. They may hold words of others, of which nothing but
 * plain text gets into the sentence; the fields stay as they are.
 */
function describe(fields: ErrorFields): string {
  const where = fields.where ? ` In ${printableLine(shortened(fields.where))}.` : "";
  const hint = fields.hint ? ` ${printable(shortened(fields.hint))}` : "";
  const problem = printable(shortened(fields.problem));
  const end = /[.?!]$/.test(problem) ? "" : ".";
  return `${printableLine(shortened(fields.op))}: ${problem}${end}${where}${hint}`;
}

/** What was given, and the clause that says so: a ShapeError tells the shape of a tensor, a DTypeError its dtype. */
function given(kind: unknown, value: unknown): readonly [received: string, clause: string] {
  const { shape, dtype } = (value ?? {}) as { readonly shape?: unknown; readonly dtype?: unknown };
  const isShape = kind === ShapeError && Array.isArray(shape);
  const text = isShape ? formatShape(shape) : kind === DTypeError && dtype ? String(dtype) : shown(value);
  return [text, `${isShape ? "has shape" : "is"} ${text}`];
}

/** What to do about a Promise in place of a value. */
const awaitIt = "That is a Promise: write `await` before the call, as in `await loadMnist()`.";

/** What to do about a value that another copy of the library made. */
const useOneCopy =
  "Install one copy and import it everywhere (`npm ls` lists them), or pass plain numbers between the two.";

/** @throws SpecError unless op and problem are there and all fields are strings */
function checked(fields: ErrorFields): ErrorFields {
  const { op, problem, where = "", hint = "" } = (fields ?? {}) as Partial<ErrorFields>;
  if ([op, problem, where, hint].every((text) => typeof text === "string")) return fields;
  throw new SpecError({
    op: "AdjointError",
    problem: "an error needs strings, at least an op and a problem",
    hint: 'Write new ShapeError({ op: "myOp", problem: "…", hint: "…" }).',
  });
}

/**
 * Runs `fn` as what was called as `op`: the errors of its parts carry that name.
 * @internal
 */
export function calledAs<Result>(op: string, fn: () => Result): Result {
  try {
    return fn();
  } catch (error) {
    throw error instanceof AdjointError ? error.calledAs(op) : error;
  }
}

/**
 * Runs `fn` at a place in the model: errors that know none say that it was there.
 * @internal
 */
export function placed<Result>(where: string, fn: () => Result): Result {
  try {
    return fn();
  } catch (error) {
    throw error instanceof AdjointError ? error.locate(where) : error;
  }
}

/**
 * The base of all errors that Adjoint throws on purpose.
 * @param options  `cause`: the error behind this one
 */
export class AdjointError extends Error implements ErrorFields {
  /** Errors of another copy of the library are instances, too: whoever catches them asks what went wrong, not where. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    // biome-ignore lint/complexity/noThisInStatic: the class that was asked, which may extend this one
    return Function.prototype[Symbol.hasInstance].call(this, value) || isOfKind(this, value);
  }

  override readonly name: string = "AdjointError";
  readonly op: string;
  readonly problem: string;
  declare readonly argument?: string;
  declare readonly expected?: string;
  declare readonly received?: string;
  declare where?: string;
  declare readonly hint?: string;

  constructor(fields: ErrorFields, options?: ErrorOptions) {
    super(describe(checked(fields)), options);
    this.op = fields.op;
    this.problem = fields.problem;
    if (fields.argument !== undefined) this.argument = fields.argument;
    if (fields.expected !== undefined) this.expected = fields.expected;
    if (fields.received !== undefined) this.received = fields.received;
    if (fields.where !== undefined) this.where = fields.where;
    if (fields.hint !== undefined) this.hint = fields.hint;
  }

  /**
   * The error of one argument: `op: argument is 3; expected an integer ≥ 5. hint`.
   *
   * @param op        the operation that refused
   * @param argument  the argument at fault
   * @param value     what was given. A ShapeError tells the shape of what has one, a DTypeError its dtype; beside a
   *                  `problem` it may be text. For a Promise the hint is to await it,
   *                  for a value of another copy of the library to have one
   * @param expected  what would have been accepted, as a noun with its article
   * @param more      other fields: a `hint`; `problem` in place of "argument is value"; `cause`, the error behind this one
   */
  static of<E extends AdjointError>(
    this: new (
      fields: ErrorFields,
      options?: ErrorOptions,
    ) => E,
    op: string,
    argument: string,
    value: unknown,
    expected: string,
    more: Partial<ErrorFields> & ErrorOptions = {},
  ): E {
    // biome-ignore lint/complexity/noThisInStatic: the class that was asked
    const [text, clause] = given(this, value);
    const received = typeof value === "string" && more.problem ? value : text;
    const problem = `${more.problem ?? `${argument} ${clause}`}; expected ${expected}`;
    const hint = text.includes("a Promise") ? awaitIt : problem.includes(ofOtherCopy) ? useOneCopy : more.hint;
    return new this({ op, argument, expected, received, ...more, problem, hint }, more);
  }

  /**
   * Adds the place in the model to an error that was thrown below the level that knows it; the first place stays.
   * @param where  the place, for example `layer "conv1"`
   */
  locate(where: string): this {
    if (this.where === undefined && where !== "") {
      this.where = where;
      this.message = describe(this);
    }
    return this;
  }

  /** Says that it was `op` that refused, for an error of a part of which the caller need not know. */
  calledAs(op: string): this {
    (this as { op: string }).op = op;
    this.message = describe(this);
    return this;
  }
}

/** Shapes, axes' lengths or numbers of dimensions that do not fit. */
export class ShapeError extends AdjointError {
  override readonly name = "ShapeError";
}

/** Element types that do not fit, or values that a dtype cannot hold. */
export class DTypeError extends AdjointError {
  override readonly name = "DTypeError";
}

/** An axis, index or label outside its range. */
export class IndexError extends AdjointError {
  override readonly name = "IndexError";
}

/** A graph that cannot be built, walked or differentiated as asked. */
export class GraphError extends AdjointError {
  override readonly name = "GraphError";
}

/** A model, layer or option that is not what it should be: unknown names, values out of range. */
export class SpecError extends AdjointError {
  override readonly name = "SpecError";
}

/** A file, download or data set that is corrupt, truncated or not what its name says. */
export class DataError extends AdjointError {
  override readonly name = "DataError";
}

const classes = { AdjointError, ShapeError, DTypeError, IndexError, GraphError, SpecError, DataError };
for (const [kind, of] of Object.entries(classes)) stamp(of, kind);

/**
 * The error for `x * 2`, `x < y`, `Math.log(x)` and whatever else of JavaScript wants numbers.
 * @param kind which class the operand has, and so whether the hint names methods or kernels
 */
export function noOperators(kind: "Tensor" | "Variable"): GraphError {
  const call = (op: string, argument: string): string =>
    kind === "Variable" ? `x.${op}(${argument})` : `kernels.${op}(${argument === "" ? "x" : `x, ${argument}`})`;
  return new GraphError({
    op: kind,
    problem: `JavaScript's operators and Math do not compute with a ${kind}`,
    expected: kind === "Variable" ? "an op" : "a kernel",
    hint:
      `Write ${call("mul", "2")} for x * 2, ${call("add", "1")} for x + 1, ${call("neg", "")} for -x, ` +
      `${call("lt", "y")} for x < y, ${call("eq", "y")} for x == y and ${call("log", "")} for Math.log(x); x.item() is the number, and String(x) prints it.`,
  });
}
