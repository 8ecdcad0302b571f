import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join } from "node:path";
import { expect, it } from "vitest";
import { accessibilityProblems, chromiumPath, newPage, screenshotPath, startBrowser } from "../../testing/browser.ts";
import { runExample } from "../run-example.ts";

const types: Readonly<Record<string, string>> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
  ".json": "application/json",
};

it.skipIf(chromiumPath === null)("shows graphs in a page with a strict policy", async () => {
  const { folder } = await runExample("embed");
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? "/", "http://localhost").pathname;
    try {
      const bytes = readFileSync(join(folder, path === "/" ? "index.html" : path));
      response.writeHead(200, { "content-type": types[extname(path) || ".html"] ?? "" }).end(bytes);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const browser = await startBrowser();
  try {
    const page = await newPage(browser, { viewport: { width: 1000, height: 1300 } });
    const complaints: string[] = [];
    page.on("console", (message) => complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(String(error)));
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    const textOf = async (id: string): Promise<string> => (await page.locator(`#${id} svg`).textContent()) ?? "";
    const said = (id: string) => page.locator(`#${id} [role=status]`).textContent();

    // Before the first step only leaves have values; later ones are hidden.
    expect(await textOf("apples")).not.toContain("∂ 2.2");
    await page.click("#apples button[data-move=next]");
    await expect.poll(() => said("apples")).toContain("apple × number of apples = 100 × 2 = 200");
    expect(await textOf("apples")).not.toContain("2.2");
    expect(await page.getAttribute("#apples", "step")).toBe("0");
    expect(await page.evaluate("document.querySelector('#apples').shadowRoot.activeElement.dataset.move")).toBe("next");
    await page.click("#apples button[data-move=last]");
    expect(await page.getAttribute("#apples", "step")).toBeNull();
    await expect.poll(() => textOf("apples")).toContain("∂ 2.2");
    // Attributes say how it looks, and in which language.
    await expect.poll(() => said("dark")).toContain("역전파");
    expect(await page.locator("#dark svg > rect:first-of-type").getAttribute("fill")).toBe("#14171c");
    expect(await page.locator("#apples svg > rect:first-of-type").getAttribute("fill")).toBe("#ffffff");
    await page.emulateMedia({ colorScheme: "dark" });
    await expect.poll(() => page.locator("#apples svg > rect:first-of-type").getAttribute("fill")).toBe("#14171c");
    await page.emulateMedia({ colorScheme: "light" });
    // A graph of the page's own, which follows what it computes.
    const before = await textOf("live");
    await page.fill("#x", "2");
    await expect.poll(() => textOf("live")).not.toBe(before);
    await page.screenshot({ path: screenshotPath("embed"), fullPage: true });
    expect(await accessibilityProblems(page)).toEqual([]);
    expect(complaints).toEqual([]);
    // What cannot be read is said.
    await page.evaluate("document.querySelector('#apples').setAttribute('src', 'nothing.json')");
    await expect.poll(() => page.locator("#apples [part=drawing]").textContent()).toContain("404");
    await page.evaluate("document.querySelector('#live').graph = { nodes: 1 }");
    await expect.poll(() => page.locator("#live [part=drawing]").textContent()).toMatch(/graph/i);
  } finally {
    await browser.close();
    server.close();
  }
});
