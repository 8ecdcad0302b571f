import { graphOf, recordAll, reshape, variable } from "@adjoint/autograd";
import { expect, it } from "vitest";
import { foldGraph } from "./fold.ts";
import { shownAs } from "./quiet.ts";
import { courseOf } from "./steps.ts";

const x = variable([1, 2, 3, 4], { name: "x" });
const w = variable([1, -1, 2, 0.5], { name: "w" });
const graph = graphOf(
  recordAll(() => x.matmul(w)),
  { backward: true },
);
const quiet = graph.nodes.filter(({ id }) => shownAs(graph)[id] !== id);

it("draws what only pads axes as part of what it reads", () => {
  expect(quiet.length).toBeGreaterThan(2);
  for (const { op } of quiet) expect(op).toBe("reshape");
  const { boxes, boxOf, links } = foldGraph(graph, { open: new Set(), backward: true });
  for (const { id } of quiet) expect(boxes.has(`n${id}`)).toBe(false);
  for (const { id } of graph.nodes) expect(boxes.has(boxOf[id] as string)).toBe(true);
  for (const { from, to } of links) expect(from).not.toBe(to);
  // The same graph with all of its boxes, for who asks.
  expect(foldGraph(graph, { open: new Set(), backward: true, quiet: true }).boxes.size).toBe(graph.nodes.length);
});

it("gives it no step of its own, and computes nothing later than what reads it", () => {
  const { steps, doneAt } = courseOf(graph, { shown: shownAs(graph) });
  const ids = new Set(quiet.map(({ id }) => id));
  for (const { nodes } of steps) for (const node of nodes) expect(ids.has(node)).toBe(false);
  for (const { id, inputs } of graph.nodes)
    for (const input of inputs) expect(doneAt[input]).toBeLessThanOrEqual(doneAt[id]);
});

it("keeps a reshape that turns rows into something else, one with a name, and an output", () => {
  const m = variable(
    [
      [1, 2],
      [3, 4],
    ],
    { name: "m" },
  );
  const flat = graphOf(recordAll(() => reshape(m, [4]).sum()));
  expect(shownAs(flat)).toEqual(flat.nodes.map(({ id }) => id));
  const output = graphOf(recordAll(() => reshape(m, [1, 2, 2])));
  expect(shownAs(output)).toEqual(output.nodes.map(({ id }) => id));
});
