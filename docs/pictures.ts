/**
 * Takes the pictures of pages that the documents show, docs/images/*.png, in Chromium. Run it after a page has changed:
 * `npx tsx --conditions=@adjoint/source docs/pictures.ts`
 */
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { toHtml, trainingPage } from "adjoint";
import type { Page } from "playwright-core";
import { gallery } from "../examples/graphs/gallery.ts";
import { openFile, settled, startBrowser } from "../testing/browser.ts";

const folder = mkdtempSync(join(tmpdir(), "adjoint-pictures-"));
const browser = await startBrowser();

/** Opens a page at a fragment, brings it to what is to be seen, and keeps the picture. */
async function take(
  name: string,
  html: string,
  fragment: string,
  viewport: { readonly width: number; readonly height: number },
  prepare: (page: Page) => Promise<unknown>,
): Promise<void> {
  const path = join(folder, `${name}.html`);
  writeFileSync(path, html);
  const complaints: string[] = [];
  const page = await openFile(browser, complaints, path, { fragment, viewport });
  await prepare(page);
  await settled(page);
  if (complaints.length > 0) throw new Error(`${name}: ${complaints.join("; ")}`);
  await page.screenshot({ path: fileURLToPath(new URL(`images/${name}.png`, import.meta.url)) });
  console.log(`took docs/images/${name}.png`);
  await page.context().close();
}

const [apples] = gallery;
const graph = apples.build();
const { steps } = graph.backward as NonNullable<typeof graph.backward>;
const lastStep = steps.length + graph.nodes.filter(({ role }) => role === "op").length;
const node = steps[steps.length - 1].node;
await take(
  "explorer",
  toHtml(graph, { title: "two apples" }),
  `#lang=en&theme=light&step=${lastStep}&node=n${node}`,
  { width: 1180, height: 620 },
  (page) => page.waitForSelector(".step .symbols"),
);
for (const [name, theme] of [
  ["training-live", "light"],
  ["training-live-dark", "dark"],
]) {
  await take(
    name,
    trainingPage({ settings: "lesson=sigmoids" }),
    `#lesson=sigmoids&lang=en&theme=${theme}`,
    { width: 1440, height: 960 },
    async (page) => {
      await page.waitForSelector(".transport .primary:not([disabled])");
      await page.evaluate("training.advance(180)");
      await page.waitForFunction("training.iteration.value === 180 && training.latest.value !== null");
    },
  );
}
await browser.close();
