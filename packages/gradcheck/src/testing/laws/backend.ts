/**
 * The law of kernels: the WebAssembly ones compute the same as the plain TypeScript ones.
 */
import { isFloat, kernels, kernelsInUse, setKernels, type Tensor } from "@adjoint/tensor";
import {
  broken,
  difference,
  largestOf,
  partName,
  recorded,
  resultAndGradients,
  roundingOf,
  type Subject,
} from "./subject.ts";

/** The result and the gradients on one set of kernels. */
function run(subject: Subject, choice: "reference" | "wasm"): readonly (Tensor | null)[] {
  const before = kernelsInUse();
  setKernels(choice);
  try {
    return resultAndGradients(recorded(subject), 8);
  } finally {
    setKernels(before);
  }
}

/**
 * Kernels: results and gradients on reference kernels and on WebAssembly ones are equal, but for rounding. Sums of
 * products may be added in another order: up to n·ε times the sum of the magnitudes (Higham 2002, 3.1), n the number of
 * terms. In float32 exp, log, tanh and their like may be rounded to the other neighbour, which the ops after them carry
 * on: up to 4 ε of a number, and 16 ε of the inputs' magnitudes. All else is the same to the last bit.
 *
 * @param sums  whether the op adds up products
 * @throws LawError
 */
export function backendLaw(subject: Subject, sums: boolean): void {
  for (const dtype of ["float64", "float32"] as const) {
    const inputs = subject.inputs.map((x) => (isFloat(x.dtype) ? kernels.cast(x, dtype) : x));
    const [reference, wasm] = (["reference", "wasm"] as const).map((choice) => run({ ...subject, inputs }, choice));
    const product = inputs.reduce((p, x) => (isFloat(x.dtype) && x.size > 0 ? p * Math.max(1, largestOf(x)) : p), 1.5);
    const terms = Math.max(1, ...inputs.map((x) => x.size), reference[0]?.size ?? 1);
    const tolerance = sums ? terms * roundingOf(inputs) * terms * product : 0;
    const [share, slack] = dtype === "float32" ? [4 * 2 ** -23, 16 * 2 ** -23 * product] : [0, 0];
    reference.forEach((expected, k) => {
      const found = wasm[k];
      if (expected === null || found === null) return;
      const apart = difference(found, expected, (value) => tolerance + slack + share * Math.abs(value));
      if (apart === null) return;
      const [onWasm, onReference] = apart.values;
      broken(
        "kernels",
        subject,
        `entry ${apart.at} of ${partName(subject, k)} in ${dtype} is ${onWasm} on WebAssembly kernels, ${onReference} on reference ones`,
      );
    });
  }
}
