import { graphOf, recordAll, scope, type Variable, variable } from "@adjoint/autograd";
import { describe, expect, it } from "vitest";
import { foldGraph, scopesOf } from "../fold.ts";
import { curveOf } from "../painting/curve.ts";
import { leastReadable, wrapToFit } from "./fit.ts";
import type { Rectangle } from "./geometry.ts";
import { type Layout, layoutGraph } from "./layout.ts";
import { wrapLayout } from "./wrap.ts";

/** Layers in a chain, each used again at the end. */
function chain(length: number) {
  const x = variable([[1, -2]], { name: "x", dtype: "float64" });
  return graphOf(
    recordAll(() => {
      let y: Variable = x;
      for (let i = 0; i < length; i++) y = scope(`layer ${i % 3}`, () => y.sin().mul(x));
      return y.add(x).sum();
    }),
    { backward: true },
  );
}

function layoutOf(length: number): Layout {
  const graph = chain(length);
  return layoutGraph(graph, foldGraph(graph, { open: new Set(scopesOf(graph)), backward: true }));
}

const overlap = (a: Rectangle, b: Rectangle): boolean =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

describe("a long drawing in rows", () => {
  const layout = layoutOf(8);

  it.each([370, 700, 1000, 1400])("is no wider than a window of %i pixels, and its boxes stay apart", (width) => {
    const wrapped = wrapLayout(layout, width);
    expect(wrapped.rows).toBeGreaterThan(1);
    expect(wrapped.width).toBeLessThanOrEqual(width);
    const boxes = [...wrapped.boxes.values()];
    expect(wrapped.boxes.size).toBe(layout.boxes.size);
    for (const [i, a] of boxes.entries()) {
      expect(a.x).toBeGreaterThanOrEqual(0);
      expect(a.x + a.width).toBeLessThanOrEqual(wrapped.width);
      expect(a.y + a.height).toBeLessThanOrEqual(wrapped.height);
      for (const b of boxes.slice(i + 1)) expect(overlap(a, b)).toBe(false);
    }
  });

  it("keeps every arrow, from its box to its box, and within the drawing", () => {
    const wrapped = wrapLayout(layout, 700);
    expect(wrapped.links.map(({ from, to, kind }) => [from, to, kind])).toEqual(
      layout.links.map(({ from, to, kind }) => [from, to, kind]),
    );
    const near = ([x, y]: readonly [number, number], r: Rectangle): boolean =>
      x >= r.x - 1 && x <= r.x + r.width + 1 && y >= r.y - 1 && y <= r.y + r.height + 1;
    for (const link of wrapped.links) {
      const { start, strokes } = curveOf(link);
      const [, , , , x, y] = strokes[strokes.length - 1];
      const name = `${link.kind} ${link.from} → ${link.to}`;
      expect(near(start, wrapped.boxes.get(link.from) as Rectangle), `start of ${name}`).toBe(true);
      expect(near([x, y], wrapped.boxes.get(link.to) as Rectangle), `end of ${name}`).toBe(true);
      for (const [, , , , px, py] of strokes) {
        expect(px).toBeGreaterThanOrEqual(-1);
        expect(px).toBeLessThanOrEqual(wrapped.width + 1);
        expect(py).toBeLessThanOrEqual(wrapped.height + 1);
      }
    }
  });

  it("draws the part of a layer that is in a row around what is in it there", () => {
    const wrapped = wrapLayout(layout, 700);
    for (const [path, parts] of wrapped.regions) {
      const inside = [...wrapped.boxes].filter(([, box]) => parts.some((part) => overlap(part, box)));
      expect(inside.length, path).toBeGreaterThan(0);
      for (const [key, box] of inside) {
        const [part] = parts.filter((r) => overlap(r, box));
        expect(part.x <= box.x && part.x + part.width >= box.x + box.width, `${key} in ${path}`).toBe(true);
      }
    }
  });

  it("leaves a drawing that fits as it is, and never takes a scale at which text cannot be read", () => {
    const short = layoutOf(1);
    expect(wrapToFit(short, { width: short.width, height: 2000 })).toBe(short);
    for (const width of [390, 768, 1024, 1440]) {
      expect(wrapToFit(layout, { width, height: 700 }).width * leastReadable).toBeLessThanOrEqual(width + 1);
    }
  });
});
