/**
 * `adjoint explain MODEL`: the program of a training step as text, as a page and as a trace: what was rewritten in it,
 * and how long its parts take.
 */
import { basename } from "node:path";
import { compile, type EngineName, engineNames } from "@adjoint/compiler";
import { writeWhole } from "@adjoint/data/files";
import { programToHtml } from "@adjoint/explorer";
import { randomSamples } from "@adjoint/nn";
import { Adam } from "@adjoint/optim";
import { Command } from "commander";
import { openModel } from "../arguments/load-spec.ts";
import { wholeNumber } from "../arguments/numbers.ts";
import {
  type CommonOptions,
  checkThreads,
  choiceOption,
  modelFile,
  threadsOption,
  useOption,
} from "../arguments/options.ts";
import { checkOutputFile } from "../arguments/output-files.ts";
import type { Terminal } from "../terminal/output.ts";
import { checkTargets, trainingStep } from "../training/step-graph.ts";

interface ExplainOptions extends CommonOptions {
  readonly batchSize: number;
  readonly engine: "auto" | EngineName;
  readonly threads?: number;
  readonly program: boolean;
  readonly trace?: string;
  readonly page?: string;
}

export function explainCommand(terminal: Terminal): Command {
  return new Command("explain")
    .description("print how a compiled training step runs: rewrites, memory, and the time of each part")
    .argument("<model>", `${modelFile}, or a saved model (.safetensors)`)
    .option("--batch-size <n>", "samples in a mini-batch", wholeNumber(1), 100)
    .addOption(choiceOption("--engine <name>", "what runs the step", engineNames).default("auto"))
    .addOption(threadsOption())
    .option("--program", "print the whole program, a line for each op, too", false)
    .option("--trace <file>", "write when each part ran into a .json file for ui.perfetto.dev and chrome://tracing")
    .option("--page <file>", "write the recorded graph and the one that runs, side by side, into an .html file")
    .option("--json", "print rewrites, parts and memory as JSON, and nothing else")
    .addOption(useOption())
    .action((path: string, options: ExplainOptions) => explain(path, options, terminal));
}

async function explain(path: string, options: ExplainOptions, { print }: Terminal): Promise<void> {
  const { batchSize, engine, threads = "auto", program, trace, page, json, use } = options;
  const inputs = [path, ...use];
  checkThreads(options.threads, engine);
  if (trace !== undefined) await checkOutputFile("--trace", trace, [".json"], inputs);
  if (page !== undefined) await checkOutputFile("--page", page, [".html"], inputs);
  const model = await openModel(path, { used: use });
  const { x, t } = randomSamples(model, batchSize);
  checkTargets("explain", path, t);
  const step = compile(trainingStep(model, new Adam(model.params)), { engine, threads });
  // The first runs are slow: machine code is made, threads start.
  const start = performance.now();
  for (let i = 0; i < 3 || performance.now() - start < 500; i++) step(x, t);
  if (json) {
    const { rewrites, parts, bytes, permanentBytes } = step.plan ?? {};
    print(`${JSON.stringify({ model: path, engine: step.engine, rewrites, parts, bytes, permanentBytes })}\n`);
  } else {
    const texts = [`engine: ${step.engine}`, step.explain({ rewrites: true }), step.profile(x, t)];
    print(`${(program ? [step.explain(), ...texts] : texts).join("\n\n")}\n`);
  }
  const write = async (file: string, content: string): Promise<void> => {
    await writeWhole("explain", file, content);
    if (!json) print(`\nwrote ${file}\n`);
  };
  if (trace !== undefined) await write(trace, step.trace(x, t));
  if (page !== undefined)
    await write(page, await programToHtml(step, { title: `a training step of ${basename(path)}` }));
}
