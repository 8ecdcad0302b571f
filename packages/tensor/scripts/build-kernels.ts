/**
 * Compiles kernels/*.ts (AssemblyScript) to one WASM module and embeds it in src/kernels/wasm/module.generated.ts as
 * a string, so that tests, bundlers and browsers need no build step and no file beside the code. Renders the elementwise
 * kernels in TypeScript, too. Run: `pnpm build:kernels`.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import asc from "assemblyscript/asc";
import { elementwiseFile, renderElementwise } from "./elementwise-kernels.ts";

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

/**
 * The module as printable characters: the bytes 247 … 255 and 0 … 78, of which most of WASM consists, are one each,
 * the others two, the first of which says how far the second is shifted. What repeats in the bytes repeats in the
 * text, so gzip finds it: a page loads a tenth less than in hexadecimal, and four tenths less than in base64.
 * src/kernels/wasm/runtime.ts reads it.
 */
function encode(binary: Uint8Array): string {
  // From # on, without the backslash.
  const character = (k: number): string => String.fromCharCode(k < 57 ? k + 35 : k + 36);
  return Array.from(binary, (byte) => {
    const k = (byte + 9) & 255;
    return k < 88 ? character(k) : character(87 + Math.floor(k / 88)) + character(k % 88);
  }).join("");
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
