/**
 * The law of memory layouts: results depend on values, not on their place in memory.
 */
import { kernels, type Tensor } from "@adjoint/tensor";
import { layouts, relaid } from "../../engine/layout.ts";
import { broken, difference, partName, recorded, resultAndGradients, type Subject } from "./subject.ts";

/**
 * Layout: inputs and upstream gradients that are transposed, stepped, flipped, in the middle of their storage or
 * repeated with stride 0 give the same bits, forward and backward, as contiguous copies of the same values.
 * @throws LawError naming the layout
 */
export function layoutLaw(subject: Subject): void {
  for (const layout of layouts) {
    const spread = subject.inputs.map((x) => relaid(x, layout));
    const run = (inputs: readonly Tensor[], lay: (x: Tensor) => Tensor): (Tensor | null)[] =>
      resultAndGradients(recorded({ ...subject, inputs }), 3, lay);
    const results = run(spread, (u) => relaid(u, layout));
    const expected = run(spread.map(kernels.copy), (u) => kernels.copy(relaid(u, layout)));
    results.forEach((result, k) => {
      const other = expected[k];
      if (result === null || other === null) return;
      const found = difference(result, other);
      if (found === null) return;
      broken(
        "layout",
        subject,
        `${partName(subject, k)} of ${layout} inputs is ${found.values.join(", of contiguous copies ")}, at entry ${found.at}`,
        "The kernel ignores strides or offset.",
      );
    });
  }
}
