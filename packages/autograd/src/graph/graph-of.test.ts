import { GraphError, SpecError, tensor } from "@adjoint/tensor";
import { describe, expect, it } from "vitest";
import { messageOf } from "../../../../testing/message-of.ts";
import "../methods.ts";
import { constant, variable } from "../core/leaf.ts";
import type { Variable } from "../core/variable.ts";
import { add, mul } from "../ops/arithmetic.ts";
import { detach } from "../ops/cast-detach.ts";
import { exp, square } from "../ops/elementary.ts";
import { sum } from "../ops/repeat-sum.ts";
import { noGrad, recordAll, scope } from "../transforms/record.ts";
import type { Graph } from "./graph.ts";
import { graphOf } from "./graph-of.ts";

/** The book's first graph (5.1): two apples at 100 each, with tax. */
function buyApples(): { price: Variable; leaves: Record<string, Variable> } {
  const apple = variable(100, { name: "apple" });
  const count = variable(2, { name: "count" });
  const tax = variable(1.5, { name: "tax" });
  const price = mul(mul(apple, count), tax);
  price.name = "price";
  return { price, leaves: { apple, count, tax } };
}

/** Each node as one line: op or name, inputs by place, role. */
function lines({ nodes }: Graph): string[] {
  return nodes.map(({ op, name, inputs, role }) => `${op ?? name ?? "?"}(${inputs.join(" ")}) ${role}`);
}

