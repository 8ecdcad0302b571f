import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { runCommand } from "../testing/run-command.ts";

it("every command that has a file here is a command of the program", async () => {
  const folder = new URL(".", import.meta.url);
  const files = readdirSync(folder).filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"));
  const commands = files.flatMap((name) => {
    const source = readFileSync(new URL(name, folder), "utf8");
    // Commands inside of another one come before it.
    return [...source.matchAll(/new Command\("([a-z-]+)"\)/g)].map(([, command]) => command).slice(-1);
  });
  const { stdout } = await runCommand("--help");
  const listed = [...stdout.matchAll(/^ {2}([a-z-]+)/gm)].map(([, command]) => command);
  expect(commands.filter((command) => command !== "adjoint" && !listed.includes(command))).toEqual([]);
});

it("every command that gives a result gives it as JSON, too", async () => {
  const { stdout } = await runCommand("completion", "bash");
  const options = [...stdout.matchAll(/^ {4}'([a-z -]*)'\) options='([^']*)'/gm)];
  const without = options.filter(([, , words]) => !words.split(" ").includes("--json")).map(([, path]) => path);
  // The program and the commands that hold others give none; a script is for a shell.
  expect(without).toEqual(["", "data", "completion", "help"]);
});

it("what is printed with --json is JSON, and nothing else", async () => {
  const folder = mkdtempSync(join(tmpdir(), "adjoint-json-"));
  const at = (name: string): string => join(folder, name);
  try {
    const json = async (...args: string[]) => JSON.parse((await runCommand(...args, "--json")).stdout);
    expect((await json("new", at("project"))).wrote).toContain(at("project/model.json"));
    const spec = at("project/model.json");
    expect((await json("summary", spec)).layers[0]).toMatchObject({ name: "affine1", parameters: 80 });
    expect(await json("export", spec, "-o", at("model.onnx"))).toEqual({ wrote: [at("model.onnx")] });
    expect((await json("summary", at("model.onnx"))).nodes[0]).toMatchObject({ op: "Gemm", parameters: 80 });
    expect(await json("graph", spec, "-o", at("graph.dot"))).toMatchObject({ wrote: [at("graph.dot")] });
    expect((await json("explain", spec, "--engine", "reference")).engine).toBe("reference");
    expect((await json("migrate", spec)).changes).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
