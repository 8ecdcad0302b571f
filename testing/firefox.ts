/**
 * Firefox for tests, driven by WebDriver BiDi. It is taken from the system: `ADJOINT_FIREFOX`, or where Linux puts it.
 */
import { existsSync } from "node:fs";
import puppeteer, { type Browser, type Page } from "puppeteer-core";
import { untilSettled } from "./workers.ts";

const places = ["/usr/bin/firefox-esr", "/usr/bin/firefox"];

const given = process.env.ADJOINT_FIREFOX;

/** The browser's program; null where there is none, or `ADJOINT_FIREFOX` is empty. */
export const firefoxPath: string | null =
  given === undefined ? (places.find((path) => existsSync(path)) ?? null) : given || null;

/** Milliseconds: a limit for what hangs, on a busy machine too. */
const timeout = 120_000;

/** Starts the browser, with windows of 1400 by 900 pixels. */
export async function startFirefox(): Promise<Browser> {
  return await puppeteer.launch({
    browser: "firefox",
    executablePath: firefoxPath as string,
    headless: true,
    defaultViewport: null,
    timeout,
    args: ["--width=1400", "--height=900"],
  });
}

export async function newTab(browser: Browser): Promise<Page> {
  const page = await browser.newPage();
  page.setDefaultTimeout(timeout);
  return page;
}

/** Waits until a tab with late workers has done what it was asked for: they have answered, and all is drawn. */
export async function settled(page: Page): Promise<void> {
  await page.evaluate(untilSettled);
}
