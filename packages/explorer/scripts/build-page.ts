/**
 * Builds the interactive page (page/) with Vite into src/page.generated.ts: one HTML document that waits for a graph,
 * so that users, tests and bundlers need no build step and no file beside the code. Run: `pnpm build:page`.
 */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build, type InlineConfig, type Plugin, type Rollup } from "vite";
import { wordsOfOps } from "../page/formulas/render.ts";

const root = fileURLToPath(new URL("../page/", import.meta.url));

/** Where the page is kept. */
export const generatedFile: URL = new URL("../src/page.generated.ts", import.meta.url);

/** Formulas are typeset here, once: see page/formulas. */
function formulas(): Plugin {
  const name = "virtual:op-words";
  return {
    name: "op-words",
    resolveId: (id) => (id === name ? `\0${name}` : null),
    load: (id) => (id === `\0${name}` ? `export const opWords = ${JSON.stringify(wordsOfOps())};` : null),
  };
}

/** Runs a build as it is when nothing is said: Vite heeds NODE_ENV, which tests set. */
async function asProduction<Result>(run: () => Promise<Result>): Promise<Result> {
  const before = process.env.NODE_ENV;
  process.env.NODE_ENV = "production";
  try {
    return await run();
  } finally {
    process.env.NODE_ENV = before;
  }
}

/** One script from an entry, and the packages of others that are in it. */
async function bundle(entry: string): Promise<{ readonly script: string; readonly packages: readonly string[] }> {
  const config: InlineConfig = {
    root,
    configFile: false,
    mode: "production",
    logLevel: "error",
    plugins: [formulas()],
    resolve: { conditions: ["@adjoint/source", "module", "browser", "import", "default"] },
    // Both are classic scripts: modules from a blob do not run in pages that are opened as files.
    define: { "import.meta.url": "location.href" },
    oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
    build: {
      write: false,
      target: "es2023",
      minify: true,
      modulePreload: false,
      rolldownOptions: { input: `${root}${entry}`, output: { format: "iife" } },
    },
  };
  const { output } = (await asProduction(() => build(config))) as Rollup.RollupOutput;
  const chunks = output.filter((file) => file.type === "chunk");
  if (chunks.length !== 1) throw new Error(`${entry} became ${chunks.length} scripts`);
  const folders = chunks[0].moduleIds.map((id) => /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+\//.exec(id)?.[0]);
  return { script: chunks[0].code.trim(), packages: folders.filter((folder) => folder !== undefined) };
}

/** The licences of packages, which go with their code. */
function licencesOf(folders: readonly string[]): string {
  const texts = new Map<string, string>();
  for (const folder of folders) {
    const { name, version } = JSON.parse(readFileSync(`${folder}package.json`, "utf8")) as Record<string, string>;
    const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
    if (file === undefined) throw new Error(`${name} has no licence file`);
    texts.set(name, `${name} ${version}\n\n${readFileSync(`${folder}${file}`, "utf8").trim()}`);
  }
  const sorted = [...texts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, text]) => text);
  // Two hyphens would end the comment.
  return ["This page contains these packages:", ...sorted].join("\n\n").replaceAll("--", "- -");
}

/** The styles, without comments and indentation. */
function styles(): string {
  const source = readFileSync(`${root}style.css`, "utf8");
  return source
    .replaceAll(/\/\*.*?\*\//gs, "")
    .replaceAll(/\n\s*/g, "")
    .trim();
}

/** What the security policy says of a text that it allows. */
function hashOf(text: string): string {
  return `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
}

/** Text that may stand in a script element. */
function inScript(text: string): string {
  return text.replaceAll("</script", "<\\/script").replaceAll("<!--", "<\\!--");
}

/** The page without a graph: `{title}` and `{content}` are to be filled in. */
export async function buildPage(): Promise<string> {
  const [main, worker] = [await bundle("main.tsx"), await bundle("engine/worker.ts")];
  const [script, engine] = [inScript(main.script), inScript(worker.script)];
  const style = styles();
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
  const text = renderPage(await buildPage());
  const before = (() => {
    try {
      return readFileSync(generatedFile, "utf8");
    } catch {
      return "";
    }
  })();
  writeFileSync(generatedFile, text);
  console.log(`src/page.generated.ts: ${text.length} characters${before === text ? ", unchanged" : ""}`);
}
