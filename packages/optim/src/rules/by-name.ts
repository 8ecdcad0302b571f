/**
 * The optimizers by the names that the book's Trainer takes.
 */
import { SpecError } from "@adjoint/tensor";
import type { Optimizer } from "../optimizer/optimizer.ts";
import type { Parameters } from "../optimizer/parameters.ts";
import { AdaGrad } from "./adagrad.ts";
import { Adam } from "./adam.ts";
import { Momentum } from "./momentum.ts";
import { Nesterov } from "./nesterov.ts";
import { RMSprop } from "./rmsprop.ts";
import { SGD } from "./sgd.ts";

/** Hyper-parameters by name; which ones there are depends on the optimizer. */
export type OptimizerParam = Readonly<Record<string, number | boolean>>;

const optimizers = {
  sgd: (params: Parameters, options: OptimizerParam): Optimizer => new SGD(params, options),
  momentum: (params: Parameters, options: OptimizerParam): Optimizer => new Momentum(params, options),
  nesterov: (params: Parameters, options: OptimizerParam): Optimizer => new Nesterov(params, options),
  adagrad: (params: Parameters, options: OptimizerParam): Optimizer => new AdaGrad(params, options),
  rmsprop: (params: Parameters, options: OptimizerParam): Optimizer => new RMSprop(params, options),
  adam: (params: Parameters, options: OptimizerParam): Optimizer => new Adam(params, options),
};

/** The names of the optimizers. */
export type OptimizerName = keyof typeof optimizers;

/** The names of the optimizers, as a list. */
export const optimizerNames = Object.keys(optimizers) as readonly OptimizerName[];

/**
 * An optimizer by its name, in upper or lower case.
 * @throws SpecError when there is none of that name
 */
export function optimizerByName(name: string, params: Parameters, options: OptimizerParam): Optimizer {
  const key = String(name).toLowerCase();
  if (!Object.hasOwn(optimizers, key)) {
    const names = optimizerNames.map((known) => `"${known}"`).join(", ");
    throw new SpecError({
      op: "Trainer",
      problem: `${JSON.stringify(name)} is not an optimizer`,
      argument: "optimizer",
      expected: names,
      received: String(name),
      hint: `The optimizers are ${names}; or pass one made with new, such as new Adam().`,
    });
  }
  return optimizers[key as OptimizerName](params, options);
}
