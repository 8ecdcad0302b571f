/**
 * The book's numerical gradient: central differences, one entry at a time.
 */
import { noGrad, Variable } from "@adjoint/autograd";
import {
  calledAs,
  checkKind,
  checkNumber,
  checkOptions,
  DTypeError,
  isFloat,
  kernels,
  SpecError,
  Tensor,
} from "@adjoint/tensor";
import { checkFunction } from "@adjoint/tensor/internal";

/** A function to a single number: its result may be a number, or a Variable or Tensor with one element. */
export type ScalarFunction<X> = (x: X) => number | Variable | Tensor;

/**
 * The gradient of f at x by central differences: (f(x + h·eᵢ) − f(x − h·eᵢ)) / 2h for every entry i.
 *
 * The error is about h²/6 · f‴ (truncation) plus ε·|f|/h (rounding); h = 1e-4 is the book's choice. In float32 the
 * rounding term alone is about 1e-3 · |f|: use float64 to check gradients. Where x ± h is rounded by a billionth of h
 * or more, as in float32, the difference is divided by the distance between both points instead of 2h.
 *
 * @param f from x to a single number; reads the x it is given (a parameter may also be read from the network it
 *          belongs to: a Variable is changed in place, entry by entry)
 * @param x a Tensor, left unchanged; or a Variable that is a leaf, restored afterwards also when f throws
 * @returns a Tensor of the shape and dtype of x
 * @throws GraphError for a Variable that was computed; SpecError where x + h or x − h rounds to x: beside |x| ≥ 1e12 in float64, or 1e3 in float32
 * Source: Deep Learning from Scratch, 4.4 (common/gradient.py `numerical_gradient`).
 */
export function numericalGradient<X extends Tensor | Variable>(
  f: ScalarFunction<X>,
  x: X,
  options: { readonly h?: number } = {},
): Tensor {
  checkOptions("numericalGradient", options, ["h"]);
  const { h = 1e-4 } = options;
  checkNumber("numericalGradient", "h", h, h > 0 && Number.isFinite(h), "a number > 0, such as 1e-4");
  checkFunction("numericalGradient", f, "f");
  const isArray = x instanceof Variable || x instanceof Tensor;
  checkKind("numericalGradient", "x", x, isArray, "a Tensor or a Variable", "Wrap arrays with tensor(…).");
  const start: Tensor = x instanceof Variable ? x.value : (x as Tensor);
  if (!isFloat(start.dtype)) throw DTypeError.of("numericalGradient", "x", start, "float32 or float64");
  const distances = distancesOf(start, h);
  const original = kernels.copy(start);
  const moved = kernels.copy(start);
  const gradient = kernels.copy(start);
  const assign = (value: Tensor): void => {
    if (x instanceof Variable) calledAs("numericalGradient", () => x.assign(value));
  };
  const evaluate = (): number => {
    if (x instanceof Variable) {
      assign(moved);
      return toNumber(f(x));
    }
    return toNumber(f(moved as X));
  };
  return noGrad(() => {
    try {
      for (let i = 0; i < moved.size; i++) {
        const value = original.data[i];
        moved.data[i] = value + h;
        const above = evaluate();
        moved.data[i] = value - h;
        const below = evaluate();
        moved.data[i] = value;
        gradient.data[i] = (above - below) / distances[i];
      }
    } finally {
      assign(original);
    }
    return gradient;
  });
}

/**
 * How far apart x + h and x − h are, for each element: 2h, as the book has it, unless rounding to the dtype of x makes
 * it differ by a billionth or more.
 */
function distancesOf(x: Tensor, h: number): number[] {
  const points = kernels.copy(x);
  return Array.from(kernels.contiguous(x).data, (given, i) => {
    const value = Number(given);
    points.data[i] = value + h;
    const above = Number(points.data[i]);
    points.data[i] = value - h;
    const below = Number(points.data[i]);
    if (above === value || below === value) {
      throw SpecError.of("numericalGradient", "h", h, `a step that changes ${value}`, {
        problem: `the step h = ${h} vanishes beside ${value}, element ${i} of x: in ${x.dtype} x + h or x - h is x`,
        hint: "Pass a larger h, or use gradcheck, which chooses its steps by the size of x.",
      });
    }
    return Math.abs(above - below - 2 * h) < 2e-9 * h ? 2 * h : above - below;
  });
}

/** The number that a function returned, in whatever form. */
function toNumber(y: number | Variable | Tensor): number {
  if (typeof y === "number") return y;
  const isArray = y instanceof Variable || y instanceof Tensor;
  checkKind("numericalGradient", "the result of f", y, isArray, "a number, or a Variable or Tensor of one");
  return calledAs("numericalGradient", () => Number(y.item()));
}
