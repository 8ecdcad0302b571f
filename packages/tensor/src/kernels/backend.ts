/** Chooses the kernels: the plain TypeScript ones, which define the results, or the WASM ones, which are fast. */
import { checkOneOf } from "../checks.ts";
import { SpecError } from "../errors.ts";
import { hasWasmSimd } from "./wasm/runtime.ts";

/** The sets of kernels that {@link setKernels} knows. */
export type Kernels = "reference" | "wasm" | "auto";

const kernelSets: readonly Kernels[] = ["reference", "wasm", "auto"];

let kernels: Kernels = "auto";

/**
 * Chooses the kernels of all later computations. Results agree within rounding.
 *
 * - `"auto"` (the start): WASM where it is available and the problem is large enough to pay for it
 * - `"reference"`: plain TypeScript always
 * - `"wasm"`: WASM always, where such a kernel exists
 * @throws SpecError  for an unknown name, and for `"wasm"` where WebAssembly or its SIMD instructions are missing
 */
export function setKernels(choice: Kernels): void {
  checkOneOf("setKernels", "kernels", choice, kernelSets);
  if (choice === "wasm" && !hasWasmSimd()) {
    throw SpecError.of("setKernels", "kernels", choice, '"reference" or "auto"', {
      problem: "WebAssembly with SIMD is not available here",
      hint: `Use "auto", which falls back to plain TypeScript; in a page, allow it with 'wasm-unsafe-eval' in the content security policy.`,
    });
  }
  kernels = choice;
}

/** What {@link setKernels} was last told; `"auto"` at the start. */
export function kernelsInUse(): Kernels {
  return kernels;
}

/**
 * Whether a kernel that exists in both forms runs as WASM now.
 *
 * @param work   size of the problem, in the kernel's own measure
 * @param least  the size from which its WASM form is faster
 */
export function runsAsWasm(work: number, least: number): boolean {
  return kernels === "wasm" || (kernels === "auto" && work >= least && hasWasmSimd());
}
