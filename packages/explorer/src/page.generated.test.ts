import { expect, it } from "vitest";
import { builtPages } from "../scripts/build-pages.ts";

it("has the built form of the sources of all pages", async () => {
  for await (const { path, isCurrent } of builtPages())
    expect(isCurrent, `${path}: run pnpm --filter @adjoint/explorer build:page`).toBe(true);
});
