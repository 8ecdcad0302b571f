/** Smooths a curve of losses or accuracies so that its course shows through the noise. */
import { checkKind, ShapeError, Tensor } from "@adjoint/tensor";
import { rowMajor } from "./samples/rows.ts";

const windowLength = 11;

/** Modified Bessel function of the first kind, I₀(x) = Σ ((x/2)^k / k!)²; the terms for |x| ≤ 2 end after a dozen. */
function besselI0(x: number): number {
  let sum = 1;
  for (let k = 1, term = 1; term > sum * Number.EPSILON * 0.01; k++) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}

/** w[n] = I₀(β √(1 − (2n/(M − 1) − 1)²)) / I₀(β), n = 0 … M − 1, divided by its sum: weights of a mean. */
function kaiserWeights(length: number, beta: number): number[] {
  const weights = Array.from({ length }, (_, n) => besselI0(beta * Math.sqrt(1 - ((2 * n) / (length - 1) - 1) ** 2)));
  const sum = weights.reduce((total, w) => total + w, 0);
  return weights.map((w) => w / sum);
}

/**
 * A moving mean over 11 values weighted by a Kaiser window with β = 2:
 *
 * y[i] = Σ_k w[k] · s[i + k − 5], with x continued beyond its ends by its mirror image.
 *
 * As in the book, the mirror at the start leaves out the first value (x₂, x₁, **x₀**, x₁, x₂), and the one at the end
 * repeats the last (x₋₂, **x₋₁**, x₋₁, x₋₂).
 *
 * @param values  at least 11 numbers: a vector, or a plain array
 * @returns       as many numbers: float64 for a tensor, a plain array for an array
 * @throws ShapeError when there are fewer, or more than one axis
 * Source: Deep Learning from Scratch, common/util.py `smooth_curve`; J. F. Kaiser's window as in numpy.kaiser.
 */
export function smoothCurve(values: Tensor): Tensor<"float64">;
export function smoothCurve(values: ArrayLike<number>): number[];
export function smoothCurve(values: Tensor | ArrayLike<number>): Tensor<"float64"> | number[] {
  const isList = values instanceof Tensor || Array.isArray(values) || ArrayBuffer.isView(values);
  checkKind("smoothCurve", "values", values, isList, "numbers in an array or a Tensor");
  const x = values instanceof Tensor ? rowMajor(values) : values;
  if ((values instanceof Tensor && values.ndim !== 1) || x.length < windowLength) {
    const shape = values instanceof Tensor ? values.shape : [x.length];
    const expected = `a vector of ${windowLength} values or more, as its window has`;
    throw ShapeError.of("smoothCurve", "values", { shape }, expected);
  }
  const half = (windowLength - 1) / 2;
  const count = x.length;
  const weights = kaiserWeights(windowLength, 2);
  const mirrored = (i: number): number => (i < 0 ? x[-i] : i < count ? x[i] : x[2 * count - 1 - i]);
  const y = Array.from({ length: count }, (_, i) => weights.reduce((sum, w, k) => sum + w * mirrored(i + k - half), 0));
  return values instanceof Tensor ? (new Tensor(Float64Array.from(y), [count]) as Tensor<"float64">) : y;
}
