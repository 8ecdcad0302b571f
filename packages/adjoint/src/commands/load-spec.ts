/**
 * Model specs from files: JSON, or a module that exports one.
 */
import { extname } from "node:path";
import type { ModelSpec } from "@adjoint/nn";
import { SpecError } from "@adjoint/tensor";
import { importFile, readJsonFile } from "./load-module.ts";

/**
 * The spec in a file, not yet validated: `build` does that.
 *
 * @param path a .json file; or a .ts, .mts, .js or .mjs module whose default export, or else export named `spec`, is it
 * @throws SpecError naming the file when it cannot be read, has another ending, or exports no spec
 */
export async function loadSpec(path: string): Promise<ModelSpec> {
  if (extname(path) === ".json") return (await readJsonFile("loadSpec", path)) as ModelSpec;
  const module = await importFile("loadSpec", path);
  const spec = module.default ?? module.spec;
  if (spec === null || typeof spec !== "object") {
    throw new SpecError({
      op: "loadSpec",
      problem: `${path} exports no model spec`,
      argument: "FILE",
      expected: "a default export, or an export named spec, made by model({ … })",
      received: `exports ${Object.keys(module).join(", ") || "nothing"}`,
      hint: "Write export default model({ … }).",
    });
  }
  return spec as ModelSpec;
}
