/**
 * How long pages of large graphs take in headless Chromium: to open, to open all layers, and how many frames a second there
 * are while the drawing is moved. A table, of which docs/explorer.md has one.
 * `npx tsx --conditions=@adjoint/source benchmarks/pages.ts`
 */
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  add,
  DeepConvNet,
  type Graph,
  graphOf,
  recordAll,
  renderTable,
  rng,
  scope,
  tanh,
  tensor,
  toHtml,
  type Variable,
  variable,
} from "adjoint";
import type { Page } from "playwright-core";
import { right } from "../examples/output.ts";
import { openFile, startBrowser } from "../testing/browser.ts";

const rounds = 3;

function deepConvNet(): Graph {
  const net = new DeepConvNet({ seed: 0 });
  const t = tensor([3, 7], { dtype: "int32" });
  return graphOf(net.loss(rng(1).uniform([2, 1, 28, 28]), t, { train: true }), { backward: true });
}

function chain(): Graph {
  let y: Variable = variable(0.1, { name: "x" });
  for (let i = 0; i < 1667; i++) y = tanh(y);
  return graphOf(y, { backward: true });
}

/** Layers of units, of which every one is a node: a tanh of its own, and of its neighbour. */
function units(): Graph {
  return recordAll(() => {
    let row = Array.from({ length: 40 }, (_, i) => variable(i / 40, { name: `x${i}` }));
    for (let layer = 0; layer < 13; layer++) {
      row = scope(`layer${layer}`, () => row.map((x, i) => tanh(add(x, row[(i + 1) % row.length]))));
    }
    return graphOf(row.reduce(add), { backward: true });
  });
}

/** Milliseconds until the drawing says something else. */
async function openAll(page: Page): Promise<number | null> {
  const button = page.locator("button", { hasText: "Open all" });
  if ((await button.count()) === 0) return null;
  const label = () => page.evaluate(() => document.querySelector("canvas")?.getAttribute("aria-label"));
  const before = await label();
  const start = performance.now();
  await button.first().click();
  while ((await label()) === before) await page.waitForTimeout(10);
  return performance.now() - start;
}

/** Frames a second while the drawing is moved to and fro for two seconds. */
async function frames(page: Page): Promise<number> {
  const box = await page.locator("canvas").first().boundingBox();
  if (box === null) throw new Error("the page has no drawing");
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  // As text: what runs this file gives functions names by a helper that the page has not.
  await page.evaluate("drawn = 0; (function count() { drawn++; requestAnimationFrame(count); })()");
  await page.mouse.move(x, y);
  await page.mouse.down();
  const start = performance.now();
  for (let i = 0; performance.now() - start < 2000; i++) await page.mouse.move(x + 150 * Math.sin(i / 10), y);
  const seconds = (performance.now() - start) / 1000;
  const count = Number(await page.evaluate("drawn"));
  await page.mouse.up();
  return count / seconds;
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
const seconds = (values: readonly (number | null)[]): string => {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? "" : `${(median(known) / 1000).toFixed(2)} s`;
};

const folder = mkdtempSync(join(tmpdir(), "adjoint-pages-"));
const browser = await startBrowser();
const rows: string[][] = [];
for (const [title, make] of Object.entries({ DeepConvNet: deepConvNet, "a chain": chain, "layers of units": units })) {
  const graph = make();
  const path = join(folder, `${title}.html`);
  writeFileSync(path, toHtml(graph, { title }));
  const [opened, unfolded, moved]: [number[], (number | null)[], number[]] = [[], [], []];
  for (let round = 0; round < rounds; round++) {
    const start = performance.now();
    const page = await openFile(browser, [], path, { ownWorkers: true });
    opened.push(performance.now() - start);
    unfolded.push(await openAll(page));
    moved.push(await frames(page));
    await page.context().close();
  }
  const size = `${(statSync(path).size / 1e6).toFixed(1)} MB`;
  const row = [title, String(graph.nodes.length), size, seconds(opened), seconds(unfolded), median(moved).toFixed(0)];
  rows.push(row);
}
await browser.close();
rmSync(folder, { recursive: true });

const numbers = ["nodes", "page", "opens in", "all layers opened in", "frames/s"];
console.log(renderTable(["graph", ...numbers.map(right)], rows));