describe("graphOf", () => {
  it("lists the nodes, inputs before the nodes that use them", () => {
    const { price } = buyApples();
    const graph = graphOf(price);
    expect(lines(graph)).toEqual([
      "apple() parameter",
      "count() parameter",
      "mul(0 1) op",
      "tax() parameter",
      "mul(2 3) op",
    ]);
    expect(graph.outputs).toEqual([4]);
    expect(graph.nodes.map((node) => node.id)).toEqual([0, 1, 2, 3, 4]);
    expect(graph.nodes[4].name).toBe("price");
    expect(graph.gradients).toEqual({});
  });

  it("adds the backward pass, with which gradient belongs to which leaf", () => {
    const { price } = buyApples();
    const graph = graphOf(price, { backward: true });
    const { nodes, gradients } = graph;
    expect(Object.keys(gradients)).toHaveLength(3);
    const names = Object.keys(gradients).map((id) => nodes[Number(id)].name);
    expect(names.sort()).toEqual(["apple", "count", "tax"]);
    for (const id of Object.values(gradients)) expect(nodes[id].role).toBe("gradient");
    const start = nodes.find((node) => node.name === "gradient of price");
    expect(start?.role).toBe("gradient");
    for (const node of nodes) {
      for (const input of node.inputs) expect(input).toBeLessThan(node.id);
      if (node.gradientOf !== undefined) expect(nodes[node.gradientOf].op).toBe("mul");
    }
  });

  it("leaves the gradients of the Variables alone", () => {
    const { price, leaves } = buyApples();
    graphOf(price, { backward: true });
    expect(Object.values(leaves).map((leaf) => leaf.grad)).toEqual([null, null, null]);
  });

  it("shows the repeat of broadcasting and the sum that is its adjoint", () => {
    const w = variable([1, 2], { name: "w" });
    const loss = sum(
      mul(
        tensor([
          [1, 2],
          [3, 4],
        ]),
        w,
      ),
    );
    const graph = graphOf(loss, { backward: true });
    const repeat = graph.nodes.findIndex((node) => node.op === "repeat" && node.role === "op");
    const adjoint = graph.nodes.filter((node) => node.gradientOf === repeat).map((node) => node.op);
    expect(adjoint).toContain("sum");
  });

  it("shows the addition of the gradients of a Variable that is used twice", () => {
    const x = variable(2, { name: "x" });
    const graph = graphOf(add(square(x), exp(x)), { backward: true });
    expect(graph.nodes[graph.gradients[0]].op).toBe("add");
  });

  it("keeps shapes, dtypes, attributes, scopes and the values of leaves", () => {
    const x = variable([[1, 2]], { name: "x", dtype: "float64" });
    const y = scope("head", () => sum(x, { axis: 1, keepDims: true }));
    const [leaf, node] = graphOf(y).nodes;
    expect([leaf.shape, leaf.dtype, leaf.value?.toArray()]).toEqual([[1, 2], "float64", [[1, 2]]]);
    expect([node.attributes, node.scope, node.shape]).toEqual([{ axes: [1], keepDims: true }, "head", [1, 1]]);
  });

  it("tells parameters, inputs and constants apart", () => {
    const y = recordAll(() => mul(add(constant([1], { name: "x" }), constant([2])), variable([3])));
    expect(graphOf(y).nodes.map((node) => node.role)).toEqual(["input", "constant", "op", "parameter", "op"]);
  });

  it("has only what was recorded", () => {
    const c = constant([1], { name: "c" });
    expect(graphOf(exp(c)).nodes.map((node) => node.op)).toEqual([null]);
    expect(graphOf(recordAll(() => exp(c))).nodes.map((node) => node.op)).toEqual([null, "exp"]);
    expect(graphOf(noGrad(() => exp(variable([1])))).nodes).toHaveLength(1);
  });

  it("holds several outputs and what they share once", () => {
    const x = variable([1], { name: "x" });
    const shared = exp(x);
    const graph = graphOf(square(shared), mul(shared, 2));
    expect(graph.nodes.filter((node) => node.op === "exp")).toHaveLength(1);
    expect(graph.outputs).toHaveLength(2);
  });

  it("has all values on request: those that were freed are computed again", () => {
    const x = variable([1, 2], { name: "x" });
    const loss = sum(add(exp(x), 1));
    const freed = graphOf(loss, { backward: true }).nodes.filter(({ value }) => value === undefined);
    expect(freed.map(({ op }) => op)).toContain("add");
    const { nodes, outputs } = graphOf(loss, { backward: true, values: true });
    for (const { value, shape, dtype } of nodes) expect([value?.shape, value?.dtype]).toEqual([shape, dtype]);
    expect(nodes[outputs[0]].value?.item()).toBe(loss.item());
  });

  it("refuses values of leaves that were assigned to since, and takes those that were before", () => {
    const x = variable([1, 2], { name: "x" });
    exp(x);
    x.assign([3, 4]);
    const y = scope("head", () => add(x, 1));
    expect(graphOf(y, { values: true }).nodes.at(-1)?.value?.toArray()).toEqual([4, 5]);
    x.assign([5, 6]);
    expect(messageOf(() => graphOf(y, { values: true }))).toMatchInlineSnapshot(
      `"graphOf: "x" was changed by assign after the result of add was computed from it, so the values cannot be computed again. In layer "head". Call graphOf before the update, or compute the result again."`,
    );
    expect(graphOf(y).run().outputs[0].toArray()).toEqual([6, 7]);
  });

  it("tells constants that would be others if they were recorded", () => {
    const x = variable([1, 2], { name: "x" });
    const frozen = (y: Variable): unknown[] => graphOf(y).nodes.map((node) => node.frozen ?? false);
    expect(frozen(mul(exp(detach(x)), x))).toEqual([true, false, false]);
    expect(frozen(recordAll(() => mul(exp(detach(x)), x)))).not.toContain(true);
    expect(frozen(mul(add(constant([1, 2]), 1), x))).toEqual([false, false, false]);
    expect(frozen(mul(add(constant([1, 2], { name: "images" }), 1), x))).toEqual([true, false, false]);
  });

  it("tells the course of the backward pass by the numbers of its nodes", () => {
    const x = variable(2, { name: "x" });
    const { backward, nodes } = graphOf(mul(x, x), { backward: true });
    const op = (id: number): string => nodes[id].op ?? nodes[id].name ?? "";
    expect(backward?.starts.map(({ node, gradient }) => [op(node), op(gradient)])).toEqual([
      ["mul", "gradient of the output"],
    ]);
    expect(
      backward?.steps.map(({ node, contributions }) => [op(node), ...contributions.map(({ total }) => op(total))]),
    ).toEqual([["mul", "mul", "add"]]);
    expect(graphOf(x).backward).toBeUndefined();
  });

  it("is plain JSON", () => {
    const graph = graphOf(buyApples().price, { backward: true });
    expect(JSON.parse(JSON.stringify(graph)).nodes).toHaveLength(graph.nodes.length);
  });

  it("walks a chain of 100,000 ops", () => {
    let y: Variable = variable([1]);
    for (let i = 0; i < 100_000; i++) y = exp(y);
    expect(graphOf(y, { backward: true, values: true }).nodes).toHaveLength(200_002);
  });

  it("starts the backward pass from one of several outputs, and refuses what is none of them", () => {
    const x = variable(3, { name: "x" });
    const [y, z] = recordAll(() => [square(x), mul(x, 2)]);
    const both = graphOf(y, z, { backward: true });
    const one = graphOf(y, z, { backward: y });
    const [all, own] = [both, one].map((graph) => graph.run().gradients.x.item());
    expect([all, own]).toEqual([8, 6]);
    expect(one.backward?.starts.map(({ node }) => node)).toEqual([one.outputs[0]]);
    expect(messageOf(() => graphOf(y, { backward: z }))).toMatchInlineSnapshot(
      `"graphOf: the backward pass cannot start from what is not an output; expected true, false or one of the outputs. Pass the Variable as an output, too."`,
    );
  });

  it("refuses no outputs, unknown options, and the backward pass of what needs no gradient", () => {
    expect(() => graphOf()).toThrow(GraphError);
    expect(() => graphOf(variable([1]), { backwards: true } as object)).toThrow(SpecError);
    expect(() => graphOf(constant([1]), { backward: true })).toThrow(GraphError);
  });
});
