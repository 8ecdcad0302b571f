/** `adjoint check FILE[#export]`: are the gradients of what a file exports right? Exit code 1 where they are not. */
import { Command } from "commander";
import { wholeNumber } from "../arguments/numbers.ts";
import { type CommonOptions, choiceOption, useOption } from "../arguments/options.ts";
import { checkFile, type ExportCheck } from "../checking/check-file.ts";
import type { Piece, Terminal } from "../terminal/output.ts";
import { showLayers } from "../terminal/progress.ts";
import { exitCodes } from "./exit-codes.ts";

interface CheckOptions extends CommonOptions {
  readonly seed: number;
  readonly samples: number;
  readonly mode: "auto" | "full" | "projected";
  readonly order: "1" | "2";
}

/** The command, printing to `terminal`; `fail` is called when a gradient is wrong. */
export function checkCommand(terminal: Terminal, fail: (code: number) => void): Command {
  return new Command("check")
    .description("check the gradients of the ops, functions, models and layers that a file exports")
    .argument(
      "<file>",
      "a module, a spec (.json, .yaml), a saved model or an ONNX file (.onnx); FILE#name for one export. Samples: its export `samples`",
    )
    .option("--seed <n>", "seed of everything random", wholeNumber(0), 0)
    .option("--samples <n>", "inputs tried for each op where the file lists none", wholeNumber(1), 4)
    .addOption(
      choiceOption("--mode <mode>", "every entry by itself, or along random directions", [
        "auto",
        "full",
        "projected",
      ]).default("auto"),
    )
    .addOption(choiceOption("--order <n>", "2: check the gradients of the gradients, too", ["1", "2"]).default("1"))
    .option("--json", "print the reports as JSON")
    .addOption(useOption())
    .action(async (target: string, options: CheckOptions) => {
      const progress = showLayers(terminal.stderr);
      const { seed, samples: count, mode, use: used } = options;
      const order = options.order === "2" ? 2 : 1;
      const result = await checkFile(target, {
        seed,
        count,
        mode,
        order,
        used,
        onProgress: progress.onProgress,
      }).finally(progress.stop);
      if (options.json) terminal.print(`${JSON.stringify(result, null, 2)}\n`);
      else {
        for (const check of result.checks) terminal.print(...render(check), "\n");
        for (const { name, reason } of result.skipped) terminal.print(`${name}  skipped: ${reason}\n`);
      }
      if (!result.ok) fail(exitCodes.found);
    });
}

/** A line for what is right; for what is wrong its first failing report. */
function render(check: ExportCheck): readonly Piece[] {
  const name: Piece = { paint: "bold", text: check.name };
  const verdict: Piece = check.ok ? { paint: "green", text: "ok" } : { paint: "red", text: "WRONG" };
  if (check.kind === "failed") return [name, "  ", { paint: "red", text: "FAILED" }, `  ${check.problem}`];
  if (check.kind === "model") return [name, "  ", verdict, `\n${check.reports.join("\n")}`];
  const { reports } = check;
  const tried = `${reports.length} sample${reports.length === 1 ? "" : "s"}`;
  const kinks = reports.reduce((n, { inputs }) => inputs.reduce((m, input) => m + input.kinks.length, n), 0);
  const note = kinks === 0 ? "" : `, ${kinks} kinks`;
  const failed = reports.find(({ ok }) => !ok);
  return [name, "  ", verdict, `  (${tried}${note})${failed === undefined ? "" : `\n${String(failed)}`}`];
}
