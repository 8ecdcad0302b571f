import { type Graph, graphOf, recordAll, scope, type Variable, variable } from "@adjoint/autograd";
import { describe, expect, it } from "vitest";
import { foldGraph, scopesOf } from "../fold.ts";
import { curveOf, pointOn } from "../painting/curve.ts";
import { aroundBoxes } from "./around.ts";
import { many } from "./fit.ts";
import type { Rectangle } from "./geometry.ts";
import { type Layout, layoutGraph } from "./layout.ts";
import { wrapLayout } from "./wrap.ts";

const number = (value: number, name: string): Variable => variable(value, { name, dtype: "float64" });

/** A chain of layers whose rules read what stands far from them. */
function chain(layers: number): Graph {
  return graphOf(
    recordAll(() => {
      let h: Variable = number(0.5, "x");
      for (let i = 1; i <= layers; i++) h = scope(`layer ${i}`, () => h.mul(number(1, `w${i}`)).sigmoid());
      return h;
    }),
    { backward: true },
  );
}

function layoutOf(graph: Graph, width: number): Layout {
  return wrapLayout(layoutGraph(graph, foldGraph(graph, { open: new Set(scopesOf(graph)), backward: true })), width);
}

const isIn = (r: Rectangle, x: number, y: number): boolean =>
  x > r.x && x < r.x + r.width && y > r.y && y < r.y + r.height;

/** The boxes, of others than its ends, that each arrow runs through. */
function crossings({ links, boxes }: Layout): string[] {
  return links.flatMap((link) => {
    const curve = curveOf(link);
    const steps = 60 * curve.strokes.length;
    const points = Array.from({ length: steps + 1 }, (_, i) => pointOn(curve, i / steps));
    return [...boxes]
      .filter(([key, r]) => key !== link.from && key !== link.to && points.some(([x, y]) => isIn(r, x, y)))
      .map(([key]) => `${link.from} to ${link.to} through ${key}`);
  });
}

describe("aroundBoxes", () => {
  it.each([400, 700, 1200, 3000])("leads no arrow through a box that is not its end, in rows of %i", (width) => {
    const layout = layoutOf(chain(6), width);
    const around = aroundBoxes(layout);
    expect(crossings(around)).toEqual([]);
    expect(around.boxes).toBe(layout.boxes);
    expect(around.links.map(({ from, to, kind, edges }) => ({ from, to, kind, edges }))).toEqual(
      layout.links.map(({ from, to, kind, edges }) => ({ from, to, kind, edges })),
    );
  });

  it("finds something to lead around, and begins and ends it on the borders of its boxes", () => {
    const layout = layoutOf(chain(6), 1200);
    expect(crossings(layout).length).toBeGreaterThan(5);
    const led = aroundBoxes(layout).links.filter(({ isAngular }) => isAngular);
    expect(led.length).toBeGreaterThan(5);
    for (const { from, to, points, turn } of led) {
      expect(turn).toBeUndefined();
      for (const [key, [x, y]] of [
        [from, points[0]],
        [to, points[points.length - 1]],
      ] as const) {
        const r = layout.boxes.get(key) as Rectangle;
        const [across, down] = [Math.min(x - r.x, r.x + r.width - x), Math.min(y - r.y, r.y + r.height - y)];
        // Coordinates of ways are halves of pixels.
        expect(Math.min(across, down)).toBeGreaterThanOrEqual(-0.5);
        expect(Math.min(Math.abs(across), Math.abs(down))).toBeLessThanOrEqual(0.5);
      }
      // Every part is level or upright.
      for (const [i, [x, y]] of points.slice(1).entries()) {
        expect(Math.min(Math.abs(x - points[i][0]), Math.abs(y - points[i][1]))).toBeLessThanOrEqual(0.5);
      }
    }
  });

  it.each([500, 700])("leads arrows from row to row around the ends of the rows of %i", (width) => {
    const layout = layoutOf(chain(6), width);
    const { links } = aroundBoxes(layout);
    const turned = layout.links.flatMap(({ kind, turn }, i) => {
      const { isAngular, points } = links[i];
      return kind === "backward" && turn !== undefined && isAngular ? [{ turn, points }] : [];
    });
    expect(turned.length).toBeGreaterThan(3);
    const right = Math.max(...[...layout.boxes.values()].map((r) => r.x + r.width));
    for (const { turn, points } of turned) {
      const [, [outX, gutter], [inX]] = turn.corners;
      const isThere = (x: number): boolean =>
        points.some(([px, py]) => Math.abs(px - x) < 1 && Math.abs(py - gutter) < 1);
      expect([isThere(outX), isThere(inX)]).toEqual([true, true]);
      expect(inX).toBeGreaterThan(right);
    }
  });

  it("leaves a drawing as it is where nothing crosses, and one with more boxes than are read", () => {
    const short = layoutOf(graphOf(number(2, "x").square()), 1000);
    expect(aroundBoxes(short)).toBe(short);
    const long = layoutOf(chain(60), 1200);
    expect(long.boxes.size).toBeGreaterThan(many);
    expect(aroundBoxes(long)).toBe(long);
  });
});
