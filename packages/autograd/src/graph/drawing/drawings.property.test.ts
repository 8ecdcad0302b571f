/**
 * DOT, Mermaid and JSON hold the same nodes and edges, on graphs of any form, as those read them who draw them: Graphviz
 * and Mermaid's own parser.
 */
import { Graphviz } from "@hpcc-js/wasm-graphviz";
import fc from "fast-check";
import { expect, it } from "vitest";
import "../../methods.ts";
import { variable } from "../../core/leaf.ts";
import { scope } from "../../transforms/record.ts";
import { graphOf } from "../graph-of.ts";
import { leavesOf, programs, runProgram } from "../testing/random-graphs.ts";
import { readMermaid } from "../testing/read-mermaid.ts";
import { label, plainText } from "./boxes.ts";
import { toDot } from "./dot.ts";
import { toMermaid } from "./mermaid.ts";

interface LaidOut {
  readonly objects?: readonly { readonly _gvid: number; readonly name: string; readonly label: string }[];
  readonly edges?: readonly { readonly tail: number; readonly head: number; readonly style?: string }[];
}

it("agree on nodes, edges and what nodes say", async () => {
  const graphviz = await Graphviz.load();
  await fc.assert(
    fc.asyncProperty(programs(), async (program) => {
      const graph = graphOf(runProgram(program, leavesOf(program, 1)), { backward: true });
      const { nodes } = graph.toJSON();
      const edges = nodes
        .flatMap(({ id, inputs, role }) => inputs.map((i) => `${i} ${id} ${role === "gradient"}`))
        .sort();

      const dot = JSON.parse(graphviz.layout(toDot(graph), "json", "dot")) as LaidOut;
      const ids = new Map((dot.objects ?? []).map(({ _gvid, name }) => [_gvid, Number(name.slice(1))]));
      const drawn = (dot.objects ?? []).filter(({ name }) => /^n\d+$/.test(name));
      expect(drawn.map(({ name }) => Number(name.slice(1))).sort((a, b) => a - b)).toEqual(nodes.map(({ id }) => id));
      const dotEdges = (dot.edges ?? []).map((e) => `${ids.get(e.tail)} ${ids.get(e.head)} ${e.style === "dashed"}`);
      expect(dotEdges.sort()).toEqual(edges);

      const mermaid = await readMermaid(toMermaid(graph));
      expect(mermaid.nodes.map(({ id }) => Number(id.slice(1))).sort((a, b) => a - b)).toEqual(
        nodes.map(({ id }) => id),
      );
      const mermaidEdges = mermaid.edges.map((e) => `${e.from.slice(1)} ${e.to.slice(1)} ${e.dotted}`);
      expect(mermaidEdges.sort()).toEqual(edges);
      const said = new Map(mermaid.nodes.map(({ id, text }) => [id, text]));
      for (const node of graph.nodes) {
        const expected = plainText(label(node, new Map())).split("\n")[0];
        // Mermaid trims the text of a node.
        expect(said.get(`n${node.id}`)?.split("\n")[0].trim()).toBe(expected.trim());
      }
    }),
    { numRuns: 50 },
  );
});

it("become longer by the same for every scope around a node, however deep it stands", () => {
  const inScopes = (depth: number, build: () => ReturnType<typeof variable>): ReturnType<typeof variable> =>
    depth === 0 ? build() : scope("s", () => inScopes(depth - 1, build));
  const lengthAt = (draw: typeof toDot | typeof toMermaid, depth: number): number =>
    draw(graphOf(inScopes(depth, () => variable(1, { name: "x" }).mul(2)))).length;
  for (const draw of [toDot, toMermaid]) {
    const [some, twice, thrice] = [80, 160, 240].map((depth) => lengthAt(draw, depth));
    // The numbers of boxes have one digit more from the hundredth on, in one line of each box.
    expect(thrice - twice - (twice - some)).toBeLessThan(100);
  }
});
