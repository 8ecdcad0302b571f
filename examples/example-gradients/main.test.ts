import { expect, it } from "vitest";
import { runExample } from "../run-example.ts";

it("trains, gives each digit its own gradient, and finds the ones that teach most", async () => {
  const { stdout } = await runExample("example-gradients");
  const losses = [...stdout.matchAll(/│ +\d+ │ +([\d.]+) │ +[\d.]+ │/g)].map((match) => Number(match[1]));
  expect(losses).toHaveLength(5);
  // From log 10, a guess among ten, to a trained network.
  expect(losses[0]).toBeGreaterThan(2);
  expect(losses[4]).toBeLessThan(0.15);
  // float32 sums of 1,437 gradients.
  const difference = Number(/by ([\d.e+-]+) of it/.exec(stdout)?.[1]);
  expect(difference).toBeLessThan(1437 * 2 ** -23);
  expect(stdout).toMatch(/a \d, [\d.]+ +a \d, [\d.]+ +a \d, [\d.]+ +a \d, [\d.]+/);
});
