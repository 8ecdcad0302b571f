/** The training loss of a model: losses of its outputs, and penalties on its weights. */
import { abs, add, asVariable, mul, scope, square, sum, type Variable, type VariableLike } from "@adjoint/autograd";
import type { Weighted } from "../layers/kind/options.ts";
import { type FullLossSpec, fullLoss, kindOfLoss } from "../losses/all.ts";
import type { PlannedOutput, PlannedStep } from "../plan/plan.ts";
import type { ModelSpec } from "../read/model-spec.ts";
import type { ModelLayer } from "./layer.ts";

/** A loss of a Model: of which output, and from its values and targets to a number. */
export interface ModelLoss {
  readonly output: string;
  readonly value: number;
  readonly spec: FullLossSpec;
  readonly forward: (y: VariableLike, t: VariableLike) => Variable;
}

/** The losses that a spec names. */
export function lossesOf(spec: ModelSpec, outputs: readonly PlannedOutput[]): ModelLoss[] {
  const given = spec.losses ?? (spec.loss === undefined ? {} : { [outputs[0].name]: spec.loss });
  return Object.entries(given).map(([output, loss]) => {
    const full = fullLoss(loss);
    const { value } = outputs.find(({ name }) => name === output) as PlannedOutput;
    const { forward } = kindOfLoss(full);
    return {
      output,
      value,
      spec: full,
      forward: (y, t) => scope(full.kind, () => forward(full, asVariable(full.kind, y), t)),
    };
  });
}

/** A weight that is penalized, by name, with the factors of ½ Σ W² and of Σ |W|. */
export interface Penalty {
  readonly name: string;
  readonly l2: number;
  readonly l1: number;
}

/** The penalties on weights; a shared weight counts once. */
export function penaltiesOf(spec: ModelSpec, steps: readonly PlannedStep[], layers: readonly ModelLayer[]): Penalty[] {
  return steps.flatMap(({ name, owner, spec: layer, parameters: plans }, i) => {
    const { weightDecay: l2 = spec.weightDecay ?? 0, l1 = spec.l1 ?? 0 } = layer as Weighted;
    if (name !== owner || (l2 === 0 && l1 === 0)) return [];
    const names = Object.keys(layers[i].parameters);
    return Object.values(plans).flatMap(({ init }, k) => ("weight" in init ? [{ name: names[k], l2, l1 }] : []));
  });
}

/** A loss with the penalties added. */
export function penalized(
  loss: Variable,
  penalties: readonly Penalty[],
  params: Readonly<Record<string, Variable>>,
): Variable {
  if (penalties.length === 0) return loss;
  return scope("weightDecay", () => {
    let total = loss;
    for (const { name, l2, l1 } of penalties) {
      const W = params[name];
      if (l2 > 0) total = add(total, mul(sum(square(W)), 0.5 * l2));
      if (l1 > 0) total = add(total, mul(sum(abs(W)), l1));
    }
    return total;
  });
}
