/** What lessons say in numbers is what the library computes. */
import { type Graph, variable } from "adjoint";
import { describe, expect, it } from "vitest";
import { addressOf, gallery, koreanOf, lessonOf } from "../gallery.ts";
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

  it.each(["batch-normalization", "layer-normalization"])(
    "of %s gives every op a name, and no two values one",
    (name) => {
      const graph = entryOf(name).build();
      const run = graph.run();
      const forward = graph.nodes.filter(({ role }) => role !== "gradient" && role !== "constant");
      const valuesOf = new Map<string | undefined, string>();
      for (const { id, name } of forward) {
        const value = JSON.stringify(run.value(id).toJSON());
        expect(name).toBeDefined();
        expect(valuesOf.get(name) ?? value, name).toBe(value);
        valuesOf.set(name, value);
      }
      expect(valuesOf.size).toBeGreaterThan(20);
    },
  );

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

  it("of the fruit: what one more costs, and what the tax's gradient becomes", () => {
    const graph = entryOf("buy-apple").build();
    const { outputs, gradients } = graph.run();
    // The price and its gradients are computed in float64: as exact as the decimal 1.1 is.
    expect(outputs[0].item()).toBeCloseTo(220, 10);
    expect(gradients.apple.item()).toBeCloseTo(2.2, 12);
    expect(gradients["number of apples"].item()).toBeCloseTo(110, 10);
    const more = entryOf("buy-apple-orange").build();
    expect([3, 4].map((oranges) => more.run({ "number of oranges": oranges }).gradients.tax.item())).toEqual([
      650, 800,
    ]);
  });

  it("of the affine layer: the loss moves by 12 times a nudge of b[0], and x[0, 0] is worth 1, 2, 3 of W's gradient", () => {
    const graph = entryOf("affine").build();
    const lossAt = (b: number): number =>
      Number(graph.run({ b: variable([b, 2, 3], { dtype: "float64" }) }).outputs[0].item());
    expect(lossAt(1.1) - lossAt(1)).toBeCloseTo(1.2, 10);
    const changed = graph.run({
      x: variable(
        [
          [0, 2],
          [3, 4],
          [5, 6],
        ],
        { dtype: "float64" },
      ),
    });
    const [before, after] = [gradientOf(graph, "W"), changed.gradients.W.toArray() as number[][]];
    expect(before.map((row, i) => row.map((value, k) => value - after[i][k]))).toEqual([
      [1, 2, 3],
      [0, 0, 0],
    ]);
  });

  it("of DeepConvNet: the gradient that arrives at each of the 21 layers is between 0.4 and 1.1, 0.66 at the first", () => {
    const graph = entryOf("deep-conv-net").build();
    const run = graph.run();
    const results = new Map(graph.nodes.filter(({ role }) => role === "op").map(({ scope, id }) => [scope, id]));
    const norms = [...results.values()].map((result) => {
      const step = graph.backward?.steps.find(({ node }) => node === result);
      return Math.hypot(...(run.value(step?.upstream as number).toJSON().data as number[]));
    });
    expect(norms).toHaveLength(21);
    expect(Math.min(...norms)).toBeGreaterThan(0.4);
    expect(Math.max(...norms)).toBeLessThan(1.1);
    expect(norms[0].toFixed(2)).toBe("0.66");
  });

  it("of the LSTM: the memory gets the forget gate times what arrives, and little behind a closed one", () => {
    const graph = entryOf("lstm-cell").build();
    const [gate, given] = ["forget gate", "kept"].map((name) => nodeOf(graph, name));
    const open = graph.run();
    expect(Number(open.value(gate).item()).toFixed(2)).toBe("0.91");
    const upstream = graph.backward?.steps.find(({ node }) => node === given)?.upstream as number;
    expect(open.gradients.c.item()).toBe(Number(open.value(gate).item()) * Number(open.value(upstream).item()));
    const closed = graph.run({ b: variable([0, -4, 0, 0], { dtype: "float64" }) });
    const shown = [gate, upstream, graph.gradients[nodeOf(graph, "c")]].map((id) =>
      [open, closed].map((run) => Number(run.value(id).item()).toFixed(3)),
    );
    // The text of the links: the gate falls further than the gradient of c, since ∂kept rises.
    expect(shown).toEqual([
      ["0.911", "0.064"],
      ["0.157", "0.279"],
      ["0.143", "0.018"],
    ]);
  });

  it("of attention: both columns of ∂v are the first row of weights, and a sharper query gives 0.96 to one value", () => {
    const graph = entryOf("attention-head").build();
    const [shares] = numbersOf(graph, nodeOf(graph, "weights"));
    const values = graph.backward?.steps.find(({ node }) => node === nodeOf(graph, "v"))?.upstream as number;
    expect(numbersOf(graph, values)).toEqual(shares.map((share) => [share, share]));
    expect(shares.map((share) => share.toFixed(2))).toEqual(["0.28", "0.26", "0.46"]);
    const scores = graph.backward?.steps.find(({ node }) => node === nodeOf(graph, "weights"))?.upstream as number;
    const [first, ...others] = numbersOf(graph, scores);
    expect(first.every((value) => value !== 0)).toBe(true);
    expect(others.flat().every((value) => value === 0)).toBe(true);
    const wq = variable(
      [
        [20, 0.5],
        [-0.5, 1],
      ],
      { dtype: "float64" },
    );
    const [sharp] = graph.run({ Wq: wq }).value(nodeOf(graph, "weights")).toArray() as number[][];
    expect(Math.max(...sharp).toFixed(2)).toBe("0.96");
  });

  it("of the residual block: 1 comes by the way around, and the branch adds 0.02 and −0.01", () => {
    const graph = entryOf("residual-block").build();
    const [around] = contribution(graph, "y", "x");
    const [branch] = contribution(graph, "x · W1", "x");
    expect(around).toEqual([1, 1]);
    expect(branch.map((value) => value.toFixed(2))).toEqual(["0.02", "-0.01"]);
    expect(gradientOf(graph, "x")[0].map((value) => value.toFixed(2))).toEqual(["1.02", "0.99"]);
  });

  it("of the second derivative: f, f′ and f″ are values with these names, at every x", () => {
    const graph = entryOf("second-derivative").build();
    const second = graph.gradients[nodeOf(graph, "x")];
    expect(graph.nodes[second].name).toBe("f″(x)");
    // These x, and what is computed of them, are sums of few powers of 2: nothing is rounded.
    for (const x of [2, 0, -0.5, 1.5]) {
      const run = graph.run({ x: variable(x, { dtype: "float64" }) });
      const resultOf = (name: string): number => Number(run.value(nodeOf(graph, name)).item());
      expect([resultOf("f(x)"), resultOf("f′(x)"), Number(run.value(second).item())]).toEqual([
        x ** 3 + x ** 2,
        3 * x ** 2 + 2 * x,
        6 * x + 2,
      ]);
      expect([resultOf("x³"), resultOf("3x²"), resultOf("2x")]).toEqual([x ** 3, 3 * x ** 2, 2 * x]);
    }
  });

  it("of windows: nine sums with 20 in the middle, and what pooling gives to the largest pixels", () => {
    const [convolution, pooling] = ["im2col-windows", "max-pooling"].map((name) => entryOf(name).build());
    const [[sums], [given]] = [convolution, pooling]
      .map((graph) => gradientOf(graph, "x") as unknown as number[][][][])
      .map(([one]) => one);
    expect(sums).toEqual([
      [1, 4, 4],
      [6, 20, 16],
      [9, 24, 16],
    ]);
    expect(given).toEqual([
      [0, 1, 0, 0],
      [0, 0, 0, 2],
      [0, 0, 0, 4],
      [0, 3, 0, 0],
    ]);
  });

  it("of the pages leads from each to the next, and from the last to networks in training", () => {
    const reached = gallery.map((entry) => lessonOf(entry, entry.build()).next);
    expect(reached).toEqual([...gallery.slice(1).map(addressOf), "training.html"]);
  });

  it("of Adam: moments of 0.1 g and 0.001 g², and every weight moves by the rate, near or far", () => {
    const graph = entryOf("adam-step").build();
    const first = graph.run();
    const valuesOf = (name: string): number[] =>
      (first.value(nodeOf(graph, name)).toArray() as number[]).map((value) => Number(value.toFixed(5)));
    expect(valuesOf("gradient g")).toEqual([-1, -4, 2]);
    expect(valuesOf("new m")).toEqual([-0.1, -0.4, 0.2]);
    expect(valuesOf("new v")).toEqual([0.001, 0.016, 0.004]);
    expect(valuesOf("lrₜ · m / √v")).toEqual([-0.1, -0.1, 0.1]);
    expect(Number(first.value(nodeOf(graph, "lrₜ")).item()).toFixed(4)).toBe("0.0316");
    for (const w of [
      [0.5, -1, 2],
      [0.5, -1, 5],
    ]) {
      const moved = graph.run({ w: variable(w, { dtype: "float64" }) }).value(nodeOf(graph, "new w"));
      // The 1e-7 beside √v, which is at least 1 · √0.001, takes a share of 3.2e-6 off.
      (moved.toArray() as number[]).forEach((value, i) => {
        expect(Math.abs(Math.abs(value - w[i]) - 0.1)).toBeLessThan(0.1 * 3.3e-6);
      });
    }
  });

  it.each(gallery)("of $name calls values in Korean by other words, and no two by one", (entry) => {
    const graph = entry.build();
    const { names } = koreanOf(entry, graph);
    const called = new Map(
      graph.nodes.flatMap(({ name }) => (name === undefined ? [] : [[name, names?.[name] ?? name]])),
    );
    expect(new Set(called.values())).toHaveLength(called.size);
    const english = [...called.values()].filter((name) =>
      /(?<!\p{L})(?!tanh|gamma|beta|col|log|lr)\p{Script=Latin}{3,}/u.test(name),
    );
    expect(english).toEqual([]);
  });

  it.each(gallery)("of $name names each of its links in both languages", ({ build, tries, en, ko }) => {
    const links = tries(build());
    expect([en.tries.length, ko.tries.length]).toEqual([links.length, links.length]);
    for (const { card } of [en, ko]) expect(card).toMatch(/[.?]$/);
  });
});
