/** The page on training: its commands run one after the other, and its programs print what it says. */
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { runCommand } from "../packages/adjoint/src/testing/run-command.ts";
import { loadDigits } from "../packages/data/src/index.ts";
import { inFolder, programsOf, readPage, runFile } from "./snippets.ts";

const page = readPage("docs/training.md");
const programs = programsOf(page);

it("runs the commands on the page, which leave the files that it lists", async () => {
  const [spec, tuned] = [...page.matchAll(/```json\n(.*?)```/gs)].map(([, text]) => text);
  const lines = [...page.matchAll(/^npx adjoint (.*)$/gm)].map((match) => match[1].split(" "));
  expect(lines.map(([command]) => command)).toEqual([
    "train",
    "data",
    "train",
    "find-lr",
    "resume",
    "resume",
    "train",
    "evaluate",
    "evaluate",
    "predict",
    "diff",
    "diff",
  ]);
  await inFolder(async (folder) => {
    writeFileSync(join(folder, "spec.json"), spec);
    writeFileSync(join(folder, "tuned.json"), tuned);
    writeFileSync(join(folder, "one.json"), JSON.stringify(loadDigits().test.x.slice(0, 1).toArray()));
    const files = ["spec.json", "one.json", "digits", "digits/model.safetensors", "chosen"];
    const others = ["tuned.json", "tuned", "curve.svg"];
    const printed: string[] = [];
    for (const args of lines) {
      // "digits" after --data and info is the data set.
      const isSet = (i: number): boolean => ["--data", "info"].includes(args[i - 1]);
      const isFile = (arg: string): boolean => files.includes(arg) || others.includes(arg);
      const placed = args.map((arg, i) => (isFile(arg) && !isSet(i) ? join(folder, arg) : arg));
      const { code, stdout, stderr } = await runCommand(...placed);
      expect(code, stderr).toBe(args.join(" ") === "diff spec.json tuned.json" ? 1 : 0);
      printed.push(stdout);
    }
    const table = /\| file .*?\n\n/s.exec(page)?.[0] as string;
    const named = [...table.matchAll(/`([a-z]+\.[a-z]+)`/g)].map((match) => match[1]);
    expect(readdirSync(join(folder, "digits")).sort()).toEqual(named.sort());
    expect(printed[1]).toContain("1,437 train samples, 360 test samples");
    expect(printed[2]).toContain("after 2 epochs");
    expect(printed[3]).toMatch(/^learning rate 0\.\d+ \(momentum, mini-batches of 50, digits\)/);
    expect(printed[4]).toContain("going on after 60 of 60 mini-batches");
    expect(printed[5]).toContain("going on after 60 of 90 mini-batches");
    expect(printed[6]).toContain("the best,");
    expect(JSON.parse(printed[8])).toMatchObject({ data: "digits", samples: 360 });
    expect(printed[9]).toContain("probabilities");
    expect(printed[10]).toContain("the same");
    expect(printed[11]).toContain("dropout1");
    expect(existsSync(join(folder, "chosen", "model.safetensors"))).toBe(true);
  });
});

it("has programs that print what the page says", async () => {
  expect([...programs.keys()]).toEqual(["resume.js", "events.js", "find-rate.js"]);
  const printed = await inFolder(async (folder) => {
    writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
    const outputs: string[] = [];
    for (const [name, program] of programs) {
      writeFileSync(join(folder, name), program);
      outputs.push(await runFile(name, folder));
    }
    return outputs;
  });
  expect(printed[0]).toBe("true\n");
  expect(Number(/test accuracy ([\d.]+)/.exec(printed[1])?.[1])).toBeGreaterThan(0.92);
  expect(printed[2]).toBe("true true\ntrue\n");
});
