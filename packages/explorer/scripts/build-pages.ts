/**
 * Builds the pages into files of code, so that users, tests and bundlers need no build step and no file beside the code.
 * Run: `pnpm build:page`.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { inScript } from "../src/fill-page.ts";
import { bundle, licencesOf, styles } from "./bundle.ts";
import { engineElement, shell } from "./shell.ts";

/** The page of graphs: `{title}` and `{content}` are to be filled in. */
async function buildPage(): Promise<string> {
  const [main, worker] = [await bundle("page/main.tsx"), await bundle("page/engine/worker.ts")];
  return shell({
    style: styles("page/base.css", "page/style.css"),
    script: inScript(main.script),
    parts: engineElement(inScript(worker.script)),
    packages: [...main.packages, ...worker.packages],
  });
}

/**
 * The page of trainings, in which `{title}`, `{content}`, `{engine}` and `{explorer}` are to be filled in, and the hashes
 * that let the explorer's page open from it, `{scripts}` and `{styles}`. A report needs this page alone.
 */
async function buildTrainingPage(): Promise<string> {
  const { script, packages } = await bundle("training/main.tsx");
  return shell({
    style: styles("page/base.css", "training/style.css"),
    script: inScript(script),
    parts: "{engine}\n{explorer}",
    packages,
    // A page that is opened from memory has the policy of the page that opened it besides its own.
    allowed: { scripts: "{scripts}", styles: "{styles}" },
  });
}

/** What trains in the page of trainings. */
async function buildEngine(): Promise<string> {
  const { script, packages } = await bundle("training/experiment/worker.ts");
  return `${engineElement(inScript(script))}\n<!--\n${licencesOf(packages)}\n-->`;
}

/** The files of code: what each has under which name. */
const files = [
  { path: "src/page.generated.ts", about: "The interactive page, built from page/", name: "page", build: buildPage },
  {
    path: "src/training/page.generated.ts",
    about: "The page of trainings, built from training/",
    name: "trainingTemplate",
    build: buildTrainingPage,
  },
  {
    path: "src/training/engine.generated.ts",
    about: "What trains in the page, built from training/",
    name: "trainingEngine",
    build: buildEngine,
  },
] as const;

/** Builds one after the other: where it is kept, what it should have, and whether it has. */
export async function* builtPages() {
  for (const { path, about, name, build } of files) {
    const file = new URL(`../${path}`, import.meta.url);
    const header = `/** ${about} by scripts/build-pages.ts; do not edit. */`;
    const text = `${header}\nexport const ${name}: string = ${JSON.stringify(await build())};\n`;
    yield { path, file, text, isCurrent: existsSync(file) && readFileSync(file, "utf8") === text };
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  for await (const { path, file, text, isCurrent } of builtPages()) {
    if (!isCurrent) writeFileSync(file, text);
    console.log(`${path}: ${text.length} characters${isCurrent ? ", unchanged" : ""}`);
  }
}
