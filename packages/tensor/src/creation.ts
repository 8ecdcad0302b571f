/** New tensors: from numbers, or filled by a rule. The dtype is float32 unless the values or an option say otherwise. */
import { checkFinite, checkNumber, numbersHint } from "./checks.ts";
import { refuseOtherCopy } from "./copies.ts";
import { allocate, checkDType, type DataOf, type DType, dtypeOf, type IntegerArray, type TypedArray } from "./dtype.ts";
import { type AdjointError, DTypeError, ShapeError } from "./errors.ts";
import { cast, copy } from "./kernels/copy.ts";
import { checkOptions } from "./options.ts";
import { checkShape, type Shape, sizeOf } from "./shape.ts";
import { formatShape, maxAxes, shown } from "./shown.ts";
import { type Nested, Tensor } from "./tensor.ts";
import { reshape } from "./views.ts";

/** Options of the functions that make tensors. */
export interface CreationOptions<D extends DType = DType> {
  /** Element type. Default float32. */
  readonly dtype?: D;
}

function dtypeOption<D extends DType>(op: string, options: CreationOptions<D>): D {
  checkOptions(op, options, ["dtype"]);
  const { dtype = "float32" } = options;
  checkDType(op, dtype);
  return dtype as D;
}

/** Throws unless `dtype` can hold `value`: int32 holds integers of 32 bits, bool 0 and 1. */
function checkFits(op: string, value: number, dtype: DType): void {
  if (dtype === "int32" ? (value | 0) === value : dtype === "bool" ? value === 0 || value === 1 : true) return;
  const expected = dtype === "int32" ? "an integer from -2147483648 to 2147483647" : "true, false, 0 or 1";
  throw DTypeError.of(op, "value", value, expected, {
    problem: `${value} cannot be stored as ${dtype}`,
    hint: 'Use dtype: "float32" or "float64" for other numbers.',
  });
}

/** A copy of a typed array, of integers as int32; null for what is none. @throws DTypeError beyond 2³¹ − 1 */
function copyOf(op: string, value: unknown): TypedArray | null {
  if (!ArrayBuffer.isView(value)) return null;
  const { [Symbol.toStringTag]: kind } = value as TypedArray | IntegerArray;
  if (/^(Float(32|64)|Int32)A/.test(kind)) return (value as TypedArray).slice();
  if (!/^U?[Ii]nt/.test(kind)) return null;
  if (kind === "Uint32Array") for (const integer of value as Uint32Array) checkFits(op, integer, "int32");
  return new Int32Array(value as IntegerArray);
}

/** The lengths of nested arrays, by their first elements. @throws ShapeError where they are nested without an end */
function nestedShape(op: string, value: Nested): number[] {
  const shape: number[] = [];
  for (let at: Nested = value; Array.isArray(at); at = at[0]) {
    if (shape.length === maxAxes) {
      throw ShapeError.of(op, "value", value, `at most ${maxAxes} levels of arrays`, {
        problem: `the value is nested deeper than the ${maxAxes} axes of a tensor`,
        hint: "Does the array contain itself?",
      });
    }
    shape.push(at.length);
    if (at.length === 0) break;
  }
  return shape;
}

/** Writes nested arrays of `shape` into `data`. @throws ShapeError where they are ragged, DTypeError for no number */
function fillNested(op: string, data: TypedArray, value: Nested, shape: Shape, dtype: DType): void {
  let o = 0;
  const place: number[] = [];
  const whole = dtype === "int32" || dtype === "bool";
  const store = (part: unknown): void => {
    if (typeof part !== "number" && typeof part !== "boolean") throw misfit(part);
    if (whole) checkFits(op, Number(part), dtype);
    data[o++] = Number(part);
  };
  const walk = (part: Nested, axis: number): void => {
    if (axis === shape.length) {
      store(part);
      return;
    }
    if (!Array.isArray(part) || part.length !== shape[axis]) throw misfit(part);
    const innermost = axis === shape.length - 1;
    for (let i = 0; i < part.length; i++) {
      const element = part[i];
      // Almost everything is a number in an innermost row: it goes straight in.
      if (innermost && !whole && typeof element === "number") {
        data[o++] = element;
        continue;
      }
      place[axis] = i;
      walk(element, axis + 1);
    }
    place.length = axis;
  };
  const misfit = (part: unknown): AdjointError => {
    const where = place.length === 0 ? "the value" : `element [${place.join("][")}]`;
    const isNumber = typeof part === "number" || typeof part === "boolean";
    const what = Array.isArray(part) ? `has ${part.length} elements` : isNumber ? "is a number" : `is ${shown(part)}`;
    const depth = place.length;
    const wanted = depth === shape.length ? "a number" : `an array of ${shape[depth]}`;
    const Kind: typeof AdjointError = Array.isArray(part) || isNumber ? ShapeError : DTypeError;
    return Kind.of(op, "value", part, wanted, {
      problem: `${where} ${what}`,
      hint: numbersHint(
        part,
        `Nest numbers or booleans as ${formatShape(shape)}: all rows of an axis have the same length.`,
      ),
    });
  };
  walk(value, 0);
}

