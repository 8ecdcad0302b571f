/**
 * Bundles src/engines/wasm/threads/worker.ts into one script and embeds it in worker.generated.ts beside it: workers start
 * from text, so that a bundled page needs no file for them. Run: `pnpm build:worker`.
 */
import { writeFileSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";

/** Where the bundled form is kept. */
export const workerFile = new URL("../src/engines/wasm/threads/worker.generated.ts", import.meta.url);

/** The generated file, as text. */
export async function renderWorker(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL("worker.ts", workerFile))],
    bundle: true,
    conditions: ["@adjoint/source"],
    format: "iife",
    legalComments: "none",
    minify: true,
    platform: "neutral",
    target: "es2022",
    write: false,
  });
  const [{ text }] = outputFiles;
  return `/** worker.ts, bundled by scripts/build-worker.ts; do not edit. */
export const workerSource: string =
  ${JSON.stringify(text.trim())};
`;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) writeFileSync(workerFile, await renderWorker());
