/**
 * Builds the page of trainings (training/) into src/training/page.generated.ts, and what trains in it into
 * src/training/engine.generated.ts: a report needs the first alone. Run: `pnpm build:page`.
 */
import { pathToFileURL } from "node:url";
import { inScript } from "../src/fill-page.ts";
import { bundle, licencesOf, styles } from "./bundle.ts";
import { writeGenerated } from "./generated.ts";
import { engineElement, shell } from "./shell.ts";

/** Where both are kept. */
export const trainingFiles = {
  page: new URL("../src/training/page.generated.ts", import.meta.url),
  engine: new URL("../src/training/engine.generated.ts", import.meta.url),
} as const;

/** What is generated, as text. */
export type TrainingTexts = { readonly [F in keyof typeof trainingFiles]: string };

/**
 * The page, in which `{title}`, `{content}`, `{engine}` and `{explorer}` are to be filled in, and the hashes that let the
 * explorer's page open from it, `{scripts}` and `{styles}`; and the engine.
 */
export async function buildTrainingPage(): Promise<TrainingTexts> {
  const [main, worker] = [await bundle("training/main.tsx"), await bundle("training/experiment/worker.ts")];
  // A page that is opened from memory has the policy of the page that opened it besides its own.
  const page = shell({
    style: styles("page/base.css", "training/style.css"),
    script: inScript(main.script),
    parts: "{engine}\n{explorer}",
    packages: main.packages,
    allowed: { scripts: "{scripts}", styles: "{styles}" },
  });
  const engine = `${engineElement(inScript(worker.script))}
<!--
${licencesOf(worker.packages)}
-->`;
  return { page, engine };
}

/** The generated files, as text. */
export function renderTrainingPage({ page, engine }: TrainingTexts): TrainingTexts {
  const from = "built from training/ by scripts/build-training-page.ts; do not edit.";
  return {
    page: `/** The page of trainings, ${from} */\nexport const trainingTemplate: string = ${JSON.stringify(page)};\n`,
    engine: `/** What trains in the page, ${from} */\nexport const trainingEngine: string = ${JSON.stringify(engine)};\n`,
  };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const texts = renderTrainingPage(await buildTrainingPage());
  for (const name of ["page", "engine"] as const) writeGenerated(trainingFiles[name], texts[name]);
}
