import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { runExample } from "../run-example.ts";

it("shows how steps matter, and that an estimate covers the error", async () => {
  const { stdout, folder } = await runExample("step-size");
  const rows = [...stdout.matchAll(/│ ([\w-]+, float\d\d) +│(.*)│/g)].map(([, name, rest]) => [
    name,
    ...rest.split("│"),
  ]);
  const row = (name: string): number[] => (rows.find(([n]) => n === name) ?? []).slice(1).map(Number);
  // h² f‴/6 at h = 1e-4, |f‴| < 10, and rounding ε |f| / h far below it.
  expect(row("central, float64")[0]).toBeLessThan((1e-8 / 6) * 10);
  expect(row("central, float64")[1]).toBeLessThan(row("one-sided, float64")[1]);
  for (const dtype of ["float64", "float32"]) {
    const [, error, , estimate] = row(`Ridders, ${dtype}`);
    expect(error).toBeLessThanOrEqual(estimate);
  }
  const page = fileURLToPath(new URL("../../docs/images/step-size.svg", import.meta.url));
  expect(readFileSync(join(folder, "step-size.svg"), "utf8")).toBe(readFileSync(page, "utf8"));
});
