import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { elementwiseFile, renderElementwise } from "../../../scripts/elementwise-kernels.ts";

it("renders the elementwise kernels from their table (pnpm build:kernels)", async () => {
  expect(readFileSync(elementwiseFile, "utf8")).toBe(await renderElementwise());
});
