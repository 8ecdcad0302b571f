/**
 * What holds of the picture of any graph: boxes apart, arrows from box to box, texts in their boxes, numbers that are the
 * values.
 */
import { type Graph, graphOf } from "@adjoint/autograd";
import fc from "fast-check";
import { expect, it } from "vitest";
import { leavesOf, programs, runProgram } from "../../autograd/src/graph/testing/random-graphs.ts";
import { cellText, numberText } from "./drawing/painting/numbers.ts";
import { likelyWidth } from "./drawing/painting/svg.ts";
import { allElements, boxesOf, type Element, edgesOf, groupsOf, readSvg } from "./testing/read-svg.ts";
import { toSvg } from "./to-svg.ts";

interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const numbersIn = ({ attributes }: Element, ...names: readonly string[]): number[] =>
  names.map((name) => Number(attributes[name]));

function rectangleOf(group: Element): Rectangle {
  const first = group.children.find(({ name }) => name === "rect") as Element;
  const [x, y, width, height] = numbersIn(first, "x", "y", "width", "height");
  return { x, y, width, height };
}

const apart = (a: Rectangle, b: Rectangle): boolean =>
  a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;

/** Whether a point lies on the border of a rectangle, or as near to it as arrows end. */
const touches = ([x, y]: readonly number[], r: Rectangle): boolean =>
  x >= r.x - 1 && x <= r.x + r.width + 1 && y >= r.y - 1 && y <= r.y + r.height + 1;

/** From where to where a text goes. */
function spanOf(text: Element): readonly [left: number, right: number] {
  const [x, size] = numbersIn(text, "x", "font-size");
  const bold = text.attributes["font-weight"] === undefined ? 400 : 600;
  const width = Number(text.attributes.textLength ?? likelyWidth(text.text, size, bold));
  const anchor = text.attributes["text-anchor"] ?? "start";
  const left = anchor === "middle" ? x - width / 2 : anchor === "end" ? x - width : x;
  return [left, left + width];
}

const graphs = programs().map((program) => graphOf(runProgram(program, leavesOf(program, 1)), { backward: true }));

async function drawn(graph: Graph, options: Parameters<typeof toSvg>[1]): Promise<{ svg: string; root: Element }> {
  const svg = await toSvg(graph, options);
  return { svg, root: readSvg(svg) };
}

const options = fc.record({
  open: fc.constantFrom("all" as const, []),
  reshapes: fc.boolean(),
  width: fc.constantFrom(300, 700, 5000),
  animate: fc.boolean(),
  title: fc.constantFrom(undefined, "a title"),
});

it("keeps boxes apart and in the picture, and leads every arrow from its box to its box", async () => {
  await fc.assert(
    fc.asyncProperty(graphs, options, async (graph, given) => {
      const { title, ...rest } = given;
      const { svg, root } = await drawn(graph, title === undefined ? rest : { ...rest, title });
      const boxes = new Map(groupsOf(svg, "node").map((box) => [box.attributes["data-key"], rectangleOf(box)]));
      const all = [...boxes.values()];
      const [width, height] = numbersIn(root, "width", "height");
      for (const [i, a] of all.entries()) {
        expect(a.x >= 0 && a.y >= 0 && a.x + a.width <= width && a.y + a.height <= height).toBe(true);
        for (const b of all.slice(i + 1)) expect(apart(a, b)).toBe(true);
      }
      if (given.open !== "all") return;
      const boxOf = (id: string): Rectangle | undefined => boxes.get(id);
      for (const edge of groupsOf(svg, "edge")) {
        const [path] = edge.children;
        const points = path.attributes.d.match(/-?[\d.]+/g)?.map(Number) as number[];
        const ends = edge.attributes["data-edges"].split(" ").map((one) => one.split("->").map(boxOf));
        // A box that stands for several nodes, of reshapes, has the key of one of them.
        const [from, to] = ends.find(([a, b]) => a !== undefined && b !== undefined) ?? [];
        if (from === undefined || to === undefined) continue;
        expect(touches(points.slice(0, 2), from)).toBe(true);
        expect(touches(points.slice(-2), to)).toBe(true);
      }
      if (!given.reshapes) return;
      expect([...boxes.keys()].sort()).toEqual(graph.nodes.map(({ id }) => `n${id}`).sort());
      const edges = graph.nodes.flatMap(({ id, inputs }) => inputs.map((input) => `n${input}->n${id}`));
      expect(edgesOf(svg).sort()).toEqual(edges.sort());
    }),
    { numRuns: 8 },
  );
});

it("keeps every text in its box, at 11 pixels at least, and shows the numbers that the values are", async () => {
  await fc.assert(
    fc.asyncProperty(graphs, options, async (graph, { animate, width }) => {
      const { svg } = await drawn(graph, { open: "all", reshapes: true, animate, width });
      const values = graph.run().graph;
      for (const box of groupsOf(svg, "node")) {
        const r = rectangleOf(box);
        const texts = allElements(box).filter(({ name }) => name === "text");
        for (const text of texts) {
          const [left, right] = spanOf(text);
          expect([left >= r.x, right <= r.x + r.width + 0.5, text.text]).toEqual([true, true, text.text]);
          const [y, size] = numbersIn(text, "y", "font-size");
          expect(size).toBeGreaterThanOrEqual(11);
          expect(y - size >= r.y && y <= r.y + r.height).toBe(true);
        }
        const node = values.nodes[Number(box.attributes["data-key"].slice(1))];
        const nested = node.value?.toArray() as number | number[];
        const numbers = Array.isArray(nested) ? nested.flat(4).map(Number) : [];
        const shown = texts.map(({ text }) => text);
        const expected = numbers.length > 1 ? numbers.map(cellText) : [numberText(Number(node.value?.item()))];
        for (const number of expected) expect(shown).toContain(number);
      }
    }),
    { numRuns: 8 },
  );
});

it("has all names as they are, in any place where others can put one", async () => {
  const hostile = fc.oneof(
    fc.string({ unit: "grapheme", maxLength: 12 }),
    fc.constantFrom("</text><script>", '"onload="x', "]]>", "<!--", "&lt;", "__proto__", "\u202e\u0000", "n0->n1"),
  );
  await fc.assert(
    fc.asyncProperty(hostile, hostile, fc.boolean(), async (name, scope, animate) => {
      const leaf = { op: null, attributes: {}, inputs: [], shape: [], dtype: "float64", role: "parameter" } as const;
      const op = { op: name, attributes: {}, shape: [], dtype: "float64", role: "op" } as const;
      const nodes = [
        { ...leaf, id: 0, name, scope },
        { ...op, id: 1, inputs: [0, 0], name, scope: "" },
      ];
      for (const open of ["all", []] as const) {
        const svg = await toSvg({ nodes, outputs: [1], gradients: {} }, { title: name, open, animate });
        const root = readSvg(svg);
        expect(boxesOf(svg).length).toBe(2);
        const allowed = "svg title desc style rect g path polygon text circle animateMotion".split(" ");
        for (const { name: element } of allElements(root)) expect(allowed).toContain(element);
        const texts = allElements(root).map(({ text }) => text);
        // As they are, but for what cannot be seen, and shortened to the room that there is.
        if (/^[\p{L}\p{N}<>&"]{1,8}$/u.test(name)) expect(texts).toContain(name);
      }
    }),
    { numRuns: 15 },
  );
});
