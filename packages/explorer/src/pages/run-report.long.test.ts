/** The report of a run in Chromium: in the language of its address, accessible, on every width. */
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { accessibilityProblems, chromiumPath, newPage, startBrowser } from "../../../../testing/browser.ts";
import { lineChart } from "../charts/line-chart.ts";
import { widths } from "../testing/pages.ts";
import { runReport } from "./run-report.ts";

describe.skipIf(chromiumPath === null)("the report of a run in Chromium", () => {
  let browser: Browser;
  const path = join(mkdtempSync(join(tmpdir(), "adjoint-report-")), "report.html");

  beforeAll(async () => {
    const classes = Array.from({ length: 10 }, (_, i) => String(i));
    const chart = (xLabel: string): Promise<string> =>
      lineChart({ title: xLabel, xLabel, yLabel: "", series: [{ name: xLabel, values: [2, 1] }] });
    const page = runReport({
      title: { en: "digits", ko: "숫자" },
      result: { en: "test accuracy 90.00 %", ko: "시험 정확도 90.00 %" },
      chart: { en: await chart("epoch"), ko: await chart("에폭") },
      measured: { test: { accuracy: 0.9, loss: 0.25 } },
      classes: classes.map((name) => ({ name, samples: 100, precision: 0.9, recall: 0.9, f1: 0.9 })),
      confusion: classes.map((_, i) => classes.map((__, j) => (i === j ? 90 : Math.abs(i - j) === 1 ? 5 : 0))),
      summary: "layer  kind  output shape\n".repeat(3),
      settings: { epochs: 3 },
      korean: { test: "시험", accuracy: "정확도", loss: "손실", epochs: "에폭 수" },
    });
    writeFileSync(path, page);
    browser = await startBrowser();
  });
  afterAll(() => browser?.close());

  it.each(widths)("is shown in one language and leads to the other, $width wide", async (viewport) => {
    const page = await newPage(browser, { viewport });
    const complaints: string[] = [];
    page.on("console", (message) => complaints.push(message.text()));
    const heading = (): Promise<string> => page.locator("h1:visible").allTextContents().then(String);
    await page.goto(pathToFileURL(path).href);
    expect(await heading()).toBe("digits");
    await page.click("text=한국어");
    await expect.poll(heading).toBe("숫자");
    expect(new URL(page.url()).hash).toBe("#lang=ko");
    for (const lang of ["en", "ko"]) {
      await page.goto(`${pathToFileURL(path).href}#lang=${lang}`);
      await expect.poll(heading).toBe(lang === "en" ? "digits" : "숫자");
      expect(await accessibilityProblems(page)).toEqual([]);
      expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(viewport.width);
    }
    expect(complaints).toEqual([]);
    await page.close();
  });

  it("draws its chart on the page's own colour where that is dark, too, and cuts no caption", async () => {
    for (const colorScheme of ["light", "dark"] as const) {
      const page = await newPage(browser, { viewport: { width: 390, height: 844 }, colorScheme });
      await page.goto(`${pathToFileURL(path).href}#lang=en`);
      const colors = (await page.evaluate(`(() => {
        const style = (at) => getComputedStyle(document.querySelector(at));
        return [style(":root").backgroundColor, style("main:target figure svg rect").fill];
      })()`)) as string[];
      expect(colors[1]).toBe(colors[0]);
      const right = "document.querySelector('main:target caption').getBoundingClientRect().right";
      expect(await page.evaluate(right)).toBeLessThanOrEqual(390);
      await page.context().close();
    }
  });
});
