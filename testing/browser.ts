/** Pages in a real Chromium for tests. It is taken from the system: `ADJOINT_CHROMIUM`, or where Linux puts it. */
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import axe from "axe-core";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";

const places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

const given = process.env.ADJOINT_CHROMIUM;

/** The browser's program; null where there is none, or `ADJOINT_CHROMIUM` is empty. */
export const chromiumPath: string | null =
  given === undefined ? (places.find((path) => existsSync(path)) ?? null) : given || null;

if (chromiumPath === null) {
  console.warn("No Chromium found: tests of pages are skipped. Install it (apt-get install chromium) to run them.");
}

/** Starts the browser. */
export async function startBrowser(): Promise<Browser> {
  return await chromium.launch({ executablePath: chromiumPath as string, args: ["--no-sandbox"] });
}

/** A page, and what it should not have: complaints on its console, requests to anywhere. */
export interface OpenedPage {
  readonly page: Page;
  readonly complaints: string[];
  readonly requests: string[];
}

/** Opens a file of the disk and waits until its graph is drawn. */
export async function openFile(
  browser: Browser,
  path: string,
  {
    fragment = "",
    tour = false,
    ...options
  }: BrowserContextOptions & { readonly fragment?: string; readonly tour?: boolean } = {},
): Promise<OpenedPage> {
  const context = await browser.newContext({
    viewport: { width: 1400, height: 850 },
    reducedMotion: "reduce",
    ...options,
  });
  const page = await context.newPage();
  const complaints: string[] = [];
  const requests: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("request", (request) => {
    if (!/^(file|blob|data):/.test(request.url())) requests.push(request.url());
  });
  if (!tour) await page.addInitScript({ content: 'localStorage.setItem("adjoint-explorer-tour", "seen")' });
  await page.goto(`${pathToFileURL(path).href}${fragment}`);
  await page.waitForSelector("html[data-ready=true]");
  return { page, complaints, requests };
}

/** Waits until the page is painted as it is now, and what it does after its sizes have changed is done. */
export async function nextFrame(page: Page): Promise<void> {
  await page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))");
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
