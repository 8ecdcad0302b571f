import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { generatedFile, renderLibrary } from "../../../scripts/build-library.ts";

it("the embedded library is the compiled form of its source", async () => {
  expect(readFileSync(generatedFile, "utf8")).toBe(await renderLibrary());
}, 60_000);
