import { readdirSync, readFileSync } from "node:fs";
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
