/**
 * The law of memory layouts: values count, where they lie does not.
 */
import { isFloat, kernels, type Tensor } from "@adjoint/tensor";
import { layouts, relaid } from "../../engine/layout.ts";
import { broken, difference, floatDType, gradientValues, recorded, type Subject, weights } from "./subject.ts";

/** The result and the gradients for an upstream gradient in the layout given. */
function run(subject: Subject, inputs: readonly Tensor[], lay: (x: Tensor) => Tensor): (Tensor | null)[] {
  const at = recorded({ ...subject, inputs });
  const y = at.y.value;
  if (!isFloat(y.dtype)) return [y];
  return [y, ...gradientValues(at, lay(weights(y.shape, 3, floatDType(y))))];
}

/**
 * Layout: inputs and upstream gradients that are transposed, stepped, flipped, in the middle of their storage or
 * repeated with stride 0 give the same bits, forward and backward, as contiguous copies of the same values.
 * @throws LawError naming the layout
 */
export function layoutLaw(subject: Subject): void {
  for (const layout of layouts) {
    const spread = subject.inputs.map((x) => relaid(x, layout));
    const results = run(subject, spread, (u) => relaid(u, layout));
    const expected = run(subject, spread.map(kernels.copy), (u) => kernels.copy(relaid(u, layout)));
    results.forEach((result, k) => {
      const other = expected[k];
      if (result === null || other === null) return;
      const found = difference(result, other);
      if (found === null) return;
      const what = k === 0 ? "the result" : `the gradient of input ${subject.differentiable[k - 1]}`;
      broken(
        "layout",
        subject,
        `${what} of ${layout} inputs is ${found.values.join(", of contiguous copies ")}${found.where}`,
        "The kernel reads the storage without regard to strides or offset.",
      );
    });
  }
}
