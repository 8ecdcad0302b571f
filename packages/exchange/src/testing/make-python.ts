/** Makes the Python environment of the tests in the cache folder, once. Where it cannot, it says why, and is no failure. */
import { spawnSync } from "node:child_process";
import { existsSync, renameSync, rmSync } from "node:fs";
import { environmentPath, interpreterOf, requirementsPath } from "./python.ts";

/** Whether a program ran and succeeded; it prints what went wrong. */
function succeeds(program: string, ...args: string[]): boolean {
  const { status, error } = spawnSync(program, args, { stdio: ["ignore", "ignore", "inherit"] });
  if (error) console.log(error.message);
  return status === 0;
}

const unfinished = `${environmentPath}.unfinished-${process.pid}`;
if (existsSync(environmentPath)) console.log(`Python for tests: ${environmentPath}`);
else if (
  succeeds("python3", "-m", "venv", unfinished) &&
  succeeds(interpreterOf(unfinished), "-m", "pip", "install", "--quiet", "--requirement", requirementsPath)
) {
  // An environment keeps working where it is moved, as long as its interpreter is called and not its scripts.
  renameSync(unfinished, environmentPath);
  console.log(`Python for tests: ${environmentPath}`);
} else {
  rmSync(unfinished, { recursive: true, force: true });
  console.log("Python for tests cannot be made here (python3 with venv and a package index): they will be skipped.");
}
