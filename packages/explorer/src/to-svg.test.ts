import { type Graph, type GraphData, graphOf, recordAll, scope, type Variable, variable } from "@adjoint/autograd";
import { describe, expect, it } from "vitest";
import { boxesOf, edgesOf, groupsOf, readSvg, textsOf } from "./testing/read-svg.ts";
import { toSvg } from "./to-svg.ts";

function buyApple(): Graph {
  const [apple, number] = [variable(100, { name: "apple" }), variable(2, { name: "number" })];
  return graphOf(apple.mul(number), { backward: true });
}

/** Three layers in a chain. */
function layers(count: number): Graph {
  const x = variable([[1, 2]], { name: "x" });
  return graphOf(
    recordAll(() => {
      let y: Variable = x;
      for (let i = 0; i < count; i++) y = scope(`layer${i}`, () => y.tanh().mul(x));
      return y.sum();
    }),
    { backward: true },
  );
}

const partOf = (svg: string, name: string): string | undefined =>
  readSvg(svg).children.find((child) => child.name === name)?.text;

describe("toSvg", () => {
  it("shows forward values with gradients beside them, and says them to who does not see the drawing", async () => {
    const svg = await toSvg(buyApple(), { title: "two apples" });
    expect(textsOf(svg)).toEqual(
      expect.arrayContaining(["two apples", "apple", "100", "∂ 2", "200", "∂ 1", "× ∂ apple"]),
    );
    expect(partOf(svg, "title")).toBe("two apples");
    expect(partOf(svg, "desc")).toBe(
      "1 op forward, 3 nodes backward. Leaves: apple 100, number 2. Result: mul n2 200. Gradients: of apple 2, of number 100.",
    );
  });

  it("computes values that the graph does not hold, and draws a graph that cannot be run without them", async () => {
    const graph = layers(1);
    expect(textsOf(await toSvg(graph))).toContain("0.76");
    const { nodes, outputs, gradients } = graph;
    const data: GraphData = { nodes: nodes.map(({ value: _, ...node }) => node), outputs, gradients };
    for (const svg of [await toSvg(data), await toSvg(graph, { values: false })]) {
      expect(textsOf(svg)).not.toContain("0.76");
      expect(boxesOf(svg)).toContain("n0");
    }
  });

  it("folds the scopes of large graphs, and opens those that are named", async () => {
    const graph = layers(13);
    expect(graph.nodes.length).toBeGreaterThan(90);
    expect(boxesOf(await toSvg(graph))).toContain("f:layer7");
    expect(boxesOf(await toSvg(graph, { open: ["layer7"] }))).not.toContain("f:layer7");
    expect(boxesOf(await toSvg(graph, { open: "all", reshapes: true }))).toHaveLength(graph.nodes.length);
    expect(boxesOf(await toSvg(graph, { backward: false })).filter((key) => key.startsWith("b:"))).toEqual([]);
  });

  it("sets long drawings in rows", async () => {
    const sizeOf = async (options?: object): Promise<number[]> => {
      const { attributes } = readSvg(await toSvg(layers(8), { open: "all", ...options }));
      return [Number(attributes.width), Number(attributes.height)];
    };
    const [[width, height], [narrow], [wide, low]] = [
      await sizeOf(),
      await sizeOf({ width: 600 }),
      await sizeOf({ width: 1e6 }),
    ];
    expect(narrow).toBeLessThanOrEqual(600);
    expect(wide / low).toBeGreaterThan(4);
    expect(width / height).toBeGreaterThan(0.5);
    expect(width / height).toBeLessThan(3);
  });

  it("is dark where the reader's system is, or where the option says so", async () => {
    const [auto, light, dark] = await Promise.all(
      (["auto", "light", "dark"] as const).map((theme) => toSvg(buyApple(), { theme })),
    );
    expect(auto).toContain("@media (prefers-color-scheme:dark){");
    for (const svg of [light, dark]) expect(svg).not.toContain("<style");
    expect(light.match(/fill="#ffffff"/g)?.length).toBeGreaterThan(0);
    expect(dark).not.toContain('fill="#ffffff"');
  });

  it("moves only with animate: true, and stands still for readers who prefer reduced motion", async () => {
    const still = await toSvg(buyApple());
    expect(still).not.toMatch(/animat|@keyframes/);
    const moving = await toSvg(buyApple(), { animate: true, stepSeconds: 2 });
    expect(moving).toContain("@media (prefers-reduced-motion:reduce){[class*=adjoint-]{animation:none!important}}");
    // One step forward, the start, one backward: one beat before, three after.
    expect(moving.match(/ 14s linear infinite/g)?.length).toBe(9);
    for (const said of [
      "step 1 of 3  Forward: mul n2",
      "apple × number = 100 × 2 = 200",
      "∂y = 1",
      "∂apple = ∂y × number = 1 × 2 = 2 ; ∂number = ∂y × apple = 1 × 100 = 100",
    ])
      expect(textsOf(moving)).toContain(said);
    // What moves over the drawing is not seen where nothing moves.
    for (const group of readSvg(moving).children.filter(({ attributes }) =>
      attributes.class?.startsWith("adjoint-now"),
    ))
      expect(group.attributes.opacity).toBe("0");
  });

  it("draws an op that uses one input twice with one arrow for two edges", async () => {
    const x = variable(3, { name: "x" });
    const svg = await toSvg(graphOf(x.mul(x)));
    expect(edgesOf(svg)).toEqual(["n0->n1", "n0->n1"]);
    expect(groupsOf(svg, "edge")).toHaveLength(1);
  });

  it("gives the same text for the same graph, and draws hundreds of ops in a chain", async () => {
    expect(await toSvg(layers(3))).toBe(await toSvg(layers(3)));
    let y = variable(1, { name: "x" }) as Variable;
    for (let i = 0; i < 300; i++) y = y.sin();
    expect(boxesOf(await toSvg(graphOf(y)))).toHaveLength(301);
  });

  it("refuses what is no graph, and options it does not know", async () => {
    await expect(toSvg(variable(1) as never)).rejects.toThrow(/a Graph/);
    await expect(toSvg(buyApple(), { colour: "red" } as object)).rejects.toThrow(/colour/);
    await expect(toSvg(buyApple(), { theme: "blue" } as never)).rejects.toThrow(/theme/);
    await expect(toSvg(buyApple(), { stepSeconds: 0 })).rejects.toThrow(/stepSeconds/);
    await expect(toSvg(buyApple(), { width: Number.NaN })).rejects.toThrow(/width/);
  });
});
