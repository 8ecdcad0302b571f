/**
 * Compiles kernels/*.ts (AssemblyScript) to one WASM module and embeds it in src/kernels/wasm/module.generated.ts in
 * hexadecimal, so that tests, bundlers and browsers need no build step and no file beside the code. (In base64 bytes do
 * not stand at fixed places, and gzip finds less that repeats: a page would load a third more.) Renders the elementwise
 * kernels in TypeScript, too. Run: `pnpm build:kernels`.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import asc from "assemblyscript/asc";
import { elementwiseFile, renderElementwise } from "./elementwise-kernels.ts";

/** Speed over size, no runtime and no checks: kernels only load and store. */
const options = "--optimizeLevel 3 --shrinkLevel 0 --converge --noAssert --runtime stub --enable simd".split(" ");

/** Where the compiled form is kept. */
export const moduleFile = new URL("../src/kernels/wasm/module.generated.ts", import.meta.url);

/** Compiles all kernels; throws with the compiler's messages when they have errors. */
export async function compileKernels(): Promise<Uint8Array> {
  const sources = new URL("../kernels/", import.meta.url);
  let binary: Uint8Array | undefined;
  const { error, stderr } = await asc.main(["index.ts", "--outFile", "kernels.wasm", ...options], {
    readFile: (file) => (existsSync(new URL(file, sources)) ? readFileSync(new URL(file, sources), "utf8") : null),
    writeFile: (_, contents) => {
      binary = contents as Uint8Array;
    },
    listFiles: () => [],
  });
  if (error !== null || binary === undefined) throw new Error(stderr.toString(), { cause: error });
  return binary;
}

/** The generated file as text. */
export function renderModule(binary: Uint8Array): string {
  const digits = Buffer.from(binary)
    .toString("hex")
    .replace(/.{116}/g, "$&\\\n");
  return `/** kernels/*.ts, compiled by scripts/build-kernels.ts; do not edit. ${binary.length} bytes of WASM in hexadecimal. */
export const kernelModule: string =
  "${digits}";
`;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const binary = await compileKernels();
  writeFileSync(moduleFile, renderModule(binary));
  console.log(`${binary.length} bytes`);
  writeFileSync(elementwiseFile, await renderElementwise());
}
