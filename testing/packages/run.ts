/** Running bundled programs: in Node.js, and in Chromium under a strict content security policy. */
import { readFileSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { availableParallelism } from "node:os";
import { extname, join } from "node:path";
import type { Browser } from "playwright-core";
import { newPage } from "../browser.ts";
import { command } from "./command.ts";

export type Report = Readonly<Record<string, unknown>>;

/** Runs a program with Node.js: a bundle, or one that finds the installed packages. */
export async function runInNode(folder: string, file: string): Promise<Report> {
  const runner = join(folder, "run-in-node.mjs");
  writeFileSync(
    runner,
    `globalThis.report = (x) => console.log(JSON.stringify(x));\nawait import(${JSON.stringify(file)});\n`,
  );
  return JSON.parse(await command(folder, process.execPath, runner)) as Report;
}

const page = `<!doctype html><meta charset="utf-8"><link rel="icon" href="/icon.svg"><title>program</title>
<script src="/report.js"></script><script type="module" src="/main.js"></script>`;

const types: Readonly<Record<string, string>> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".svg": "image/svg+xml",
};

/** Serves a folder with its main.js on a page, with these headers. */
export async function serve(folder: string, headers: Readonly<Record<string, string>>): Promise<Server> {
  const own: Readonly<Record<string, string>> = {
    "/index.html": page,
    "/report.js": "globalThis.report = (x) => { globalThis.reported = x; };",
    "/icon.svg": '<svg xmlns="http://www.w3.org/2000/svg"/>',
  };
  const server = createServer(({ url = "/" }, response) => {
    try {
      const body = own[url] ?? readFileSync(join(folder, url));
      const type = types[extname(url)] ?? "application/octet-stream";
      response.writeHead(200, { "content-type": type, ...headers }).end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}

/** What a page reported and what it, or the browser, complained about: the console, errors, the policy. */
export interface PageRun {
  readonly report: Report | null;
  readonly complaints: readonly string[];
}

/** What a page allows: WebAssembly, and threads that share memory. */
export interface Allowed {
  readonly wasm: boolean;
  readonly threads: boolean;
}

/** The headers of a page: scripts from its own place alone, with WebAssembly or without it; and isolated, with workers. */
export function headersOf({ wasm, threads }: Allowed): Readonly<Record<string, string>> {
  const policy = `script-src 'self'${wasm ? " 'wasm-unsafe-eval'" : ""}${threads ? "; worker-src blob:" : ""}`;
  const isolated = { "cross-origin-opener-policy": "same-origin", "cross-origin-embedder-policy": "require-corp" };
  return { "content-security-policy": policy, ...(threads ? isolated : {}) };
}

/** What a page reports within two minutes; null where it complains first, or reports nothing. */
export async function reported(
  tab: { evaluate(read: () => Report | null): Promise<Report | null> },
  complaints: readonly string[],
): Promise<Report | null> {
  const deadline = Date.now() + 120_000;
  let report: Report | null = null;
  // Polled from outside: a strict policy does not let a page evaluate the text of a condition.
  while (report === null && complaints.length === 0 && Date.now() < deadline) {
    report = await tab.evaluate(() => (globalThis as { reported?: Report }).reported ?? null);
    if (report === null) await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return report;
}

/**
 * Runs a bundle on a page. That WebAssembly was refused is no complaint where the policy refuses it: a page can only find
 * that out by trying. Where threads are allowed, there must be a worker.
 */
export async function runInBrowser(browser: Browser, folder: string, allowed: Allowed): Promise<PageRun> {
  const server = await serve(folder, headersOf(allowed));
  const tab = await newPage(browser);
  try {
    const complaints: string[] = [];
    const isExpected = (text: string): boolean => !allowed.wasm && /WebAssembly|wasm-eval/.test(text);
    const complain = (text: string) => {
      if (!isExpected(text)) complaints.push(text);
    };
    tab.on("console", (message) => complain(`console: ${message.text()}`));
    tab.on("pageerror", (error) => complain(`error: ${error.stack ?? String(error)}`));
    await tab.exposeFunction("complain", complain);
    await tab.addInitScript({
      content:
        'addEventListener("securitypolicyviolation", (e) => complain("policy: " + [e.violatedDirective, e.blockedURI, e.sourceFile, e.lineNumber, e.columnNumber].join(" ")));',
    });
    await tab.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/index.html`);
    const report = await reported(tab, complaints);
    // The browser may tell of it after the program has reported.
    const isThreaded = allowed.threads && availableParallelism() > 1 && report !== null;
    if (isThreaded && tab.workers().length === 0) await tab.waitForEvent("worker");
    return { report, complaints };
  } finally {
    await tab.context().close();
    server.close();
  }
}
