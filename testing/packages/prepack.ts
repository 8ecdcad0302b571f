/**
 * Before a package is packed: what its folder `dist` holds is what its sources give. The compiler writes what changed, and
 * leaves the output of sources that are gone; a folder of another branch would be published with it.
 */
import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { command } from "./command.ts";

/** Removes the files in `dist` that no source gives. */
export function pruneOutput(folder: string): void {
  const dist = join(folder, "dist");
  if (!existsSync(dist)) return;
  for (const path of readdirSync(dist, { recursive: true, encoding: "utf8" })) {
    const [, name] = /^(.*?)(?:\.d\.ts|\.js)(?:\.map)?$/.exec(path) ?? [];
    if (name !== undefined && !existsSync(join(folder, "src", `${name}.ts`))) rmSync(join(dist, path));
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  pruneOutput(process.cwd());
  await command(
    process.cwd(),
    process.execPath,
    join(import.meta.dirname, "../../node_modules/typescript/bin/tsc"),
    "-b",
  );
}
