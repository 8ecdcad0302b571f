/**
 * Firefox for tests, driven by WebDriver BiDi. It is taken from the system: `ADJOINT_FIREFOX`, or where Linux puts it.
 */
import { existsSync } from "node:fs";
import puppeteer, { type Browser } from "puppeteer-core";

const places = ["/usr/bin/firefox-esr", "/usr/bin/firefox"];

const given = process.env.ADJOINT_FIREFOX;

/** The browser's program; null where there is none, or `ADJOINT_FIREFOX` is empty. */
export const firefoxPath: string | null =
  given === undefined ? (places.find((path) => existsSync(path)) ?? null) : given || null;

/** Starts the browser, with windows of 1400 by 900 pixels. */
export async function startFirefox(): Promise<Browser> {
  return await puppeteer.launch({
    browser: "firefox",
    executablePath: firefoxPath as string,
    headless: true,
    defaultViewport: null,
    args: ["--width=1400", "--height=900"],
  });
}
