/**
 * gradcheck compares the graph's gradient with the derivative of the function, and diagnoses the difference.
 */
import { asVariable, type VariableLike } from "@adjoint/autograd";
import { checkOneOf, checkOptions, isFloat, kernels } from "@adjoint/tensor";
import { checkFunction } from "@adjoint/tensor/internal";
import { checkSubject } from "./engine/check.ts";
import type { CheckedFunction } from "./engine/subject.ts";
import { reportOf } from "./report/render.ts";
import type { GradcheckReport } from "./report/report.ts";

/** Options of {@link gradcheck}. */
export interface GradcheckOptions {
  /** Seed of the random upstream gradients and directions. Default 0. */
  readonly seed?: number;
  /**
   * First step of the extrapolation, relative to the size of the input. Default 0.01. Where the function varies faster,
   * steps shrink.
   */
  readonly step?: number;
  /** Names of the inputs in the report. */
  readonly names?: readonly string[];
  /**
   * Which entries are compared. `"full"`: every entry by itself, the whole Jacobian where it is small. `"projected"`:
   * all entries at once along random directions, and a few by themselves. `"auto"` (default): full up to 1024 entries.
   */
  readonly mode?: "full" | "projected" | "auto";
  /** Order of the derivatives: 2 also checks the gradients' own derivatives. Default 1. */
  readonly order?: 1 | 2;
  /**
   * Dtype that float inputs are converted to. Default float64; in float32 the report says how small an error would
   * show.
   */
  readonly dtype?: "float32" | "float64";
}

const allowed = {
  mode: ["full", "projected", "auto"],
  order: [1, 2],
  dtype: ["float32", "float64"],
} as const;

/**
 * Checks the gradients of f against numerical derivatives, and diagnoses mistakes.
 *
 * Ridders' extrapolation gives the numerical derivative and estimates its own error. An entry is `ok` where the check
 * would have seen a gradient that is off by more than 1 %, or where gradient and derivative are both 0 within rounding.
 * It is WRONG where two step sizes exclude it by ten times that estimate plus its own rounding. An entry without either
 * proof is `unsure`; it does not make `report.ok` false.
 *
 * Full mode compares every entry of the Jacobian. Beyond 256 result elements it compares the gradients of three random
 * sums of them. Projected mode compares ⟨gradient, d⟩ for random directions d. Both also check the shape and dtype of
 * gradients, linearity in the upstream gradient, determinism, memory layouts, and that f changes nothing it is given.
 *
 * A point where the slopes on both sides differ is reported as a kink. It passes when the rule's value lies between
 * them; entries that tie must share the gradient. Kinks of several ops may cancel: the derivative exists, and rules
 * that are each right by themselves do not give it. Such an entry is `unsure`. f gets copies of float inputs; int32 and
 * bool ones are passed on as they are.
 *
 * @param f a function of Variables to a Variable of any shape, or to a list of them
 * @param inputs Variables, Tensors or numbers; of a single input the list may be left out
 * @throws DTypeError when f returns no real-valued Variable; SpecError for unknown options
 */
export function gradcheck(
  f: CheckedFunction,
  inputs: readonly VariableLike[] | VariableLike,
  options: GradcheckOptions = {},
): GradcheckReport {
  return gradcheckAs("gradcheck", f, inputs, options);
}

/** {@link gradcheck} on behalf of `op`, which errors about arguments name. */
export function gradcheckAs(
  op: string,
  f: CheckedFunction,
  inputs: readonly VariableLike[] | VariableLike,
  options: GradcheckOptions,
): GradcheckReport {
  checkOptions(op, options, ["seed", "step", "names", "mode", "order", "dtype"]);
  const { seed = 0, step, names, mode = "auto", order = 1, dtype = "float64" } = options;
  checkOneOf(op, "mode", mode, allowed.mode);
  checkOneOf(op, "order", order, allowed.order);
  checkOneOf(op, "dtype", dtype, allowed.dtype);
  checkFunction(op, f, "f");
  const list = Array.isArray(inputs) ? (inputs as readonly VariableLike[]) : [inputs as VariableLike];
  const variables = list.map((x, i) => asVariable(op, x, `input ${i}`));
  const subject = {
    compute: f,
    points: variables.map(({ value }) => kernels.copy(isFloat(value.dtype) ? kernels.cast(value, dtype) : value)),
    names: variables.map((x, i) => names?.[i] ?? x.name ?? `input ${i}`),
    dtype,
  };
  const first = step ?? (dtype === "float32" ? 0.05 : 0.01);
  const { mode: used, inputs: reports } = checkSubject(subject, { seed, step: first, mode, order });
  return reportOf({ ok: reports.every(({ ok }) => ok), mode: used, dtype, inputs: reports });
}
