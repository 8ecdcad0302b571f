import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { buildTrainingPage, renderTrainingPage, trainingFiles } from "../../scripts/build-training-page.ts";

it("is the built form of the page's source", { timeout: 120_000 }, async () => {
  const built = renderTrainingPage(await buildTrainingPage());
  for (const name of ["page", "engine"] as const) {
    const isCurrent = readFileSync(trainingFiles[name], "utf8") === built[name];
    expect(isCurrent, "run pnpm --filter @adjoint/explorer build:page").toBe(true);
  }
});