function firstElement(value: Nested): unknown {
  let at: unknown = value;
  while (Array.isArray(at)) at = at[0];
  return at;
}

/**
 * A tensor of given values. They are copied.
 *
 * @param value    numbers or booleans nested in arrays, one level for each axis; a typed array; or a Tensor
 * @param options  `shape`: of the result, the values being taken in row-major order (default: as nested, or [length]);
 *                 `dtype`: default float32 for numbers, bool for booleans, and that of a typed array or Tensor; integers
 *                 of other sizes (Uint8Array, the Uint8ClampedArray of a canvas) become int32 unless dtype says otherwise
 * @throws ShapeError for ragged arrays or a shape of another size; DTypeError for what is no number, or what the dtype
 *         cannot hold: fractions, NaN and large numbers in int32, anything but 0 and 1 in bool
 */
export function tensor<D extends DType = DType>(
  value: Tensor | Nested | TypedArray | IntegerArray,
  options: { readonly shape?: Shape; readonly dtype?: D } = {},
): Tensor<D> {
  return tensorFor("tensor", value, options);
}

/** {@link tensor} for whoever is called `op`, which errors name. */
export function tensorFor<D extends DType = DType>(
  op: string,
  value: Tensor | Nested | TypedArray | IntegerArray,
  options: { readonly shape?: Shape; readonly dtype?: D } = {},
): Tensor<D> {
  checkOptions(op, options, ["shape", "dtype"]);
  if (options.dtype !== undefined) checkDType(op, options.dtype);
  let result: Tensor;
  if (value instanceof Tensor) result = convert(op, copy(value), options.dtype ?? value.dtype);
  else {
    const own = copyOf(op, value);
    if (own !== null) result = convert(op, new Tensor(own, [own.length]), options.dtype ?? dtypeOf(own));
    else {
      refuseOtherCopy(op, "the value", value);
      const nested = value as Nested;
      const shape = nestedShape(op, nested);
      const dtype = options.dtype ?? (typeof firstElement(nested) === "boolean" ? "bool" : "float32");
      const data = allocate(dtype, sizeOf(shape), op);
      fillNested(op, data, nested, shape, dtype);
      result = new Tensor(data, shape);
    }
  }
  return (options.shape === undefined ? result : reshape(result, options.shape)) as Tensor<D>;
}

/** A cast that refuses what the dtype cannot hold, rather than cutting it off. */
function convert(op: string, x: Tensor, dtype: DType): Tensor {
  if (x.dtype === dtype) return x;
  if (dtype === "int32" || dtype === "bool") for (const value of x.data) checkFits(op, value, dtype);
  return cast(x, dtype);
}

/** The single number `value`, of shape []. @throws DTypeError when it is no number, or when the dtype cannot hold it */
export function scalar<D extends DType = "float32">(
  value: number | boolean,
  options: CreationOptions<D> = {},
): Tensor<D> {
  return filled("scalar", [], value, options);
}

/** Zeros (false for bool). @throws ShapeError unless every length is an integer ≥ 0 */
export function zeros<D extends DType = "float32">(shape: Shape, options: CreationOptions<D> = {}): Tensor<D> {
  return filled("zeros", shape, 0, options);
}

/** Ones (true for bool). */
export function ones<D extends DType = "float32">(shape: Shape, options: CreationOptions<D> = {}): Tensor<D> {
  return filled("ones", shape, 1, options);
}

/** `value` everywhere. @throws DTypeError when it is no number, or when the dtype cannot hold it */
export function full<D extends DType = "float32">(
  shape: Shape,
  value: number | boolean,
  options: CreationOptions<D> = {},
): Tensor<D> {
  return filled("full", shape, value, options);
}

