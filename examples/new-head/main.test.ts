import { expect, it } from "vitest";
import { runExample } from "../run-example.ts";

it("learns more from few images by a trained body, which stays as it was", async () => {
  const { stdout } = await runExample("new-head");
  const [scratch, head, whole] = ["from scratch", "a new head on the frozen body", "then all of it, at a low rate"].map(
    (what) => Number(new RegExp(`${what}: ([\\d.]+) %`).exec(stdout)?.[1]),
  );
  expect(stdout).toContain("the body is as it was: true");
  expect(head).toBeGreaterThan(scratch);
  expect(whole).toBeGreaterThan(scratch);
});
