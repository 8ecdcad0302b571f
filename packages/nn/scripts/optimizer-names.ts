/**
 * Writes the names of the optimizers, which specs may say: those of the list of @adjoint/optim, which specs are read without.
 */
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { optimizerNames } from "../../optim/src/rules/by-name.ts";

const target = new URL("../src/read/optimizers.generated.ts", import.meta.url);

/** The file with the names. */
export function renderOptimizerNames(): string {
  return `/** Made by scripts/optimizer-names.ts from packages/optim/src/rules/all.ts. */\nexport const optimizerNames = ${JSON.stringify(optimizerNames)} as const;\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(target, renderOptimizerNames());
