/**
 * The subject of a check: a function of Variables at a point, and its values near that point as one list of numbers.
 */
import { constant, noGrad, Variable } from "@adjoint/autograd";
import { DTypeError, isFloat, kernels, kindOf, type Shape, type Tensor } from "@adjoint/tensor";

/** A function of Variables to one Variable or several. */
export type CheckedFunction = (...xs: Variable[]) => Variable | readonly Variable[];

/** A function at a point, with names for its inputs. */
export interface Subject {
  readonly compute: CheckedFunction;
  /** Values of all inputs in order: contiguous copies of their own, those of float dtype in `dtype`. */
  readonly points: readonly Tensor[];
  /** A name for every input, integers included. */
  readonly names: readonly string[];
  readonly dtype: "float32" | "float64";
}

/** One of the results, and the place of its elements in the list of all. */
export interface OutputPlace {
  readonly shape: Shape;
  readonly start: number;
  readonly size: number;
}

/** The positions of the inputs that have gradients. */
export function floatInputs(subject: Subject): number[] {
  return subject.points.flatMap((point, k) => (isFloat(point.dtype) ? [k] : []));
}

/**
 * The real-valued results of a call, as a list.
 * @throws DTypeError when there is none
 */
export function outputsOf(result: Variable | readonly Variable[]): Variable[] {
  const list: readonly unknown[] = Array.isArray(result) ? result : [result];
  const real = list.filter((y): y is Variable => y instanceof Variable && isFloat(y.dtype));
  const unexpected = list.findIndex((y) => !(y instanceof Variable));
  if (unexpected < 0 && real.length > 0) return real;
  const wrong = list[Math.max(unexpected, 0)];
  const what = wrong instanceof Variable ? `a Variable of dtype ${wrong.dtype}` : kindOf(wrong);
  throw DTypeError.of("gradcheck", "f", wrong, "a Variable of dtype float32 or float64, or a list of them", {
    problem: `the function returned ${list.length === 0 ? "an empty list" : wrong === undefined ? "nothing" : what}`,
  });
}

/** The places of several results in the list of all their elements. */
export function placesOf(outputs: readonly Variable[]): OutputPlace[] {
  let start = 0;
  return outputs.map(({ shape, size }) => {
    const place = { shape, start, size };
    start += size;
    return place;
  });
}

/** All elements of several tensors, one after the other. */
export function joined(tensors: readonly Tensor[]): Float64Array {
  const all = new Float64Array(tensors.reduce((n, t) => n + t.size, 0));
  let start = 0;
  for (const t of tensors) {
    const { data, offset, size } = kernels.contiguous(t);
    for (let i = 0; i < size; i++) all[start + i] = data[offset + i];
    start += size;
  }
  return all;
}

/** All result elements at other values of the inputs, without a graph. Throws what the function throws. */
export function valuesAt(subject: Subject, points: readonly Tensor[]): Float64Array {
  return noGrad(() => joined(outputsOf(subject.compute(...points.map((x) => constant(x)))).map((y) => y.value)));
}

/** The smallest relative distance of numbers in a float dtype. */
export function epsilonOf(dtype: string): number {
  return dtype === "float32" ? 2 ** -23 : 2 ** -52;
}

/** The smallest number that is not 0, in the float dtype of that epsilon. */
export function smallestOf(epsilon: number): number {
  return epsilon > 1e-10 ? 2 ** -149 : 2 ** -1074;
}

/** The message of whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
