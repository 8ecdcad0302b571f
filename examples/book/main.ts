/**
 * The experiments of "Deep Learning from Scratch", chapters 4 to 8, with their figures.
 *
 * Without arguments it lists them; with sections of the book it runs those that begin with them. Options: `--data mnist`
 * (default digits), `--dir FOLDER` with the files of MNIST, `--quick`, `--out FOLDER`.
 */
import { parseArgs } from "node:util";
import { outputFolder, save } from "../output.ts";
import type { Setting } from "./experiment.ts";
import { experiments } from "./experiments.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    data: { type: "string", default: "digits" },
    dir: { type: "string" },
    quick: { type: "boolean", default: false },
    out: { type: "string" },
  },
});

function fail(problem: string): never {
  console.error(problem);
  process.exit(2);
}

const { data, quick } = values;
if (data !== "digits" && data !== "mnist") fail(`--data is "${data}"; expected digits or mnist.`);
const setting: Setting = { data, quick, ...(values.dir === undefined ? {} : { dir: values.dir }) };

if (positionals.length === 0) {
  for (const { section, title } of experiments) console.log(`${section.padEnd(6)} ${title}`);
  console.log("\nRun one with its section: npx -y pnpm@12 book 6.2");
}
for (const wanted of positionals) {
  const found = experiments.filter(({ section }) => `${section}.`.startsWith(`${wanted}.`));
  if (found.length === 0) fail(`no experiment of section ${wanted}; run book without arguments to list them.`);
  for (const { section, title, run } of found) {
    console.log(`${section} ${title}`);
    const { result, figures } = await run(setting);
    console.log(result);
    const folder = outputFolder(import.meta.url);
    for (const [name, svg] of Object.entries(figures)) save(folder, `${section}-${name}`, svg);
  }
}
