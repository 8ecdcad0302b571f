import { graphOf, recordAll, scope, variable } from "@adjoint/autograd";
import { expect, it } from "vitest";
import { foldGraph, scopesOf } from "../fold.ts";
import { layoutGraph } from "./layout.ts";

it("lays out scopes whatever their names are", () => {
  const names = ["n0", "n3", "f:n3", "exit n0", "a\nb", "", "/", "a//b", "__proto__", '"quoted"', "start", "end"];
  for (const name of names) {
    const x = variable(1, { name: "x" });
    const graph = graphOf(
      recordAll(() => scope(name, () => x.sin().mul(scope(name, () => x.cos()))).tanh()),
      { backward: true },
    );
    for (const open of [new Set(scopesOf(graph)), new Set<string>(), new Set(scopesOf(graph).slice(0, 1))]) {
      const folded = foldGraph(graph, { open, backward: true });
      const { boxes, links } = layoutGraph(graph, folded);
      expect([...boxes.keys()].sort(), name).toEqual([...folded.boxes.keys()].sort());
      for (const { points } of links) for (const point of points) expect(point.every(Number.isFinite), name).toBe(true);
    }
  }
});
