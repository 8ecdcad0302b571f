/**
 * gradcheck: is the gradient that the graph gives the derivative of the function? And if not, what went wrong?
 */
import { asVariable, type VariableLike } from "@adjoint/autograd";
import { checkFunction } from "@adjoint/autograd/internal";
import { checkOneOf, checkOptions, isFloat, kernels } from "@adjoint/tensor";
import { checkSubject } from "./engine/check.ts";
import type { CheckedFunction } from "./engine/subject.ts";
import { reportOf } from "./report/render.ts";
import type { GradcheckReport } from "./report/report.ts";

/** Options of {@link gradcheck}. */
export interface GradcheckOptions {
  /** Seed of everything that is random: upstream gradients and directions. Default 0. */
  readonly seed?: number;
  /**
   * First step of the extrapolation, relative to the size of the input. Default 0.01; steps are made smaller where the
   * function varies faster.
   */
  readonly step?: number;
  /** Names of the inputs in the report. */
  readonly names?: readonly string[];
  /**
   * `"full"`: every entry by itself, the whole Jacobian where it is small. `"projected"`: all entries at once along
   * random directions, and a few by themselves. `"auto"` (default): full up to 1024 entries.
   */
  readonly mode?: "full" | "projected" | "auto";
  /** 2: the gradients' own derivatives too. Default 1. */
  readonly order?: 1 | 2;
  /** What float inputs are converted to. Default float64; in float32 the report says how small an error would show. */
  readonly dtype?: "float32" | "float64";
}

const allowed = {
  mode: ["full", "projected", "auto"],
  order: [1, 2],
  dtype: ["float32", "float64"],
} as const;

/**
 * Checks the gradients of f against numerical derivatives, and says what a mistake looks like.
 *
 * The numerical derivative is Ridders' extrapolation, which estimates its own error. `ok` is said of an entry where a
 * gradient that is off by more than 1 % would have been seen, or where both are 0 as far as can be known; WRONG where two
 * step sizes exclude it by ten times that estimate plus its own rounding. What cannot be decided counts as `unsure`,
 * and does not make `report.ok` false.
 *
 * In full mode every entry of the Jacobian is compared (up to 256 result elements; beyond, the gradients of three random
 * sums of them); in projected mode ⟨gradient, d⟩ for random directions d. Also checked: shape and dtype of gradients,
 * linearity in the upstream gradient, determinism, that nothing given is changed, and memory layouts.
 *
 * Where the slopes on both sides of a point differ it is reported as a kink, and passes when the rule's value lies
 * between them; entries that tie must share the gradient. Where kinks of several ops cancel, so that the derivative exists
 * and the rules, each right by itself, do not give it, the entry counts as `unsure`. Inputs are taken as copies; int32 and bool ones are passed on
 * as they are.
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

/** {@link gradcheck} for whoever is called `op`, which errors about arguments name. */
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
