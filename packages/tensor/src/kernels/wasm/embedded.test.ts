import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { compileKernel, generatedFile, kernelNames, renderKernel } from "../../../scripts/build-kernels.ts";

describe("embedded WASM kernels", () => {
  it.each(kernelNames)("%s is the compiled form of its source", { timeout: 60_000 }, async (name) => {
    expect(readFileSync(generatedFile(name), "utf8")).toBe(renderKernel(name, await compileKernel(name)));
  });
});
