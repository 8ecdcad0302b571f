/** A graph as an SVG picture: the drawing of the page, with its values, and without a script. */
import type { GraphData } from "@adjoint/autograd";
import { checkKind, checkNumber, checkOneOf, checkOptions } from "@adjoint/tensor";
import type { DrawOptions } from "./drawing/draw.ts";

/** Options of {@link toSvg}. */
export interface SvgOptions extends DrawOptions {
  /** The title above the drawing. Default: none. */
  readonly title?: string;
  /** Colours for a light page, a dark page, or what the reader's system asks for. Default "auto". */
  readonly theme?: "auto" | "light" | "dark";
  /** Whether the picture goes through the steps, forward and backward, again and again. Default false. */
  readonly animate?: boolean;
  /** How long a step of an animated picture takes, in seconds. Default 1.5. */
  readonly stepSeconds?: number;
}

/**
 * The picture of a graph as SVG text: forward from left to right, gradients below from right to left. Single numbers and
 * tensors of up to 6 × 6 show their numbers, others a heat map. The text is a document by itself, has no script and loads
 * nothing; letters have at least 11 pixels at its natural size.
 *
 * Every box is a `<g class="node" data-key="n3">` (of a folded scope `f:<path>` and `b:<path>`), every arrow a
 * `<g class="edge" data-edges="n0->n3 …">`. The same graph gives the same text. An animated picture moves by CSS and SMIL;
 * readers who ask for less motion see the finished drawing. The first call loads the layout.
 *
 * @throws SpecError for what is no graph, and for options it does not know
 */
export async function toSvg(graph: GraphData, options: SvgOptions = {}): Promise<string> {
  const names = ["title", "theme", "open", "backward", "reshapes", "values", "width", "animate", "stepSeconds"];
  checkOptions("toSvg", options, names);
  const isGraph = Array.isArray(graph?.nodes) && Array.isArray(graph.outputs);
  checkKind("toSvg", "graph", graph, isGraph, "a Graph", "Pass the graph of a result: toSvg(graphOf(y)).");
  const { theme = "auto", animate = false, stepSeconds = 1.5, width, title, open } = options;
  checkOneOf("toSvg", "theme", theme, ["auto", "light", "dark"]);
  const isOpen = open === undefined || open === "all" || Array.isArray(open);
  checkKind("toSvg", "open", open, isOpen, '"all" or a list of scopes');
  for (const [name, value] of Object.entries({ stepSeconds, width: width ?? 1 }))
    checkNumber("toSvg", name, value, value > 0 && value < Number.POSITIVE_INFINITY, "a number > 0");
  const { drawGraph, showGraph } = await import("./drawing/draw.ts");
  const shown = { theme, ...(title === undefined ? {} : { title }), ...(animate ? { stepSeconds } : {}) };
  return showGraph(drawGraph(graph, options), shown);
}
