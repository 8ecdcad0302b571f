/** Embeds src/loader/ahead/worker.ts in worker.generated.ts beside it. Run: `pnpm build:worker`. */
import { writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { embeddedWorker } from "../../tensor/scripts/embed-worker.ts";

/** Where the bundled form is kept. */
export const workerFile = new URL("../src/loader/ahead/worker.generated.ts", import.meta.url);

/** The generated file, as text. */
export const renderWorker = (): Promise<string> => embeddedWorker(workerFile);

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) writeFileSync(workerFile, await renderWorker());
