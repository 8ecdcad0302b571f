/** What lessons say in numbers is what the library computes. */
import { type Graph, variable } from "adjoint";
import { describe, expect, it } from "vitest";
import { gallery } from "../gallery.ts";
import { nodeOf } from "./page.ts";

function entryOf(name: string) {
  const entry = gallery.find((one) => one.name === name);
  if (entry === undefined) throw new Error(`no page ${name}`);
  return entry;
}

const numbersOf = (graph: Graph, id: number): number[][] => graph.run().value(id).toArray() as number[][];
const gradientOf = (graph: Graph, name: string): number[][] => numbersOf(graph, graph.gradients[nodeOf(graph, name)]);

/** What a step gives to one of its node's inputs. */
function contribution(graph: Graph, node: string, input: string): number[][] {
  const id = nodeOf(graph, node);
  const step = graph.backward?.steps.find((one) => one.node === id);
  const given = step?.contributions.find((one) => graph.nodes[graph.nodes[id].inputs[one.input]].name === input);
  if (given === undefined) throw new Error(`${node} gives nothing to ${input}`);
  return numbersOf(graph, given.gradient);
}

describe("the lesson", () => {
  it("of softmax with loss: the scores get (y − t) / n", () => {
    const graph = entryOf("softmax-with-loss").build();
    const [y, t] = ["y", "t"].map((name) => numbersOf(graph, nodeOf(graph, name)));
    const gradient = gradientOf(graph, "scores");
    expect(graph.run().value(nodeOf(graph, "batch size")).item()).toBe(2);
    // log(y + 1e-7) in place of log y changes the gradient by 1e-7 / y of itself, for y of at least 0.4.
    y.forEach((row, i) => {
      row.forEach((value, k) => {
        expect(Math.abs(gradient[i][k] - (value - t[i][k]) / 2)).toBeLessThan(3e-7);
      });
    });
    expect(gradient[0].map((value) => Number(value.toFixed(6)))).toEqual([0.05, -0.3, 0.25]);
  });

  it("of batch normalization: what comes back by three ways adds up to the gradient of x", () => {
    const graph = entryOf("batch-normalization").build();
    const ways = entryOf("batch-normalization")
      .tries(graph)
      .flatMap((link) => /way=([\d.]+)/.exec(link)?.[1] ?? []);
    expect(new Set(ways)).toHaveLength(3);
    for (const name of ["(x − μ)²", "μ"]) {
      const id = String(nodeOf(graph, name));
      expect(ways.filter((way) => way.split(".").includes(id))).toHaveLength(1);
    }
    const [straight, variance] = ["x̂", "(x − μ)²"].map((node) => contribution(graph, node, "x − μ"));
    const mean = contribution(graph, "sum", "x");
    gradientOf(graph, "x").forEach((row, i) => {
      row.forEach((value, k) => {
        // The same sums in the same order.
        expect(straight[i][k] + variance[i][k] + mean[i][k]).toBe(value);
      });
    });
  });

  it("of a convolution: x gets the number of windows that read it, or the weights that met it", () => {
    const graph = entryOf("convolution").build();
    const [[counts]] = gradientOf(graph, "x") as unknown as number[][][];
    expect(counts).toEqual([
      [1, 2, 2, 1],
      [2, 4, 4, 2],
      [2, 4, 4, 2],
      [1, 2, 2, 1],
    ]);
    const w = variable(
      [
        [
          [
            [1, 2, 3],
            [4, 5, 6],
            [7, 8, 9],
          ],
        ],
      ],
      { dtype: "float64" },
    );
    const run = graph.run({ W: w });
    const [[sums]] = run.value(graph.gradients[nodeOf(graph, "x")]).toArray() as number[][][][];
    expect([sums[0][0], sums[0][3], sums[1][1]]).toEqual([1, 3, 5 + 4 + 2 + 1]);
  });

  it("of ten sigmoids: a step of rate 1 moves w1 by 1.7e-7, and by less with weights of 4", () => {
    const graph = entryOf("ten-sigmoids").build();
    const w1 = graph.gradients[nodeOf(graph, "w1")];
    expect(Number(graph.run().value(w1).item()).toExponential(1)).toBe("1.7e-7");
    const fours = Object.fromEntries(
      Array.from({ length: 10 }, (_, i) => [`w${i + 1}`, variable(4, { dtype: "float64" })]),
    );
    expect(Number(graph.run(fours).value(w1).item())).toBeLessThan(1e-10);
  });

  it.each(gallery)("of $name names each of its links in both languages", ({ build, tries, en, ko }) => {
    const links = tries(build());
    expect([en.tries.length, ko.tries.length]).toEqual([links.length, links.length]);
    for (const { card } of [en, ko]) expect(card).toMatch(/[.?]$/);
  });
});
