/**
 * A wrong rule as data: an op of ours with one mistake in one of its rules, as people make them.
 */

import {
  type BackwardRule,
  type OpDefinition,
  type PrimitiveName,
  primitives,
  type RuleContext,
  type Variable,
} from "@adjoint/autograd";
import { ruleOf } from "@adjoint/autograd/internal";
import { rng, type Shape, Tensor } from "@adjoint/tensor";
import type { DiagnosisKind } from "../report/report.ts";

/** Attributes are whatever the op has; a wrong rule knows them. */
// biome-ignore lint/suspicious/noExplicitAny: the corpus is over ops of all attributes
export type Context = RuleContext<any>;

/** One entry of the corpus. */
export interface WrongRule {
  /** The op whose rule it is. */
  readonly op: string;
  /** The mistake in words. */
  readonly mistake: string;
  /** What the first guess should be. */
  readonly expected: DiagnosisKind;
  readonly definition: OpDefinition<never>;
  readonly inputs: readonly Tensor[];
  readonly attributes: object;
  readonly order?: 1 | 2;
}

/** An op with the attributes that it is checked with, and the input whose rule is wrong. */
interface Place extends Pick<WrongRule, "definition" | "attributes" | "order"> {
  readonly input: number;
}

/** A built-in op as a {@link Place}. */
export const of = (name: PrimitiveName, attributes: object = {}, input = 0, order: 1 | 2 = 1): Place => {
  return { definition: primitives[name], attributes, input, order };
};

/** The op with another rule for one of its inputs. `right` is the rule it had. */
export function wrongRule(
  { definition, input, attributes, order = 1 }: Place,
  mistake: string,
  expected: DiagnosisKind,
  inputs: readonly Tensor[],
  rule: ((context: Context, right: (context: Context) => Variable) => Variable) | null,
): WrongRule {
  const backward = (index: number): BackwardRule<never> | null => {
    const right = ruleOf(definition, index) as ((context: Context) => Variable) | null;
    if (index !== input) return right as BackwardRule<never> | null;
    if (rule === null) return null;
    return ((context: Context) => rule(context, right ?? (({ grad }) => grad))) as BackwardRule<never>;
  };
  const rules = inputs.map((_, i) => backward(i));
  return {
    op: definition.name,
    mistake,
    expected,
    inputs,
    attributes,
    order,
    // A wrong rule may look at more than the right one does.
    definition: {
      ...definition,
      backward: typeof definition.backward === "function" ? backward : rules,
      saves: "both",
    },
  };
}

/** Numbers between low and high, no two alike, in float64. */
export function values(shape: Shape, seed: number, low = -2, high = 2): Tensor {
  return rng(seed).uniform(shape, { low, high, dtype: "float64" });
}

/** Numbers in ±[0.3, 2], away from kinks and poles at 0: every second one is negative. */
export function offZero(shape: Shape, seed: number): Tensor {
  const { data } = rng(seed).uniform(shape, { low: 0.3, high: 2, dtype: "float64" });
  return new Tensor(
    Float64Array.from(data, (v, i) => (i % 2 === 0 ? v : -v)),
    shape,
  );
}
