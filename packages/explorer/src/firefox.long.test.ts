/** The main walks through both pages in Firefox; the other tests of pages run in Chromium. */
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Graph, graphFromJSON, graphOf, recordAll, variable } from "@adjoint/autograd";
import { tensor } from "@adjoint/tensor";
import type { Browser, KeyInput, Page } from "puppeteer-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { firefoxPath, newTab, settled, startFirefox } from "../../../testing/firefox.ts";
import { lateWorkers } from "../../../testing/workers.ts";
import { toHtml } from "./pages/to-html.ts";
import { addressOfRules, readNumber } from "./testing/pages.ts";
import { trainingPage } from "./training/training-page.ts";

if (firefoxPath === null) {
  console.warn(
    "No Firefox found: its tests of pages are skipped. Install it (apt-get install firefox-esr) to run them.",
  );
}

const counted = (rows: number, columns: number, name: string, requiresGrad = true) =>
  variable(
    tensor(
      Float64Array.from({ length: rows * columns }, (_, i) => i + 1),
      { shape: [rows, columns], dtype: "float64" },
    ),
    { name, requiresGrad },
  );

/** x · W + b for a batch of three, weighted by 1 … 6 and added up. */
function affine(): Graph {
  const b = variable([1, 2], { name: "b", dtype: "float64" });
  return graphOf(
    recordAll(() =>
      counted(3, 2, "x")
        .matmul(counted(2, 2, "W"))
        .add(b)
        .mul(counted(3, 2, "upstream", false))
        .sum(),
    ),
    { backward: true },
  );
}

