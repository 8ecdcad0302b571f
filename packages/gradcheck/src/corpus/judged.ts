/** What gradcheck says of the wrong rules of the corpus: by themselves, and behind other ops. */
import { constant, mul, type OpDefinition, sum, type Variable } from "@adjoint/autograd";
import { apply } from "@adjoint/autograd/internal";
import { rng } from "@adjoint/tensor";
import { gradcheck } from "../gradcheck.ts";
import type { Diagnosis } from "../report/report.ts";
import { arrayMistakes } from "./arrays.ts";
import { elementwiseMistakes } from "./elementwise.ts";
import { fusedMistakes } from "./fused.ts";
import { largeMistakes } from "./large.ts";
import type { WrongRule } from "./wrong-rule.ts";

const small: readonly WrongRule[] = [...elementwiseMistakes, ...arrayMistakes, ...fusedMistakes];

/** All wrong rules. */
export const corpus: readonly WrongRule[] = [...small, ...largeMistakes];

/** A wrong rule and what is said of the first input that is wrong; nothing if the mistake is missed. */
export type Judged = WrongRule & { readonly diagnoses: readonly Diagnosis[] };

function judged(wrong: WrongRule, then: (y: Variable) => Variable): Judged {
  const { definition, inputs, attributes, order = 1 } = wrong;
  const compute = definition as unknown as OpDefinition<object>;
  const report = gradcheck((...xs) => then(apply(compute, xs, attributes)), inputs, { order });
  return { ...wrong, diagnoses: report.inputs.find(({ ok }) => !ok)?.diagnoses ?? [] };
}

/** The corpus by itself. */
export function judgedAlone(): Judged[] {
  return corpus.map((wrong) => judged(wrong, (y) => y));
}

/** The rules of small arrays behind a loss that weighs every element differently: a derivative of a single number. */
export function judgedBehindLoss(): Judged[] {
  const loss = (y: Variable): Variable =>
    sum(mul(y, constant(rng(99).uniform(y.shape, { low: 0.5, high: 1.5, dtype: "float64" }))));
  // A rule that minds memory layout is right for the layout that a loss gives it.
  return small.filter(({ expected }) => expected !== "layout").map((wrong) => judged(wrong, loss));
}

/** Those of which the first guess is another mistake than the one that was made, for people. */
export function misjudged(list: readonly Judged[]): string[] {
  return list
    .filter(({ expected, diagnoses: [first] }) => first?.kind !== expected)
    .map(({ op, mistake, expected, diagnoses }) => {
      const said = diagnoses.map(({ kind, certainty }) => `${kind} ${certainty}`).join(", ");
      return `${op}, ${mistake}: ${expected} expected, ${said} found`;
    });
}
