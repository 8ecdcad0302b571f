/** What is said of gradients that are wrong in some places only: conditions that hold, and how sure they are. */

import {
  abs,
  clip,
  constant,
  gt,
  lt,
  max,
  mul,
  type OpDefinition,
  relu,
  softmax,
  square,
  sub,
  sum,
  tanh,
  type Variable,
  where,
} from "@adjoint/autograd";
import { apply } from "@adjoint/autograd/internal";
import { rng, Tensor } from "@adjoint/tensor";
import { describe, expect, it } from "vitest";
import { fused } from "../../corpus/fused.ts";
import type { Context } from "../../corpus/wrong-rule.ts";
import { gradcheck } from "../../gradcheck.ts";
import type { Diagnosis } from "../../report/report.ts";

const numbers = (shape: readonly number[], seed = 1): Tensor => rng(seed).normal(shape, { dtype: "float64" });

/** The first guess for a function with a wrong rule. */
function guess(forward: (z: Variable) => Variable, rule: (context: Context) => Variable, point: Tensor): Diagnosis {
  const wrong = fused("wrong", forward)("", "masked", [point], rule);
  const op = wrong.definition as unknown as OpDefinition<object>;
  return gradcheck((z) => apply(op, [z], {}), [point]).inputs[0].diagnoses[0];
}

/** tanh whose gradient arrives at some indices only. */
function kept(shape: readonly number[], keep: (index: number) => boolean): Diagnosis {
  const along = shape[shape.length - 1];
  const mask = constant(
    new Tensor(
      Float64Array.from({ length: along }, (_, i) => (keep(i) ? 1 : 0)),
      [along],
    ),
  );
  return guess(tanh, ({ grad, output }) => mul(mul(grad, sub(1, square(output))), mask), numbers(shape));
}

describe("conditions on the index", () => {
  it.each([
    [[20], (i: number) => i < 5, "the index along axis 0 is ≥ 5"],
    [[5], (i: number) => i <= 2, "the index along axis 0 is ≥ 3"],
    [[8], (i: number) => i % 2 === 1, "the index along axis 0 is even"],
    [[3, 9], (i: number) => i > 3, "the index along axis 1 is ≤ 3"],
    [[3, 7], (i: number) => i !== 6, "the index along axis 1 is the last"],
    [[3, 7], (i: number) => i === 0, "the index along axis 1 is not the first"],
    [[3, 7], (i: number) => ![1, 4].includes(i), "the index along axis 1 is 1 or 4"],
    [[3, 12], (i: number) => i < 3 || i > 7, "the index along axis 1 lies from 3 to 7"],
  ])("of %j say exactly where it is wrong", (shape, keep, words) => {
    const { kind, condition } = kept(shape, keep);
    expect([kind, condition]).toEqual(["masked", words]);
  });

  it("of an input that was compared in part say what was seen, and no more", () => {
    const { condition, text } = kept([1200], (i) => i < 600);
    const [, from, rightAt] = /is ≥ (\d+)(?: \(at (\d+) it is right\))?$/.exec(condition ?? "") ?? [];
    expect(Number(from)).toBeGreaterThanOrEqual(600);
    expect(Number(rightAt ?? Number(from) - 1)).toBeLessThan(600);
    expect(text).toContain("entries that were compared");
  });

  it("are not made up where indices follow none", () => {
    const { kind, condition } = kept([400, 12], (i) => ![1, 2, 5, 7, 8].includes(i));
    expect([kind, condition]).toEqual(["masked", "some entries"]);
  });
});

describe("conditions on values", () => {
  const point = numbers([30], 3);

  it("find a threshold, and write it with few digits", () => {
    const { condition } = guess(
      (z) => clip(z, { min: -0.5 }),
      ({ grad }) => grad,
      point,
    );
    expect(condition).toBe("x is below about −0.5");
  });

  it("name the largest entry", () => {
    const rule = ({ grad, inputs: [z], output: y }: Context): Variable => {
      const right = mul(y, sub(grad, sum(mul(grad, y))));
      return where(lt(z, max(z)), right, 0);
    };
    const { kind, condition, certainty } = guess((z) => softmax(z), rule, numbers([6]));
    expect([kind, condition]).toEqual(["masked", "x is the largest of all"]);
    expect(certainty).toBeLessThan(0.7);
  });

  it("tell a mask that is the wrong way round", () => {
    const { kind, text } = guess(
      (z) => clip(z, { min: -0.5, max: 0.5 }),
      ({ grad, inputs: [z] }) => where(gt(abs(z), 0.5), grad, 0),
      point,
    );
    expect(kind).toBe("masked");
    expect(text).toMatch(/\|x\| is above about 0\.5.*wrong way round/);
  });

  it("tell a gradient that passes where the function is flat", () => {
    const { kind, text, certainty } = guess(relu, ({ grad }) => grad, new Tensor(Float64Array.of(-1, -2, -0.5), [3]));
    expect([kind, certainty < 0.8]).toEqual(["masked", true]);
    expect(text).toContain("here x < 0 in all entries");
  });

  it("of few entries are hardly sure", () => {
    const few = new Tensor(Float64Array.of(0.4, -0.7, 1.3, 0.1, -0.2), [5]);
    const wrong = guess(
      (z) => clip(z, { max: 1.2 }),
      ({ grad }) => grad,
      few,
    );
    expect([wrong.kind, wrong.certainty < 0.7]).toEqual(["masked", true]);
  });
});
