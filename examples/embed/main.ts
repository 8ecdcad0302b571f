/** A page of its own with graphs in it: `<adjoint-graph>` under a strict content security policy. */
import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { graphOf, variable } from "adjoint";
import { build } from "esbuild";
import { outputFolder, save } from "../output.ts";

const folder = outputFolder(import.meta.url);
const at = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const total = variable(100, { name: "apple" }).mul(variable(2, { name: "number of apples" }));
const price = total.mul(variable(1.1, { name: "tax" }));
[total.name, price.name] = ["apple total", "price"];

save(folder, "apples.json", JSON.stringify(graphOf(price, { backward: true }).toJSON({ values: "leaves" })));
for (const name of ["index.html", "page.css"]) copyFileSync(at(name), join(folder, name));
await build({
  entryPoints: [at("page.ts")],
  outdir: folder,
  bundle: true,
  splitting: true,
  minify: true,
  format: "esm",
  target: "es2022",
  conditions: ["@adjoint/source"],
});
