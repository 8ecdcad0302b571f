import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { buildPage, generatedFile, renderPage } from "../scripts/build-page.ts";

it("is the built form of the page's source", async () => {
  const isCurrent = readFileSync(generatedFile, "utf8") === renderPage(await buildPage());
  expect(isCurrent, "run pnpm --filter @adjoint/explorer build:page").toBe(true);
});
