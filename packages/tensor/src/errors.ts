/**
 * The errors of every Adjoint package: typed fields first, and one builder that renders the sentence people read.
 *
 * An error says what is wrong with the actual values, where in the model, and what to do about it.
 */

/** What an error knows about itself; everything but `op` and `problem` is optional. */
export interface ErrorFields {
  /** The operation that refused, for example `"matmul"`. */
  readonly op: string;
  /** What is wrong, with the actual values, as a sentence without its full stop. */
  readonly problem: string;
  /** The argument at fault, for example `"axis"`. */
  readonly argument?: string;
  /** What would have been accepted. */
  readonly expected?: string;
  /** What was given. */
  readonly received?: string;
  /** Where in the model: Variable names, scope, layer. */
  readonly where?: string;
  /** The likely fix, as a whole sentence. */
  readonly hint?: string;
}

/** Renders the fields of an error as `op: problem. In where. hint`. */
function describe(fields: ErrorFields): string {
  const where = fields.where ? ` In ${fields.where}.` : "";
  const hint = fields.hint ? ` ${fields.hint}` : "";
  const end = /[.?!]$/.test(fields.problem) ? "" : ".";
  return `${fields.op}: ${fields.problem}${end}${where}${hint}`;
}

/**
 * The base of all errors that Adjoint throws on purpose.
 * @param options  `cause`: the error behind this one
 */
export class AdjointError extends Error implements ErrorFields {
  override readonly name: string = "AdjointError";
  readonly op: string;
  readonly problem: string;
  declare readonly argument?: string;
  declare readonly expected?: string;
  declare readonly received?: string;
  declare where?: string;
  declare readonly hint?: string;

  constructor(fields: ErrorFields, options?: ErrorOptions) {
    super(describe(fields), options);
    this.op = fields.op;
    this.problem = fields.problem;
    if (fields.argument !== undefined) this.argument = fields.argument;
    if (fields.expected !== undefined) this.expected = fields.expected;
    if (fields.received !== undefined) this.received = fields.received;
    if (fields.where !== undefined) this.where = fields.where;
    if (fields.hint !== undefined) this.hint = fields.hint;
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
