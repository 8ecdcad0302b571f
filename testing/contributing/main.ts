/**
 * Tests what CONTRIBUTING says of adding things: adds one of each to a copy of the tree, by its words alone, and uses it;
 * then forgets each step in turn, which the type check or a test has to notice and to name.
 *
 *   npx -y pnpm@12 test:contributing          # or some of them: test:contributing op loss
 */
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { command } from "../packages/command.ts";
import { type Recipe, recipes, type Step } from "./recipes.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const copy = mkdtempSync(join(tmpdir(), "adjoint-contributing-"));
const guide = readFileSync(join(root, "CONTRIBUTING.md"), "utf8");

/** Copies what is tracked, the packages' links to each other, and what the compiler has built. */
function copyTree(): void {
  const tracked = execFileSync("git", ["ls-files"], { cwd: root, encoding: "utf8" }).split("\n");
  for (const file of tracked.filter((name) => /^(packages\/|testing\/|[^/]+$)/.test(name) && name !== "")) {
    cpSync(join(root, file), join(copy, file));
  }
  symlinkSync(join(root, "node_modules"), join(copy, "node_modules"));
  const names = new Set(tracked.flatMap((file) => /^packages\/([^/]+)\//.exec(file)?.[1] ?? []));
  for (const name of names) {
    const options = { recursive: true, verbatimSymlinks: true, preserveTimestamps: true };
    for (const part of ["node_modules", "dist", "tsconfig.tsbuildinfo"]) {
      cpSync(join(root, "packages", name, part), join(copy, "packages", name, part), options);
    }
  }
}

/** Puts steps into the copy. Returns what puts everything back. */
function apply(steps: readonly Step[]): () => void {
  const before = new Map<string, string | null>();
  for (const { what, file, after, before: next, text } of steps) {
    const path = join(copy, file);
    const anchor = after ?? next;
    const old = anchor === undefined ? "" : readFileSync(path, "utf8");
    if (!before.has(path)) before.set(path, anchor === undefined ? null : old);
    const at = anchor === undefined ? 0 : old.indexOf(anchor) + (after === undefined ? 0 : anchor.length);
    if (anchor !== undefined && !old.includes(anchor)) throw new Error(`${what}: ${file} has no ${anchor}`);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, old.slice(0, at) + text + old.slice(at));
  }
  return () => {
    for (const [path, text] of before) {
      if (text === null) rmSync(path);
      else writeFileSync(path, text);
    }
  };
}

/** What the type check and the tests of a recipe complain about; null where nothing. */
async function complaint({ tests, program, name }: Recipe, isWhole: boolean): Promise<string | null> {
  try {
    await command(copy, "node_modules/.bin/tsc", "-b", "tsconfig.json", "tsconfig.check.json");
    await command(
      copy,
      "node_modules/.bin/vitest",
      "run",
      "--reporter=dot",
      "--project",
      "!long",
      ...tests,
      "-t",
      `${name}|every`,
    );
    if (isWhole) {
      writeFileSync(join(copy, "program.mts"), program);
      const source = "--conditions=@adjoint/source";
      await command(copy, process.execPath, "--import", "tsx", source, "program.mts");
    }
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}

async function main(): Promise<void> {
  copyTree();
  const wanted = process.argv.slice(2);
  for (const recipe of recipes) {
    const { what, name, steps } = recipe;
    if (wanted.length > 0 && !wanted.some((word) => what.endsWith(word))) continue;
    const unsaid = steps.filter(
      ({ file }) => !guide.includes(file.replace(/signum|hello|quartic|square/, "…")) && !guide.includes(file),
    );
    if (unsaid.length > 0)
      throw new Error(`CONTRIBUTING does not say of ${what}: ${unsaid.map((s) => s.file).join(", ")}`);
    const undo = apply(steps);
    const found = await complaint(recipe, true);
    undo();
    if (found !== null) throw new Error(`${what} was added as CONTRIBUTING says, and:\n${found}`);
    console.log(`✓ ${what}, ${new Set(steps.map(({ file }) => file)).size} files`);
    for (const forgotten of steps) {
      // What goes into a forgotten step is forgotten with it.
      const isLeft = (step: Step): boolean =>
        step !== forgotten && step.for !== forgotten.what && !forgotten.text.includes(step.after ?? "\0");
      const restore = apply(steps.filter(isLeft));
      const told = await complaint(recipe, false);
      restore();
      if (told === null) throw new Error(`${what}: nobody notices that ${forgotten.what} is forgotten`);
      const { names = name } = forgotten;
      if (!told.toLowerCase().includes(names))
        throw new Error(`${what} without ${forgotten.what}: nothing names ${names} in\n${told}`);
      console.log(`  ✓ ${forgotten.what}, when it is forgotten, is asked for`);
    }
  }
}

try {
  await main();
} finally {
  rmSync(copy, { recursive: true, force: true });
}
