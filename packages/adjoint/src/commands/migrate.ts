/**
 * `adjoint migrate FILE`: brings a file of an older Adjoint to the form of today. Only runs have had other forms; specs,
 * saved models and graphs are of their first version.
 */
import { extname } from "node:path";
import { lockFolder } from "@adjoint/data/files";
import { SpecError } from "@adjoint/tensor";
import { Command } from "commander";
import { isRun, loadSpec, openModel, specEndings } from "../arguments/load-spec.ts";
import { type CommonOptions, useOption } from "../arguments/options.ts";
import type { Terminal } from "../terminal/output.ts";
import { migrateRun } from "../training/run/migrate-run.ts";

export function migrateCommand({ print }: Terminal): Command {
  return new Command("migrate")
    .description("bring a run, a spec or a saved model of an older version to the form of today")
    .argument("<file>", "the folder of a run, a spec (.json, .yaml), or a saved model (.safetensors)")
    .option("--json", "print what was changed as JSON")
    .addOption(useOption())
    .addHelpText("after", "\nA file of today's form is checked, and stays as it is. One of a newer form is refused.")
    .action(async (path: string, { json, use }: CommonOptions) => {
      const changes = await migrate(path, use);
      const lines = changes.map((words) => `  ${words}\n`);
      if (json) print(`${JSON.stringify({ file: path, changes })}\n`);
      else print(changes.length === 0 ? `${path} has the form of today\n` : `migrated ${path}:\n`, ...lines);
    });
}

/** What was changed. @throws what reads the file, for one that is wrong or newer */
async function migrate(path: string, use: readonly string[]): Promise<readonly string[]> {
  if (await isRun(path)) {
    const lock = await lockFolder("migrate", path);
    try {
      return await migrateRun("migrate", path);
    } finally {
      lock.release();
    }
  }
  const ending = extname(path);
  if (specEndings.includes(ending)) await loadSpec(path, use);
  else if (ending === ".safetensors") await openModel(path, { used: use });
  else {
    const known = `the folder of a run, or a file that ends in ${[...specEndings, ".safetensors"].join(", ")}`;
    throw SpecError.of("migrate", "FILE", path, known, { problem: `${path} is of no form that has versions` });
  }
  return [];
}
