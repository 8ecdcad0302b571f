/** Optimizers by name. */
import { SpecError, shown } from "@adjoint/tensor";
import type { OptimizerOptions } from "../optimizer/arguments.ts";
import type { Optimizer } from "../optimizer/optimizer.ts";
import type { Parameters } from "../optimizer/parameters.ts";
import optimizers from "./all.ts";

/** Options of an optimizer by name; which hyper-parameters there are depends on the optimizer. */
export type OptimizerParam = Pick<OptimizerOptions, "groups" | "clip"> & {
  readonly [hyperparameter: string]: number | boolean | OptimizerOptions["groups" | "clip"];
};

/** The names of the optimizers. */
export type OptimizerName = keyof typeof optimizers;

/** The names of the optimizers, as {@link optimizerByName}, the Trainer and the command take them. */
export const optimizerNames = Object.keys(optimizers) as readonly OptimizerName[];

/** The optimizer of a name, in upper or lower case. @throws SpecError when there is none */
function optimizerOf(op: string, name: string): (typeof optimizers)[OptimizerName] {
  const key = typeof name === "string" ? name.toLowerCase() : "";
  if (Object.hasOwn(optimizers, key)) return optimizers[key as OptimizerName];
  const names = optimizerNames.map((known) => `"${known}"`).join(", ");
  throw SpecError.of(op, "optimizer", name, names, {
    problem: `unknown optimizer ${shown(name)}`,
    hint: "Or pass one made with new, such as new Adam().",
  });
}

/** The learning rate of the optimizer called `name` where none is given: `defaultRate("adam")` = 0.001. */
export function defaultRate(name: OptimizerName): number {
  return new (optimizerOf("defaultRate", name))().lr;
}

/**
 * An optimizer by its name, in upper or lower case: `optimizerByName("adam", net.params, { lr: 0.01 })` =
 * `new Adam(net.params, { lr: 0.01 })`. Hyper-parameters that are not given have the optimizer's own defaults.
 *
 * @param params   the parameters that it changes, by name
 * @param options  its hyper-parameters, such as `{ lr: 0.01 }`
 * @throws SpecError when there is none of that name
 */
export function optimizerByName(name: string, params: Parameters, options: OptimizerParam = {}): Optimizer {
  return new (optimizerOf("optimizerByName", name))(params, options);
}
