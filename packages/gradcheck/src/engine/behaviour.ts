/**
 * Checks how a function and its rules behave, derivatives aside: they give the same bits each time, change nothing they
 * are given, are linear in the upstream gradient, and ignore the memory layout.
 */
import { kernels, type Tensor } from "@adjoint/tensor";
import type { Diagnosis } from "../report/report.ts";
import { type Gradient, isFailure, pull, type Recorded, record, upstreamTensors } from "./derivatives/gradients.ts";
import { laid } from "./layout.ts";
import { epsilonOf, floatInputs, joined, messageOf, type Subject } from "./subject.ts";

/** The diagnoses for all inputs, and for each float input. */
export interface Behaviour {
  readonly ofAll: readonly Diagnosis[];
  readonly ofEach: readonly (readonly Diagnosis[])[];
  /** Whether nothing can be compared: f gives other results each time, or changes its inputs. */
  readonly stops: boolean;
}

/** Axes reversed in memory, two elements apart, in the middle of the storage. */
const spreadOut = (x: Tensor): Tensor => laid(x, ["transposed", "stepped", "offset"]);

const otherResult: Diagnosis = {
  kind: "nondeterministic",
  certainty: 0.97,
  text:
    "f returns another result when called again with the same inputs. Draw random numbers from a seeded " +
    "generator that is made inside f, and keep no state between calls.",
};
const otherGradient: Diagnosis = {
  kind: "nondeterministic",
  certainty: 0.97,
  text: "The rule gives another gradient when backward runs again: it draws random numbers or keeps state.",
};

/** Diagnoses a function, or a rule, that gives other numbers after all calls of a check than before; null if none does. */
export function changedSince(
  subject: Subject,
  upstream: Float64Array,
  values: Float64Array,
  gradients: readonly Gradient[],
): Diagnosis | null {
  const now = once(subject, upstream);
  if (!sameNumbers(now.values, values)) return otherResult;
  return now.grads.every((grad, j) => sameNumbers(grad, gradients[j])) ? null : otherGradient;
}

/** Runs forward and backward several times and compares. */
export function observe(subject: Subject, upstream: Float64Array): Behaviour {
  const inputs = floatInputs(subject);
  const ofEach: Diagnosis[][] = inputs.map(() => []);
  const first = once(subject, upstream);
  const ofAll: Diagnosis[] = [...first.changes];
  const again = once(subject, upstream);
  if (!sameNumbers(first.values, again.values)) {
    ofAll.push(otherResult);
    return { ofAll, ofEach, stops: true };
  }
  const scaled = (factor: number): readonly Gradient[] => {
    const multiples = upstream.map((u) => u * factor);
    return once(subject, multiples).grads;
  };
  const [zero, negated, large] = [scaled(0), scaled(-1), scaled(1024)];
  inputs.forEach((_, j) => {
    const grad = first.grads[j];
    if (!isNumbers(grad)) return;
    if (!sameNumbers(grad, again.grads[j])) {
      ofEach[j].push(otherGradient);
      return;
    }
    const linear = linearity(grad, zero[j], negated[j], large[j], epsilonOf(subject.dtype));
    if (linear !== null) ofEach[j].push(linear);
  });
  if (first.changes.length === 0) ofAll.push(...layout(subject, upstream, first, ofEach));
  return { ofAll, ofEach, stops: first.writes };
}

function isNumbers(grad: Gradient): grad is Float64Array {
  return grad instanceof Float64Array;
}

/** Same bits, but for the sign of zeros. */
function sameNumbers(a: Gradient, b: Gradient): boolean {
  if (!isNumbers(a) || !isNumbers(b)) return a === b || (isFailure(a) && isFailure(b));
  return a.length === b.length && a.every((v, i) => v === b[i] || Object.is(v, b[i]));
}

interface Run {
  readonly values: Float64Array;
  readonly grads: readonly Gradient[];
  readonly changes: readonly Diagnosis[];
  /** Whether the forward pass changes its inputs. */
  readonly writes: boolean;
}

/** Runs forward and backward on copies of everything given, and compares the copies afterwards. */
function once(subject: Subject, upstream: Float64Array): Run {
  const points = subject.points.map(kernels.copy);
  const recorded = record(subject, points);
  const changes = subject.names.flatMap((name, k) =>
    changed(`f changes its input "${name}"`, points[k], subject.points[k]),
  );
  const writes = changes.length > 0;
  const values = joined(recorded.outputs.map((y) => y.value));
  const given = upstreamTensors(recorded, upstream);
  const kept = given.map(kernels.copy);
  const before = points.map(kernels.copy);
  const grads = pull(subject, recorded, given).map((grad) => (isNumbers(grad) ? grad.slice() : grad));
  given.forEach((u, o) => {
    changes.push(...changed("A backward rule changes the upstream gradient", u, kept[o]));
  });
  points.forEach((point, k) => {
    changes.push(...changed(`A backward rule changes the input "${subject.names[k]}"`, point, before[k]));
  });
  if (!sameNumbers(joined(recorded.outputs.map((y) => y.value)), values)) {
    changes.push(mutation("A backward rule changes the result of f"));
  }
  return { values, grads, changes, writes };
}

