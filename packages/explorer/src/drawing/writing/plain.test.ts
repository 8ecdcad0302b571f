import { graphOf, logSoftmax, recordAll, softmax, type Variable, variable } from "@adjoint/autograd";
import { describe, expect, it } from "vitest";
import { Session } from "../../../page/engine/session.ts";
import { type Writing, written } from "./expression.ts";
import { readRule } from "./plain.ts";

const scores = [
  [0.3, 2.9, 4.0],
  [9, -1, 0.5],
];
const weights = variable(
  [
    [1, -2, 3],
    [0.25, 5, -1],
  ],
  { dtype: "float64" },
);

/** The rule of the first op with this name, with the session that has its values. */
function ruleOf(op: string, f: (x: Variable) => Variable) {
  const x = variable(scores, { name: "x", dtype: "float64" });
  const session = new Session(
    graphOf(
      recordAll(() => f(x)),
      { backward: true },
    ).toJSON({ values: "leaves" }),
  );
  const { graph } = session;
  const step = graph.backward?.steps.find(({ node }) => graph.nodes[node].op === op);
  if (step === undefined) throw new Error(`no step of ${op}`);
  const [{ gradient }] = step.contributions;
  const writing: Writing = {
    valueOf: (_, symbol) => symbol,
    summed: (what) => `sum of ${what}`,
    repeated: (what) => what,
    shapeOf: (node) => graph.nodes[node].shape,
  };
  const { expression, recorded } = readRule(graph, step.node, step.upstream, gradient);
  return { session, gradient, expression, recorded, text: written(expression, writing) };
}

describe("a rule as it is read", () => {
  it.each([
    ["softmax", "y × (∂y − Σ(y × ∂y))", (x: Variable) => softmax(x).mul(weights).sum()],
    ["logSoftmax", "∂y − softmax(x) × Σ∂y", (x: Variable) => logSoftmax(x).mul(weights).sum()],
  ] as const)("is the textbook's for %s, and gives what was recorded", (op, wanted, f) => {
    const { session, gradient, expression, recorded, text } = ruleOf(op, f);
    expect(text).toBe(wanted);
    expect(recorded).not.toBeNull();
    const [plain, careful] = [session.evaluate(expression), session.view(gradient)];
    const [a, b] = [plain, careful].map((view) => view?.elements ?? []);
    expect(a).toHaveLength(6);
    // Three products and sums of numbers up to 5, each rounded by 1.1e-16 of itself, in either form.
    a.forEach((value, i) => {
      expect(Math.abs(value - b[i])).toBeLessThan(1e-14);
    });
  });

  it("is what was recorded for any other op", () => {
    const { recorded, text } = ruleOf("tanh", (x) => x.tanh().sum());
    expect(recorded).toBeNull();
    expect(text).toBe("∂y × tanh′(x)");
  });
});
