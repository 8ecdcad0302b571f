/**
 * Adjoint in notebooks: one module for all of them, a notebook for Deno's Jupyter kernel, and a cell for Observable.
 */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { outputFolder, save } from "../output.ts";

const folder = outputFolder(import.meta.url);
const { outputFiles } = await build({
  entryPoints: [fileURLToPath(new URL("bundle.ts", import.meta.url))],
  bundle: true,
  write: false,
  minify: true,
  format: "esm",
  target: "es2022",
  conditions: ["@adjoint/source"],
});
save(folder, "adjoint.js", outputFiles[0].text);
for (const name of ["deno.ipynb", "observable.txt"])
  save(folder, name, readFileSync(new URL(name, import.meta.url), "utf8"));
