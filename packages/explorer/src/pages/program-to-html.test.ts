import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { exp, type Graph, graphOf, recordAll, sum, tanh, variable } from "@adjoint/autograd";
import { describe, expect, it } from "vitest";
import {
  accessibilityProblems,
  chromiumPath,
  newPage,
  screenshotPath,
  startBrowser,
} from "../../../../testing/browser.ts";
import { type ExplainedFunction, programToHtml } from "./program-to-html.ts";

const graph = (run: () => ReturnType<typeof sum>): Graph => graphOf(recordAll(run));
const x = variable([1, 2], { name: "x" });
const w = variable([1, 2], { name: "<w> & co" });
const recorded = graph(() => sum(tanh(x).mul(w).add(tanh(x).mul(w))));
const runs = graph(() => {
  const y = tanh(x).mul(w);
  return sum(y.add(y));
});
const opOf = (of: Graph, op: string | null, nth = 0): number => of.nodes.filter((node) => node.op === op)[nth].id;
const became = recorded.nodes.map(({ op, name }) => [
  op === null ? (runs.nodes.find((other) => other.name === name)?.id ?? 0) : opOf(runs, op),
]);
const compiled = {
  program: { graph: recorded },
  plan: {
    program: { graph: runs },
    became,
    rewrites: [{ name: "common <subexpressions>", reason: "once is enough", count: 2, nodes: [opOf(runs, "mul")] }],
    parts: [
      { name: "tanh mul add", shape: [2], nodes: ["tanh", "mul", "add"].map((op) => opOf(runs, op)) },
      { name: "sum", shape: [], nodes: [opOf(runs, "sum")] },
      { name: "copy", shape: [2], nodes: [] },
    ],
    bytes: 2048,
  },
} satisfies ExplainedFunction;

describe("programToHtml", () => {
  it("draws both graphs, with links from each node to what became of it", async () => {
    const html = await programToHtml(compiled, { title: "a < b" });
    expect(html).toContain("<title>a &lt; b</title>");
    expect(html).toContain(`Recorded: ${recorded.nodes.length} nodes`);
    expect(html).toContain(`Runs: ${runs.nodes.length} nodes in 3 parts, 2.0 KiB`);
    const ids = [...html.matchAll(/<g id="([ab]\d+)" class="node/g)].map(([, id]) => id);
    expect(ids.sort()).toEqual(
      [...recorded.nodes.map(({ id }) => `a${id}`), ...runs.nodes.map(({ id }) => `b${id}`)].sort(),
    );
    // Both products lead to the one that is left, which leads back to the first.
    const linkOf = (id: string): string | undefined =>
      new RegExp(`<g id="${id}" [^>]*><a href="#(\\w+)">`).exec(html)?.[1];
    const product = opOf(runs, "mul");
    expect([0, 1].map((nth) => linkOf(`a${opOf(recorded, "mul", nth)}`))).toEqual([`b${product}`, `b${product}`]);
    expect(linkOf(`b${product}`)).toBe(`a${opOf(recorded, "mul")}`);
    expect(html).toContain(`<g id="b${product}" class="node r0 p0">`);
    for (const [, target] of html.matchAll(/href="#(\w+)"/g)) expect(html.split(`id="${target}"`)).toHaveLength(2);
    expect(new Set(html.match(/ id="[^"]+"/g)).size).toBe(html.match(/ id="[^"]+"/g)?.length);
  });

  it("says what it cannot show", async () => {
    await expect(programToHtml({ program: null, plan: null })).rejects.toThrow(
      "programToHtml: the function was not called yet, so that it has no program",
    );
    await expect(programToHtml(exp as never)).rejects.toThrow("expected what compile returns");
    await expect(programToHtml(compiled, { titel: "x" } as object)).rejects.toThrow("title");
    const unchanged = { ...compiled, plan: { ...compiled.plan, rewrites: [], bytes: 0 } };
    expect(await programToHtml(unchanged)).toMatch(/<h2>Rewritten<\/h2>\n<p>none<\/p>[\s\S]* in 3 parts<\/h2>/);
  });

  it.skipIf(chromiumPath === null)("shows in Chromium what a line of the list stands for", async () => {
    const path = join(mkdtempSync(join(tmpdir(), "adjoint-program-")), "program.html");
    writeFileSync(path, await programToHtml(compiled));
    const browser = await startBrowser();
    try {
      const page = await newPage(browser, { viewport: { width: 1400, height: 850 } });
      const complaints: string[] = [];
      page.on("console", (message) => complaints.push(message.text()));
      page.on("request", (request) => {
        if (!/^(file|data):/.test(request.url())) complaints.push(request.url());
      });
      await page.goto(pathToFileURL(path).href);
      const seen = async (): Promise<string[]> =>
        await page.evaluate(
          "[...document.querySelectorAll('.node')].filter((node) => getComputedStyle(node).opacity === '1').map(({ id }) => id)",
        );
      expect(await seen()).toHaveLength(recorded.nodes.length + runs.nodes.length);
      await page.click("#p1");
      expect(await seen()).toEqual([`a${opOf(recorded, "sum")}`, `b${opOf(runs, "sum")}`]);
      await page.click("text=common <subexpressions>");
      expect(await seen()).toHaveLength(3);
      // A node leads to what became of it, which comes into view.
      await page.click("#full");
      await page.click(`#a${opOf(recorded, "sum")} a`);
      const became = `#b${opOf(runs, "sum")}`;
      await page.waitForURL(({ hash }) => hash === became);
      const isInView = async (): Promise<boolean> => {
        const at = ["section:last-child > div", became].map((place) => page.locator(place).boundingBox());
        const [pane, node] = (await Promise.all(at)).map((box) => box ?? { y: Number.NaN, height: Number.NaN });
        return node.y > pane.y && node.y + node.height <= pane.y + pane.height;
      };
      await expect.poll(isInView).toBe(true);
      await page.screenshot({ path: screenshotPath("program") });
      expect(complaints).toEqual([]);
      expect(await accessibilityProblems(page)).toEqual([]);
    } finally {
      await browser.close();
    }
  });
});
