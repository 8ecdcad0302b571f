/**
 * Compiles kernels/*.ts (AssemblyScript) to WASM and embeds it in src/engines/wasm/kernels/library.generated.ts, as
 * packages/tensor/scripts/build-kernels.ts does with the kernels of tensors. Run: `pnpm build:kernels`.
 */
import { writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { compileScript, embedded } from "../../tensor/scripts/build-kernels.ts";

/** Where the compiled form is kept. */
export const generatedFile = new URL("../src/engines/wasm/kernels/library.generated.ts", import.meta.url);

/** The generated file, as text; the memory is that of the program. */
export async function renderLibrary(): Promise<string> {
  const sources = new URL("../kernels/", import.meta.url);
  const binary = await compileScript(sources, "index.ts", [
    "--importMemory",
    "--initialMemory",
    "1",
    "--maximumMemory",
    "65536",
  ]);
  return embedded("library", "kernels/*.ts, compiled by scripts/build-library.ts", binary);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) writeFileSync(generatedFile, await renderLibrary());
