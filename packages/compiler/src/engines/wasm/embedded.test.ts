import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { generatedFile, renderLibrary } from "../../../scripts/build-library.ts";
import { renderWorker, workerFile } from "../../../scripts/build-worker.ts";

it("the embedded library is the compiled form of its source", async () => {
  expect(readFileSync(generatedFile, "utf8")).toBe(await renderLibrary());
});

it("the embedded worker is the bundled form of its source", async () => {
  expect(readFileSync(workerFile, "utf8")).toBe(await renderWorker());
});
