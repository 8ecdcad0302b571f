/** Writing the interactive page into a file. */
import type { Graph } from "@adjoint/autograd";
import { writeWhole } from "@adjoint/data/files";
import { calledAs, SpecError } from "@adjoint/tensor";
import { type HtmlOptions, toHtml } from "./to-html.ts";

/**
 * Writes {@link toHtml} into a file, which appears whole or not at all.
 *
 * @param path  where the file is written to
 * @throws DataError when the file cannot be written; what was there before stays
 * @throws SpecError outside Node.js, where there are no files
 */
export async function saveHtml(graph: Graph, path: string | URL, options: HtmlOptions = {}): Promise<void> {
  if (globalThis.process?.getBuiltinModule === undefined) {
    const problem = "there are no files to write here";
    const hint = "In a browser take toHtml(graph) and offer it as a download.";
    throw new SpecError({ op: "saveHtml", problem, hint });
  }
  const page = calledAs("saveHtml", () => toHtml(graph, options));
  await writeWhole("saveHtml", path, page);
}
