import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { compileKernels, moduleFile, renderModule } from "../../../scripts/build-kernels.ts";
import { decoded } from "./encoding.ts";
import { kernelModule } from "./module.generated.ts";

it("the embedded WASM module is the compiled form of its source", async () => {
  const binary = await compileKernels();
  expect(readFileSync(moduleFile, "utf8")).toBe(renderModule(binary));
  expect(decoded(kernelModule)).toEqual(Uint8Array.from(binary));
});
