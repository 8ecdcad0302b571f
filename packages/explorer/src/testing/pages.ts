/** Pages of graphs for tests in a browser. */
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Graph } from "@adjoint/autograd";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll } from "vitest";
import { type OpenOptions, openFile, settled, startBrowser } from "../../../../testing/browser.ts";
import { toHtml } from "../pages/to-html.ts";

/** The browser that a file's tests open pages in: started before them, closed after them. */
export interface PagesInBrowser {
  /** What the pages that were open complained of, and asked for. */
  readonly complaints: readonly string[];
  /** Opens the page of a graph. */
  open(name: string, graph: Graph, options?: OpenOptions): Promise<Page>;
  /** Opens a page. */
  openHtml(name: string, html: string, options?: OpenOptions): Promise<Page>;
}

/** A browser for the tests of the group that this is called in. */
export function pagesInBrowser(): PagesInBrowser {
  let browser: Browser;
  const folder = mkdtempSync(join(tmpdir(), "adjoint-page-"));
  const complaints: string[] = [];
  beforeAll(async () => {
    browser = await startBrowser();
  });
  afterAll(() => browser?.close());
  async function openHtml(name: string, html: string, options?: OpenOptions): Promise<Page> {
    const path = join(folder, `${name}.html`);
    writeFileSync(path, html);
    return await openFile(browser, complaints, path, options);
  }
  return {
    complaints,
    open: (name, graph, options) => openHtml(name, toHtml(graph, { title: name }), options),
    openHtml,
  };
}

/** The address of the step in which the rules of a node run. */
export function addressOfRules(graph: Graph, node: number): string {
  const ops = graph.nodes.filter(({ role }) => role === "op").length;
  const k = graph.backward?.steps.findIndex((step) => step.node === node) ?? -1;
  return `step=${ops + 1 + k}&node=n${node}`;
}

/** Clicks, and waits until the page has done what that asks for. */
export async function click(page: Page, at: string, options: Parameters<Page["click"]>[1] = {}): Promise<void> {
  await page.click(at, options);
  await settled(page);
}

/** Points at something, and waits until the page has done what that asks for. */
export async function hover(page: Page, at: string): Promise<void> {
  await page.hover(at);
  await settled(page);
}

/** Presses keys, and waits until the page has done what they ask for. */
export async function press(page: Page, ...keys: string[]): Promise<void> {
  for (const key of keys) await page.keyboard.press(key);
  await settled(page);
}

/** Writes into a field, leaves it by Enter, and waits until the page has computed what follows. */
export async function write(page: Page, at: string, text: string): Promise<void> {
  await page.fill(at, text);
  await press(page, "Enter");
}

/** Moves a slider to one value after the other at once, and waits until the page has computed what follows. */
export async function slide(page: Page, at: string, ...values: number[]): Promise<void> {
  await page.locator(at).evaluate((input, all) => {
    for (const value of all) {
      (input as unknown as { value: string }).value = String(value);
      input.dispatchEvent(new Event("input", { bubbles: true }));
    }
  }, values);
  await settled(page);
}

/** The widths that every page is tried at: a phone, a tablet, a small and a large window. */
export const widths = [
  { width: 390, height: 844 },
  { width: 768, height: 1024 },
  { width: 1024, height: 768 },
  { width: 1440, height: 900 },
] as const;

/** A number as the page writes it. */
export function readNumber(text: string | null): number {
  return Number(withPlainPowers(text ?? "").replaceAll("−", "-"));
}

/** A text with its powers of ten as programs write them: `1.7e−7` for `1.7·10⁻⁷`. */
export function withPlainPowers(text: string): string {
  const plain = (raised: string): string =>
    [...raised].map((sign) => (sign === "⁻" ? "−" : "⁰¹²³⁴⁵⁶⁷⁸⁹".indexOf(sign))).join("");
  return text.replaceAll(/(\d·)?10([⁻⁰¹²³⁴-⁹]+)/g, (_, factor: string | undefined, raised: string) => {
    return `${factor?.[0] ?? "1"}e${plain(raised)}`;
  });
}
