import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { runExample } from "../run-example.ts";

it("writes a page that trains, and reports of a network that learns and of one that does not", async () => {
  const { stdout, folder } = await runExample("training-live");
  const lossOf = (name: string): number => Number(new RegExp(`${name}: loss ([\\d.]+)`).exec(stdout)?.[1]);
  // A guess among ten digits has a loss of ln 10.
  expect(lossOf("sigmoid")).toBeGreaterThan(2.2);
  expect(lossOf("relu")).toBeLessThan(0.5);
  expect(readFileSync(join(folder, "playground.html"), "utf8")).toContain('id="engine"');
  for (const name of ["sigmoid", "relu"]) {
    const report = readFileSync(join(folder, `${name}.html`), "utf8");
    expect(report).toContain(`<title>six layers of ${name}</title>`);
    expect(report).not.toContain('id="engine"');
  }
});
