/**
 * Writing the interactive page into a file. Node's own module is fetched when it is needed, and not imported, so that
 * everything else in this package can be bundled for a browser.
 */
import type { Graph } from "@adjoint/autograd";
import { SpecError } from "@adjoint/tensor";
import { type HtmlOptions, toHtml } from "./to-html.ts";

/**
 * Writes {@link toHtml} into a file.
 * @throws SpecError outside Node.js, where there are no files
 */
export async function saveHtml(graph: Graph, path: string | URL, options: HtmlOptions = {}): Promise<void> {
  const files = globalThis.process?.getBuiltinModule?.("node:fs/promises");
  if (files === undefined) {
    throw new SpecError({
      op: "saveHtml",
      problem: "there are no files to write here",
      hint: "In a browser take toHtml(graph) and offer it as a download.",
    });
  }
  await files.writeFile(path, toHtml(graph, options));
}
