/** `adjoint new DIR`: a project that works at once: a spec, data of its own, and the commands to begin with. */
import { readdir } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { makeFolder, writeTogether } from "@adjoint/data/files";
import { rng, SpecError } from "@adjoint/tensor";
import { Command } from "commander";
import { printWritten, type Terminal } from "../terminal/output.ts";
import { ownVersion } from "../version.ts";

export function newCommand(terminal: Terminal): Command {
  return new Command("new")
    .description("make a folder with a model, a small table of data and a README that says how to begin")
    .argument("<dir>", "a folder that is empty, or not there")
    .option("--json", "print the files as JSON, and nothing else")
    .action(async (folder: string, { json }: { readonly json?: boolean }) => {
      const files = await make(folder);
      printWritten(terminal, files, { json });
      if (!json) terminal.print(`next: cd ${folder}, then the commands in README.md\n`);
    });
}

const spec = `{
  "version": 1,
  "input": [4],
  "layers": [{ "kind": "affine", "units": 16 }, { "kind": "relu" }, { "kind": "affine", "units": 2 }],
  "loss": "crossEntropy"
}
`;

/** Flowers of two kinds, by two lengths and a color: made up, the same each time. */
function table(): string {
  const random = rng(1);
  const noise = random.normal([200, 2]).toArray() as number[][];
  const rows = noise.map(([a, b], i) => {
    const isLily = i % 2 === 0;
    const color = i % 10 < 8 === isLily ? "white" : "red";
    // One length in twenty was not measured.
    const petal = i % 20 === 7 ? "" : ((isLily ? 6 : 3.5) + 0.8 * a).toFixed(2);
    return [petal, ((isLily ? 4 : 5) + 0.8 * b).toFixed(2), color, isLily ? "lily" : "tulip"].join(",");
  });
  return `petal,leaf,color,flower\n${rows.join("\n")}\n`;
}

function readme(name: string): string {
  return `# ${name}

\`model.json\` is the model and \`flowers.csv\` its data. Replace both with your own.

    npm install
    npx adjoint summary model.json
    npx adjoint train model.json --data flowers.csv --target flower --missing fill --run first
    npx adjoint evaluate first
    npx adjoint predict first 6.1,4.2,white

Open \`first/report.html\`. \`npx adjoint resume first --epochs 40\` trains on. After a second run,
\`npx adjoint compare first second\` shows both side by side.

A sample has four numbers: two lengths, and one for each color. Petals that were not measured are filled in.
`;
}

/** The project as npm sees it: the command of this version. */
function packageOf(name: string): string {
  const version = `^${ownVersion()}`;
  const plain = name.toLowerCase().replaceAll(/[^a-z0-9-]+/g, "-");
  const safe = plain.replaceAll(/^-+|-+$/g, "") || "model";
  return `${JSON.stringify({ name: safe, private: true, type: "module", dependencies: { adjoint: version } }, null, 2)}\n`;
}

/** Makes the project. @returns the paths of its files */
async function make(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch((cause: NodeJS.ErrnoException): string[] => {
    if (cause.code === "ENOENT") return [];
    throw SpecError.of("new", "DIR", cause.code ?? folder, "a folder that is empty, or not there", {
      problem: cause.code === "ENOTDIR" ? `${folder} is a file` : `${folder} cannot be read`,
      hint: "Name another folder.",
      cause,
    });
  });
  if (names.length > 0) {
    throw SpecError.of("new", "DIR", folder, "a folder that is empty, or not there", {
      problem: `${folder} is not empty`,
      hint: "Name another folder.",
    });
  }
  const name = basename(resolve(folder));
  const files = {
    "README.md": readme(name),
    "package.json": packageOf(name),
    "model.json": spec,
    "flowers.csv": table(),
    ".gitignore": "node_modules/\n",
  };
  await makeFolder("new", folder);
  const written = Object.entries(files).map(([file, content]) => ({ path: join(folder, file), content }));
  await writeTogether("new", written);
  return written.map(({ path }) => path);
}
