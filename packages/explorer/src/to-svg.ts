/**
 * A graph as an SVG drawing, laid out by Graphviz (its WASM build: nothing to install, the same drawing everywhere).
 */
import { type DotOptions, type GraphData, toDot } from "@adjoint/autograd";
import { calledAs, GraphError } from "@adjoint/tensor";
import { xmlText } from "./xml-text.ts";

/** Options of {@link toSvg}: those of `toDot`. */
export type SvgOptions = DotOptions;

/**
 * The drawing of a graph: every node of the graph a `<g class="node">` with the title `n<id>`, every input of an op a
 * `<g class="edge">`.
 *
 * The same graph gives the same text. Graphviz is loaded at the first call. It is WebAssembly: a page with a content
 * security policy has to allow that, by 'wasm-unsafe-eval'.
 *
 * @throws GraphError where WebAssembly is refused, and when the graph is too deep for Graphviz, which walks it recursively (thousands of ops)
 */
export async function toSvg(graph: GraphData, options: SvgOptions = {}): Promise<string> {
  const dot = calledAs("toSvg", () => toDot(graph, options));
  const { Graphviz } = await import("@hpcc-js/wasm-graphviz");
  const graphviz = await Graphviz.load().catch((cause: Error) => {
    throw withoutWasm(cause);
  });
  try {
    return graphviz.layout(xmlText(quickly(dot)), "svg", "dot");
  } catch (cause) {
    // What ran out of stack half-way is in no state to lay out another graph.
    Graphviz.unload();
    throw GraphError.of("toSvg", "graph", `${graph.nodes.length} nodes`, "some thousand nodes at most", {
      problem: `Graphviz could not lay out ${graph.nodes.length.toLocaleString("en-US")} nodes (${(cause as Error).message})`,
      hint: "Draw a smaller part, for example fewer layers or time steps; or write toDot(graph) into a file for another tool.",
      cause,
    });
  }
}

function withoutWasm(cause: Error): GraphError {
  return GraphError.of("toSvg", "policy", cause.message, "a content security policy with 'wasm-unsafe-eval'", {
    problem: "Graphviz needs WebAssembly, which is not allowed here",
    hint: "Allow it in the page, or write toDot(graph) into a file for another tool.",
    cause,
  });
}

/** The DOT text with a bound on the rounds of the two slow searches, which gain little after the first few. */
function quickly(dot: string): string {
  return dot.replace("{\n", "{\n  graph [nslimit=4, nslimit1=4, mclimit=0.5];\n");
}
