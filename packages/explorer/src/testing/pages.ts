/** Pages of graphs for tests in a browser. */
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Graph } from "@adjoint/autograd";
import type { Browser, Page } from "playwright-core";
import { type OpenedPage, openFile } from "../../../../testing/browser.ts";
import { toHtml } from "../pages/to-html.ts";

const folder = mkdtempSync(join(tmpdir(), "adjoint-page-"));

/** Opens the page of a graph. What it complains of, and asks for, is kept in `complaints`. */
export async function openPage(
  browser: Browser,
  complaints: string[],
  name: string,
  graph: Graph,
  options: Parameters<typeof openFile>[2] = {},
): Promise<Page> {
  const path = join(folder, `${name}.html`);
  writeFileSync(path, toHtml(graph, { title: name }));
  const opened: OpenedPage = await openFile(browser, path, options);
  complaints.push(...opened.complaints, ...opened.requests);
  return opened.page;
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
  return Number((text ?? "").replace("−", "-").replace("e−", "e-"));
}
