/** Running bundled programs in Firefox. */
import type { AddressInfo } from "node:net";
import type { Browser } from "puppeteer-core";
import { newTab } from "../firefox.ts";
import { type Allowed, headersOf, type PageRun, reported, serve } from "./run.ts";

/** Runs a bundle on a page, as runInBrowser does in Chromium; nobody looks for workers here. */
export async function runInFirefox(browser: Browser, folder: string, allowed: Allowed): Promise<PageRun> {
  const server = await serve(folder, headersOf(allowed));
  const tab = await newTab(browser);
  try {
    const complaints: string[] = [];
    const complain = (text: string) => {
      if (allowed.wasm || !/WebAssembly|wasm-eval/.test(text)) complaints.push(text);
    };
    tab.on("console", (message) => complain(`console: ${message.text()}`));
    tab.on("pageerror", (error) => complain(`error: ${error instanceof Error ? error.stack : String(error)}`));
    await tab.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/index.html`);
    return { report: await reported(tab, complaints), complaints };
  } finally {
    await tab.close();
    server.close();
  }
}
