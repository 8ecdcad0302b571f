import { graphOf, variable } from "@adjoint/autograd";
import { expect, it } from "vitest";
import { courseOf, currentAt, doneAfter } from "./steps.ts";

const x = variable(3, { name: "x", dtype: "float64" });
const graph = graphOf(x.mul(x).add(x.mul(2)), { backward: true });
const course = courseOf(graph);

it("goes forward through all ops, then backward through their rules", () => {
  expect(course.steps.map(({ direction, node }) => `${direction} ${graph.nodes[node].op}`)).toEqual([
    "forward mul",
    "forward mul",
    "forward add",
    "start add",
    "backward add",
    "backward mul",
    "backward mul",
  ]);
});

it("has leaves at the start, and everything at the end", () => {
  const leaves = graph.nodes.filter(({ role }) => role === "parameter" || role === "constant").map(({ id }) => id);
  expect([...doneAfter(course, -1)]).toEqual(leaves);
  expect(doneAfter(course, course.steps.length - 1).size).toBe(graph.nodes.length);
});

it("computes nothing before what it reads", () => {
  for (const { id, inputs } of graph.nodes) {
    for (const input of inputs) expect(course.doneAt[input]).toBeLessThanOrEqual(course.doneAt[id]);
  }
});

it("has the rules' nodes in the steps of their ops", () => {
  for (const [k, { direction, node }] of course.steps.entries()) {
    const computed = [...currentAt(course, k)].filter((id) => id !== node);
    if (direction === "forward") expect(computed).toEqual([]);
    else for (const id of computed) expect(graph.nodes[id].role).toBe("gradient");
  }
});
