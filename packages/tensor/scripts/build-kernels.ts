/**
 * Compiles kernels/*.ts (AssemblyScript) to WASM and embeds them in src/kernels/wasm/*.generated.ts in
 * hexadecimal, so that tests, bundlers and browsers need no build step and no file beside the code. (In base64 bytes do
 * not stand at fixed places, and gzip finds less that repeats: a page would load a third more.) Renders the elementwise
 * kernels in TypeScript, too. Run: `pnpm build:kernels`.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import asc from "assemblyscript/asc";
import { elementwiseFile, renderElementwise } from "./elementwise-kernels.ts";

/** The kernels by name: kernels/NAME.ts becomes src/kernels/wasm/NAME.generated.ts. */
export const kernelNames = ["elementwise", "matmul"] as const;

/** Speed over size, no runtime and no checks: kernels only load and store. */
const options = "--optimizeLevel 3 --shrinkLevel 0 --converge --noAssert --runtime stub --enable simd".split(" ");

/** Where the compiled form of a kernel is kept. */
export function generatedFile(name: string): URL {
  return new URL(`../src/kernels/wasm/${name}.generated.ts`, import.meta.url);
}

/** Compiles one kernel; throws with the compiler's messages when it has errors. */
export async function compileKernel(name: string): Promise<Uint8Array> {
  const source = readFileSync(new URL(`../kernels/${name}.ts`, import.meta.url), "utf8");
  let binary: Uint8Array | undefined;
  const { error, stderr } = await asc.main([`${name}.ts`, "--outFile", "kernel.wasm", ...options], {
    readFile: (file) => (file === `${name}.ts` ? source : null),
    writeFile: (_, contents) => {
      binary = contents as Uint8Array;
    },
    listFiles: () => [],
  });
  if (error !== null || binary === undefined) throw new Error(`${name}: ${stderr.toString()}`, { cause: error });
  return binary;
}

/** The generated file of a kernel, as text. */
export function renderKernel(name: string, binary: Uint8Array): string {
  const digits = Buffer.from(binary)
    .toString("hex")
    .replace(/.{116}/g, "$&\\\n");
  return `/** kernels/${name}.ts, compiled by scripts/build-kernels.ts; do not edit. ${binary.length} bytes of WASM in hexadecimal. */
export const ${name}Module: string =
  "${digits}";
`;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  for (const name of kernelNames) {
    const binary = await compileKernel(name);
    writeFileSync(generatedFile(name), renderKernel(name, binary));
    console.log(`${name}: ${binary.length} bytes`);
  }
  writeFileSync(elementwiseFile, await renderElementwise());
}
