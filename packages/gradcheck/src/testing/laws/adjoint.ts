/**
 * The law of linear ops: the backward rule is the adjoint, ⟨A x, u⟩ = ⟨x, Aᵀ u⟩, and does not depend on x.
 */
import { isFloat, type Tensor } from "@adjoint/tensor";
import { inner, innerOfMagnitudes } from "../../engine/inner.ts";
import { apart } from "../../report/numbers.ts";
import {
  type AnyOp,
  broken,
  definitionOf,
  floatDType,
  gradientValues,
  largestOf,
  recorded,
  roundingOf,
  type Sample,
  subjectOf,
  valueAt,
  weights,
} from "./subject.ts";

/**
 * Adjoint: for an op that claims to be linear, the rules at the sample applied to u satisfy ⟨A x′, u⟩ = Σ ⟨x′ₖ,
 * ruleₖ(u)⟩ at other inputs x′. For `linear: true` all float inputs change together; for a list each of them alone.
 *
 * Tolerance. Both sides add up the same products in another order: they differ by at most n·ε times the sum of the
 * magnitudes, n the number of terms (Higham 2002, 3.1). That sum is at most Σ |x′| |A|ᵀ|u|; |A|ᵀ|u| is bounded through
 * the adjoint's own values and, where these cancel, the largest |x′| and |u| for each term.
 * @throws LawError when the claim or a rule is wrong
 */
export function adjointLaw(op: AnyOp, sample: Sample): void {
  const definition = definitionOf(op);
  const { linear } = definition;
  const subject = subjectOf(op, sample);
  if (linear === undefined || subject.differentiable.length === 0) return;
  const { inputs, differentiable } = subject;
  const at = recorded(subject);
  const y = at.y.value;
  if (!isFloat(y.dtype)) return;
  const groups = linear === true ? [differentiable] : linear.map((i) => [i]);
  const upstream = weights(y.shape, 2, floatDType(y));
  const rules = gradientValues(at, upstream);
  for (const group of groups) {
    const others = inputs.map((x, i) => (group.includes(i) ? weights(x.shape, 20 + i, floatDType(x)) : x));
    const forward = valueAt(subject, others);
    const left = inner(forward, upstream);
    let right = 0;
    let magnitude = innerOfMagnitudes(forward, upstream);
    let terms = y.size;
    for (const i of group) {
      const rule: Tensor | null = rules[differentiable.indexOf(i)];
      const x = others[i];
      terms += x.size;
      if (rule === null) continue;
      right += inner(x, rule);
      magnitude += innerOfMagnitudes(x, rule);
    }
    // weights are at most 1.5: the products that cancel are no larger than this times the other inputs.
    const largest = Math.max(1, ...inputs.flatMap((x) => (isFloat(x.dtype) ? [largestOf(x)] : [])));
    const tolerance = terms * roundingOf([y, ...inputs]) * (magnitude + 1.5 * 1.5 * largest * terms);
    if (!(Math.abs(left - right) <= tolerance)) {
      const [forwards, backwards] = apart(left, right);
      broken(
        "adjoint",
        subject,
        `⟨A x, u⟩ = ${forwards} but ⟨x, Aᵀ u⟩ = ${backwards} for input${group.length > 1 ? "s" : ""} ${group.join(", ")}`,
        "The rule is not the transpose of the op, or the op is not linear: correct the rule or the claim.",
      );
    }
  }
}
