/**
 * The law of batches: vmap of an op is the op applied to one element after the other, forward and backward.
 */
import { index, stack, type Variable, vmap } from "@adjoint/autograd";
import { isFloat, kernels, type Tensor } from "@adjoint/tensor";
import { broken, difference, largestOf, partName, recorded, resultAndGradients, type Subject } from "./subject.ts";

const epsilon = 2 ** -52;

/** All elements in reverse order: other numbers in the same places, from the same range. */
function reversed(x: Tensor): Tensor {
  const slices = x.shape.map((length) => ({ start: length - 1, step: -1, length }));
  return kernels.copy(kernels.slice(x, slices));
}

function pair(x: Tensor): Tensor {
  const [a, b] = [x, reversed(x)].map((t) => kernels.reshape(t, [1, ...t.shape]));
  return kernels.concat([a, b], 0);
}

/**
 * Compares a result in a batch with that of one element after the other. They are equal, or sums of the same products
 * in another order: off by at most n·ε times the sum of magnitudes (Higham 2002, 3.1), n the number of terms.
 */
function near(subject: Subject, what: string, found: Tensor, expected: Tensor, rounding: number): void {
  const tolerance = rounding * Math.max(1, largestOf(expected));
  const isSame = found.dtype === expected.dtype;
  const apart = isSame ? difference(found, expected, () => tolerance) : difference(found, expected);
  if (apart === null) return;
  const [together, alone] = apart.values;
  broken(
    "batch",
    subject,
    `${what} is ${together} in a batch and ${alone} alone, at entry ${apart.at}`,
    "The batching rule must give each element the result of the op on it alone.",
  );
}

/**
 * Batch: `vmap(f)` gives the results and gradients of f on each element, for every choice of which inputs are batched
 * and which are shared.
 * @throws LawError naming the choice
 */
export function batchLaw(subject: Subject): void {
  const { inputs } = subject;
  const terms = Math.max(...inputs.map((x) => x.size), 1);
  const largest = inputs.reduce((p, x) => (isFloat(x.dtype) && x.size > 0 ? p * Math.max(1, largestOf(x)) : p), 1.5);
  const rounding = 4 * terms * epsilon * largest * terms;
  for (let choice = 1; choice < 2 ** Math.min(inputs.length, 3); choice++) {
    const isBatched = inputs.map((_, i) => ((choice >> i) & 1) === 1);
    const batches = inputs.map((x, i) => (isBatched[i] ? pair(x) : x));
    const inAxes = isBatched.map((yes) => (yes ? 0 : null));
    const oneByOne = (...xs: Variable[]): Variable =>
      stack([0, 1].map((k) => subject.compute(...xs.map((x, i) => (isBatched[i] ? index(x, [k]) : x)))));
    const [together, apart] = [vmap(subject.compute, { inAxes }), oneByOne].map((compute) => {
      return resultAndGradients(recorded({ ...subject, compute, inputs: batches }), 9);
    });
    const where = `with input${isBatched.length > 1 ? "s" : ""} ${isBatched.flatMap((yes, i) => (yes ? [i] : [])).join(", ")} batched`;
    apart.forEach((expected, k) => {
      const found = together[k];
      const what = `${partName(subject, k)} ${where}`;
      if (found === null && expected === null) return;
      if (found === null || expected === null) broken("batch", subject, `${what} is missing`);
      near(subject, what, found, expected, rounding);
    });
  }
}
