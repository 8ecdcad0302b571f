/**
 * The law of forward and backward: the Jacobian times a vector and its transpose times another give the same number.
 */
import { isFloat } from "@adjoint/tensor";
import { jvp } from "../../derivatives.ts";
import { constant, type Variable } from "../../variable.ts";
import {
  broken,
  floatDType,
  gradientValues,
  inner,
  innerOfMagnitudes,
  recorded,
  roundingOf,
  type Subject,
  short,
  weights,
} from "./subject.ts";

/**
 * Jvp: ⟨u, J v⟩ by `jvp` is ⟨Jᵀ u, v⟩ by the backward rules. J v is computed by differentiating the rules with respect
 * to their upstream gradient, so that a rule that is not linear in it, or cuts it, shows.
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
  const { tangent } = jvp(
    f,
    differentiable.map((i) => constant(inputs[i])),
    vs,
  );
  const forward = inner(u, tangent.value);
  let backward = 0;
  let magnitude = innerOfMagnitudes(u, tangent.value);
  let terms = y.size;
  rows.forEach((row, k) => {
    terms += inputs[differentiable[k]].size;
    if (row === null) return;
    backward += inner(row, vs[k]);
    magnitude += innerOfMagnitudes(row, vs[k]);
  });
  const tolerance = (16 + terms) * roundingOf([y, ...inputs]) * (magnitude + innerOfMagnitudes(u, u));
  if (Math.abs(forward - backward) <= tolerance) return;
  broken(
    "jvp",
    subject,
    `⟨u, J v⟩ = ${short(forward)} but ⟨Jᵀ u, v⟩ = ${short(backward)}`,
    "The rule must be linear in the upstream gradient, and written in ops on it.",
  );
}
