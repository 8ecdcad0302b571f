/**
 * Compiles kernels/*.ts (AssemblyScript) to one WASM module and embeds it in src/kernels/wasm/module.generated.ts as
 * a string, so that tests, bundlers and browsers need no build step and no file beside the code. Renders the elementwise
 * kernels in TypeScript, too. Run: `pnpm build:kernels`.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import asc from "assemblyscript/asc";
import { elementwiseFile, renderElementwise } from "./elementwise-kernels.ts";
import { encode } from "./encode-module.ts";

/** Speed before size, no runtime and no checks: kernels only load and store. Their tables start at address 16. */
const options = [
  ..."--optimizeLevel 3 --shrinkLevel 1 --converge --noAssert --runtime stub --memoryBase 16 --enable simd".split(" "),
  // Locals that are used often get the same few numbers in every function, which compresses better.
  ..."--runPasses reorder-locals".split(" "),
];

/** Where the compiled form is kept. */
export const moduleFile = new URL("../src/kernels/wasm/module.generated.ts", import.meta.url);

/** Compiles all kernels; throws with the compiler's messages when they have errors. */
export function compileKernels(): Promise<Uint8Array> {
  return compileScript(new URL("../kernels/", import.meta.url), "index.ts");
}

/** Compiles a file of a folder and what it imports; throws with the compiler's messages when they have errors. */
export async function compileScript(sources: URL, entry: string, more: readonly string[] = []): Promise<Uint8Array> {
  let binary: Uint8Array | undefined;
  const { error, stderr } = await asc.main([entry, "--outFile", "kernels.wasm", ...options, ...more], {
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
  return embedded("kernelModule", "kernels/*.ts, compiled and encoded by scripts/build-kernels.ts", binary);
}

/** A file that exports an encoded module under a name. */
export function embedded(name: string, origin: string, binary: Uint8Array): string {
  const lines = encode(binary).replace(/.{116}/g, "$&\\\n");
  return `/** ${origin}; do not edit. ${binary.length} bytes of WASM. */
export const ${name}: string =
  "${lines}";
`;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const binary = await compileKernels();
  writeFileSync(moduleFile, renderModule(binary));
  console.log(`${binary.length} bytes`);
  writeFileSync(elementwiseFile, await renderElementwise());
}
