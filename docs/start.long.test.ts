/** The first hour: every program of the page runs in a folder of one's own and prints what the page says. */
import { execFile } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { runCommand } from "../packages/adjoint/src/testing/run-command.ts";
import { inFolder, programsOf, readPage, runFile } from "./snippets.ts";

const page = readPage("docs/start.md");
const programs = programsOf(page);

/** Runs programs of the page one after the other in a new folder; what each printed. */
function run(...names: string[]): Promise<string[]> {
  return inFolder(async (folder) => {
    writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
    const printed: string[] = [];
    for (const name of names) {
      writeFileSync(join(folder, name), programs.get(name) as string);
      printed.push(await runFile(name, folder));
    }
    return printed;
  });
}

const accuracyIn = (printed: string): number => Number(/accuracy ([\d.]+)/.exec(printed)?.[1]);

it("has the programs that are tested here", () => {
  expect([...page.matchAll(/```(?:js|ts)\n/g)]).toHaveLength(programs.size);
  expect([...programs.keys()]).toEqual([
    "first.js",
    "by-hand.js",
    "train.js",
    "predict.js",
    "own-data.js",
    "table.js",
    "cube.test.js",
    "bytes.js",
  ]);
});

it("links to files that exist, by addresses that work wherever the page is read", () => {
  const places = [...page.matchAll(/\]\(([^)\s]+)\)|^\[[^\]]+\]: (.*)$/gm)];
  const links = places.map(([, inline, below]) => inline ?? below).filter((link) => !link.startsWith("#"));
  expect(links.length).toBeGreaterThan(5);
  const repository = "https://github.com/adjoint/adjoint/blob/main/";
  expect(links.filter((link) => !link.startsWith(repository))).toEqual([]);
  const files = links.map((link) => new URL(`../${link.slice(repository.length)}`, import.meta.url));
  expect(files.filter((file) => !existsSync(file))).toEqual([]);
});

it("prints what the comments say", async () => {
  for (const name of ["first.js", "table.js", "bytes.js"]) {
    const said = [...(programs.get(name) as string).matchAll(/console\.log\(.*\); \/\/ (.*)/g)].map(
      (match) => match[1],
    );
    expect(said.length, name).toBeGreaterThan(0);
    expect(await run(name), name).toEqual([`${said.join("\n")}\n`]);
  }
});

it("trains by hand", async () => {
  expect(accuracyIn((await run("by-hand.js"))[0])).toBeGreaterThan(0.95);
});

it("trains a model that is data, saves it, and reads one digit with it", async () => {
  const [trained, read] = await run("train.js", "predict.js");
  expect(trained).toContain("affine2");
  expect(accuracyIn(trained)).toBeGreaterThan(0.95);
  expect(read).toMatch(/^this is a \d, (surely|perhaps)\n$/);
});

it("trains on data of one's own", async () => {
  expect(accuracyIn((await run("own-data.js"))[0])).toBeGreaterThan(0.85);
});

it("checks an op in a vitest project, which fails for a wrong rule", async () => {
  const runner = fileURLToPath(new URL("../node_modules/vitest/vitest.mjs", import.meta.url));
  const conditions = ["@adjoint/source"];
  const config = { resolve: { conditions }, ssr: { resolve: { conditions, externalConditions: conditions } } };
  const verdict = (program: string) =>
    inFolder(async (folder) => {
      writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
      writeFileSync(join(folder, "vitest.config.js"), `export default ${JSON.stringify(config)};`);
      writeFileSync(join(folder, "cube.test.js"), program);
      const done = promisify(execFile)(process.execPath, [runner, "run", "--root", folder], { cwd: folder });
      return done.then(
        ({ stdout }) => stdout,
        ({ stdout, stderr }) => `${stdout}${stderr}`,
      );
    });
  const program = programs.get("cube.test.js") as string;
  expect(await verdict(program)).toContain("1 passed");
  expect(await verdict(program.replace("mul(x, x), 3)", "mul(x, x), 2)"))).toContain("an exponent is off by one");
});

it("runs the commands on the page", async () => {
  const spec = /Save `(\{.*?\})` as `spec\.json`/s.exec(page)?.[1] as string;
  const lines = [...page.matchAll(/^npx adjoint (.*)$/gm)].map((match) => match[1].split(" "));
  expect(lines.map(([command]) => command)).toEqual(["summary", "train", "check", "graph", "explain"]);
  await inFolder(async (folder) => {
    writeFileSync(join(folder, "spec.json"), spec);
    const files = ["spec.json", "linear.safetensors", "output", "graph.html", "step.html"];
    for (const args of lines) {
      const placed = args.map((arg) => (files.includes(arg) ? join(folder, arg) : arg));
      const { code, stderr } = await runCommand(...placed);
      expect(code, stderr).toBe(0);
    }
    for (const file of files) expect(existsSync(join(folder, file)), file).toBe(true);
  });
});
