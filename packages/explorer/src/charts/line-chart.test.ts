import { describe, expect, it } from "vitest";
import { allElements, readSvg, textsOf } from "../testing/read-svg.ts";
import { type LineChartOptions, lineChart } from "./line-chart.ts";

const labels = { title: "training", xLabel: "epoch", yLabel: "loss" };

/** The `d` of the curves, in order. */
function curvesOf(svg: string): string[] {
  return allElements(readSvg(svg))
    .filter((element) => element.attributes.class === "curve")
    .map((element) => element.attributes.d);
}

/** The corners of a path, in pixels. */
function cornersOf(path: string): number[][] {
  return [...path.matchAll(/[ML]\s*(-?[\d.e-]+)[ ,](-?[\d.e-]+)/g)].map((match) => [
    Number(match[1]),
    Number(match[2]),
  ]);
}

describe("lineChart", () => {
  it("puts points where the axes say", async () => {
    const options: LineChartOptions = {
      ...labels,
      yRange: [0, 10],
      width: 100,
      height: 200,
      series: [{ name: "a", values: [0, 5, 10] }],
    };
    expect(cornersOf(curvesOf(await lineChart(options))[0])).toEqual([
      [0, 200],
      [50, 100],
      [100, 0],
    ]);
  });

  it("places powers of ten evenly on a logarithmic axis, and leaves gaps where there is no logarithm", async () => {
    const svg = await lineChart({
      ...labels,
      yScale: "log",
      width: 100,
      height: 200,
      series: [{ name: "a", values: [10, 0.1, 0, 1, 0.1] }],
    });
    const [corners] = curvesOf(svg).map(cornersOf);
    expect(corners.map(([, y]) => Math.round(y))).toEqual([0, 200, 100, 200]);
    expect(textsOf(svg)).toEqual(expect.arrayContaining(["0.1", "1", "10"]));
    expect(textsOf(svg).filter((text) => /\dm$/.test(text))).toEqual([]);
  });

  it("does the same on a logarithmic x axis, whose labels are short enough to stand apart", async () => {
    const points = [1e-4, 1e-2, 0, 1].map((x, i) => [x, i] as const);
    const svg = await lineChart({
      ...labels,
      xScale: "log",
      width: 400,
      height: 200,
      series: [{ name: "a", points }],
    });
    const [corners] = curvesOf(svg).map(cornersOf);
    expect(corners.map(([x]) => Math.round(x))).toEqual([0, 200, 400]);
    expect(textsOf(svg)).toEqual(expect.arrayContaining(["10⁻⁴", "10⁻³", "10⁻²", "10⁻¹", "10⁰"]));
  });

  it("leaves a gap where a value is not finite", async () => {
    const svg = await lineChart({ ...labels, series: [{ name: "a", values: [1, 2, Number.NaN, 4, 5] }] });
    const path = curvesOf(svg)[0];
    expect(path).not.toContain("NaN");
    expect(path.match(/M/g)).toHaveLength(2);
  });

  it("marks points only where the axes reach", async () => {
    const svg = await lineChart({ ...labels, yRange: [0, 1], series: [{ name: "a", values: [0, 2, 1, Number.NaN] }] });
    expect(allElements(readSvg(svg)).filter((element) => element.name === "circle")).toHaveLength(2);
  });

  it("breaks a long legend into lines, so that it is no wider than the plot", async () => {
    const series = ["one", "two", "three"].map((name) => ({ name: name.repeat(20), values: [1, 2] }));
    const root = readSvg(await lineChart({ ...labels, series }));
    expect(Number(root.attributes.width)).toBeLessThan(850);
    const entries = allElements(root).filter((element) => /^(one|two|three){20}$/.test(element.text));
    expect(entries.map((entry) => [entry.attributes.x, Number(entry.attributes.y)])).toEqual([
      ["17", 423],
      ["17", 441],
      ["17", 459],
    ]);
  });

  it("draws a series of one point, of equal values and of none", async () => {
    for (const values of [[1], [2, 2, 2], []]) {
      const svg = await lineChart({ ...labels, series: [{ name: "a", values }] });
      expect(svg).not.toMatch(/NaN|Infinity/);
      readSvg(svg);
    }
  });

  it("shows names as they are, whatever characters they have", async () => {
    const names = ["<b>bold</b> & co", 'say "hi"', "🍎", "bell \u0007"];
    const svg = await lineChart({
      ...labels,
      title: names[0],
      series: names.map((name) => ({ name, values: [1, 2] })),
    });
    expect(textsOf(svg)).toEqual(expect.arrayContaining(["<b>bold</b> & co", 'say "hi"', "🍎", "bell \uFFFD"]));
  });

  it("needs no code generation, so that a strict content security policy allows it", async () => {
    const original = globalThis.Function;
    globalThis.Function = new Proxy(original, {
      construct: () => {
        throw new Error("code generation");
      },
      apply: () => {
        throw new Error("code generation");
      },
    });
    try {
      await lineChart({ ...labels, series: [{ name: "a", values: [1, 2] }] });
    } finally {
      globalThis.Function = original;
    }
  });

  it("says what a series lacks", async () => {
    await expect(lineChart({ ...labels, series: [] })).rejects.toThrowErrorMatchingInlineSnapshot(
      `[SpecError: lineChart: there is no series to draw; expected at least one series. Pass series: [{ name: "loss", values: trainer.lossList }].]`,
    );
    await expect(lineChart({ ...labels, series: [{ name: "a" }] })).rejects.toThrowErrorMatchingInlineSnapshot(
      `[SpecError: lineChart: series "a" has neither points nor values; expected points: [[x, y], …], or values: [y, …] for x = 0, 1, ….]`,
    );
    await expect(
      lineChart({ ...labels, series: [{ name: "a", values: [1], points: [[0, 1]] }] }),
    ).rejects.toThrowErrorMatchingInlineSnapshot(
      `[SpecError: lineChart: series "a" has both points and values; expected points: [[x, y], …], or values: [y, …] for x = 0, 1, ….]`,
    );
  });
});
