/**
 * The law of purity: an op changes nothing it is given, and the same inputs give the same bits.
 */
import { isFloat, kernels, type Tensor } from "@adjoint/tensor";
import {
  type AnyOp,
  broken,
  definitionOf,
  difference,
  floatDType,
  gradientValues,
  partName,
  recorded,
  type Sample,
  subjectOf,
  weights,
} from "./subject.ts";

/** A deeply frozen value. */
function frozen<Value>(value: Value): Value {
  if (value !== null && typeof value === "object") {
    for (const part of Object.values(value)) frozen(part);
    Object.freeze(value);
  }
  return value;
}

/**
 * Purity: forward and backward leave the inputs, the attributes (frozen, so that writing to them throws), the result
 * and the upstream gradient as they were, and give the same bits again.
 * @throws LawError naming what changed
 */
export function purityLaw(op: AnyOp, sample: Sample): void {
  const definition = definitionOf(op);
  const attributes = frozen(structuredClone(sample.attributes));
  const subject = subjectOf(op, { inputs: sample.inputs, attributes });
  const before = sample.inputs.map(kernels.copy);
  const unchanged = (what: string, now: Tensor, then: Tensor): void => {
    const found = difference(then, now);
    if (found === null) return;
    broken("purity", definition, `${what} changed from ${found.values.join(" to ")}, at entry ${found.at}`);
  };
  const runs = [0, 1].map(() => {
    const at = recorded(subject);
    const y = at.y.value;
    if (!isFloat(y.dtype)) return [y];
    const result = kernels.copy(y);
    const upstream = weights(y.shape, 6, floatDType(y));
    const kept = kernels.copy(upstream);
    const grads = gradientValues(at, upstream).map((grad) => (grad === null ? null : kernels.copy(grad)));
    unchanged("the upstream gradient", upstream, kept);
    unchanged("the result, during backward,", y, result);
    return [result, ...grads];
  });
  sample.inputs.forEach((x, i) => {
    unchanged(`input ${i}`, x, before[i]);
  });
  runs[0].forEach((first, k) => {
    const second = runs[1][k];
    if (first === null || second === null) return;
    const found = difference(first, second);
    if (found === null) return;
    broken(
      "purity",
      definition,
      `${partName(subject, k)} is ${found.values.join(" first and ")} the second time, at entry ${found.at}`,
    );
  });
}
