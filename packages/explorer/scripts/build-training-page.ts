/**
 * Builds the page of trainings (training/) into src/training/page.generated.ts, and what trains in it into
 * src/training/engine.generated.ts: a report needs the first alone. Run: `pnpm build:page`.
 */
import { pathToFileURL } from "node:url";
import { bundle, hashOf, inScript, licencesOf, styles } from "./bundle.ts";
import { writeGenerated } from "./generated.ts";

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
  const script = inScript(main.script);
  const style = styles("page/base.css", "training/style.css");
  // A page that is opened from memory has the policy of the page that opened it besides its own.
  const policy = [
    "default-src 'none'",
    `script-src ${hashOf(script)}{scripts} 'wasm-unsafe-eval'`,
    `style-src ${hashOf(style)}{styles}`,
    "worker-src blob:",
    "img-src blob: data:",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  const page = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>{title}</title>
<style>${style}</style>
</head>
<body>
<div id="app"></div>
<script type="application/json" id="content">{content}</script>
{engine}
{explorer}
<script>${script}</script>
</body>
</html>
<!--
${licencesOf(main.packages)}
-->
`;
  const engine = `<script type="text/plain" id="engine">${inScript(worker.script)}</script>
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
