import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { chromiumPath, newPage, screenshotPath, startBrowser } from "../../testing/browser.ts";
import { runExample } from "../run-example.ts";

/** What Deno's kernel asks the value of a cell for. */
const display = Symbol.for("Jupyter.display");

interface Cell {
  readonly cell_type: string;
  readonly source: readonly string[];
}

describe("notebooks", () => {
  let folder = "";

  beforeAll(async () => {
    ({ folder } = await runExample("notebooks"));
  });

  it("show pictures in Deno's kernel, cell by cell", async () => {
    const { cells } = JSON.parse(readFileSync(join(folder, "deno.ipynb"), "utf8")) as { cells: Cell[] };
    const code = cells.filter(({ cell_type }) => cell_type === "code").map(({ source }) => source.join(""));
    // As a kernel does: names stay from cell to cell, and the last line of a cell is its value.
    const lines = code.map((cell) => cell.replace(/^(?!(?:const|let|import|\/)).*$(?![\s\S])/m, "shown.push($&"));
    const closed = lines.map((cell) => (cell.includes("shown.push(") ? cell.replace(/;$/, ");") : cell));
    const path = join(folder, "cells.mjs");
    writeFileSync(path, `export const shown = [];\n${closed.join("\n")}\n`);
    const { shown } = (await import(pathToFileURL(path).href)) as { shown: unknown[] };
    expect(shown).toHaveLength(3);
    const pictures = [shown[0], shown[2]].map((value) =>
      (value as Record<symbol, () => Record<string, string>>)[display](),
    );
    for (const picture of pictures) expect(picture["image/svg+xml"]).toMatch(/^<svg [\s\S]*<\/svg>\s*$/);
    expect(pictures[0]["image/svg+xml"]).toContain("220");
    expect(shown[1]).toBeGreaterThan(0.9);
  });

  it.skipIf(chromiumPath === null)("return an element from a cell of Observable, as from any page", async () => {
    // Observable runs a cell in braces as the body of an asynchronous function.
    const cell = readFileSync(join(folder, "observable.txt"), "utf8").replace("./adjoint.js", "{address}");
    const module = readFileSync(join(folder, "adjoint.js"), "utf8");
    const browser = await startBrowser();
    try {
      const page = await newPage(browser);
      const complaints: string[] = [];
      page.on("pageerror", (error) => complaints.push(String(error)));
      await page.route("https://notebooks.test/**", (route) =>
        new URL(route.request().url()).pathname === "/adjoint.js"
          ? route.fulfill({ contentType: "text/javascript", body: module })
          : route.fulfill({ contentType: "text/html", body: "<!doctype html><title>a page</title><main></main>" }),
      );
      await page.goto("https://notebooks.test/page");
      const body = cell.replace("{address}", "https://notebooks.test/adjoint.js");
      await page.evaluate(`(async () => ${body})().then((element) => document.querySelector("main").append(element))`);
      const drawing = page.locator("adjoint-graph svg");
      await expect.poll(() => drawing.textContent()).toContain("200");
      // ∂price/∂apple and ∂price/∂number.
      expect(await drawing.textContent()).toContain("∂ 2");
      expect(await drawing.textContent()).toContain("∂ 100");
      await page.locator("adjoint-graph button[data-move=first]").click();
      await expect.poll(() => drawing.textContent()).not.toContain("∂ 100");
      await page.screenshot({ path: screenshotPath("observable") });
      expect(complaints).toEqual([]);
    } finally {
      await browser.close();
    }
  });
});
