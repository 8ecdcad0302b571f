/** The view of windows: im2col and col2im as pictures, held against the library's own. */
import {
  col2im,
  graphOf,
  im2col,
  matmul,
  max,
  recordAll,
  reshape,
  transpose,
  type Variable,
  variable,
  vjp,
} from "@adjoint/autograd";
import { type Shape, tensor } from "@adjoint/tensor";
import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { accessibilityProblems, chromiumPath, screenshotPath, settled } from "../../../testing/browser.ts";
import { click, hover, pagesInBrowser, press, readNumber, slide, widths } from "./testing/pages.ts";

const counted = (shape: Shape, from = 1): Variable =>
  variable(
    tensor(
      Float64Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => i + from),
      { shape, dtype: "float64" },
    ),
    { name: "x" },
  );

const graph = graphOf(
  recordAll(() => im2col(counted([1, 1, 4, 4]), 3, 3, { pad: 1, stride: 2 }).sum()),
  { backward: true },
);

const flat = (x: Variable): number[] => (x.value.toArray() as unknown[]).flat(9) as number[];

describe.skipIf(chromiumPath === null)("windows in Chromium", () => {
  const pages = pagesInBrowser();
  const open = (name: string, fragment: string, options = {}): Promise<Page> =>
    pages.open(name, graph, { fragment, ...options });

  const numbers = (page: Page, at: string): Promise<number[]> =>
    page
      .$$eval(`${at} td[data-place], ${at} td[data-entry]`, (cells) => cells.map((cell) => cell.textContent))
      .then((texts) => texts.map(readNumber));
  const lit = (page: Page, at: string, name: string): Promise<string[]> =>
    page.$$eval(`${at} td.lit`, (cells, of) => cells.map((cell) => cell.getAttribute(of) ?? ""), name);
  const image = "section:nth-of-type(1) figure:first-child .planes";
  const rows = "section:nth-of-type(1) .rows";

  it("shows the rows of im2col, the window of a row, the pixels of an entry, and the rows of a pixel", async () => {
    const page = await open("batch", "#windows=batch");
    const x = counted([2, 2, 3, 3]);
    expect(await numbers(page, image)).toEqual(flat(x));
    const unfolded = im2col(x, 2, 2).value.toArray() as number[][];
    expect(await numbers(page, rows)).toEqual(unfolded.flat());
    // Pixels are their places plus one, so that the rows say which pixels they read.
    await hover(page, `${rows} tbody .handle >> nth=6`);
    expect((await lit(page, image, "data-place")).map((place) => Number(place) + 1)).toEqual(unfolded[6]);
    await hover(page, `${rows} thead .handle >> nth=5`);
    const column = unfolded.map((row) => row[5]);
    expect((await lit(page, image, "data-place")).map((place) => Number(place) + 1).sort((a, b) => a - b)).toEqual(
      column.sort((a, b) => a - b),
    );
    await hover(page, `${image} td[data-place="13"]`);
    const readers = unfolded.flatMap((row, i) => row.flatMap((value, j) => (value === 14 ? [`${i},${j}`] : [])));
    expect(await lit(page, rows, "data-entry")).toEqual(readers);
    expect(readers).toHaveLength(4);
    await page.screenshot({ path: screenshotPath("windows-batch") });
    await page.context().close();
  });

  it("drops windows onto the image one by one: sums and overlaps are those of col2im", async () => {
    const page = await open("nine", "#windows=nineSums");
    const given = [1, 2, 3, 4].map((y) => [1, 2, 3, 4].map((w) => y * w));
    const folded = (matrix: number[][]): number[] =>
      flat(col2im(variable(matrix, { dtype: "float64" }), [1, 1, 3, 3], 2, 2));
    for (let k = 4; k >= 0; k--) {
      const part = given.map((row, i) => (i < k ? row : row.map(() => 0)));
      expect(await numbers(page, ".running")).toEqual(folded(part));
      const ones = given.map((row, i) => row.map(() => (i < k ? 1 : 0)));
      expect(await numbers(page, ".overlaps")).toEqual(folded(ones));
      if (k > 0) await click(page, "text=Step back");
    }
    for (let k = 0; k < 4; k++) await click(page, "text=Next step");
    expect(await page.textContent(".running figcaption")).toContain("window 4");
    // What the gradients of the rows are made of: ∂y and w.
    expect(await numbers(page, ".upstream")).toEqual([1, 2, 3, 4]);
    expect(await numbers(page, ".filter")).toEqual([1, 2, 3, 4]);
    const sums = await page.locator(".sums li").allTextContents();
    expect(sums).toHaveLength(9);
    expect(sums[1]).toBe("∂x[0, 1] = ∂y1·w[0, 1] + ∂y2·w[0, 0] = 2 + 2 = 4");
    expect(sums[4]).toBe("∂x[1, 1] = ∂y1·w[1, 1] + ∂y2·w[1, 0] + ∂y3·w[0, 1] + ∂y4·w[0, 0] = 4 + 6 + 6 + 4 = 20");
    expect(sums.map((sum) => Number(sum.split("= ").at(-1)))).toEqual(folded(given));
    await page.context().close();
  });

  it("shows y, from whose pixels and from the filter's entries the image is seen in two ways", async () => {
    const page = await open("output", "#windows=nineSums");
    const [x, w] = [counted([1, 1, 3, 3]), counted([4, 1])];
    expect(await numbers(page, ".output")).toEqual(flat(matmul(im2col(x, 2, 2), w)));
    await hover(page, '.output td[data-place="1"]');
    expect(await lit(page, image, "data-place")).toEqual(["1", "2", "4", "5"]);
    await hover(page, '.filter td[data-place="3"]');
    // Entry [1, 1] meets the pixels of all windows but those of the first row and column.
    expect(await lit(page, image, "data-place")).toEqual(["4", "5", "7", "8"]);
    await page.context().close();
    // Channels of pooling stay apart, in the order of images.
    const pooling = await open("channels", "#windows=2,2,3,3;2,2;1,0,1;max;count;ones");
    const images = counted([2, 2, 3, 3]);
    const rows = reshape(im2col(images, 2, 2), [16, 4]);
    const pooled = transpose(reshape(max(rows, { axis: 1 }), [2, 2, 2, 2]), [0, 3, 1, 2]);
    expect(await numbers(pooling, ".output")).toEqual(flat(pooled));
    await hover(pooling, '.output td[data-place="4"]');
    // The first window of the second channel.
    expect(await lit(pooling, image, "data-place")).toEqual(["9", "10", "12", "13"]);
    await pooling.context().close();
  });

  it("keeps what a finger has pointed at", async () => {
    const page = await open("touch", "#windows=nineSums", { hasTouch: true, viewport: { width: 390, height: 844 } });
    await page.tap(`${image} td[data-place="4"]`);
    await settled(page);
    expect(await lit(page, rows, "data-entry")).toEqual(["0,3", "1,2", "2,1", "3,0"]);
    await page.context().close();
  });

  it("follows its sliders, and says why a window does not fit", async () => {
    const page = await open("sliders", "#windows=ones");
    const set = (name: string, value: number): Promise<void> => slide(page, `.slider:has-text("${name}") input`, value);
    expect(Math.max(...(await numbers(page, ".overlaps")))).toBe(9);
    await set("stride", 2);
    await set("pad", 1);
    await set("dilation", 2);
    // Padding is shown: the numbers inside it are the library's.
    const ones = (shape: Shape): Variable => counted(shape).mul(0).add(1);
    const options = { stride: 2, pad: 1, dilation: 2 };
    const counts = flat(
      col2im(
        im2col(ones([1, 1, 5, 5]), 3, 3, options)
          .mul(0)
          .add(1),
        [1, 1, 5, 5],
        3,
        3,
        options,
      ),
    );
    const inside = await page.$$eval(".overlaps td:not(.padding)", (cells) =>
      cells.map((cell) => Number(cell.textContent)),
    );
    expect(inside).toEqual(counts);
    expect(new URL(page.url()).hash).toContain("windows=");
    const again = await open("again", new URL(page.url()).hash);
    expect(await again.locator(".overlaps td.padding").count()).toBeGreaterThan(0);
    expect(await numbers(again, ".overlaps")).toEqual(await numbers(page, ".overlaps"));
    await set("window", 5);
    expect(await page.textContent(".problem-text")).toContain("im2col");
    await press(page, "Escape");
    expect(await page.locator("dialog[open]").count()).toBe(0);
    expect(new URL(page.url()).hash).not.toContain("windows=");
    await page.context().close();
    await again.context().close();
  });

  it("marks the maximum that pooling chose, which alone gets the gradient", async () => {
    const page = await open("pooling", "#windows=pooling");
    const pixels = await numbers(page, image);
    const x = variable(tensor(Float64Array.from(pixels), { shape: [1, 1, 4, 4], dtype: "float64" }));
    const pooled = (x: Variable): Variable => max(reshape(im2col(x, 2, 2, { stride: 2 }), [4, 4]), { axis: 1 });
    const [gradient] = vjp(pooled, x).pullback(counted([4]));
    expect(await numbers(page, ".running")).toEqual(flat(gradient));
    const marked = await page.$$eval(`${image} td.marked`, (cells) =>
      cells.map((cell) => cell.getAttribute("data-place")),
    );
    const chosen = flat(gradient).flatMap((g, place) => (g === 0 ? [] : [String(place)]));
    expect(marked).toEqual(chosen);
    await page.context().close();
  });

  it("is reached from an op on windows, with its sizes and its pixels", async () => {
    const page = await open("reach", "");
    await click(page, '[data-node="1"]');
    await click(page, ".show-windows");
    const x = counted([1, 1, 4, 4]);
    expect(await numbers(page, rows)).toEqual(flat(im2col(x, 3, 3, { pad: 1, stride: 2 })));
    await page.context().close();
  });

  it.each(widths)("is accessible and complete at $width × $height", async ({ width, height }) => {
    const page = await open(`windows-${width}`, "#windows=batch", { viewport: { width, height } });
    expect(await accessibilityProblems(page)).toEqual([]);
    const wide = await page.evaluate(
      "document.querySelector('dialog').scrollWidth - document.querySelector('dialog').clientWidth",
    );
    expect(wide).toBeLessThanOrEqual(1);
    await page.screenshot({ path: screenshotPath(`windows-${width}`) });
    await page.context().close();
  });

  it("has complained of nothing and asked for nothing", () => {
    expect(pages.complaints).toEqual([]);
  });
});
