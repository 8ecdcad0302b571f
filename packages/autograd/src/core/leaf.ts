/** Makes leaves of the graph, and Variables from whatever is passed for one. */
import {
  AdjointError,
  checkDType,
  checkKind,
  checkOptions,
  type DType,
  DTypeError,
  GraphError,
  isFloat,
  kernels,
  kindOf,
  numbersHint,
  refuseOtherCopy,
  Tensor,
  tensor,
} from "@adjoint/tensor";
import { notMade } from "./errors.ts";
import { interpreters, standingFor } from "./interpreters.ts";
import { recorder } from "./recorder.ts";
import { asTensor, type ValueLike, Variable } from "./variable.ts";

/** Options of {@link variable}. */
export interface VariableOptions {
  /** A name for drawings, errors and parameter lists. */
  readonly name?: string;
  /** Whether gradients flow to it. Default: true for float dtypes, false for int32 and bool. */
  readonly requiresGrad?: boolean;
  /** Element type. Default: that of a tensor or typed array, float32 for plain numbers. */
  readonly dtype?: DType;
}

/**
 * A tensor of its own identity with the same values, so that its version counts this Variable's changes alone: over
 * the same storage, unless another Variable may overwrite that.
 */
function ownIdentity(value: Tensor): Tensor {
  if (value.data === undefined) throw notMade("Tensor");
  return new Tensor(value.data, value.shape, value.strides, value.offset);
}

/**
 * A leaf of the graph: an input or a parameter.
 *
 * @param value a tensor, numbers nested in arrays, or a typed array
 * @throws DTypeError when a gradient is asked of an int32 or bool value; SpecError for an unknown option
 */
export function variable(value: ValueLike | Variable, options: VariableOptions = {}): Variable {
  checkOptions("variable", options, ["name", "requiresGrad", "dtype"]);
  return leaf("variable", value, options);
}

/**
 * A leaf that no gradient flows to: data, targets, fixed numbers.
 *
 * @param value a tensor, numbers nested in arrays, or a typed array; numbers become float32 without `dtype`
 * @throws ShapeError for arrays that are not rectangular; DTypeError for values that the dtype cannot hold
 */
export function constant(value: ValueLike | Variable, options: Omit<VariableOptions, "requiresGrad"> = {}): Variable {
  checkOptions("constant", options, ["name", "dtype"]);
  return leaf("constant", value, { ...options, requiresGrad: false });
}

function leaf(op: string, value: ValueLike | Variable, options: VariableOptions): Variable {
  if (options.dtype !== undefined) checkDType(op, options.dtype);
  let data = value instanceof Variable ? value.value : asTensor(op, value, options.dtype);
  if (options.dtype !== undefined && data.dtype !== options.dtype) data = kernels.cast(data, options.dtype);
  const requiresGrad = options.requiresGrad ?? isFloat(data.dtype);
  if (requiresGrad && !isFloat(data.dtype)) {
    throw DTypeError.of(op, "requiresGrad", data, "float32 or float64", {
      problem: `a Variable of dtype ${data.dtype} cannot require a gradient`,
      hint: 'Pass dtype: "float32", or requiresGrad: false.',
    });
  }
  const result = new Variable(ownIdentity(data), null, requiresGrad);
  if (options.name !== undefined) result.name = options.name;
  return result;
}

/**
 * Makes a Variable from the argument `x` of an op: tensors and numbers become constants.
 * @throws AdjointError naming the op and the argument when it is something else
 */
export function asVariable(op: string, x: unknown, argument = "x"): Variable {
  if (x instanceof Variable) return interpreters.length === 0 ? x : standingFor(x);
  if (x instanceof Tensor) return new Variable(ownIdentity(x), null, false);
  if (typeof x === "number") return new Variable(tensor(x), null, false);
  checkKind("asVariable", "argument", argument, typeof argument === "string", "a string");
  refuseOtherCopy(op, argument, x);
  throw GraphError.of(op, argument, x, "a Variable, a Tensor or a number", {
    problem: `${argument} is ${kindOf(x)}`,
    hint: numbersHint(x, "Wrap arrays with variable(…) or tensor(…)."),
  });
}

/** The place of an error: the scope and the names of the Variables, as far as there are any. */
function placeOf(inputs: readonly Variable[]): string {
  const names = inputs.flatMap(({ name }) => (name === undefined ? [] : `"${name}"`));
  const variables = names.length === 0 ? [] : `Variable${names.length > 1 ? "s" : ""} ${names.join(", ")}`;
  return [recorder.scope === "" ? [] : `layer "${recorder.scope}"`, variables].flat().join(", ");
}

/** Adds the place to an error from below that does not know it, and the op to one about memory, which knows none. */
export function located(error: unknown, inputs: readonly Variable[], op?: string): unknown {
  if (!(error instanceof AdjointError)) return error;
  if (op !== undefined && error.op === "memory") error.calledAs(op);
  return error.locate(placeOf(inputs));
}

/** Runs `fn`, whose errors are {@link located} at some Variables. */
export function locating<Result>(inputs: readonly Variable[], fn: () => Result): Result {
  try {
    return fn();
  } catch (error) {
    throw located(error, inputs);
  }
}
