import { type Graph, graphOf, recordAll, scope, type Variable, variable } from "@adjoint/autograd";
import { describe, expect, it } from "vitest";
import { type FoldOptions, foldGraph, scopesOf } from "../fold.ts";
import type { Rectangle } from "./geometry.ts";
import { type Layout, layoutGraph } from "./layout.ts";

const number = (value: number, name: string): Variable => variable(value, { name, dtype: "float64" });

function buyApples(): Graph {
  const apples = number(100, "apple").mul(number(2, "number of apples"));
  return graphOf(apples.add(number(150, "orange").mul(number(3, "number"))).mul(number(1.1, "tax")), {
    backward: true,
  });
}

/** Three layers, one in another, with an arrow that skips one. */
function layers(): Graph {
  const x = variable([[1, 2]], { name: "x" });
  const w = variable([[1], [2]], { name: "w" });
  return graphOf(
    recordAll(() => {
      const a = scope("a", () => x.square().tanh());
      const b = scope("b", () => scope("inner", () => a.sigmoid().mul(a)));
      return scope("c", () => b.add(a).matmul(w).sum());
    }),
    { backward: true },
  );
}

function layoutOf(graph: Graph, options: Partial<FoldOptions> = {}): Layout {
  return layoutGraph(graph, foldGraph(graph, { open: new Set(scopesOf(graph)), backward: true, ...options }));
}

function overlap(a: Rectangle, b: Rectangle): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

function contains(outer: Rectangle, inner: Rectangle): boolean {
  return (
    outer.x <= inner.x &&
    outer.y <= inner.y &&
    inner.x + inner.width <= outer.x + outer.width &&
    inner.y + inner.height <= outer.y + outer.height
  );
}

const cases: [string, () => Graph, Partial<FoldOptions>][] = [
  ["a graph without layers", buyApples, {}],
  ["open layers", layers, {}],
  ["folded layers", layers, { open: new Set() }],
  ["an open layer among folded ones", layers, { open: new Set(["b"]) }],
  ["the forward pass alone", layers, { backward: false }],
];

describe("layoutGraph", () => {
  it.each(cases)("keeps boxes apart: %s", (_, build, options) => {
    const { boxes, width, height } = layoutOf(build(), options);
    const places = [...boxes.values()];
    for (const [i, a] of places.entries()) {
      expect(contains({ x: 0, y: 0, width, height }, a)).toBe(true);
      for (const b of places.slice(i + 1)) expect(overlap(a, b)).toBe(false);
    }
  });

  it.each(cases)("runs forward to the right and backward to the left: %s", (_, build, options) => {
    const { boxes, links } = layoutOf(build(), options);
    for (const { kind, from, to } of links) {
      const [a, b] = [boxes.get(from) as Rectangle, boxes.get(to) as Rectangle];
      if (kind === "forward") expect(a.x + a.width).toBeLessThanOrEqual(b.x);
      if (kind === "backward" && a.x !== b.x) expect(b.x).toBeLessThan(a.x + a.width);
    }
  });

  it("draws every edge of the graph once when everything is open", () => {
    for (const graph of [buyApples(), layers()]) {
      const drawn = layoutOf(graph).links.flatMap(({ edges }) => edges.map(([from, to]) => `${from}→${to}`));
      const edges = graph.nodes.flatMap(({ id, inputs }) => inputs.map((input) => `${input}→${id}`));
      expect(drawn.sort()).toEqual(edges.sort());
    }
  });

  it("draws the backward pass below the forward nodes whose rules it is", () => {
    const graph = buyApples();
    const { boxes } = layoutOf(graph);
    for (const { node, contributions } of graph.backward?.steps ?? []) {
      for (const { gradient } of contributions) {
        if (graph.nodes[gradient].gradientOf !== node) continue;
        const [above, below] = [boxes.get(`n${node}`) as Rectangle, boxes.get(`n${gradient}`) as Rectangle];
        expect(below.y).toBeGreaterThanOrEqual(above.y + above.height);
        expect(below.x).toBeLessThan(above.x + above.width);
      }
    }
  });

  it("puts the inputs of an op in their order", () => {
    const { boxes } = layoutOf(buyApples());
    expect((boxes.get("n0") as Rectangle).y).toBeLessThan((boxes.get("n1") as Rectangle).y);
  });

  it("draws open layers around what is in them, and apart from what is not", () => {
    const graph = layers();
    const { boxes, regions } = layoutOf(graph);
    expect([...regions.keys()].sort()).toEqual(["a", "b", "b/inner", "c"]);
    const [[outer], [inner]] = ["b", "b/inner"].map((path) => regions.get(path) as readonly Rectangle[]);
    expect(contains(outer, inner)).toBe(true);
    for (const [path, [region]] of regions) {
      for (const { id, scope: own, role } of graph.nodes) {
        if (role === "gradient") continue;
        const isInside = own === path || own.startsWith(`${path}/`);
        expect(contains(region, boxes.get(`n${id}`) as Rectangle), `n${id} in ${path}`).toBe(isInside);
      }
    }
  });

  it("keeps a chain level, and its constants beside it", () => {
    let y = number(1, "x");
    for (let i = 0; i < 300; i++) y = i % 2 === 0 ? y.sin() : y.mul(1.01);
    const { height } = layoutOf(graphOf(y, { backward: true }));
    expect(height).toBeLessThan(500);
  });
});
