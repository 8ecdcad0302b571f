/**
 * Builds the interactive page (page/) into src/page.generated.ts: one HTML document that waits for a graph, so that
 * users, tests and bundlers need no build step and no file beside the code. Run: `pnpm build:page`.
 */
import { pathToFileURL } from "node:url";
import { bundle, hashOf, inScript, licencesOf, styles } from "./bundle.ts";
import { writeGenerated } from "./generated.ts";

/** Where the page is kept. */
export const generatedFile: URL = new URL("../src/page.generated.ts", import.meta.url);

/** The page without a graph: `{title}` and `{content}` are to be filled in. */
export async function buildPage(): Promise<string> {
  const [main, worker] = [await bundle("page/main.tsx"), await bundle("page/engine/worker.ts")];
  const [script, engine] = [inScript(main.script), inScript(worker.script)];
  const style = styles("page/base.css", "page/style.css");
  // Compiling the WebAssembly kernels is allowed, evaluating text is not.
  const policy = [
    "default-src 'none'",
    `script-src ${hashOf(script)} 'wasm-unsafe-eval'`,
    `style-src ${hashOf(style)}`,
    "worker-src blob:",
    "img-src blob: data:",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>{title}</title>
<style>${style}</style>
</head>
<body>
<div id="app"></div>
<script type="application/json" id="content">{content}</script>
<script type="text/plain" id="engine">${engine}</script>
<script>${script}</script>
</body>
</html>
<!--
${licencesOf([...main.packages, ...worker.packages])}
-->
`;
}

/** The generated file, as text. */
export function renderPage(page: string): string {
  return `/** The interactive page, built from page/ by scripts/build-page.ts; do not edit. */\nexport const page: string = ${JSON.stringify(page)};\n`;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  writeGenerated(generatedFile, renderPage(await buildPage()));
}