function filled<D extends DType>(
  op: string,
  shape: Shape,
  value: number | boolean,
  options: CreationOptions<D>,
): Tensor<D> {
  const dtype = dtypeOption(op, options);
  checkShape(op, shape);
  if (typeof value !== "number" && typeof value !== "boolean") {
    throw DTypeError.of(op, "value", value, "a number or a boolean", {
      hint: "Use tensor for nested arrays and typed arrays.",
    });
  }
  checkFits(op, Number(value), dtype);
  const data = allocate<D>(dtype, sizeOf(shape), op);
  // New memory is zeros already.
  if (!Object.is(Number(value), 0)) data.fill(Number(value));
  return new Tensor<D>(data, [...shape]);
}

/** Numbers start + k·step for k = 0 … count − 1, each rounded once. */
function progression<D extends DType>(op: string, start: number, step: number, count: number, dtype: D): Tensor<D> {
  const data = allocate<D>(dtype, count, op) as DataOf<DType>;
  for (let k = 0; k < count; k++) {
    const value = start + k * step;
    if (dtype === "int32" || dtype === "bool") checkFits(op, value, dtype);
    data[k] = value;
  }
  return new Tensor<D>(data as DataOf<D>, [count]);
}

/**
 * Numbers from `start` (default 0) in steps of `step` (default 1) up to `stop`, which is not included:
 * `arange(3)` is [0, 1, 2], `arange(1, 2, 0.5)` is [1, 1.5].
 * @throws ShapeError when a number is not finite or step is 0; DTypeError when the dtype cannot hold a value
 */
export function arange<D extends DType = "float32">(stop: number, options?: CreationOptions<D>): Tensor<D>;
export function arange<D extends DType = "float32">(
  start: number,
  stop: number,
  step?: number | CreationOptions<D>,
  options?: CreationOptions<D>,
): Tensor<D>;
export function arange<D extends DType = "float32">(
  ...args: readonly (number | CreationOptions<D> | undefined)[]
): Tensor<D> {
  const last = args.findLast((arg) => arg !== undefined);
  const options = typeof last === "object" ? last : {};
  const numbers = args.filter((arg) => typeof arg !== "object" && arg !== undefined) as number[];
  const dtype = dtypeOption("arange", options);
  const [start, stop, step = 1] = numbers.length === 1 ? [0, numbers[0]] : numbers;
  checkFinite("arange", "start", start, ShapeError);
  checkFinite("arange", "stop", stop, ShapeError);
  checkNumber("arange", "step", step, Number.isFinite(step) && step !== 0, "a finite number other than 0", ShapeError);
  const count = Math.max(0, Math.ceil((stop - start) / step));
  checkShape("arange", [count], "the length");
  return progression("arange", start, step, count, dtype);
}

/**
 * `count` numbers from `start` to `stop`, both included, equally far apart; [start] when count is 1.
 * @throws ShapeError when a number is not finite or count is not whole; DTypeError when the dtype cannot hold a value
 */
export function linspace<D extends DType = "float32">(
  start: number,
  stop: number,
  count: number,
  options: CreationOptions<D> = {},
): Tensor<D> {
  const dtype = dtypeOption("linspace", options);
  checkFinite("linspace", "start", start, ShapeError);
  checkFinite("linspace", "stop", stop, ShapeError);
  checkFinite("linspace", "stop − start", stop - start, ShapeError);
  checkShape("linspace", [count], "count");
  const result = progression("linspace", start, count > 1 ? (stop - start) / (count - 1) : 0, count, dtype);
  if (count > 1) result.data[count - 1] = stop;
  return result;
}

/** The identity matrix of `rows` × `columns` (default: square): ones on the main diagonal. */
export function eye<D extends DType = "float32">(rows: number, options?: CreationOptions<D>): Tensor<D>;
export function eye<D extends DType = "float32">(
  rows: number,
  columns: number,
  options?: CreationOptions<D>,
): Tensor<D>;
export function eye<D extends DType = "float32">(
  rows: number,
  columns: number | CreationOptions<D> = rows,
  options: CreationOptions<D> = {},
): Tensor<D> {
  const width = typeof columns === "number" ? columns : rows;
  const dtype = dtypeOption("eye", typeof columns === "number" ? options : columns);
  checkShape("eye", [rows, width]);
  const data = allocate<D>(dtype, rows * width, "eye");
  for (let i = 0; i < Math.min(rows, width); i++) data[i * width + i] = 1;
  return new Tensor<D>(data, [rows, width]);
}
