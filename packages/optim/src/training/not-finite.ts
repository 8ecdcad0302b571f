/** NaN and infinities, which spread over parameters and end all learning: where they come from. */
import type { Variable } from "@adjoint/autograd";
import { formatShape, GraphError, type Tensor } from "@adjoint/tensor";
import { firstNotFinite } from "../optimizer/first-not-finite.ts";
import type { Samples } from "./network.ts";
import { tensorsOf, type Values } from "./values.ts";

/** What a training looks at when a loss or a gradient is not finite. */
export interface Suspects {
  /** The samples of the mini-batch, and the rows of `data.train` that they are. */
  readonly samples: Samples<Values, Values>;
  readonly rows: Tensor;
  readonly params: Readonly<Record<string, Variable>>;
  /** What the optimizer remembers of them, such as `"W.v"`. */
  readonly slots: () => Readonly<Record<string, Tensor>>;
}

/** `data.test.x is NaN at [3, 0]`; null where all samples are finite. */
export function notFiniteSample(
  part: "data.train" | "data.test",
  samples: Samples<Values, Values>,
  rowOf = (row: number): number => row,
): string | null {
  for (const argument of ["x", "t"] as const) {
    for (const [name, tensor] of tensorsOf(samples[argument]) ?? []) {
      const found = firstNotFinite(tensor);
      if (found === null) continue;
      const [row, ...rest] = found.index;
      const place = `${part}.${argument}${name === "" ? "" : `.${name}`}`;
      return `${place} is ${found.value} at ${formatShape([rowOf(row), ...rest])}`;
    }
  }
  return null;
}

/** What to do about samples that are not finite. */
export const cleanSamples = "Leave such samples out, or replace the values: isfinite(x) finds them.";

/**
 * The error for a loss that is not finite: it names what was not finite before it, samples first, then parameters with
 * what the optimizer remembers of them. Where nothing was, it is not explained.
 *
 * @param how         the iteration and the optimizer, for the sentence
 * @param hasLearned  whether parameters were updated before
 */
export function notFiniteLoss(loss: number, how: string, suspects: Suspects, hasLearned: boolean) {
  const { samples, rows, params, slots } = suspects;
  const sample = notFiniteSample("data.train", samples, (row) => Number(rows.at(row)));
  const parameter = Object.entries(params)
    .map(([name, { value }]) => [name, firstNotFinite(value)] as const)
    .find(([, found]) => found !== null);
  const cause =
    sample ?? (parameter && `parameter "${parameter[0]}" is ${parameter[1]?.value}${ofSlot(parameter[0], slots())}`);
  const inLoss = "look for a log or a division of 0 in the network and its loss";
  const hint =
    sample !== null
      ? cleanSamples
      : !hasLearned
        ? parameter === undefined
          ? `Samples and parameters are finite: ${inLoss}.`
          : "Start from finite parameters."
        : `Lower the learning rate; if it is small already, ${inLoss}.`;
  const problem = `the loss is ${loss} ${how}${cause === undefined ? "" : `, and ${cause}`}`;
  const error = GraphError.of("train", "loss", loss, "a finite number", { problem, hint });
  return { error, isExplained: cause !== undefined };
}

/** ` (in the optimizer's state "W.v" is NaN)`; nothing where all that it remembers of the parameter is finite. */
function ofSlot(parameter: string, slots: Readonly<Record<string, Tensor>>): string {
  for (const [name, value] of Object.entries(slots)) {
    const found = name.startsWith(`${parameter}.`) ? firstNotFinite(value) : null;
    if (found !== null) return ` (in the optimizer's state "${name}" is ${found.value})`;
  }
  return "";
}
