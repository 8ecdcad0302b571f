/** The corpus of wrong rules: each is caught, and nearly every first guess is the mistake that was made. */
import { rng } from "@adjoint/tensor";
import { describe, expect, it } from "vitest";
import "../../ops/methods.ts";
import { apply } from "../../core/apply.ts";
import { constant } from "../../core/leaf.ts";
import type { OpDefinition, Variable } from "../../core/variable.ts";
import { mul } from "../../ops/arithmetic.ts";
import { sum } from "../../ops/repeat-sum.ts";
import { gradcheck } from "../gradcheck.ts";
import type { Diagnosis } from "../report/report.ts";
import { arrayMistakes } from "./arrays.ts";
import { arithmeticMistakes, elementaryMistakes } from "./elementwise.ts";
import { fusedMistakes } from "./fused.ts";
import { largeMistakes } from "./large.ts";
import type { WrongRule } from "./wrong-rule.ts";

const small: readonly WrongRule[] = [...arithmeticMistakes, ...elementaryMistakes, ...arrayMistakes, ...fusedMistakes];
const corpus: readonly WrongRule[] = [...small, ...largeMistakes];

type Judged = WrongRule & { readonly diagnoses: readonly Diagnosis[] };

/** The diagnoses of the first input that is wrong; none if the mistake is missed. */
function judged(wrong: WrongRule, then: (y: Variable) => Variable): Judged {
  const { definition, inputs, attributes, order = 1 } = wrong;
  const compute = definition as unknown as OpDefinition<object>;
  const report = gradcheck((...xs) => then(apply(compute, xs, attributes)), inputs, { order });
  return { ...wrong, diagnoses: report.inputs.find(({ ok }) => !ok)?.diagnoses ?? [] };
}

/** A loss that weighs every element differently. */
function loss(y: Variable): Variable {
  return sum(mul(y, constant(rng(99).uniform(y.shape, { low: 0.5, high: 1.5, dtype: "float64" }))));
}

const found = corpus.map((wrong) => judged(wrong, (y) => y));
const name = ({ op, mistake, expected, diagnoses }: Judged): string =>
  `${op}, ${mistake}: ${expected} expected, ${diagnoses.map((d) => `${d.kind} ${d.certainty}`).join(", ")} found`;

describe("the corpus of wrong rules", () => {
  it("is large and varied", () => {
    expect(corpus.length).toBeGreaterThanOrEqual(60);
    expect(new Set(corpus.map(({ op }) => op)).size).toBeGreaterThanOrEqual(20);
  });

  it("is caught as a whole", () => {
    expect(found.filter(({ diagnoses }) => diagnoses.length === 0).map(name)).toEqual([]);
  });

  it("is told rightly by the first guess in nine of ten cases at least", () => {
    const misjudged = found.filter(({ expected, diagnoses }) => diagnoses[0]?.kind !== expected);
    expect(misjudged.length, misjudged.map(name).join("\n")).toBeLessThanOrEqual(Math.floor(0.1 * corpus.length));
  });

  it("never gets a certain guess that misleads", () => {
    const misled = found.filter(
      ({ expected, diagnoses: [first] }) => first.kind !== expected && first.certainty >= 0.9,
    );
    expect(misled.map(name)).toEqual([]);
  });

  it("is told rightly behind other ops too, where the derivative is that of a single number", () => {
    // A rule that minds memory layout is right for the layout that a loss gives it.
    const behind = small.filter(({ expected }) => expected !== "layout").map((wrong) => judged(wrong, loss));
    expect(behind.filter(({ diagnoses }) => diagnoses.length === 0).map(name)).toEqual([]);
    const misjudged = behind.filter(({ expected, diagnoses }) => diagnoses[0]?.kind !== expected);
    expect(misjudged.length, misjudged.map(name).join("\n")).toBeLessThanOrEqual(Math.floor(0.1 * behind.length));
    expect(misjudged.filter(({ diagnoses: [first] }) => first.certainty >= 0.9).map(name)).toEqual([]);
  });

  it("gets a text that says something for each", () => {
    for (const { diagnoses } of found) for (const { text } of diagnoses) expect(text.length).toBeGreaterThan(30);
  });
});