function changed(what: string, now: Tensor, before: Tensor): Diagnosis[] {
  return sameNumbers(joined([now]), joined([before])) ? [] : [mutation(what)];
}

function mutation(what: string): Diagnosis {
  const text = `${what} in place. Tensors are shared: compute a new one (kernels.copy first, if it must be written to).`;
  return { kind: "mutates", certainty: 0.97, text };
}

/**
 * Scaling the upstream gradient by −1 or 1024 scales the gradient by exactly that, since powers of two only change
 * exponents; and 0 gives 0. Any other rule is not linear in it, or does not use it.
 */
function linearity(
  grad: Float64Array,
  zero: Gradient,
  negated: Gradient,
  large: Gradient,
  epsilon: number,
): Diagnosis | null {
  if (!isNumbers(zero) || !isNumbers(negated) || !isNumbers(large)) return null;
  if (grad.some((v) => !Number.isFinite(v))) return null;
  if (sameNumbers(grad, negated) && sameNumbers(grad, large) && grad.some((v) => v !== 0)) {
    return {
      kind: "upstream-ignored",
      certainty: 0.97,
      text:
        "The gradient is the same whatever the upstream gradient is: the rule does not use grad. Multiply the local " +
        "derivative by it (chain rule: x̄ = ȳ · ∂y/∂x).",
    };
  }
  // Subnormal numbers have no ulps to spare: there a power of two changes digits, too.
  const subnormal = epsilon > 1e-10 ? 2 ** -126 : 2 ** -1022;
  const isThousandfold = (v: number, i: number): boolean =>
    large[i] === 1024 * v || !Number.isFinite(large[i]) || Math.abs(large[i] - 1024 * v) <= 1024 * subnormal;
  const scales = grad.every((v, i) => negated[i] === -v && isThousandfold(v, i));
  if (scales && zero.every((v) => v === 0)) return null;
  const affine = zero.some((v) => v !== 0);
  return {
    kind: affine ? "upstream-ignored" : "nonlinear",
    certainty: affine ? 0.9 : 0.95,
    text: affine
      ? "The gradient is not 0 where the upstream gradient is 0: a part of the rule does not use grad. Every term must be " +
        "multiplied by it."
      : "The gradient is not linear in the upstream gradient (twice as much upstream must give twice the gradient, the " +
        "negative the negative): the rule clips, masks or squares grad. Mask by the input or the output instead.",
  };
}

/** Runs once more with inputs and upstream elsewhere in memory, and compares. */
function layout(subject: Subject, upstream: Float64Array, first: Run, ofEach: Diagnosis[][]): Diagnosis[] {
  let recorded: Recorded;
  try {
    recorded = record(subject, subject.points.map(spreadOut));
  } catch (error) {
    return [dependsOnLayout(`f throws for inputs that are not contiguous (${messageOf(error)})`)];
  }
  const far = (a: Float64Array, b: Float64Array): boolean => {
    const largest = b.reduce((m, v) => (Number.isFinite(v) ? Math.max(m, Math.abs(v)) : m), 0);
    // Sums in another order round differently; reading the wrong elements shows at once.
    const allowed = 1e3 * Math.sqrt(epsilonOf(subject.dtype)) * 1e-2 * largest;
    return a.length !== b.length || a.some((v, i) => Number.isFinite(b[i]) && !(Math.abs(v - b[i]) <= allowed));
  };
  if (far(joined(recorded.outputs.map((y) => y.value)), first.values)) {
    return [dependsOnLayout("The result of f changes when its inputs are not contiguous in memory")];
  }
  pull(subject, recorded, upstreamTensors(recorded, upstream).map(spreadOut)).forEach((grad, j) => {
    const before = first.grads[j];
    if (!isNumbers(before) || grad === null) return;
    if (isFailure(grad)) {
      ofEach[j].push(dependsOnLayout(`The rule throws when values are not contiguous (${grad.message})`));
    } else if (far(grad, before)) {
      ofEach[j].push(
        dependsOnLayout("The gradient changes when inputs and upstream gradient are not contiguous in memory"),
      );
    }
  });
  return [];
}

function dependsOnLayout(what: string): Diagnosis {
  const text = `${what}: a kernel ignores strides or offset. Call kernels.contiguous first.`;
  return { kind: "layout", certainty: 0.95, text };
}
