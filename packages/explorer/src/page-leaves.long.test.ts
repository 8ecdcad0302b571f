/** Leaves that a reader slides and nudges, held against the library's own replay. */
import { type Graph, graphOf, recordAll, variable } from "@adjoint/autograd";
import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { accessibilityProblems, chromiumPath, screenshotPath, settled } from "../../../testing/browser.ts";
import { click, pagesInBrowser, readNumber, slide, widths } from "./testing/pages.ts";

function graphOfTwo(): Graph {
  const x = variable(2, { name: "x", dtype: "float64" });
  const w = variable([0.5, -1.5, 3], { name: "w", dtype: "float64" });
  return graphOf(
    recordAll(() => w.mul(x).sin().sum().mul(x)),
    { backward: true, values: true },
  );
}

describe.skipIf(chromiumPath === null)("leaves in Chromium", () => {
  const pages = pagesInBrowser();
  const open = (name: string, options = {}): Promise<Page> => pages.open(name, graphOfTwo(), options);

  const leaf = (graph: Graph, name: string): number => graph.nodes.find((node) => node.name === name)?.id as number;

  it("computes everything again while a leaf is slid, and says what was before", async () => {
    const graph = graphOfTwo();
    const page = await open("slide");
    const [x, output] = [leaf(graph, "x"), graph.outputs[0]];
    const first = Number(graph.run().value(output).item());
    await click(page, `[data-node="${x}"]`);
    // Faster than it is computed: what counts is the last.
    await slide(page, ".edit > .slider input", 2.5, 3, 3.5);
    const now = graph.run({ x: 3.5 });
    const shown = async (id: number): Promise<number> =>
      readNumber(await page.textContent(`[data-node="${id}"] span.shape`));
    expect(await shown(output)).toBe(Number(Number(now.value(output).item()).toPrecision(5)));
    expect(readNumber(await page.textContent(`[data-node="${output}"] del`))).toBe(Number(first.toPrecision(3)));
    expect(await page.textContent(".panel .before")).toBe("2 → 3.5");
    expect(await page.textContent(`[data-node="${x}"] .changed`)).toBe("changed");
    expect(new URL(page.url()).hash).toContain("edit=");
    await click(page, "text=Reset all changes");
    expect(await shown(output)).toBe(Number(first.toPrecision(5)));
    expect(await page.locator("del").count()).toBe(0);
    await page.context().close();
  });

  it("marks the elements that a change moved, says what they were, and keeps the scale of their colours", async () => {
    const graph = graphOfTwo();
    const [w, x] = [leaf(graph, "w"), leaf(graph, "x")];
    const gradient = graph.gradients[w];
    const edited = graph.run({ w: [0.5, 1.5, 3] });
    const numbers = (run: ReturnType<Graph["run"]>): number[] => run.value(gradient).toArray() as number[];
    const [before, after] = [numbers(graph.run()), numbers(edited)];
    const page = await open("marks", { fragment: `#node=n${w}&edit=${w}.1:1.5` });
    const marked = (at: string): Promise<number[]> =>
      page.$$eval(`${at} td.changed`, (cells) => cells.map((cell) => Number(cell.getAttribute("data-place"))));
    expect(await marked(".panel section:not(.gradient) .tensor")).toEqual([1]);
    // cos is even: the gradient of the element whose sign was turned stays.
    expect(after).toEqual(before);
    expect(await page.locator(".panel .gradient > .tensor:not(.before) td").count()).toBe(3);
    expect(await marked(".panel .gradient")).toEqual([]);
    expect(await page.getAttribute(".panel td.changed", "title")).toBe("[1] = 1.5 · was −1.5");
    // x = 0 takes the gradient of w away: all of it is marked, and pale beside what it was.
    await page.goto(`${page.url().split("#")[0]}#node=n${w}&edit=${x}.0:0.001`);
    await settled(page);
    expect(await marked(".panel .gradient")).toEqual([0, 1, 2]);
    const small = numbers(graph.run({ x: 0.001 }));
    const largest = Math.max(...before.map(Math.abs));
    const tints = await page.$$eval(".panel .gradient > .tensor:not(.before) td", (cells) =>
      cells.map((cell) =>
        Number(/, ([\d.]+)\)$/.exec((cell as unknown as { style: { background: string } }).style.background)?.[1]),
      ),
    );
    // The colour is 0.38 strong at the end of the scale, and given with three digits.
    for (const [i, tint] of tints.entries()) expect(tint).toBeCloseTo((0.38 * Math.abs(small[i])) / largest, 3);
    await page.context().close();
  });

  it("nudges an element by h: the output grows as the library's replay does, the gradient says by how much", async () => {
    const graph = graphOfTwo();
    const page = await open("nudge");
    const w = leaf(graph, "w");
    await click(page, `[data-node="${w}"]`);
    // The second element, which is chosen by its field.
    await page.focus(".edit .grid input >> nth=1");
    await slide(page, ".nudge .slider input", -2);
    const rows = await page.$$eval(".nudge tbody tr", (found) =>
      found.map((row) => [...row.querySelectorAll("td")].map((cell) => cell.textContent)),
    );
    const shown = rows.map((row) => row.map(readNumber));
    const run = graph.run();
    const gradient = (run.value(graph.gradients[w]).toArray() as number[])[1];
    const before = Number(run.value(graph.outputs[0]).item());
    const expected = [0.01, 0.001, 0.0001].map((h) => {
      const after = Number(
        graph
          .run({ w: [0.5, -1.5 + h, 3] })
          .value(graph.outputs[0])
          .item(),
      );
      return [h, after - before, gradient * h];
    });
    expect(shown).toHaveLength(expected.length);
    // Five digits are shown: each is off by half of the last one at most, which is 5e-5 of it.
    for (const [i, row] of expected.entries())
      for (const [k, x] of row.entries()) expect(Math.abs(shown[i][k] - x)).toBeLessThanOrEqual(5e-5 * Math.abs(x));
    // The error is of the second order: a tenth of h leaves a hundredth of it.
    const [large, , small] = shown.map((row) => Math.abs(row[3]));
    expect(small / large).toBeLessThan(2e-4);
    await page.screenshot({ path: screenshotPath("nudge") });
    await page.context().close();
  });

  it.each(widths)("has both at $width × $height, accessibly", async ({ width, height }) => {
    const page = await open(`leaves-${width}`, { viewport: { width, height }, fragment: "#node=n0" });
    expect(await page.locator(".nudge tbody tr").count()).toBe(3);
    expect(await accessibilityProblems(page)).toEqual([]);
    await page.screenshot({ path: screenshotPath(`leaves-${width}`) });
    await page.context().close();
  });

  it("has complained of nothing and asked for nothing", () => {
    expect(pages.complaints).toEqual([]);
  });
});
