/** Pages in a real Chromium for tests. It is taken from the system: `ADJOINT_CHROMIUM`, or where Linux puts it. */
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import axe from "axe-core";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { lateWorkers, untilSettled } from "./workers.ts";

const places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

const given = process.env.ADJOINT_CHROMIUM;

/** The browser's program; null where there is none, or `ADJOINT_CHROMIUM` is empty. */
export const chromiumPath: string | null =
  given === undefined ? (places.find((path) => existsSync(path)) ?? null) : given || null;

if (chromiumPath === null) {
  console.warn("No Chromium found: tests of pages are skipped. Install it (apt-get install chromium) to run them.");
}

/** Milliseconds: a limit for what hangs, on a busy machine too. */
const timeout = 120_000;

export async function startBrowser(): Promise<Browser> {
  return await chromium.launch({ executablePath: chromiumPath as string, args: ["--no-sandbox"], timeout });
}

/** A page in a context of its own. */
export async function newPage(browser: Browser, options: BrowserContextOptions = {}): Promise<Page> {
  const context = await browser.newContext(options);
  context.setDefaultTimeout(timeout);
  return await context.newPage();
}

export interface OpenOptions extends BrowserContextOptions {
  readonly fragment?: string;
  /** Whether the reader is a first visitor, who is taken around. */
  readonly tour?: boolean;
  /** Whether its workers are the page's own, as for measurements; else they are late, and {@link settled} waits for them. */
  readonly ownWorkers?: boolean;
}

/**
 * Opens a file of the disk and waits until its graph is drawn.
 *
 * @param complaints  takes what the page should not have, as long as it is open: errors and warnings on its console,
 *                    requests to anywhere
 */
export async function openFile(
  browser: Browser,
  complaints: string[],
  path: string,
  { fragment = "", tour = false, ownWorkers = false, ...options }: OpenOptions = {},
): Promise<Page> {
  const page = await newPage(browser, { viewport: { width: 1400, height: 850 }, reducedMotion: "reduce", ...options });
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("request", (request) => {
    if (!/^(file|blob|data):/.test(request.url())) complaints.push(`asked for ${request.url()}`);
  });
  if (!ownWorkers) await page.context().addInitScript({ content: lateWorkers });
  if (!tour) await page.addInitScript({ content: 'localStorage.setItem("adjoint-explorer-tour", "seen")' });
  await page.goto(`${pathToFileURL(path).href}${fragment}`);
  await page.waitForSelector("html[data-ready=true]");
  if (!ownWorkers) await settled(page);
  return page;
}

/** Waits until the page has done what it was asked for: its workers have answered, and all is drawn. */
export async function settled(page: Page): Promise<void> {
  await page.evaluate(untilSettled);
}

/** What axe-core finds wrong with the accessibility of the page: rules and where they are broken. */
export async function accessibilityProblems(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  return await page.evaluate(async () => {
    const { violations } = await (globalThis as unknown as { axe: typeof axe }).axe.run();
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 160)).join(" | ")}`);
  });
}

/** Where pictures of pages are put for people to look at: output/screenshots of the repository. */
export function screenshotPath(name: string): string {
  const folder = fileURLToPath(new URL("../output/screenshots/", import.meta.url));
  mkdirSync(folder, { recursive: true });
  return join(folder, `${name}.png`);
}
