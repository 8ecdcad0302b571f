/**
 * `adjoint graph FILE -o OUT`: a computation as a page to explore, a drawing, or text for other tools.
 */
import { writeFile } from "node:fs/promises";
import { extname } from "node:path";
import { type Graph, toDot, toMermaid } from "@adjoint/autograd";
import { toHtml, toSvg } from "@adjoint/explorer";
import { SpecError } from "@adjoint/tensor";
import { Command } from "commander";
import type { Output } from "../terminal/output.ts";
import { loadGraph } from "./load-graph.ts";
import { wholeNumber } from "./numbers.ts";
import { modelFile, useOption } from "./options.ts";

/** What writes a graph, by the ending of the file. */
const writers: Readonly<Record<string, (graph: Graph, title: string) => string | Promise<string>>> = {
  ".html": (graph, title) => toHtml(graph, { title }),
  ".svg": (graph, title) => toSvg(graph, { title }),
  ".dot": (graph, title) => toDot(graph, { title }),
  ".mmd": (graph, title) => toMermaid(graph, { title }),
  ".json": (graph) => `${JSON.stringify(graph.toJSON({ values: "leaves" }))}\n`,
};

interface GraphCommandOptions {
  readonly output: string;
  readonly title?: string;
  readonly samples: number;
  readonly seed: number;
  readonly use: readonly string[];
}

/** The command, writing to `output`. */
export function graphCommand(output: Output): Command {
  return new Command("graph")
    .description(
      "write a computation, forward and backward, as a page to explore (.html), or as .svg, .dot, .mmd, .json",
    )
    .argument(
      "<file>",
      `a graph as .json, a module that exports a Graph or a Variable (FILE#name for one export), or a model: ${modelFile}`,
    )
    .requiredOption("-o, --output <file>", "where to write it: a name that ends in .html, .svg, .dot, .mmd or .json")
    .option("--title <text>", "the title. Default: the name of the file or export")
    .option("--samples <n>", "samples in the training step of a model", wholeNumber(1), 4)
    .option("--seed <n>", "seed of a model's parameters and of the noise it is shown", wholeNumber(0), 0)
    .addOption(useOption())
    .action(async (target: string, options: GraphCommandOptions) => {
      const { output: path, samples, seed, use } = options;
      const write = Object.hasOwn(writers, extname(path)) ? writers[extname(path)] : undefined;
      if (write === undefined) {
        const endings = Object.keys(writers).join(", ");
        throw new SpecError({
          op: "graph",
          problem: `${path} is of no kind that can be written`,
          argument: "--output",
          expected: `a name that ends in ${endings}`,
          received: path,
          hint: `Name a file that ends in ${endings}.`,
        });
      }
      const { graph, title } = await loadGraph(target, { samples, seed, used: use });
      const text = await write(graph, options.title ?? title);
      await writeFile(path, text).catch((cause: Error) => {
        throw new SpecError(
          { op: "graph", problem: `${path} cannot be written (${cause.message})`, argument: "--output" },
          { cause },
        );
      });
      output.stdout.write(`wrote ${path}: ${graph.nodes.length} nodes\n`);
    });
}
