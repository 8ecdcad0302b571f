/** The report as people read it. */
import {
  type BackwardRule,
  defineOp,
  gt,
  matmul,
  mul,
  type NoAttributes,
  relu,
  variable,
  where,
} from "@adjoint/autograd";
import { kernels, rng, tensor } from "@adjoint/tensor";
import { describe, expect, it } from "vitest";
import { gradcheck } from "../gradcheck.ts";
import { errorMap } from "./map.ts";
import { renderReport } from "./render.ts";
import type { GradcheckReport } from "./report.ts";

const f64 = { dtype: "float64" } as const;
const withoutEstimates = (text: string): string => text.replaceAll(/\d\.\de[-+]\d+/g, "<estimate>");
const report = (rule: BackwardRule<NoAttributes>): GradcheckReport => {
  const wrong = defineOp({ name: "wrong", infer: ([z]) => z, forward: ([z]) => kernels.square(z), backward: [rule] });
  const x = tensor(
    [
      [0.5, -1.5, 3],
      [-2, 1, 0.25],
    ],
    f64,
  );
  return gradcheck((z) => wrong(z), [x], { names: ["x"] });
};

describe("the report", () => {
  it("is a table, a map and what the mistake looks like", () => {
    const text = String(report(({ grad, inputs: [z] }) => mul(grad, where(gt(z, 0), mul(z, 2), 0))));
    expect(withoutEstimates(text)).toMatchInlineSnapshot(`
      "input  shape   verdict         worst entry       analytic  numerical  ± estimate
      x      [2, 3]  WRONG (2 of 6)  ∂y[1, 0]/∂[1, 0]  0         -4         <estimate>
      x, where:
        · ✗ ·
        ✗ · ·
      x: Wrong only where x < 0, right elsewhere: no gradient arrives there. Look at the mask, the branch or the bounds of the rule. (masked, 80 % sure)"
    `);
  });

  it("names every input, right or wrong, and its kinks", () => {
    const a = variable(rng(1).normal([2, 2], f64), { name: "a" });
    const text = String(gradcheck((x, w) => relu(matmul(x, w)), [a, tensor([[0], [0]], f64)], { names: ["a", "w"] }));
    expect(withoutEstimates(text)).toMatchInlineSnapshot(`
      "input  shape   verdict       worst entry       analytic  numerical  ± estimate
      a      [2, 2]  ok            ∂y[0, 0]/∂[0, 0]  0         0          <estimate>
      w      [2, 1]  ok (2 kinks)  -                 -         -          -
      w: no derivative at [0, 0], a kink: slope -1.80456 on the left, 0 on the right; the rule gives 0, which lies between.
      w: no derivative at [1, 0], a kink: slope -1.47562 on the left, 0 on the right; the rule gives 0, which lies between."
    `);
  });

  it("is coloured only when asked", () => {
    const wrong = report(({ grad, inputs: [z] }) => mul(grad, z));
    expect(String(wrong)).not.toContain("\u001b");
    const coloured = renderReport(wrong, { colour: true });
    expect(coloured).toContain("\u001b[31mWRONG (6 of 6)\u001b[39m");
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the codes
    expect(coloured.replaceAll(/\u001b\[\d+m/g, "")).toBe(String(wrong));
  });
});

describe("the map of errors", () => {
  const verdicts = (size: number, wrong: readonly number[]): Map<number, "ok" | "wrong"> =>
    new Map(Array.from({ length: size }, (_, i) => [i, wrong.includes(i) ? "wrong" : "ok"]));

  it("is empty when all is right", () => {
    expect(errorMap([2, 2], verdicts(4, []))).toEqual([]);
  });

  it("shows the last two axes, and says which plane of the others", () => {
    expect(errorMap([2, 2, 3], verdicts(12, [6, 10]))).toEqual(["[1]:", "✗ · ·", "· ✗ ·"]);
  });

  it("shrinks large inputs, so that one mark stands for many entries", () => {
    const lines = errorMap([24, 96], verdicts(24 * 96, [0, 24 * 96 - 1]));
    expect(lines).toHaveLength(13);
    expect([lines[0][0], lines[11].at(-1), lines[12]]).toEqual(["✗", "✗", "(each mark covers 2 × 2 entries)"]);
  });

  it("leaves blank what was not looked at", () => {
    expect(errorMap([4], new Map([[2, "wrong"]]))).toEqual(["    ✗"]);
  });
});

it("shows names of others without what commands a terminal", () => {
  const name = "\u001b[2J\u202ex\ny";
  const report = gradcheck((x) => x.square(), [tensor([1, 2], { dtype: "float64" })], { names: [name] });
  expect(String(report)).toContain("\\u001b[2J\\u202ex\\u000ay");
  expect(report.inputs[0].name).toBe(name);
});
