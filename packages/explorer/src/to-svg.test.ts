import { type GraphData, graphOf, scope, variable } from "@adjoint/autograd";
import { describe, expect, it } from "vitest";
import { readSvg, textsOf, titlesOf } from "./testing/read-svg.ts";
import { toSvg } from "./to-svg.ts";

/** A graph of one leaf per name, all added up. */
function graphOfNames(...names: string[]): GraphData {
  const leaves = names.map((name, id) => ({
    id,
    op: null,
    attributes: {},
    inputs: [],
    shape: [2],
    dtype: "float32" as const,
    name,
    scope: "",
    role: "parameter" as const,
  }));
  const total = {
    id: names.length,
    op: "add",
    attributes: {},
    inputs: names.map((_, id) => id),
    shape: [2],
    dtype: "float32" as const,
    scope: "",
    role: "op" as const,
  };
  return { nodes: [...leaves, total], outputs: [total.id], gradients: {} };
}

/** The edges that the drawing must have. */
function edgesOf(graph: GraphData): string[] {
  return graph.nodes.flatMap((node) => node.inputs.map((input) => `n${input}->n${node.id}`)).sort();
}

describe("toSvg", () => {
  it("draws every node and every edge, forward and backward", async () => {
    const x = variable([[1, 2, 3]], { name: "x", requiresGrad: false });
    const w = variable([[0.1], [0.2], [0.3]], { name: "w" });
    const loss = scope("affine1", () => x.matmul(w))
      .relu()
      .sum();
    const graph = graphOf(loss, { backward: true });
    const svg = await toSvg(graph);
    expect(readSvg(svg).name).toBe("svg");
    expect(titlesOf(svg, "node").sort()).toEqual(graph.nodes.map((node) => `n${node.id}`).sort());
    expect(titlesOf(svg, "edge").sort()).toEqual(edgesOf(graph));
    expect(textsOf(svg)).toEqual(expect.arrayContaining(["matmul", "relu", "x", "w", "affine1"]));
  });

  it("draws an op that uses one input twice with two edges", async () => {
    const x = variable(3, { name: "x" });
    const svg = await toSvg(graphOf(x.mul(x)));
    expect(titlesOf(svg, "edge")).toEqual(["n0->n1", "n0->n1"]);
  });

  it("shows names as they are, whatever characters they have", async () => {
    const names = ["<script>alert('x')</script>", 'say "hi"', "weights 🍎", "日本", "back\\slash \\N", "]]> --> <!--"];
    const texts = textsOf(await toSvg(graphOfNames(...names)));
    for (const name of names) expect(texts).toContain(name);
  });

  it("breaks names at newlines", async () => {
    const texts = textsOf(await toSvg(graphOfNames("first line\nsecond line")));
    expect(texts).toEqual(expect.arrayContaining(["first line", "second line"]));
  });

  it("replaces characters that XML cannot hold", async () => {
    const texts = textsOf(await toSvg(graphOfNames("bell \u0007", "half \uD83D")));
    expect(texts).toEqual(expect.arrayContaining(["bell \uFFFD", "half \uFFFD"]));
  });

  it("puts the title under the drawing", async () => {
    expect(textsOf(await toSvg(graphOfNames("x"), { title: "R & D <1>" }))).toContain("R & D <1>");
  });

  it("gives the same text for the same graph", async () => {
    const graph = graphOfNames("a", "b");
    expect(await toSvg(graph)).toBe(await toSvg(graph));
  });

  it("refuses an option it does not know", async () => {
    await expect(toSvg(graphOfNames("x"), { colour: "red" } as object)).rejects.toThrow(/colour/);
  });
});
