/**
 * Builds the interactive page (page/) into src/page.generated.ts: one HTML document that waits for a graph, so that
 * users, tests and bundlers need no build step and no file beside the code. Run: `pnpm build:page`.
 */
import { pathToFileURL } from "node:url";
import { inScript } from "../src/fill-page.ts";
import { bundle, styles } from "./bundle.ts";
import { writeGenerated } from "./generated.ts";
import { engineElement, shell } from "./shell.ts";

/** Where the page is kept. */
export const generatedFile: URL = new URL("../src/page.generated.ts", import.meta.url);

/** The page without a graph: `{title}` and `{content}` are to be filled in. */
export async function buildPage(): Promise<string> {
  const [main, worker] = [await bundle("page/main.tsx"), await bundle("page/engine/worker.ts")];
  return shell({
    style: styles("page/base.css", "page/style.css"),
    script: inScript(main.script),
    parts: engineElement(inScript(worker.script)),
    packages: [...main.packages, ...worker.packages],
  });
}

/** The generated file, as text. */
export function renderPage(page: string): string {
  return `/** The interactive page, built from page/ by scripts/build-page.ts; do not edit. */\nexport const page: string = ${JSON.stringify(page)};\n`;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  writeGenerated(generatedFile, renderPage(await buildPage()));
}
