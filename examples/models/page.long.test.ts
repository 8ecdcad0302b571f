/** What the page on the models says is so: its table, its commands, its program. */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build } from "adjoint";
import { expect, it } from "vitest";
import { readPage, runSnippet, snippetsOf, typeErrorsOf } from "../../docs/snippets.ts";
import { modelNames, readSpec } from "./read-spec.ts";

const page = readPage("examples/models/README.md");
const snippets = snippetsOf(page);

/** The arguments of the command line's lines. */
const commands = [...page.matchAll(/pnpm@12 adjoint (.*)$/gm)].map(([, line]) => line.split(" "));

async function run(args: readonly string[]): Promise<string> {
  const cwd = fileURLToPath(new URL("../..", import.meta.url));
  const program = ["--conditions=@adjoint/source", "--import", "tsx", "packages/adjoint/src/cli.ts"];
  return (await promisify(execFile)(process.execPath, [...program, ...args], { cwd })).stdout;
}

it("lists every model with its input and its number of parameters", () => {
  const rows = [...page.matchAll(/^\| \[(\S+)\.json\]\(\1\.json\) (.*)$/gm)].map(([, name, rest]) => ({
    name,
    cells: rest.split("|").map((cell) => cell.trim()),
  }));
  expect(rows.map(({ name }) => name).sort()).toEqual(modelNames);
  for (const { name, cells } of rows) {
    const net = build(readSpec(name));
    const count = net.parameters().reduce((sum, { size }) => sum + size, 0);
    expect(cells[3], name).toBe(count.toLocaleString("en-US"));
    expect(cells[2].match(/\d+/g)?.map(Number), name).toEqual(net.inputs[0].shape);
  }
});

it("shows commands that work", async () => {
  const [[summary, resnet], [check, lenet], train] = commands;
  expect([summary, check, train[0], commands.length]).toEqual(["summary", "check", "train", 3]);
  expect(await run([summary, resnet])).toContain("stage3.2.residual1.conv2");
  expect(await run([check, lenet])).toMatch(/^default {2}ok\n/);
});

it("has a program that compiles and learns", async () => {
  expect(snippets).toHaveLength(1);
  expect(await typeErrorsOf(snippets)).toBe("");
  const perplexity = Number(await runSnippet(snippets[0]));
  expect(perplexity).toBeGreaterThan(10);
  expect(perplexity).toBeLessThan(20);
});
