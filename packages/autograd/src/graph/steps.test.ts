import { GraphError } from "@adjoint/tensor";
import { describe, expect, it } from "vitest";
import { messageOf } from "../../../../testing/message-of.ts";
import "../methods.ts";
import { constant, variable } from "../core/leaf.ts";
import { add, mul } from "../ops/arithmetic.ts";
import { exp, square } from "../ops/elementary.ts";
import { sum } from "../ops/repeat-sum.ts";
import { scope } from "../transforms/record.ts";
import { graphOf } from "./graph-of.ts";
import { graphFromJSON } from "./json/from-json.ts";
import { type BackwardStep, backwardSteps } from "./steps.ts";

/** A step as one line. */
function line({ op, scope, upstream, contributions }: BackwardStep): string {
  const given = contributions.map(
    ({ name, op, gradient, before, after, count, of, completesLeaf }) =>
      `${name ?? op} += ${gradient} (${before ?? "nothing"} → ${after}, ${count} of ${of}${completesLeaf ? ", complete" : ""})`,
  );
  return `${scope === "" ? "" : `${scope}: `}${op} given ${upstream}: ${given.join("; ")}`;
}

describe("backwardSteps", () => {
  it("goes through the book's two apples with tax", () => {
    const apple = variable(100, { name: "apple" });
    const count = variable(2, { name: "count" });
    const price = mul(mul(apple, count), variable(1.5, { name: "tax" }));
    const steps = [...backwardSteps(price)];
    expect(steps.map(line)).toMatchInlineSnapshot(`
      [
        "mul given 1.0: mul += 1.5 (nothing → 1.5, 1 of 1); tax += 200.0 (nothing → 200.0, 1 of 1, complete)",
        "mul given 1.5: apple += 3.0 (nothing → 3.0, 1 of 1, complete); count += 150.0 (nothing → 150.0, 1 of 1, complete)",
      ]
    `);
    expect([steps[0].words, steps[0].formula, steps[0].index, steps[0].of]).toMatchInlineSnapshot(`
      [
        "The multiplication node multiplies the gradient with the other input.",
        "ā = ȳ · b, b̄ = ȳ · a",
        0,
        2,
      ]
    `);
    expect([apple.grad, count.grad]).toEqual([null, null]);
  });

  it("shows each accumulation of a Variable that is used several times", () => {
    const x = variable(3, { name: "x" });
    const y = add(
      scope("a", () => square(x)),
      scope("b", () => mul(x, x)),
    );
    expect([...backwardSteps(y)].map(line)).toMatchInlineSnapshot(`
      [
        "add given 1.0: square += 1.0 (nothing → 1.0, 1 of 1); mul += 1.0 (nothing → 1.0, 1 of 1)",
        "b: mul given 1.0: x += 3.0 (nothing → 3.0, 1 of 3); x += 3.0 (3.0 → 6.0, 2 of 3)",
        "a: square given 1.0: x += 6.0 (6.0 → 12.0, 3 of 3, complete)",
      ]
    `);
  });

  it("names the nodes of the graph, which is what a page shows", () => {
    const graph = graphOf(sum(exp(variable([1, 2], { name: "x" }))), { backward: true, values: true });
    for (const step of backwardSteps(graph)) {
      expect(graph.nodes[step.node].op).toBe(step.op);
      expect(graph.nodes[step.upstreamNode].value).toBe(step.upstream);
      for (const { gradientNode, gradient, node, input } of step.contributions) {
        expect(graph.nodes[gradientNode].value).toBe(gradient);
        expect(graph.nodes[step.node].inputs[input]).toBe(node);
      }
    }
  });

  it("goes through replays, and through graphs from files", () => {
    const x = variable(3, { name: "x" });
    const graph = graphOf(mul(square(x), x), { backward: true });
    const last = (steps: Iterable<BackwardStep>): number | undefined =>
      [...steps]
        .flatMap(({ contributions }) => contributions.filter((c) => c.completesLeaf))
        .at(-1)
        ?.after.item() as number;
    expect(last(backwardSteps(graph.run({ x: 2 }).graph))).toBe(12);
    const file = JSON.stringify(graph.run({ x: 2 }).graph.toJSON({ values: true }));
    expect(last(backwardSteps(graphFromJSON(file)))).toBe(12);
    expect([...backwardSteps(graphFromJSON(file))]).toEqual([...backwardSteps(graph.run({ x: 2 }).graph)]);
  });

  it("refuses what cannot be stepped through, at once", () => {
    const x = variable([1, 2], { name: "x" });
    expect(messageOf(() => backwardSteps(square(x)))).toMatchInlineSnapshot(
      `"backwardSteps: the result has shape [2]; only a single number has a gradient by itself. Reduce it first, for example with .sum()."`,
    );
    expect(messageOf(() => backwardSteps(graphOf(square(x))))).toMatchInlineSnapshot(
      `"backwardSteps: the graph of 2 nodes has no backward pass; expected a backward pass and all values. Make the graph with graphOf(loss, { backward: true, values: true })."`,
    );
    expect(messageOf(() => backwardSteps(graphOf(sum(square(x)), { backward: true })))).toMatchInlineSnapshot(
      `"backwardSteps: node 5 (repeat) has no value; expected a graph with all values. Make the graph with graphOf(loss, { backward: true, values: true }), or take that of a replay: graph.run().graph."`,
    );
    expect(messageOf(() => backwardSteps({} as never))).toMatchInlineSnapshot(
      `"backwardSteps: source is an object; expected the loss, or a graph that has a backward pass."`,
    );
    expect(() => backwardSteps(constant(1))).toThrow(GraphError);
  });
});
