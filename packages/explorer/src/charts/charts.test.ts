import { tensor } from "@adjoint/tensor";
import { describe, expect, it } from "vitest";
import { allElements, type Element, readSvg, textsOf } from "../testing/read-svg.ts";
import { chartGrid } from "./chart-grid.ts";
import { contourChart } from "./contour-chart.ts";
import { histogram } from "./histogram.ts";
import { imageGrid } from "./image-grid.ts";

const ofClass = (svg: string, name: string): Element[] =>
  allElements(readSvg(svg)).filter(({ attributes }) => attributes.class === name);

describe("histogram", () => {
  it("has a bar for each part of the range, as high as the axis says", async () => {
    const values = [0, 0.1, 0.5, 0.9, 1, Number.NaN, 2, -1];
    const svg = await histogram({ title: "t", values, range: [0, 1], bins: 2, width: 100, height: 100 });
    const [bars] = ofClass(svg, "bars");
    // Two values below 0.5 and three from there to 1 on; the axis ends at 3.
    const y = (100 / 3).toFixed(2);
    expect(bars.attributes.d).toBe(`M0,100V${Number(y)}H50V100ZM50,100V0H100V100Z`);
  });

  it("cuts bars off at the end of the axis", async () => {
    const svg = await histogram({
      title: "t",
      values: [0, 0, 1],
      range: [0, 1],
      bins: 2,
      most: 1,
      width: 10,
      height: 10,
    });
    expect(ofClass(svg, "bars")[0].attributes.d).toBe("M0,10V0H5V10ZM5,10V0H10V10Z");
  });

  it("takes tensors, one value, and none", async () => {
    for (const values of [
      tensor([
        [1, 2],
        [3, 4],
      ]),
      [1],
      [],
    ]) {
      const svg = await histogram({ title: "t", values });
      expect(svg).not.toMatch(/NaN|Infinity|undefined/);
      readSvg(svg);
    }
    await expect(histogram({ title: "t", values: "12" as never })).rejects.toThrow("values is a string");
    await expect(histogram({ title: "t", values: [1], bins: 0 })).rejects.toThrow("bins is 0");
  });
});

describe("contourChart", () => {
  const plane = { title: "t", xRange: [-1, 1], yRange: [-1, 1], width: 200, height: 200 } as const;

  it("draws the circle where x² + y² is ¼", async () => {
    const svg = await contourChart({ ...plane, z: (x, y) => x * x + y * y, levels: [0.25] });
    const numbers = [...ofClass(svg, "contour")[0].attributes.d.matchAll(/(-?[\d.]+),(-?[\d.]+)/g)];
    // d3 closes the region outside of the circle along the edges of the plot.
    const places = numbers.map(([, a, b]) => [Number(a), Number(b)]).filter((at) => at.every((n) => n > 0 && n < 200));
    expect(places.length).toBeGreaterThan(50);
    for (const [a, b] of places) {
      // Linear interpolation over a cell of h = 0.02 misses by at most h² / 8 · 2 / |∇z| = 1e-4, or 0.01 pixels; the other
      // 0.01 are what the digits leave.
      expect(Math.abs(Math.hypot(a - 100, b - 100) - 50)).toBeLessThan(0.03);
    }
  });

  it("puts paths and arrows where the axes say", async () => {
    const svg = await contourChart({
      ...plane,
      paths: [
        {
          name: "SGD",
          points: [
            [-1, -1],
            [0, 0],
            [1, 1],
            [Number.NaN, 0],
          ],
        },
      ],
      arrows: [
        [0, 0, 0.5, 0],
        [0, 0, 0, 0],
      ],
    });
    expect(ofClass(svg, "path")[0].attributes.d).toBe("M0,200L100,100L200,0");
    expect(ofClass(svg, "arrows")[0].attributes.d).toMatch(/^M100,100L150,100M[^M]*L150,100L[^M]*$/);
    const two = ["SGD", "Adam"].map((name) => ({ name, points: [[0, 0]] as const }));
    expect(textsOf(await contourChart({ ...plane, paths: two }))).toEqual(expect.arrayContaining(["SGD", "Adam"]));
  });

  it("refuses what is no function", async () => {
    await expect(contourChart({ ...plane, z: 3 as never })).rejects.toThrow("z is 3");
    await expect(contourChart({ ...plane, xRange: [1, 1] })).rejects.toThrowErrorMatchingInlineSnapshot(
      `[SpecError: contourChart: xRange is [1, 1]; expected two different finite numbers, the ends of the axis. For example [0, 1].]`,
    );
    await expect(contourChart({ ...plane, arrows: [[1, 2]] as never })).rejects.toThrow(
      "a list of points of 4 numbers",
    );
    await expect(contourChart({ ...plane, paths: [{ name: "a" }] as never })).rejects.toThrow("paths[0].points");
    await expect(histogram({ title: "t", values: [1], range: [0] as never })).rejects.toThrow("range");
  });
});

describe("imageGrid", () => {
  it("draws rows of images with runs of equal shades as one, and labels below", async () => {
    const images = tensor([
      [
        [0, 1, 1],
        [0, 0, 0],
      ],
      [
        [1, 0, 0],
        [1, 0, Number.NaN],
      ],
    ]);
    const svg = await imageGrid({ title: "t", images, labels: ["a", "b"], columns: 1, scale: 10 });
    const root = readSvg(svg);
    const paths = allElements(root).flatMap(({ name, attributes }) =>
      name === "path" ? [[attributes.fill, attributes.d]] : [],
    );
    expect(paths).toEqual([
      ["rgb(0,0,0)", "M1,0h2v1h-2z"],
      ["rgb(0,0,0)", "M0,0h1v1h-1zM0,1h1v1h-1z"],
      ["#d55e00", "M2,1h1v1h-1z"],
    ]);
    expect(textsOf(svg)).toEqual(["t", "a", "b"]);
    expect(await imageGrid({ title: "t", images: tensor([[[3, 3]]]) })).not.toContain("NaN");
  });

  it("refuses images in colour, and labels for others", async () => {
    await expect(imageGrid({ title: "t", images: tensor([1]) })).rejects.toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: imageGrid: images has shape [1]; expected [N, height, width] or [N, 1, height, width], none of them 0.]`,
    );
    await expect(imageGrid({ title: "t", images: tensor([[[1]]]), labels: [] })).rejects.toThrow("0 labels");
  });
});

describe("chartGrid", () => {
  it("puts charts beside and below each other", async () => {
    const small = await histogram({ title: "s", values: [1, 2], width: 100, height: 50 });
    const large = await histogram({ title: "l", values: [1, 2], width: 200, height: 100 });
    const root = readSvg(chartGrid({ title: "all", charts: [small, large, small], columns: 2 }));
    const inner = allElements(root).filter(({ name, attributes }) => name === "svg" && attributes.x !== undefined);
    const [a, b, c] = inner.map(({ attributes }) => attributes);
    expect([a.x, a.y, b.y, c.x]).toEqual(["0", "0", "0", "0"]);
    expect([b.x, c.y]).toEqual([a.width, b.height]);
    expect(Number(root.attributes.width)).toBe(Number(a.width) + Number(b.width));
  });

  it("refuses what is no chart", () => {
    expect(() => chartGrid({ title: "t", charts: [] })).toThrow("a list of one chart or more");
    expect(() => chartGrid({ title: "t", charts: [Promise.resolve("")] as never })).toThrow("charts[0]");
  });
});
