import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { compileKernels, moduleFile, renderModule } from "../../../scripts/build-kernels.ts";

it("the embedded WASM module is the compiled form of its source", async () => {
  expect(readFileSync(moduleFile, "utf8")).toBe(renderModule(await compileKernels()));
});
