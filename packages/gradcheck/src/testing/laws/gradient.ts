/**
 * The laws of derivatives: a rule agrees with central differences, once and twice.
 *
 * One direction decides for a whole input: if the gradient differs from the derivative anywhere, then so do their
 * products with a direction that favours no entry. A failure names the entries.
 *
 * Tolerance. The numerical derivative comes with Ridders' own estimate of its error; since it is an estimate, ten times
 * of it are allowed. Its floor is the rounding of each value, ε·M·c divided by the step: M is the sum of the magnitudes
 * that were added up (the terms of the product with the upstream gradient, the inputs times their gradients, and, as
 * rules compute with constants near 1, the upstream gradient itself), c = 16 covers the ulps of the kernels' functions
 * and of a few of them in a row. The analytic value is off by ε·M·c once more.
 */
import { type Variable, variable } from "@adjoint/autograd";
import { recordingWith } from "@adjoint/autograd/internal";
import { isFloat, kernels, type Tensor } from "@adjoint/tensor";
import { inner, innerOfMagnitudes } from "../../engine/inner.ts";
import { ridders } from "../../numerical/ridders.ts";
import { apart, short } from "../../report/numbers.ts";
import {
  broken,
  floatDType,
  gradientsOf,
  gradientValues,
  recorded,
  roundingOf,
  type Subject,
  valueAt,
  weights,
} from "./subject.ts";

/** Options of the numerical derivatives. */
export interface NumericalOptions {
  /** First step of the extrapolation, absolute: samples must allow ±1.5 of it. Default 0.02. */
  readonly step?: number;
}

const operations = 16;

function moved(x: Tensor, direction: Tensor, t: number): Tensor {
  const result = kernels.copy(x);
  for (let i = 0; i < result.size; i++) result.data[i] += t * direction.data[i];
  return result;
}

interface Check {
  readonly law: string;
  readonly subject: Subject;
  /** The value whose derivative is taken, at a changed input. */
  readonly valueAt: (inputs: readonly Tensor[]) => number;
  readonly inputs: readonly Tensor[];
  readonly rounding: number;
  /** Sum of the magnitudes that a value is added up from. */
  readonly magnitude: number;
  readonly step: number;
  /** The name of input k. */
  readonly nameOf: (k: number) => string;
}

interface Comparison {
  readonly analytic: number;
  readonly numerical: number;
  readonly tolerance: number;
}

function along(check: Check, k: number, gradient: Tensor | null, direction: Tensor): Comparison {
  const { inputs, rounding, magnitude, step } = check;
  const x = inputs[k];
  const value = (t: number): number =>
    check.valueAt(inputs.map((other, i) => (i === k ? moved(x, direction, t) : other)));
  const analytic = gradient === null ? 0 : inner(gradient, direction);
  // Rounding x ± t moves the value by up to ε |x| times its gradient.
  const size = magnitude + (gradient === null ? 0 : innerOfMagnitudes(gradient, x));
  const noise = operations * rounding * size;
  const { value: numerical, error } = ridders(value, step, noise);
  const length = gradient === null ? 0 : innerOfMagnitudes(gradient, direction);
  return { analytic, numerical, tolerance: 10 * error + operations * rounding * (size + length) };
}

function agree({ analytic, numerical, tolerance }: Comparison): boolean {
  return Math.abs(analytic - numerical) <= tolerance;
}

/** Compares the gradient of one input with differences; a failure names the wrong entries. */
function compare(check: Check, k: number, gradient: Tensor | null): void {
  const x = check.inputs[k];
  if (x.size === 0) return;
  const whole = along(check, k, gradient, weights(x.shape, 7));
  if (agree(whole)) return;
  const wrong: string[] = [];
  const direction = kernels.copy(kernels.sub(x, x));
  for (let i = 0; i < x.size && wrong.length < 4; i++) {
    direction.data[i] = 1;
    const entry = along(check, k, gradient, direction);
    direction.data[i] = 0;
    if (!agree(entry)) {
      const [byRule, byDifferences] = apart(entry.analytic, entry.numerical);
      wrong.push(`entry ${i}: ${byRule} by the rule, ${byDifferences} by differences`);
    }
  }
  const entries = wrong.length === 0 ? "" : ` (${wrong.join("; ")})`;
  const [byRule, byDifferences] = apart(whole.analytic, whole.numerical);
  broken(
    check.law,
    check.subject,
    `the gradient of ${check.nameOf(k)} is ${byRule} along a direction, ` +
      `differences give ${byDifferences} ± ${short(whole.tolerance)}${entries}`,
    "Check the backward rule against the formula, or move the sample away from kinks and poles.",
  );
}

