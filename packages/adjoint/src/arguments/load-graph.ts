/**
 * Graphs from files: a graph as JSON, a module that exports one or a Variable, a model, whose training step it is, or an
 * ONNX file, run on noise.
 */
import { extname } from "node:path";
import { Graph, graphFromJSON, graphOf, Variable } from "@adjoint/autograd";
import { build, type Model, randomSamples } from "@adjoint/nn";
import { SpecError } from "@adjoint/tensor";
import { placed } from "@adjoint/tensor/internal";
import { isSpec, specOf } from "../checking/choose-exports.ts";
import { onnxGraph } from "../onnx/on-noise.ts";
import { onnxEnding, openOnnx } from "../onnx/open-onnx.ts";
import { graphOfSamples } from "../training/step-graph.ts";
import { type Exports, importFile, moduleEndings, readTextFile } from "./load-module.ts";
import { openModel } from "./load-spec.ts";

export interface LoadGraphOptions {
  /** Samples in the step of a model. */
  readonly samples: number;
  readonly seed: number;
  readonly used: readonly string[];
}

export interface LoadedGraph {
  readonly graph: Graph;
  readonly title: string;
}

/** A file, and the export after `#`. */
function partsOf(target: string): { readonly path: string; readonly name: string | undefined } {
  const [, path, name] = /^(.*?)(?:#([^#/\\]+))?$/s.exec(target) as unknown as [string, string, string | undefined];
  return { path, name };
}

export function pathOf(target: string): string {
  return partsOf(target).path;
}

/**
 * The graph in a file.
 *
 * @param target a graph or a model as a file, or a module: its export after `#`, else its default export, else the first
 *               that is a Graph, a Variable or a model
 * @throws SpecError naming the file when there is no graph in it
 */
export async function loadGraph(target: string, options: LoadGraphOptions): Promise<LoadedGraph> {
  const { path, name } = partsOf(target);
  const ending = extname(path);
  if (ending === ".json") {
    const text = await readTextFile("graph", path);
    if (isGraphText(text)) return { graph: placed(path, () => graphFromJSON(text)), title: path };
  }
  if (moduleEndings.includes(ending)) {
    const [found, graph] = chosen(path, await importFile("graph", path), name, options);
    return { graph, title: found === "default" ? path : found };
  }
  if (ending === onnxEnding) {
    const graph = onnxGraph(await openOnnx(path), options.samples, options.seed);
    return { graph, title: path };
  }
  const model = await openModel(path, { seed: options.seed, used: options.used });
  return { graph: graphOfModel(model, options), title: `${path}: one training step` };
}

/** Whether text is a graph's: it says so, and specs do not; parsing it twice would take twice the time. */
function isGraphText(text: string): boolean {
  return /"format"\s*:\s*"adjoint-graph"/.test(text);
}

/** The export to draw, by name, as a graph. */
function chosen(
  path: string,
  exports: Exports,
  name: string | undefined,
  options: LoadGraphOptions,
): readonly [name: string, graph: Graph] {
  const names = name === undefined ? ["default", ...Object.keys(exports)] : [name];
  for (const key of names) {
    const graph = Object.hasOwn(exports, key) ? asGraph(exports[key], options) : null;
    if (graph !== null) return [key, graph];
  }
  const all = Object.keys(exports).join(", ") || "nothing";
  throw SpecError.of("graph", "FILE", all, "a Graph, a Variable, or a model made by model({ … })", {
    problem: `${path} exports no graph${name === undefined ? "" : ` called ${name}`}`,
    hint: `It exports ${all}. Write export default graphOf(loss, { backward: true }).`,
  });
}

/** What an export is the graph of; null for what is none. */
function asGraph(value: unknown, options: LoadGraphOptions): Graph | null {
  if (value instanceof Graph) return value;
  if (value instanceof Variable) return graphOf(value, { backward: value.requiresGrad });
  if (isSpec(value)) return graphOfModel(build(value, { seed: options.seed }), options);
  if (value !== null && typeof value === "object" && specOf(value) !== null)
    return graphOfModel(value as Model, options);
  return null;
}

function graphOfModel(model: Model, { samples, seed }: LoadGraphOptions): Graph {
  return graphOfSamples(model, randomSamples(model, samples, seed));
}
