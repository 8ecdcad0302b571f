/**
 * The law of precision: float32 agrees with float64 up to the rounding of float32.
 */
import { isFloat, kernels, type Tensor } from "@adjoint/tensor";
import {
  broken,
  difference,
  floatDType,
  gradientValues,
  largestOf,
  recorded,
  type Sample,
  type Subject,
  valueAt,
  weights,
} from "./subject.ts";

/** The precision that an op claims. */
export interface PrecisionOptions {
  /** Rounding errors of the op itself and of its rule, in units of the last place of float32. Default 8. */
  readonly ulps?: number;
}

const epsilon = 2 ** -23;

function cast(inputs: readonly Tensor[], dtype: "float32" | "float64"): Tensor[] {
  return inputs.map((x) => (isFloat(x.dtype) ? kernels.cast(x, dtype) : x));
}

/** A side of a comparison: a subject, and what errors call it. */
export interface Side {
  readonly subject: Subject;
  readonly called: string;
}

/**
 * Precision: for inputs that float32 holds exactly, results and gradients in float32 differ from those in float64 by
 * rounding alone.
 *
 * @param sums  whether the op adds up numbers, whose roundings add up, too
 * @throws LawError with the worst entry
 */
export function precisionLaw(subject: Subject, sums: boolean, options: PrecisionOptions = {}): void {
  const coarse: Sample["inputs"] = cast(subject.inputs, "float32");
  const [found, expected] = [coarse, cast(coarse, "float64")].map((inputs) => ({ ...subject, inputs }));
  agreement(
    "precision",
    { subject: found, called: "in float32" },
    { subject: expected, called: "in float64" },
    sums,
    options,
  );
}

/**
 * Results and gradients of two subjects differ by the rounding of float32 at most.
 *
 * Tolerance. An elementwise result is off by a few ulps of itself. One that adds up n products is off by up to n·ε
 * times the sum of their magnitudes (Higham 2002, 3.1); for ops that claim to be linear that sum is at most n times the
 * largest magnitudes of each input multiplied, n the number of terms for one element. A rule is a few ops in a row that
 * may pass through numbers near 1 (1 − y²): a few ulps of the largest of its own values, the upstream gradient and, for
 * linear ops, those same sums.
 * @throws LawError with the worst entry
 */
export function agreement(law: string, found: Side, right: Side, sums: boolean, { ulps = 8 }: PrecisionOptions): void {
  const { inputs, differentiable } = right.subject;
  const y = valueAt(found.subject, found.subject.inputs);
  const expected = valueAt(right.subject, inputs);
  const sizes = inputs.filter((x) => isFloat(x.dtype)).map((x) => Math.max(1, x.size > 0 ? largestOf(x) : 0));
  const product = sizes.reduce((p, n) => p * n, 1);
  const terms = Math.max(1, ...inputs.map((x) => x.size));
  const added = sums ? terms * product : 0;
  const near = (what: string, one: Tensor, other: Tensor, toleranceOf: (value: number) => number): void => {
    const apart = difference(one, other, toleranceOf);
    if (apart === null) return;
    const [a, b] = apart.values;
    broken(
      law,
      right.subject,
      `entry ${apart.at} of ${what} is ${a} ${found.called} and ${b} ${right.called}, ` +
        `more than the ${toleranceOf(apart.expected).toExponential(1)} that rounding explains`,
    );
  };
  near("the result", y, expected, (value) => ulps * epsilon * Math.abs(value) + terms * epsilon * added);
  if (!isFloat(expected.dtype)) return;
  const upstream = weights(expected.shape, 5, "float32");
  const [grads, exact] = [found, right].map(({ subject }, i) =>
    gradientValues(recorded(subject), kernels.cast(upstream, floatDType(i === 0 ? y : expected))),
  );
  const largest = Math.max(1.5, ...exact.map((grad) => (grad === null ? 0 : largestOf(grad))));
  const count = Math.max(terms, expected.size);
  const gradientSum = sums ? count * 1.5 * product : 0;
  exact.forEach((grad, k) => {
    const other = grads[k];
    if (grad === null && other === null) return;
    const what = `the gradient of input ${differentiable[k]}`;
    if (grad === null || other === null) {
      broken(law, right.subject, `${what} arrives ${(grad === null ? found : right).called} only`);
    }
    near(what, other, grad, () => ulps * epsilon * largest + count * epsilon * gradientSum);
  });
}
