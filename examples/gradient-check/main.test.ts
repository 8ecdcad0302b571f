import { expect, it } from "vitest";
import { runExample } from "../run-example.ts";

it("finds the networks' gradients right, the op right, and the mistake", async () => {
  const { stdout } = await runExample("gradient-check");
  const differences = [...stdout.matchAll(/│ +\d+ │ +[\d.e+-]+ │ +([\d.e+-]+) │/g)].map((match) => Number(match[1]));
  expect(differences).toHaveLength(4 + 6 + 10);
  // h²/6 · f‴ with h = 1e-4, third derivatives of hundreds behind a batch normalization of five samples.
  for (const difference of differences) expect(difference).toBeLessThan(1e-6);
  expect(stdout).toMatch(/2\. An op.*?\n\s*x +\[2, 3\] +ok/s);
  expect(stdout).toMatch(/3\. The same.*?\n\s*x +\[2, 3\] +WRONG/s);
  expect(stdout).toContain("Noticed.");
});
