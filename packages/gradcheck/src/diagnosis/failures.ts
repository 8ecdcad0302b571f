/**
 * Diagnoses rules without a gradient to compare: of a wrong shape or dtype, not finite, or none because they throw.
 */
import { formatShape, ShapeError, sameShape, sizeOf } from "@adjoint/tensor";
import type { RuleFailure } from "../engine/derivatives/gradients.ts";
import type { Diagnosis } from "../report/report.ts";

interface Spec {
  readonly dtype: string;
  readonly shape: readonly number[];
}

function parse(text: string): Spec | null {
  const match = /^(\w+) \[([\d, ]*)\]$/.exec(text);
  if (match === null) return null;
  return { dtype: match[1], shape: match[2] === "" ? [] : match[2].split(", ").map(Number) };
}

/** Diagnoses a rule that failed. */
export function ruleFailure({ error, message, returned, expected }: RuleFailure): Diagnosis[] {
  const [got, wanted] = [returned, expected].map((text) => (text === undefined ? null : parse(text)));
  if (got !== null && wanted !== null) return [shapeOrDType(got, wanted)];
  const thrown: Diagnosis = { kind: "throws", certainty: 1, text: `The backward rule fails: ${message}` };
  // A product inside a rule whose operands do not fit is a product with an operand that was not transposed.
  if (error instanceof ShapeError && /inner dimensions/.test(message)) {
    const text = `The operands of a product inside the rule do not fit, as if a transpose were missing or superfluous. ${message}`;
    return [
      { kind: "transposed", certainty: 0.7, text },
      { ...thrown, certainty: 0.6 },
    ];
  }
  return [thrown];
}

function shapeOrDType(got: Spec, wanted: Spec): Diagnosis {
  const [from, to] = [formatShape(got.shape), formatShape(wanted.shape)];
  if (sameShape(got.shape, wanted.shape)) {
    const text = `The rule returns ${got.dtype} for an input of ${wanted.dtype}: a constant, a cast or a kernel in it has a dtype of its own. Make constants with the dtype of grad.`;
    return { kind: "dtype", certainty: 0.95, text };
  }
  const sorted = (list: readonly number[]): number[] => [...list].sort((a, b) => a - b);
  if (got.shape.length === wanted.shape.length && sameShape(sorted(got.shape), sorted(wanted.shape))) {
    const exchanged = got.shape.filter((n, i) => n !== wanted.shape[i]).length === 2;
    const text = `The rule returns ${from} for an input of ${to}: the axes are in another order. ${exchanged ? "Transpose it" : "Apply the inverse permutation"}.`;
    return { kind: exchanged ? "transposed" : "permuted", certainty: 0.88, text };
  }
  if (repeats(wanted.shape, got.shape)) {
    const text = `The rule returns ${from} for an input of ${to}: the function repeats the input to a larger shape, so its gradient must be summed over the repeated axes (sumTo).`;
    return { kind: "missing-sum", certainty: 0.93, text };
  }
  const advice =
    sizeOf(got.shape) === sizeOf(wanted.shape)
      ? "Reshape it back (keepDims forgotten, or an axis added?)."
      : repeats(got.shape, wanted.shape)
        ? "Repeat it to the shape of the input: the rule of a sum is repeat (mind keepDims)."
        : "A gradient has the shape of its input.";
  return { kind: "shape", certainty: 0.93, text: `The rule returns ${from} for an input of ${to}. ${advice}` };
}

/** Whether `small` broadcasts to `large`, which has more elements. */
function repeats(small: readonly number[], large: readonly number[]): boolean {
  const lead = large.length - small.length;
  if (lead < 0 || sameShape(small, large)) return false;
  const fits = small.every((n, i) => n === large[lead + i] || n === 1);
  const grown = large.some((n, i) => n > 1 && (i < lead || small[i - lead] === 1));
  return fits && grown;
}

/** A gradient with NaN or infinities where the derivative is finite. */
export function notFiniteGradient(where: string, value: number): Diagnosis {
  const text = `The rule gives ${value} at ${where}, but the derivative is finite: the rule computes 0 · ∞ or 0 / 0. Masking its result with where is not enough: mask its input (x where it is safe, else 1).`;
  return { kind: "not-finite", certainty: 0.95, text };
}
