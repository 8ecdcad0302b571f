/** Every TypeScript snippet of the README runs, and says what its comments say. */
import { mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadModel } from "adjoint";
import { expect, it } from "vitest";
import { runCommand } from "../packages/adjoint/src/testing/run-command.ts";
import { readPage, runSnippet as run, snippetsOf } from "./snippets.ts";

const readme = readPage("README.md");
const snippets = snippetsOf(readme);

it("has the snippets that are tested here", () => {
  expect(snippets).toHaveLength(5);
});

it("sees: the price of two apples and its gradients", async () => {
  const lines = (await run(snippets[0])).split("\n");
  const numbers = lines[0].split(" ").map(Number);
  // A product of three float64 numbers rounds twice.
  [220, 2.2, 200].forEach((value, i) => {
    expect(Math.abs(numbers[i] - value)).toBeLessThanOrEqual(2 * 2 ** -53 * value);
  });
  expect(lines[1]).toBe("true");
});

it("sees: the third derivative of tanh", async () => {
  expect(await run(snippets[1])).toMatch(/^-0\.5652\d+\n$/);
});

it("proves: the report on the page is the one that is printed", async () => {
  const [ok, ...report] = (await run(snippets[2])).trimEnd().split("\n");
  expect(ok).toBe("false");
  expect(readme).toContain(`\`\`\`\n${report.join("\n")}\n\`\`\``);
});

it("trains: on the embedded digits", async () => {
  const stdout = await run(snippets[3]);
  expect(stdout).toContain("affine2");
  expect(Number(stdout.trimEnd().split("\n").at(-1))).toBeGreaterThan(0.95);
});

it("runs: a compiled step moves the parameters and gives a loss", async () => {
  const losses = (await run(snippets[4])).trimEnd().split("\n").map(Number);
  expect(losses).toHaveLength(3);
  expect(new Set(losses).size).toBe(3);
  expect(losses[2]).toBeLessThan(losses[0]);
});

it("trains: the model in JSON, by the command on the page", async () => {
  const [json] = [...readme.matchAll(/```json\n(.*?)```/gs)].map((match) => match[1]);
  const folder = mkdtempSync(join(tmpdir(), "adjoint-readme-"));
  const [spec, saved, out] = ["digits.json", "digits.safetensors", "mine"].map((name) => join(folder, name));
  writeFileSync(spec, json);
  expect(readme).toContain("adjoint train digits.json --epochs 20 --save output/digits.safetensors --out output/mine");
  const { code, stdout } = await runCommand("train", spec, "--epochs", "3", "--save", saved, "--out", out);
  expect([code, Number(/test accuracy ([\d.]+)/.exec(stdout)?.[1]) > 90]).toEqual([0, true]);
  expect(readdirSync(out).sort()).toEqual(["graph.dot", "graph.html", "graph.svg", "training-curve.svg"]);
  expect((await loadModel(saved)).toSpec()).toEqual(JSON.parse(json));
});