function total(values: readonly number[]): number {
  return values.reduce((sum, v) => sum + v, 0);
}

function sumOfMagnitudes(x: Tensor): number {
  return innerOfMagnitudes(x, kernels.sign(x));
}

/**
 * Gradient: for every differentiable input, ⟨rule(u), v⟩ = d/dt ⟨u, f(x + t v)⟩.
 * @throws LawError with the entries that are wrong
 */
export function gradientLaw(subject: Subject, { step = 0.02 }: NumericalOptions = {}): void {
  const at = recorded(subject);
  if (!isFloat(at.y.dtype) || subject.differentiable.length === 0) return;
  const y = at.y.value;
  const upstream = weights(y.shape, 1, floatDType(y));
  const found = gradientValues(at, upstream);
  const { differentiable, inputs } = subject;
  const check: Check = {
    law: "gradient",
    subject,
    valueAt: (xs) => inner(valueAt(subject, xs), upstream),
    inputs,
    rounding: roundingOf([y, ...inputs]),
    magnitude:
      innerOfMagnitudes(y, upstream) +
      sumOfMagnitudes(upstream) +
      total(found.map((grad, k) => (grad === null ? 0 : innerOfMagnitudes(grad, inputs[differentiable[k]])))),
    step,
    nameOf: (k) => `input ${k}`,
  };
  differentiable.forEach((i, k) => {
    compare(check, i, found[k]);
  });
}

/**
 * Double backward: the gradients of s = Σ ⟨rule_k(u), w_k⟩ for fixed w, with respect to the inputs and to u, are what
 * differences of s give.
 * @throws LawError with the entries that are wrong
 */
export function doubleBackwardLaw(subject: Subject, { step = 0.02 }: NumericalOptions = {}): void {
  const { y } = recorded(subject);
  if (!isFloat(y.dtype) || !y.requiresGrad) return;
  const { differentiable, inputs } = subject;
  const fixed = differentiable.map((i) => weights(inputs[i].shape, 11 + i, floatDType(inputs[i])));
  // The gradients as functions of the inputs and, last, of the upstream gradient.
  const all = [...inputs, weights(y.shape, 1, floatDType(y))];
  const wanted = [...differentiable, inputs.length];
  const leavesOf = (values: readonly Tensor[]): Variable[] =>
    values.map((x, i) => variable(x, { requiresGrad: wanted.includes(i) }));
  const rulesAt = (xs: readonly Variable[]): (Variable | null)[] =>
    recordingWith({ mode: "needed" }, () => {
      const result = subject.compute(...xs.slice(0, -1));
      return gradientsOf({ y: result, targets: differentiable.map((i) => xs[i]) }, xs[inputs.length], true);
    });

  const xs = leavesOf(all);
  const targets = wanted.map((i) => xs[i]);
  const grads = rulesAt(xs);
  const second = sumOfGradients(grads, fixed, targets);
  const check: Check = {
    law: "double backward",
    subject,
    valueAt: (values) =>
      total(rulesAt(leavesOf(values)).map((grad, k) => (grad === null ? 0 : inner(grad.value, fixed[k])))),
    inputs: all,
    rounding: roundingOf([y.value, ...inputs]),
    magnitude:
      total(grads.map((grad, k) => (grad === null ? 0 : innerOfMagnitudes(grad.value, fixed[k])))) +
      total([...fixed, all[inputs.length]].map(sumOfMagnitudes)) +
      total(second.map((grad, k) => (grad === null ? 0 : innerOfMagnitudes(grad, all[wanted[k]])))),
    step,
    nameOf: (k) => (k === inputs.length ? "the upstream gradient" : `input ${k}`),
  };
  wanted.forEach((i, k) => {
    compare(check, i, second[k]);
  });
}

/** The gradients of Σ ⟨results_k, fixed_k⟩ for `targets`. */
function sumOfGradients(
  results: readonly (Variable | null)[],
  fixed: readonly Tensor[],
  targets: readonly Variable[],
): (Tensor | null)[] {
  const sums: (Tensor | null)[] = targets.map(() => null);
  results.forEach((y, k) => {
    if (y === null) return;
    gradientValues({ y, targets }, fixed[k]).forEach((part, j) => {
      const sum = sums[j];
      if (part !== null) sums[j] = sum === null ? part : kernels.add(sum, part);
    });
  });
  return sums;
}
