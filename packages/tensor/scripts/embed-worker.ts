/** Bundles the program of a worker into one text, which a TypeScript file has: workers start from text, so that a bundled page needs no file. */
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

/** The file `worker.generated.ts` for the program `worker.ts` beside it, as text. */
export async function embeddedWorker(generated: URL): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL("worker.ts", generated))],
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
