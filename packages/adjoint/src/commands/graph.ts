/** `adjoint graph FILE -o OUT`: a computation as a page to explore, a drawing, or text for other tools. */
import { extname } from "node:path";
import { type Graph, toDot, toMermaid } from "@adjoint/autograd";
import { writeWhole } from "@adjoint/data/files";
import { toHtml, toSvg } from "@adjoint/explorer";
import { SpecError } from "@adjoint/tensor";
import { Command } from "commander";
import { loadGraph, pathOf } from "../arguments/load-graph.ts";
import { wholeNumber } from "../arguments/numbers.ts";
import { type CommonOptions, modelFile, useOption } from "../arguments/options.ts";
import { checkOutputFile } from "../arguments/output-files.ts";
import { printWritten, type Terminal } from "../terminal/output.ts";

const writers: Readonly<Record<string, (graph: Graph, title: string, animate: boolean) => string | Promise<string>>> = {
  ".html": (graph, title) => toHtml(graph, { title }),
  ".svg": (graph, title, animate) => toSvg(graph, { title, animate }),
  ".dot": (graph, title) => toDot(graph, { title }),
  ".mmd": (graph, title) => toMermaid(graph, { title }),
  ".json": (graph) => `${JSON.stringify(graph.toJSON({ values: "leaves" }))}\n`,
};

interface GraphCommandOptions extends CommonOptions {
  readonly output: string;
  readonly title?: string;
  readonly animate?: true;
  readonly samples: number;
  readonly seed: number;
}

function onlySvgMoves(path: string): SpecError {
  return SpecError.of("graph", "--animate", path, "--output FILE.svg", {
    problem: `only a drawing as .svg can move by itself, not ${path}`,
    hint: "Leave --animate out: the page (.html) has buttons that go through the steps.",
  });
}

export function graphCommand(terminal: Terminal): Command {
  return new Command("graph")
    .description(
      "write a computation, forward and backward, as a page to explore (.html), or as .svg, .dot, .mmd, .json",
    )
    .argument(
      "<file>",
      `a graph as .json, a module that exports a Graph or a Variable (FILE#name for one export), a model: ${modelFile}, or an ONNX file (.onnx)`,
    )
    .requiredOption("-o, --output <file>", "where to write it: a name that ends in .html, .svg, .dot, .mmd or .json")
    .option("--title <text>", "the title. Default: the name of the file or export")
    .option("--animate", "let an .svg go through the steps, forward and backward")
    .option("--samples <n>", "samples in a model's training step, or that an ONNX file is run on", wholeNumber(1), 4)
    .option("--seed <n>", "seed of a model's parameters and of the noise it is shown", wholeNumber(0), 0)
    .option("--json", "print the file and the number of nodes as JSON, and nothing else")
    .addOption(useOption())
    .action(async (target: string, options: GraphCommandOptions) => {
      const { output: path, samples, seed, json, use, animate = false } = options;
      const inputs = [pathOf(target), ...use];
      if (animate && extname(path) !== ".svg") throw onlySvgMoves(path);
      await checkOutputFile("--output", path, Object.keys(writers), inputs);
      const { graph, title } = await loadGraph(target, { samples, seed, used: use });
      await writeWhole("graph", path, await writers[extname(path)](graph, options.title ?? title, animate));
      const nodes = graph.nodes.length;
      if (json) printWritten(terminal, [path], { json, more: { nodes } });
      else terminal.print(`wrote ${path}: ${nodes} nodes\n`);
    });
}
