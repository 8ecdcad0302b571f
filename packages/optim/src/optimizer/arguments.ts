/** What optimizers are made with. */
import type { Clip } from "./clip.ts";
import type { ParameterGroup } from "./groups.ts";
import type { Parameters } from "./parameters.ts";
import type { CommonHyperparameters } from "./rule.ts";

/** What an optimizer is made with: parameters and options, or options alone for `update(params, grads)`. */
export type OptimizerArguments<H extends CommonHyperparameters> =
  | [options?: OptimizerOptions<H>]
  | [params: Parameters, options?: OptimizerOptions<H>];

/** Options of an optimizer: its hyper-parameters, and what all optimizers take. */
export type OptimizerOptions<H extends CommonHyperparameters = CommonHyperparameters> = Readonly<Partial<H>> & {
  /** Parameters with hyper-parameters of their own; each parameter in one group at most. Default: none. */
  readonly groups?: readonly ParameterGroup<H>[];
  /**
   * Makes gradients smaller before an update: `{ norm }` scales all of them by one factor so that their norm together is at
   * most that, `{ value }` limits each number. Default: as they are.
   */
  readonly clip?: Clip;
};

/** Tells `new Adam(params, options)` from `new Adam(options)`: parameters are a list, or a record of objects. */
export function splitArguments<H extends CommonHyperparameters>(
  args: OptimizerArguments<H>,
): [Parameters | undefined, OptimizerOptions<H>] {
  const [first, second] = args;
  const isOptions = args.length < 2 && (first === undefined || hasOptions(first));
  if (isOptions) return [undefined, (first ?? {}) as OptimizerOptions<H>];
  return [first as Parameters, (second ?? {}) as OptimizerOptions<H>];
}

/**
 * Whether an only argument is options. Hyper-parameters are never objects, so that a Tensor given for a Variable is told as
 * what it is; groups and clipping are no parameters.
 */
function hasOptions(first: unknown): boolean {
  if (first === null || typeof first !== "object" || Array.isArray(first)) return false;
  return Object.entries(first).every(([name, value]) => {
    if (value === null || typeof value !== "object") return true;
    return (
      (name === "groups" && Array.isArray(value)) ||
      (name === "clip" && Object.getPrototypeOf(value) === Object.prototype)
    );
  });
}
