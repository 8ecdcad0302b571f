/**
 * Compiles kernels/library.ts (AssemblyScript) to WASM and embeds it in src/engines/wasm/library.generated.ts in
 * hexadecimal, as packages/tensor/scripts/build-kernels.ts does. Run: `pnpm build:kernels`.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import asc from "assemblyscript/asc";

/** Where the compiled form is kept. */
export const generatedFile = new URL("../src/engines/wasm/library.generated.ts", import.meta.url);

/** Speed over size, no runtime and no checks; the memory is that of the program. */
const options =
  "--optimizeLevel 3 --shrinkLevel 0 --converge --noAssert --runtime stub --enable simd --importMemory --initialMemory 1".split(
    " ",
  );

/** The generated file, as text; throws with the compiler's messages when there are errors. */
export async function renderLibrary(): Promise<string> {
  const source = readFileSync(new URL("../kernels/library.ts", import.meta.url), "utf8");
  let binary: Uint8Array | undefined;
  const { error, stderr } = await asc.main(["library.ts", "--outFile", "library.wasm", ...options], {
    readFile: (file) => (file === "library.ts" ? source : null),
    writeFile: (_, contents) => {
      binary = contents as Uint8Array;
    },
    listFiles: () => [],
  });
  if (error !== null || binary === undefined) throw new Error(stderr.toString(), { cause: error });
  const digits = Buffer.from(binary)
    .toString("hex")
    .replace(/.{116}/g, "$&\\\n");
  return `/** kernels/library.ts, compiled by scripts/build-library.ts; do not edit. ${binary.length} bytes of WASM in hexadecimal. */
export const library: string =
  "${digits}";
`;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) writeFileSync(generatedFile, await renderLibrary());
