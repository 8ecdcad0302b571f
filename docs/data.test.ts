/** The page on data: every program prints what its comments say, and the commands run one after the other. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { runCommand } from "../packages/adjoint/src/testing/run-command.ts";
import { inFolder, programsOf, readPage, runFile } from "./snippets.ts";

const page = readPage("docs/data.md");
const programs = programsOf(page);

it("has the programs that are tested here", () => {
  expect([...page.matchAll(/```(?:js|ts)\n/g)]).toHaveLength(programs.size);
  expect([...programs.keys()]).toEqual([
    "tables.js",
    "mistakes.js",
    "arrays.js",
    "batches.js",
    "trainer.js",
    "ahead.js",
  ]);
});

it.each([...programs])(
  "prints what the comments say: %s",
  async (name, program) => {
    const said = [...program.matchAll(/^.*(?:console\.log|told)\(.*\); \/\/ (.*)$/gm)].map((match) => match[1]);
    const printed = await inFolder(async (folder) => {
      writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
      writeFileSync(join(folder, name), program);
      return await runFile(name, folder);
    });
    expect(printed.trimEnd().split("\n")).toEqual(said);
  },
  60_000,
);

it("trains, measures and asks by the commands of the page", async () => {
  const [, csv] = /```csv\n(.*?)```/s.exec(page) as RegExpExecArray;
  const [, spec] = /```json\n(.*?)```/s.exec(page) as RegExpExecArray;
  const lines = [...page.matchAll(/^npx adjoint (.*)$/gm)].map((match) => match[1].split(" "));
  expect(lines.map(([command]) => command)).toEqual(["train", "evaluate", "predict"]);
  await inFolder(async (folder) => {
    writeFileSync(join(folder, "flowers.csv"), csv);
    writeFileSync(join(folder, "flowers.json"), spec);
    const outputs: string[] = [];
    for (const args of lines) {
      const placed = args.map((arg) => (arg.startsWith("flowers.") ? join(folder, arg) : arg));
      const { code, stdout, stderr } = await runCommand(...placed);
      expect(code, stderr).toBe(0);
      outputs.push(stdout);
    }
    expect(outputs[0]).toContain("9 samples to train with and 3 to test with, of shape [2], in 3 classes (setosa, ");
    expect(outputs[1]).toMatch(/12 samples\n/);
    expect(outputs[2]).toMatch(/│ setosa +│/);
  });
});
