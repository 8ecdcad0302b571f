/** What a page of the gallery is made of. */
import { type Graph, graphOf, type LessonWords, recordAll, type Variable, variable } from "adjoint";

/** One page of the gallery: a graph, and the lesson beside it. */
export interface GalleryPage {
  /** The name of its file. */
  readonly name: string;
  /** The section of the book. */
  readonly section?: string;
  readonly build: () => Graph;
  /** Links into the page, in the order of the words' `tries`. */
  readonly tries: (graph: Graph) => readonly string[];
  readonly en: LessonWords;
  readonly ko: LessonWords;
}

/** A leaf of one number. */
export const number = (value: number, name: string): Variable => variable(value, { name, dtype: "float64" });

/** A value with a name, as drawings show it. */
export function named(x: Variable, name: string): Variable {
  x.name = name;
  return x;
}

/** The graph of a function's result, forward and backward, with everything that it computes. */
export function forwardAndBackward(f: () => Variable): Graph {
  return graphOf(recordAll(f), { backward: true });
}

/** The number of the forward node with this name, or else the first with this op. */
export function nodeOf({ nodes }: Graph, what: string): number {
  const forward = nodes.filter(({ role }) => role !== "gradient");
  const found = forward.find(({ name }) => name === what) ?? forward.find(({ op }) => op === what);
  if (found === undefined) throw new Error(`the graph has no ${what}`);
  return found.id;
}

/** A link that chooses a node. */
export function choosing(graph: Graph, what: string): string {
  return `#node=n${nodeOf(graph, what)}`;
}

/** A link that gives an element of a leaf another value, and chooses the leaf. */
export function changing(graph: Graph, leaf: string, value: number, place = 0): string {
  const id = nodeOf(graph, leaf);
  return `#node=n${id}&edit=${id}.${place}:${value}`;
}

/** The step in which the rules of a node run. */
function stepOf(graph: Graph, what: string): number {
  const id = nodeOf(graph, what);
  const ops = graph.nodes.filter(({ role }) => role === "op").length;
  const k = graph.backward?.steps.findIndex(({ node }) => node === id) ?? -1;
  if (k < 0) throw new Error(`no gradient passes ${what}`);
  return ops + 1 + k;
}

/** A link to the step in which the rules of a node run. */
export function rulesOf(graph: Graph, what: string): string {
  return `#step=${stepOf(graph, what)}&node=n${nodeOf(graph, what)}`;
}

/** A link to that step with all layers folded. */
export function foldedRulesOf(graph: Graph, what: string): string {
  const { scope } = graph.nodes[nodeOf(graph, what)];
  return `#step=${stepOf(graph, what)}&open=&node=f:${encodeURIComponent(scope)}`;
}

/** A link to the beginning of the steps. */
export const fromTheStart = "#step=-1";
