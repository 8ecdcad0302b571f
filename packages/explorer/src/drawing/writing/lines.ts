/** Steps as lines of text: expressions with symbols, or with numbers where these are few. */
import type { GraphData } from "@adjoint/autograd";
import type { Summary } from "../painting/appearance.ts";
import { cellText, numberText } from "../painting/numbers.ts";
import { givenTo, type Step } from "../steps.ts";
import { forwardExpression, gradientSymbol, inputSymbol, resultSymbol, type Writing, written } from "./expression.ts";
import { readRule } from "./plain.ts";

/** What is written of a graph whose values are known. */
export interface WritingOfGraph {
  readonly graph: GraphData;
  /** With symbols; constants without a name as their number. */
  readonly symbolic: Writing;
  /** With numbers where they are few, else with symbols. */
  readonly numeric: Writing;
  /** The value of a node in a line of text; null where it is too long. */
  valueText(node: number): string | null;
}

/** The most elements whose numbers stand in a line of text. */
const few = 4;

/** How the expressions of a graph are written. */
export function writingOf(
  graph: GraphData,
  summaries: readonly (Summary | null)[],
  { summed, repeated }: Pick<Writing, "summed" | "repeated">,
): WritingOfGraph {
  const valueText = (node: number): string | null => {
    const summary = summaries[node];
    if (summary == null) return null;
    if (summary.value !== null) return numberText(summary.value);
    const isRow = graph.nodes[node].shape.filter((n) => n !== 1).length === 1;
    if (summary.elements === null || summary.elements.length > few || !isRow) return null;
    return `[${summary.elements.map(cellText).join(", ")}]`;
  };
  // A constant without a name is called by its number: the only one it has, or the one that all of its elements are.
  const constantText = (node: number): string => {
    const summary = summaries[node];
    return summary == null || summary.min !== summary.max ? `n${node}` : numberText(summary.min);
  };
  // Also where a letter could stand for it: × 2 tells more than × b.
  const isOneNumber = (node: number): boolean => {
    const [given, summary] = [graph.nodes[node], summaries[node]];
    return given?.role === "constant" && given.name === undefined && summary != null && summary.min === summary.max;
  };
  const symbolOf = (node: number, symbol: string): string =>
    symbol === "" || /^n\d+$/.test(symbol) || isOneNumber(node) ? constantText(node) : symbol;
  const common = { summed, repeated, shapeOf: (node: number) => graph.nodes[node]?.shape ?? [] };
  return {
    graph,
    symbolic: { ...common, valueOf: symbolOf },
    numeric: { ...common, valueOf: (node, symbol) => valueText(node) ?? symbolOf(node, symbol) },
    valueText,
  };
}

/** What a forward node computes: `y = a × b = 100 × 2 = 200` without the `y =`. */
export function forwardLine({ graph, symbolic, numeric, valueText }: WritingOfGraph, node: number): string {
  const expression = forwardExpression(graph, node);
  const result = valueText(node);
  const [symbols, numbers] = [written(expression, symbolic), written(expression, numeric)];
  return [symbols, ...(numbers === symbols ? [] : [numbers]), ...(result === null ? [] : [result])].join(" = ");
}

/**
 * What the rule of a node gives to one of its inputs: what it is called, the rule, the numbers. `∂x += …` where others
 * give to it, too.
 */
export function contributionLine(
  { graph, symbolic, numeric, valueText }: WritingOfGraph,
  node: number,
  upstream: number,
  { input, gradientNode, of }: { readonly input: number; readonly gradientNode: number; readonly of: number },
): string {
  const { expression } = readRule(graph, node, upstream, gradientNode);
  const parts = [gradientSymbol(inputSymbol(graph, node, input)), written(expression, symbolic)];
  const inNumbers = written(expression, numeric);
  const result = valueText(gradientNode);
  if (inNumbers !== parts[1] && (result !== null || expression.kind !== "value")) parts.push(inNumbers);
  if (result !== null && result !== inNumbers) parts.push(result);
  const [receiver, ...sides] = parts;
  return `${receiver} ${of > 1 ? "+=" : "="} ${sides.join(" = ")}`;
}

/** A step that is no folded layer in one line. */
export function stepLine(writing: WritingOfGraph, { direction, node }: Step): string {
  const { graph } = writing;
  if (direction === "start") return `${gradientSymbol(resultSymbol(graph, node))} = 1`;
  if (direction === "forward") return forwardLine(writing, node);
  const entry = graph.backward?.steps.find((step) => step.node === node);
  if (entry === undefined) return "";
  return entry.contributions
    .map(({ input, gradient }) => {
      const of = givenTo(graph, graph.nodes[node].inputs[input]).length;
      return contributionLine(writing, node, entry.upstream, { input, gradientNode: gradient, of });
    })
    .join(" ; ");
}
