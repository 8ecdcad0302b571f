/**
 * The law of forward and backward: the Jacobian times a vector and its transpose times another give the same number.
 */
import { add, constant, grad, jvp, mul, sum, type Variable, vjp } from "@adjoint/autograd";
import { isFloat, type Tensor } from "@adjoint/tensor";
import { inner, innerOfMagnitudes } from "../../engine/inner.ts";
import { apart } from "../../report/numbers.ts";
import { broken, floatDType, gradientValues, recorded, roundingOf, type Subject, weights } from "./subject.ts";

/**
 * Jvp: ⟨u, J v⟩ is ⟨Jᵀ u, v⟩ by the backward rules, with J v computed twice: by `jvp`, from what the definition claims
 * and its forward rule, and by differentiating the backward rules with respect to their upstream gradient, so that a
 * rule that is not linear in it, or cuts it, shows.
 *
 * Tolerance. Both sides add up the products J·u·v in another order: n·ε times the sum of their magnitudes (Higham 2002,
 * 3.1), n the number of terms; 16 for the functions that the products themselves are made of.
 * @throws LawError
 */
export function jvpLaw(subject: Subject): void {
  const { inputs, differentiable, compute } = subject;
  const at = recorded(subject);
  const y = at.y.value;
  if (!isFloat(y.dtype) || differentiable.length === 0) return;
  const u = weights(y.shape, 1, floatDType(y));
  const vs = differentiable.map((i) => weights(inputs[i].shape, 30 + i, floatDType(inputs[i])));
  const rows = gradientValues(at, u);
  const f = (...xs: Variable[]): Variable =>
    compute(...inputs.map((x, i) => (differentiable.includes(i) ? xs[differentiable.indexOf(i)] : constant(x))));
  const xs = differentiable.map((i) => constant(inputs[i]));
  const forward = jvp(f, xs, vs).tangent.value;
  const along = (w: Variable): Variable =>
    vjp(f, ...xs)
      .pullback(w)
      .map((row, k) => sum(mul(row, vs[k])))
      .reduce((a, b) => add(a, b));
  const transposed = grad(along)(constant(u)).value;
  let backward = 0;
  let magnitude = innerOfMagnitudes(u, forward) + innerOfMagnitudes(u, transposed);
  let terms = y.size;
  rows.forEach((row, k) => {
    terms += inputs[differentiable[k]].size;
    if (row === null) return;
    backward += inner(row, vs[k]);
    magnitude += innerOfMagnitudes(row, vs[k]);
  });
  const tolerance = (16 + terms) * roundingOf([y, ...inputs]) * (magnitude + innerOfMagnitudes(u, u));
  const hold = (tangent: Tensor, by: string, hint: string): void => {
    const found = inner(u, tangent);
    if (Math.abs(found - backward) <= tolerance) return;
    const [forwards, backwards] = apart(found, backward);
    broken("jvp", subject, `⟨u, J v⟩ = ${forwards} by ${by}, but ⟨Jᵀ u, v⟩ = ${backwards}`, hint);
  };
  hold(transposed, "backward rules", "The rule must be linear in the upstream gradient, and written in ops on it.");
  hold(forward, "jvp", 'The forward rule is wrong, or a claim is: linear, or batch: "elementwise".');
}
