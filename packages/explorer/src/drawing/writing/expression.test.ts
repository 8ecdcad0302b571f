import { constant, div, graphOf, im2col, recordAll, type Variable, variable } from "@adjoint/autograd";
import { describe, expect, it } from "vitest";
import { summaryOf } from "../values.ts";
import { backwardExpression, forwardExpression, localExpression, type Writing, written } from "./expression.ts";
import { forwardLine, writingOf } from "./lines.ts";
import { english } from "./words.ts";

const leaf = (value: never, name: string): Variable => variable(value, { name, dtype: "float64" });

function named(x: Variable, name: string): Variable {
  x.name = name;
  return x;
}

/** What is written of each rule of a graph's ops, by op and input. */
function rulesOf(y: () => Variable): Record<string, string> {
  const graph = graphOf(recordAll(y), { backward: true, values: true });
  const writing: Writing = {
    valueOf: (node, symbol) => symbol || String(Number(graph.nodes[node].value?.item())),
    summed: (what, axes) => `Σ${axes} ${what}`,
    repeated: (what, shape) => `${what} to ${shape}`,
    shapeOf: (node) => graph.nodes[node].shape,
  };
  const rules: Record<string, string> = {};
  for (const { id, role, op } of graph.nodes) {
    if (role === "op") rules[`${op}`] = written(forwardExpression(graph, id), writing);
  }
  for (const { node, upstream, contributions } of graph.backward?.steps ?? []) {
    for (const { input, gradient } of contributions) {
      const expression = backwardExpression(graph, node, upstream, gradient);
      rules[`${graph.nodes[node].op} ${input}`] = written(expression, writing);
      rules[`${graph.nodes[node].op} ${input} local`] = written(localExpression(expression, upstream), writing);
    }
  }
  return rules;
}

describe("the expression of a step", () => {
  it("is the product with a transposed matrix, where matrices were multiplied", () => {
    const x = leaf([[1, 2]] as never, "x");
    const w = leaf([[1], [2]] as never, "W");
    const rules = rulesOf(() => x.matmul(w).sum());
    expect(rules.matmul).toBe("x · W");
    expect(rules["matmul 0"]).toBe("∂y · Wᵀ");
    expect(rules["matmul 1"]).toBe("xᵀ · ∂y");
    // The result of one element: what was recorded to pad its axes is not told.
    expect(rules["sum 0"]).toBe("∂y");
  });

  it("is a sum where a value was repeated, and folding back where windows were unfolded", () => {
    const b = leaf([1, 2] as never, "b");
    const c = leaf(
      [
        [1, 2],
        [3, 4],
      ] as never,
      "c",
    );
    expect(rulesOf(() => c.add(b).sum())["repeat 0"]).toBe("Σ0 ∂y");
    const x = leaf([[[[1, 2, 3]]]] as never, "x");
    expect(rulesOf(() => im2col(x, 1, 2).sum())["im2col 0"]).toBe("col2im(∂y)");
  });

  it("takes no letter for a value that another has as its name", () => {
    const [y, a] = [leaf(2 as never, "y"), leaf(3 as never, "a")];
    const rules = rulesOf(() => y.mul(a.tanh()));
    expect(rules["mul 0"]).toBe("∂z × b");
    expect(rulesOf(() => y.tanh().mul(a))["mul 1"]).toBe("∂z × u");
  });

  it("takes no letter that is a name anywhere in the graph: the gradient of −x is not ∂x", () => {
    const x = leaf(0.5 as never, "x");
    const rules = rulesOf(() => named(x.neg().exp().add(1), "y"));
    expect(rules["exp 0"]).toBe("∂z × z");
    expect(rules["neg 0"]).toBe("−∂z");
    const [a, b] = [leaf(2 as never, "a"), leaf(3 as never, "b")];
    expect(rulesOf(() => a.tanh().mul(b.tanh()))).toMatchObject({ mul: "u × v", "mul 0": "∂y × v", "mul 1": "∂y × u" });
  });

  it("puts names that are formulas into brackets", () => {
    const [x, w] = [leaf([[1, 2]] as never, "x"), leaf([[1], [2]] as never, "W")];
    const rules = rulesOf(() => named(x.matmul(w), "x · W").square().sum());
    expect(rules.square).toBe("(x · W)²");
    expect(rules["matmul 1"]).toBe("xᵀ · ∂(x · W)");
    const s = leaf(0.5 as never, "s");
    expect(rulesOf(() => div(1, named(s.neg().exp().add(1), "1 + e⁻ˢ")))["div 1"]).toBe("−∂y × y / (1 + e⁻ˢ)");
  });

  it("puts numbers below zero into brackets behind a sign, and powers of ten below an exponent", () => {
    const [small, x] = [2e-7, 0.5].map((value) => variable(value, { dtype: "float64" }));
    const writtenOf = (y: () => Variable): string => {
      const graph = graphOf(recordAll(y), { values: true });
      const summaries = graph.nodes.map(({ value }) => (value === undefined ? null : summaryOf(value)));
      return forwardLine(writingOf(graph, summaries, english), graph.outputs[0]);
    };
    expect(writtenOf(() => named(x.neg(), "h").neg())).toBe("−h = −(−0.5) = 0.5");
    expect(writtenOf(() => named(small.mul(1), "s").square())).toBe("s² = (2·10⁻⁷)² = 4·10⁻¹⁴");
    expect(writtenOf(() => named(small.mul(1), "s").mul(x))).toBe("s × b = 2·10⁻⁷ × 0.5 = 10⁻⁷");
  });

  it("writes a constant without a name as its number, also where it has many elements that are the same", () => {
    const x = leaf([[1, 2]] as never, "x");
    const graph = graphOf(
      recordAll(() => x.mul(constant([[2, 2]], { dtype: "float64" }))),
      { values: true },
    );
    const summaries = graph.nodes.map(({ value }) => (value === undefined ? null : summaryOf(value)));
    expect(forwardLine(writingOf(graph, summaries, english), graph.outputs[0])).toBe(
      "x × 2 = [1, 2] × [2, 2] = [2, 4]",
    );
  });

  it("says the local derivative when 1 stands for what arrived", () => {
    const [a, b] = [leaf(1 as never, "a"), leaf(4 as never, "b")];
    const rules = rulesOf(() => div(a, b));
    expect(rules["div 1"]).toBe("−∂y × y / b");
    expect(rules["div 1 local"]).toBe("−y / b");
    expect(rules["div 0 local"]).toBe("1 / b");
  });

  it("keeps brackets where the order matters, and calls values by their names", () => {
    const s = leaf(0.5 as never, "s");
    expect(rulesOf(() => s.log1p())["log1p 0"]).toBe("∂y / (s + 1)");
    const [apple, tax] = [leaf(2 as never, "apple"), leaf(3 as never, "tax")];
    const rules = rulesOf(() => apple.mul(tax).tanh());
    expect(rules["mul 0"]).toBe("∂y × tax");
    expect(rules["tanh 0"]).toBe("∂y × tanh′(x)");
  });
});
