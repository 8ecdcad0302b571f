/**
 * Data of one's own, by the command alone: Fisher's irises (R. A. Fisher, UCI Machine Learning Repository, CC BY 4.0), and
 * numbers with values missing.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { encodeCsv } from "@adjoint/data";
import { rng } from "@adjoint/tensor";
import { afterAll, expect, it } from "vitest";
import { runCommand } from "../testing/run-command.ts";

const folder = mkdtempSync(join(tmpdir(), "adjoint-own-data-"));
afterAll(() => rmSync(folder, { recursive: true }));

const specOf = (name: string, inputs: number, outputs: number, loss: string): string => {
  const path = join(folder, name);
  const layers = [{ kind: "affine", units: 16 }, { kind: "relu" }, { kind: "affine", units: outputs }];
  writeFileSync(path, JSON.stringify({ version: 1, input: [inputs], layers, loss }));
  return path;
};

/** Trains into a folder, and returns what is measured of it on the test samples. */
async function measured(name: string, spec: string, ...args: string[]): Promise<Record<string, number>> {
  const run = join(folder, name);
  const options = ["--epochs", "60", "--lr", "0.01", "--batch-size", "16", "--run", run];
  const trained = await runCommand("train", spec, ...args, ...options);
  expect([trained.code, trained.stderr]).toEqual([0, ""]);
  const { stdout } = await runCommand("evaluate", run, "--json");
  return JSON.parse(stdout).measured;
}

it("tells irises apart, 95 % of those that it has not seen", async () => {
  const iris = fileURLToPath(new URL("fixtures/iris.csv", import.meta.url));
  const spec = specOf("iris.json", 4, 3, "crossEntropy");
  for (const seed of ["0", "1", "2"]) {
    const { accuracy } = await measured(`iris-${seed}`, spec, "--data", iris, "--target", "species", "--seed", seed);
    expect(accuracy).toBeGreaterThanOrEqual(0.95);
  }
});

it("estimates prices where values are missing, nearly as well as can be", async () => {
  // A price with noise of deviation 10. A missing area costs 2 · 20 where it is filled with the mean, in one of 20 rows:
  // √(10² + 40² / 20) = 13.4.
  const random = rng(4);
  const [areas, noise, chances] = [random.normal([600]), random.normal([600]), random.uniform([600])];
  const cities = ["Ulm", "Rome", "Oslo"];
  const rows = Array.from({ length: 600 }, (_, i) => {
    const area = 80 + 20 * Number(areas.at(i));
    const price = 2 * area + 50 * (i % 3) + 10 * Number(noise.at(i));
    return [Number(chances.at(i)) < 0.05 ? null : area, cities[i % 3], price];
  });
  const data = join(folder, "homes.csv");
  writeFileSync(data, encodeCsv({ names: ["area", "city", "price"], rows }));
  const spec = specOf("homes.json", 4, 1, "mse");
  const refused = await runCommand("train", spec, "--data", data, "--target", "price");
  expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('column "area": the value is missing')]);
  const found = await measured("homes", spec, "--data", data, "--target", "price", "--missing", "fill");
  expect(found.rootMeanSquaredError).toBeLessThan(1.25 * 13.4);
});
