/**
 * The law of batches: vmap of an op is the op applied to one element after the other, forward and backward.
 */
import { index, stack, type Variable, vmap } from "@adjoint/autograd";
import { isFloat, kernels, type Tensor } from "@adjoint/tensor";
import { short } from "../../report/numbers.ts";
import { broken, floatDType, gradientValues, largestOf, recorded, type Subject, weights } from "./subject.ts";

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
 * Holds a result in a batch against that of one element after the other. They are equal, or sums of the same products
 * in another order: off by at most n·ε times the sum of magnitudes (Higham 2002, 3.1), n the number of terms.
 */
function near(subject: Subject, what: string, found: Tensor, expected: Tensor, rounding: number): void {
  const [a, b] = [found, expected].map(kernels.contiguous);
  let worst = 0;
  for (let i = 0; i < b.size; i++) {
    const [x, y] = [Number(a.data[a.offset + i]), Number(b.data[b.offset + i])];
    if (!Object.is(x, y)) worst = Math.max(worst, Math.abs(x - y));
  }
  const fits = found.dtype === expected.dtype && String(found.shape) === String(expected.shape);
  if (fits && worst <= rounding * Math.max(1, largestOf(expected))) return;
  const size = `${found.dtype} [${found.shape}] and ${expected.dtype} [${expected.shape}]`;
  broken(
    "batch",
    subject,
    fits ? `${what} differs by ${short(worst)}: ${found} and ${expected}` : `${what} is ${size}`,
    "The batching rule must give for each element what the op gives for it alone.",
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
      const at = recorded({ ...subject, compute, inputs: batches });
      const y = at.y.value;
      return { y, grads: isFloat(y.dtype) ? gradientValues(at, weights(y.shape, 9, floatDType(y))) : [] };
    });
    const where = `with input${isBatched.length > 1 ? "s" : ""} ${isBatched.flatMap((yes, i) => (yes ? [i] : [])).join(", ")} batched`;
    near(subject, `the result ${where}`, together.y, apart.y, rounding);
    apart.grads.forEach((expected, d) => {
      const found = together.grads[d];
      const what = `the gradient of input ${subject.differentiable[d]} ${where}`;
      if (found === null && expected === null) return;
      if (found === null || expected === null) broken("batch", subject, `${what} is missing`);
      near(subject, what, found, expected, rounding);
    });
  }
}
