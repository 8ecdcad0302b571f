/** A graph as one interactive HTML file: the page of page/ with the graph in it. Nothing is loaded from anywhere. */
import { type Graph, primitives } from "@adjoint/autograd";
import { checkKind, checkOptions } from "@adjoint/tensor";
import { fillPage } from "../fill-page.ts";
import { withValues } from "../graph-values.ts";
import { checkLesson, type Lesson } from "../lesson.ts";
import { page } from "../page.generated.ts";
import { withPreview } from "./preview.ts";

/** Options of {@link toHtml}. */
export interface HtmlOptions {
  /** The title of the page. Default "computational graph". */
  readonly title?: string;
  /** Text beside the graph: what it shows, what to try, and the way to other pages. Default: none. */
  readonly lesson?: Lesson;
}

/**
 * The graph as a page to explore: forward and backward pass drawn, layers to fold, values and gradients, the rules and
 * their numerical check, a stepper; leaves can be changed, and everything is computed again in the page.
 *
 * The page holds the values of the leaves and computes the others. Ops of your own are not in the page: with one of them
 * in the graph all values are written instead, and cannot be changed there.
 */
export function toHtml(graph: Graph, options: HtmlOptions = {}): string {
  checkOptions("toHtml", options, ["title", "lesson"]);
  checkLesson("toHtml", options.lesson);
  // By what it can do: a graph that another copy of the library recorded is data, too.
  const isGraph = Array.isArray((graph as Graph | null)?.nodes) && typeof graph.toJSON === "function";
  checkKind("toHtml", "graph", graph, isGraph, "a Graph", "Pass the graph of a result: toHtml(graphOf(y)).");
  const { lesson, title = lesson?.en.title ?? "computational graph" } = options;
  const isBuiltIn = graph.nodes.every(({ op }) => op === null || Object.hasOwn(primitives, op));
  const json = isBuiltIn ? graph.toJSON({ values: "leaves" }) : withValues(graph).toJSON({ values: true });
  const about = `A computational graph of ${graph.nodes.length} nodes: go through its steps, forward and backward, and change its values.`;
  const filled = fillPage(page, { title, graph: json, ...(lesson === undefined ? {} : { lesson }) });
  return withPreview(filled, title, lesson?.en.text ?? about);
}
