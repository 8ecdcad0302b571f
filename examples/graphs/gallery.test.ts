import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { toHtml } from "adjoint";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { accessibilityProblems, chromiumPath, openFile, screenshotPath, startBrowser } from "../../testing/browser.ts";
import { gallery } from "./gallery.ts";

describe.skipIf(chromiumPath === null)("the gallery in Chromium", () => {
  let browser: Browser;
  const folder = mkdtempSync(join(tmpdir(), "adjoint-gallery-"));

  beforeAll(async () => {
    browser = await startBrowser();
  }, 30_000);
  afterAll(() => browser?.close());

  it.concurrent.each(gallery)(
    "$name opens without a complaint or a request, steps to its end, is accessible",
    { timeout: 30_000 },
    async ({ name, title, build }) => {
      const graph = build();
      const path = join(folder, `${name}.html`);
      writeFileSync(path, toHtml(graph, { title }));
      const { page, complaints, requests } = await openFile(browser, path);
      expect(await page.title()).toBe(title);
      await page.waitForTimeout(400);
      await page.screenshot({ path: screenshotPath(name) });
      // The values that the page computed are the library's own.
      const output = graph.outputs[0];
      const expected = graph.run().value(output);
      await page.click(`[data-node="${output}"]`);
      await page.waitForSelector(".panel h2");
      if (expected.size === 1) {
        const shown = await page.textContent(".panel output.number");
        expect(Number(shown?.replace("−", "-"))).toBeCloseTo(Number(expected.item()), 3);
      }
      await page.keyboard.press("Home");
      const steps = Number(await page.getAttribute(".stepper input", "max"));
      expect(steps).toBe(graph.nodes.filter(({ role }) => role === "op").length + (graph.backward?.steps.length ?? 0));
      for (let i = 0; i < Math.min(steps, 12); i++) await page.keyboard.press("n");
      expect(await page.textContent(".said")).toContain(`${Math.min(steps, 12)} of ${steps}`);
      await page.waitForTimeout(100);
      await page.screenshot({ path: screenshotPath(`${name}-stepping`) });
      expect(await accessibilityProblems(page)).toEqual([]);
      expect(complaints).toEqual([]);
      expect(requests).toEqual([]);
      await page.context().close();
    },
  );
});
