import { SpecError } from "@adjoint/tensor";
import { Graphviz } from "@hpcc-js/wasm-graphviz";
import { describe, expect, it } from "vitest";
import "../../methods.ts";
import { variable } from "../../core/leaf.ts";
import { mul } from "../../ops/arithmetic.ts";
import { exp } from "../../ops/elementary.ts";
import { sum } from "../../ops/repeat-sum.ts";
import { scope } from "../../transforms/record.ts";
import type { GraphNode } from "../data.ts";
import { graphOf } from "../graph-of.ts";
import { toDot } from "./dot.ts";

const leaf: GraphNode = {
  id: 0,
  op: null,
  attributes: {},
  inputs: [],
  shape: [1],
  dtype: "float32",
  scope: "",
  role: "constant",
};

/** Text of XML as it is shown. */
const unescaped = (text: string): string =>
  text
    .replaceAll("&#160;", " ")
    .replace(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)))
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&amp;", "&");

describe("toDot", () => {
  it("writes the book's two apples with tax, forward and backward", () => {
    const apple = variable(100, { name: "apple" });
    const count = variable(2, { name: "count" });
    const price = mul(apple, count);
    expect(toDot(graphOf(price, { backward: true }), { title: "buy apples" })).toMatchInlineSnapshot(`
      "digraph adjoint {
        rankdir=LR;
        graph [fontname="Helvetica", fontsize=12, style="rounded", color="#bbbbbb"];
        node [fontname="Helvetica", fontsize=11, style="filled"];
        edge [color="#555555", arrowsize=0.7];
        label="buy apples";
        n0 [label="apple\\n[]", shape=box, fillcolor="#fde9c8", color="#b7791f"];
        n1 [label="count\\n[]", shape=box, fillcolor="#fde9c8", color="#b7791f"];
        n2 [label="mul\\n[]", shape=ellipse, fillcolor="#ffffff", color="#333333"];
        n3 [label="gradient of the output\\n[]", shape=ellipse, fillcolor="#fbe3e4", color="#b83253"];
        n4 [label="mul\\ngradient of count\\n[]", shape=ellipse, fillcolor="#fbe3e4", color="#b83253"];
        n5 [label="mul\\ngradient of apple\\n[]", shape=ellipse, fillcolor="#fbe3e4", color="#b83253"];
        n0 -> n2;
        n1 -> n2;
        n3 -> n4 [style=dashed, color="#b83253"];
        n0 -> n4 [style=dashed, color="#b83253"];
        n3 -> n5 [style=dashed, color="#b83253"];
        n1 -> n5 [style=dashed, color="#b83253"];
      }
      "
    `);
  });

  it("draws scopes as boxes, the backward pass in boxes of its own", () => {
    const x = variable([1, 2], { name: "x" });
    const y = scope("block", () => sum(scope("inner", () => exp(x))));
    const text = toDot(graphOf(y, { backward: true }), { direction: "TB" });
    const labels = [...text.matchAll(/label="([^"]*)";/g)].map(([, label]) => label);
    expect(labels).toEqual(["block", "inner", "block (backward)", "inner (backward)"]);
    expect(text).toContain("rankdir=TB;");
    expect(text.match(/\{/g)?.length).toBe(text.match(/\}/g)?.length);
  });

  it("has a node for every node and an edge for every input", () => {
    const x = variable([1, 2]);
    const graph = graphOf(sum(mul(exp(x), x)), { backward: true });
    const text = toDot(graph);
    expect(text.match(/^ *n\d+ \[/gm)).toHaveLength(graph.nodes.length);
    const edges = graph.nodes.reduce((n, node) => n + node.inputs.length, 0);
    expect(text.match(/ -> /g)).toHaveLength(edges);
  });

  it.each([
    'say "hi"',
    "<b>bold</b>",
    "a & b &amp; &lt;",
    "back\\slash \\N \\G \\",
    "two\nlines",
    "weights 🍎 日本",
    "<<i>x</i>>",
    "digraph { } ; -> /* x */ // y # z",
    "x".repeat(10_000),
    '"'.repeat(10_000),
    "",
    "two\n\nparagraphs",
  ])("shows names as they are: %s", async (name) => {
    const graphviz = await Graphviz.load();
    const text = toDot(graphOf(scope(name, () => exp(variable([1], { name })))), { title: name });
    const svg = graphviz.layout(text, "svg", "dot");
    const shown = [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, line]) => unescaped(line));
    for (const line of name.split("\n").filter((line) => line !== "")) {
      // The title, the leaf, and the box of the scope; a slash makes two scopes.
      expect(shown.filter((other) => other === line)).toHaveLength(name.includes("/") ? 2 : 3);
    }
    expect(svg.match(/<g id="node\d+"/g)).toHaveLength(2);
  });

  it("leaves no line empty, at which Graphviz may fail", () => {
    expect(toDot(graphOf(exp(variable([1], { name: "a\n\nb" }))))).toContain('label="a\\n \\nb\\n[1]"');
    expect(toDot(graphOf(exp(variable([1], { name: "" }))))).toContain('label=" \\n[1]"');
  });

  it("replaces what is no character", () => {
    expect(toDot(graphOf(exp(variable([1], { name: "a\u0000b\ud800c" }))))).toContain('label="a\ufffdb\ufffdc\\n[1]"');
  });

  it("writes 200,000 nodes in one scope", () => {
    const nodes = Array.from({ length: 200_000 }, (_, id) => ({ ...leaf, id, scope: "a/b" }));
    expect(toDot({ nodes, outputs: [0], gradients: {} }).match(/\n/g)?.length).toBeGreaterThan(200_000);
  });

  it("refuses unknown options", () => {
    expect(() => toDot(graphOf(variable([1])), { titel: "x" } as object)).toThrow(SpecError);
  });
});
