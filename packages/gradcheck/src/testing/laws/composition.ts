/** The law of compositions: an op and what its definition says that it is in other ops compute the same. */
import { isFloat, kernels } from "@adjoint/tensor";
import { agreement, type PrecisionOptions } from "./precision.ts";
import { type AnyOp, broken, definitionOf, type Sample, subjectOf, valueAt } from "./subject.ts";

/**
 * Composition: what `composed` computes is what the op computes, of the same shape and dtype, and so are the gradients
 * through it, by the rules of its ops.
 *
 * Tolerance. Both are computed in float64, and compared as float32 is compared with float64: a composition may lose half of
 * the digits to cancellation, and none that float32 has.
 * @throws LawError
 */
export function compositionLaw(op: AnyOp, sample: Sample, options: PrecisionOptions = {}): void {
  const { composed, linear } = definitionOf(op);
  if (composed === undefined) return;
  const own = subjectOf(op, sample);
  const other = {
    ...own,
    compute: (...xs: Parameters<typeof own.compute>) => composed(xs, sample.attributes as never),
  };
  const sides = [
    { subject: other, called: "by the composition" },
    { subject: own, called: "by the op" },
  ] as const;
  agreement("composition", ...sides, linear !== undefined, options);
  for (const dtype of ["float32", "float64"] as const) {
    const inputs = sample.inputs.map((x) => (isFloat(x.dtype) ? kernels.cast(x, dtype) : x));
    const [found, right] = [other, own].map((subject) => valueAt(subject, inputs).dtype);
    if (found !== right)
      broken("composition", own, `for ${dtype} the result is ${found} by the composition and ${right} by the op`);
  }
}
