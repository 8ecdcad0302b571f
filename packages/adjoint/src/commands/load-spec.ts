/**
 * Model specs from files: JSON, or a module that exports one.
 */
import { readFile } from "node:fs/promises";
import { extname, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { ModelSpec } from "@adjoint/nn";
import { SpecError } from "@adjoint/tensor";

const moduleEndings = [".ts", ".mts", ".js", ".mjs"];

/**
 * The spec in a file, not yet validated: `build` does that.
 *
 * @param path a .json file; or a .ts, .mts, .js or .mjs module whose default export, or else export named `spec`, is it
 * @throws SpecError naming the file when it cannot be read, has another ending, or exports no spec
 */
export async function loadSpec(path: string): Promise<ModelSpec> {
  const ending = extname(path);
  if (ending === ".json") return await readJson(path);
  if (moduleEndings.includes(ending)) return await readModule(path);
  throw new SpecError({
    op: "loadSpec",
    problem: `${path} is neither a JSON file nor a module`,
    argument: "SPEC",
    expected: `a name that ends in .json, ${moduleEndings.join(", ")}`,
    received: path,
    hint: `Name a file that ends in .json, ${moduleEndings.join(", ")}.`,
  });
}

async function readJson(path: string): Promise<ModelSpec> {
  const text = await readFile(path, "utf8").catch((cause) => {
    throw unreadable(path, cause);
  });
  try {
    return JSON.parse(text) as ModelSpec;
  } catch (cause) {
    throw new SpecError(
      {
        op: "loadSpec",
        problem: `${path} is not JSON (${(cause as Error).message})`,
        argument: "SPEC",
        expected: "JSON",
        hint: "JSON.stringify(spec) writes a spec that can be read here.",
      },
      { cause },
    );
  }
}

async function readModule(path: string): Promise<ModelSpec> {
  await readFile(path).catch((cause) => {
    throw unreadable(path, cause);
  });
  let module: { readonly default?: unknown; readonly spec?: unknown };
  try {
    module = await import(pathToFileURL(resolve(path)).href);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== "ERR_UNKNOWN_FILE_EXTENSION") throw cause;
    throw new SpecError(
      {
        op: "loadSpec",
        problem: `Node.js ${process.versions.node} does not run TypeScript (${path})`,
        argument: "SPEC",
        expected: "a JavaScript module or JSON",
        received: path,
        hint: "Use Node.js 22.18 or newer, run the command with tsx, or write the spec as JSON.",
      },
      { cause },
    );
  }
  const spec = module.default ?? module.spec;
  if (spec === null || typeof spec !== "object") {
    throw new SpecError({
      op: "loadSpec",
      problem: `${path} exports no model spec`,
      argument: "SPEC",
      expected: "a default export, or an export named spec, made by model({ … })",
      received: `exports ${Object.keys(module).join(", ") || "nothing"}`,
      hint: "Write export default model({ … }).",
    });
  }
  return spec as ModelSpec;
}

function unreadable(path: string, cause: unknown): SpecError {
  const { code, message } = cause as NodeJS.ErrnoException;
  return new SpecError(
    {
      op: "loadSpec",
      problem: code === "ENOENT" ? `there is no file ${path}` : `${path} cannot be read (${message})`,
      argument: "SPEC",
      expected: "a file that can be read",
      received: path,
      hint: "Paths count from the current folder.",
    },
    { cause },
  );
}