describe.skipIf(firefoxPath === null)("pages in Firefox", () => {
  let browser: Browser;
  const folder = mkdtempSync(join(tmpdir(), "adjoint-firefox-"));
  const complaints: string[] = [];

  const watch = (page: Page): void => {
    page.on("console", (message) => complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(error instanceof Error ? error.message : String(error)));
    page.on("request", (request) => {
      if (!/^(file|blob|data):/.test(request.url())) complaints.push(request.url());
    });
  };
  const open = async (name: string, html: string, fragment = ""): Promise<Page> => {
    const path = join(folder, `${name}.html`);
    writeFileSync(path, html);
    const page = await newTab(browser);
    await page.evaluateOnNewDocument(lateWorkers);
    watch(page);
    await page.goto(`${pathToFileURL(path).href}${fragment}`);
    await page.waitForSelector("html[data-ready=true]");
    await settled(page);
    return page;
  };
  const text = (page: Page, at: string): Promise<string> => page.$eval(at, (element) => element.textContent ?? "");
  const press = async (page: Page, ...keys: KeyInput[]): Promise<void> => {
    for (const key of keys) await page.keyboard.press(key);
    await settled(page);
  };
  const lit = (page: Page, at: string): Promise<string[]> =>
    page.$$eval(`${at} td.lit`, (cells) => cells.map((cell) => cell.textContent ?? ""));
  /** As the page has it: the browser tells of a change later. */
  const address = (page: Page): Promise<string> => page.$eval("html", ({ baseURI }) => baseURI);
  const shown = async (page: Page, id: number): Promise<number> =>
    readNumber(await text(page, `[data-node="${id}"] span.shape`));

  beforeAll(async () => {
    browser = await startFirefox();
  });
  afterAll(() => browser?.close());

  it("opens a graph, takes a first visitor around, and steps forward and backward by keys and by buttons", async () => {
    const page = await open("steps", toHtml(affine(), { title: "steps" }), "#lang=en");
    expect(await page.$("dialog.tour[open]")).not.toBeNull();
    await press(page, "Escape");
    expect(await page.$("dialog[open]")).toBeNull();
    await press(page, "Home", "n");
    expect(await text(page, ".said")).toContain("step 1 of 11 Forward: matmul n2 — x · W");
    for (let step = 2; step <= 11; step++) await page.click('.stepper button[aria-label="Next step"]');
    await settled(page);
    expect(await text(page, ".said")).toContain("step 11 of 11 Backward through");
    expect(await text(page, ".step")).toContain("xᵀ · ∂y");
    await press(page, "p");
    expect(await text(page, ".said")).toContain("∂y added up over its 3 rows = [9, 12]");
    await page.close();
  });

  it("lights the numbers that belong to the one that is pointed at", async () => {
    const graph = affine();
    const { id } = graph.nodes.find(({ op }) => op === "repeat") as Graph["nodes"][number];
    const page = await open("hover", toHtml(graph), `#${addressOfRules(graph, id)}&lang=en`);
    const sums = await page.$$(".step .term:last-child .cells td");
    await sums[0].hover();
    await settled(page);
    // The gradient of the first bias, 1 + 3 + 5, is lit with what it was added up from.
    expect(await lit(page, ".step")).toEqual(["1", "3", "5", "9"]);
    // The same by keys: from where it is to the next one.
    await page.focus(".step .term:last-child .cells");
    await press(page, "ArrowRight");
    expect(await lit(page, ".step")).toEqual(["2", "4", "6", "12"]);
    await page.close();
  });

  it("computes everything again while a leaf is slid", async () => {
    const graph = affine();
    const id = (name: string): number => graph.nodes.find((node) => node.name === name)?.id as number;
    const page = await open("slide", toHtml(graph), `#node=n${id("b")}&lang=en`);
    await page.focus(".edit .slider input");
    await press(page, "ArrowRight");
    const [, changed] = /edit=\d+\.0(?:%3A|:)([^&]+)/.exec(await address(page)) ?? [];
    expect(Number(changed)).toBeGreaterThan(1);
    const output = graph.run({ b: [Number(changed), 2] }).value(graph.outputs[0]);
    expect(await shown(page, graph.outputs[0])).toBe(Number(Number(output.item()).toPrecision(5)));
    await page.close();
  });

  it("shows the window of a row, and drops windows onto the image", async () => {
    const page = await open("windows", toHtml(affine()), "#windows=nineSums&lang=en");
    const handles = await page.$$(".windows .rows tbody .handle");
    await handles[3].hover();
    await settled(page);
    expect(await lit(page, ".planes")).toEqual(expect.arrayContaining(["5", "6", "8", "9"]));
    expect(await text(page, ".sums li:nth-child(5)")).toContain("= 4 + 6 + 6 + 4 = 20");
    await press(page, "Escape");
    expect(await page.$("dialog[open]")).toBeNull();
    await page.close();
  });

  it("is English or Korean, dark or light", async () => {
    const page = await open("look", toHtml(affine()), "#lang=en&theme=light");
    await page.select('select[aria-label^="Language"]', "ko");
    await settled(page);
    expect(await text(page, ".tools")).toContain("역전파");
    expect(await page.$eval("html", ({ lang }) => lang)).toBe("ko");
    await page.click('button[aria-label="어둡게 또는 밝게"]');
    await settled(page);
    expect(await page.$eval("html", (root) => root.getAttribute("data-theme"))).toBe("dark");
    expect(await address(page)).toContain("lang=ko&theme=dark");
    await page.close();
  });

  it("trains a network, pauses, and opens the graph of the last step", async () => {
    const page = await open("training", trainingPage({ settings: "task=spirals&depth=2&width=4" }), "#lang=en");
    const readings = (): Promise<string> => text(page, ".readings");
    await page.click(".transport .primary");
    const before = await readings();
    await expect.poll(readings).not.toBe(before);
    await page.click(".transport .primary");
    await settled(page);
    const opening = new Promise<Page>((resolve) => page.once("popup", (tab) => resolve(tab as Page)));
    await page.click("button::-p-text(Open this step)");
    const tab = await opening;
    watch(tab);
    await tab.waitForSelector("html[data-ready=true]");
    expect(await tab.title()).toMatch(/^step \d+ of a training$/);
    const json = await tab.evaluate(async () => {
      const { explorer } = globalThis as unknown as { explorer: { exported(format: string): Promise<Blob> } };
      return await (await explorer.exported("json")).text();
    });
    const graph = graphFromJSON(json);
    expect(Number(graph.run().value(graph.outputs[0]).item())).toBeGreaterThan(0);
    await page.close();
  });

  it("writes nothing on the console and asks for nothing from anywhere", () => {
    expect(complaints).toEqual([]);
  });
});
