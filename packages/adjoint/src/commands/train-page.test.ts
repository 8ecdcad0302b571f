import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TrainingRecord } from "@adjoint/explorer";
import { layers, model } from "@adjoint/nn";
import { expect, it } from "vitest";
import { runCommand } from "../testing/run-command.ts";

const folder = mkdtempSync(join(tmpdir(), "adjoint-train-page-"));
const specFile = join(folder, "model.json");
const spec = model({
  input: [64],
  layers: [layers.affine(12), layers.relu(), layers.dropout(0.2), layers.affine(10)],
  loss: "crossEntropy",
});
writeFileSync(specFile, JSON.stringify(spec));

/** The record in a report. */
function recordIn(file: string): TrainingRecord {
  const [, json] = /id="content">(.*?)<\/script>/s.exec(readFileSync(file, "utf8")) as unknown as [string, string];
  return (JSON.parse(json) as { record: TrainingRecord }).record;
}

it.each([
  ["in memory", []],
  ["in a folder", ["--run", join(folder, "run")]],
])("writes how a training went, which it changes nothing of (%s)", async (_, more) => {
  const train = ["train", specFile, "--epochs", "3", "--seed", "4", "--json"];
  const page = join(folder, `page-${more.length}.html`);
  const watched = await runCommand(...train, "--page", page, ...more);
  expect([watched.code, watched.stderr]).toEqual([0, ""]);
  const alone = JSON.parse((await runCommand(...train)).stdout);
  const result = JSON.parse(watched.stdout);
  expect(result.measured).toEqual(alone.measured);
  const record = recordIn(page);
  expect(record.losses.at(-1)).toBe(alone.loss);
  expect(record.losses).toHaveLength(alone.iterations);
  expect(record.layers).toEqual(["affine1", "affine2"]);
  expect(record.metrics).toHaveLength(3);
  expect(record.metrics.at(-1)).toMatchObject({
    testLoss: alone.measured.test.loss,
    testAccuracy: alone.measured.test.accuracy,
  });
  expect(record.filters).toHaveLength(12);
  const { view } = record;
  if (view?.kind !== "images") throw new Error("no images");
  expect(1 - view.wrong / view.of).toBeCloseTo(alone.measured.test.accuracy, 10);
});

it("refuses a page that is no .html file before it trains", async () => {
  const { code, stdout, stderr } = await runCommand("train", specFile, "--page", join(folder, "page.txt"));
  expect([code === 0, stdout]).toEqual([false, ""]);
  expect(stderr).toContain("Name a file that ends in .html.");
});
