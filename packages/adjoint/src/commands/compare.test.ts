import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runCommand } from "../testing/run-command.ts";

const folder = mkdtempSync(join(tmpdir(), "adjoint-compare-"));
const at = (name: string): string => join(folder, name);

/** Runs the command; the folder of this test does not show. */
async function adjoint(...args: string[]) {
  const { code, stdout, stderr } = await runCommand(...args);
  return { code, stdout: stdout.replaceAll(`${folder}/`, ""), stderr: stderr.replaceAll(`${folder}/`, "") };
}

afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe("adjoint compare", () => {
  beforeAll(async () => {
    const layer = { kind: "affine", units: 10 };
    writeFileSync(at("spec.json"), JSON.stringify({ version: 1, input: [64], layers: [layer], loss: "crossEntropy" }));
    await adjoint("train", at("spec.json"), "--epochs", "2", "--run", at("slow"));
    await adjoint("train", at("spec.json"), "--epochs", "3", "--lr", "0.02", "--run", at("fast"));
  });

  it("shows in which settings runs differ, and what each reached", async () => {
    const { code, stdout } = await adjoint("compare", at("slow"), at("fast"));
    expect(code).toBe(0);
    const [head, slow, fast] = stdout.split("\n").filter((line) => line.startsWith("│"));
    const cells = (row: string): string[] =>
      row
        .split("│")
        .map((cell) => cell.trim())
        .slice(1, -1);
    expect(cells(head)).toEqual(["run", "lr", "epochs", "test accuracy", "test loss", "least loss at", "time"]);
    expect([cells(slow).slice(0, 3), cells(fast).slice(0, 3)]).toEqual([
      ["slow", "0.001", "2"],
      ["fast", "0.02", "3"],
    ]);
    const lines = readFileSync(at("fast/metrics.jsonl"), "utf8").trimEnd().split("\n");
    const { accuracy } = JSON.parse(lines.at(-1) as string).measured.test;
    expect(cells(fast)[3]).toBe(`${(100 * accuracy).toFixed(2)} %`);
  });

  it("gives the numbers as JSON, and draws the losses", async () => {
    const { stdout } = await adjoint("compare", at("slow"), at("fast"), "--json", "--chart", at("both.svg"));
    const runs = JSON.parse(stdout);
    expect(runs.map(({ epochs, iterations }: Record<string, number>) => [epochs, iterations])).toEqual([
      [2, 30],
      [3, 45],
    ]);
    expect(readFileSync(at("both.svg"), "utf8")).toContain("</svg>");
    expect((await adjoint("compare", at("nowhere"))).code).toBe(2);
  });
});

describe("adjoint new", () => {
  it("makes a project whose commands work as its README says", async () => {
    const { code, stdout } = await adjoint("new", at("My project"));
    expect([code, stdout]).toEqual([0, expect.stringContaining("wrote My project/model.json")]);
    expect(readdirSync(at("My project")).sort()).toEqual([
      ".gitignore",
      "README.md",
      "flowers.csv",
      "model.json",
      "package.json",
    ]);
    expect(JSON.parse(readFileSync(at("My project/package.json"), "utf8")).name).toBe("my-project");
    const readme = readFileSync(at("My project/README.md"), "utf8");
    const commands = [...readme.matchAll(/^ {4}npx adjoint (.*)$/gm)].map((match) => match[1].split(" "));
    expect(commands.map(([name]) => name)).toEqual(["summary", "train", "evaluate", "predict"]);
    const files = ["model.json", "flowers.csv", "first"];
    for (const args of commands) {
      const placed = args.map((arg) => (files.includes(arg) ? at(`My project/${arg}`) : arg));
      const { code: exit, stdout: text, stderr } = await adjoint(...placed);
      expect([exit, stderr]).toEqual([0, ""]);
      // The lengths alone tell nine in ten apart; more training would do better.
      if (args[0] === "evaluate") expect(Number(/accuracy ([\d.]+)/.exec(text)?.[1])).toBeGreaterThan(80);
      if (args[0] === "predict") expect(text).toContain("lily");
    }
    expect((await adjoint("new", at("My project"))).stderr).toMatchInlineSnapshot(`
      "error: new: My project is not empty; expected a folder that is empty, or not there. Name another folder.
      "
    `);
  });
});
