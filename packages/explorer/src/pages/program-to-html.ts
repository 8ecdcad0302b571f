/**
 * A compiled function as one HTML file: the graph that was recorded and the graph that runs, side by side. It has no
 * script: links go from a node to what became of it, and style rules show what a choice in the list stands for.
 */
import type { GraphData } from "@adjoint/autograd";
import { checkKind, checkOptions, GraphError } from "@adjoint/tensor";
import { formatBytes } from "@adjoint/tensor/internal";
import { shapeText } from "../drawing/labels.ts";
import { type SvgOptions, toSvg } from "../to-svg.ts";
import { escapedXml } from "../xml-text.ts";
import { plainPage } from "./preview.ts";
import type { HtmlOptions } from "./to-html.ts";

/** What a page shows of a compiled function; the result of `compile` has it. */
export interface ExplainedFunction {
  /** What was recorded; null before the first call. */
  readonly program: { readonly graph: GraphData } | null;
  /** What runs; null before the first call. */
  readonly plan: ExplainedPlan | null;
}

/** What runs, as far as the page shows it. */
export interface ExplainedPlan {
  readonly program: { readonly graph: GraphData };
  /** For each recorded node the nodes in its place, the last with its value. */
  readonly became: readonly (readonly number[])[];
  readonly rewrites: readonly {
    readonly name: string;
    readonly reason: string;
    readonly count: number;
    readonly nodes: readonly number[];
  }[];
  readonly parts: readonly {
    readonly name: string;
    readonly shape: readonly number[];
    readonly nodes: readonly number[];
  }[];
  readonly bytes: number;
}

/** Every node has a box of its own, in rows narrow enough to be read downwards. What a program computes is not known. */
const asDrawn: SvgOptions = { open: "all", reshapes: true, values: false, theme: "light", width: 900 };

/** An entry of the list: what is shown of both graphs when it is chosen. */
interface Choice {
  readonly key: string;
  readonly words: string;
  /** Nodes of the graph that runs. */
  readonly nodes: ReadonlySet<number>;
}

/**
 * The page of a compiled function: the recorded graph beside the one that runs, what was rewritten, and which nodes run as
 * one loop or kernel. A click on a node leads to what became of it. The page loads nothing, and runs no script.
 *
 * @param compiled  a function made by `compile` that was called before
 * @throws GraphError for one that was not called, and as {@link toSvg}
 */
export async function programToHtml(compiled: ExplainedFunction, options: HtmlOptions = {}): Promise<string> {
  checkOptions("programToHtml", options, ["title"]);
  const isCompiled = ["object", "function"].includes(typeof compiled) && compiled !== null && "plan" in compiled;
  checkKind("programToHtml", "compiled", compiled, isCompiled, "what compile returns");
  const { program, plan } = compiled;
  if (program === null || plan === null) {
    throw GraphError.of("programToHtml", "compiled", "a function without a program", "a function that was called", {
      problem: "the function was not called yet, so that it has no program",
      hint: "Call it once with arguments of the shapes that you mean.",
    });
  }
  const { title = "compiled function" } = options;
  const { became, rewrites, parts, bytes } = plan;
  const rewritten = rewrites.map(({ name, reason, count, nodes }, i): Choice => {
    return { key: `r${i}`, words: `${count} × ${name}: ${reason}`, nodes: new Set(nodes) };
  });
  const planned = parts.map(({ name, shape, nodes }, i): Choice => {
    return { key: `p${i}`, words: `${name} ${shapeText(shape)}`.trim(), nodes: new Set(nodes) };
  });
  const choices = [...rewritten, ...planned];
  const keysOf = (ids: readonly number[]): string[] =>
    choices.filter(({ nodes }) => ids.some((id) => nodes.has(id))).map(({ key }) => key);
  /** The first recorded node in whose place each node is. */
  const sources = new Map<number, number>();
  became.forEach((ids, source) => {
    for (const id of ids) if (!sources.has(id)) sources.set(id, source);
  });
  const before = linked(await toSvg(program.graph, asDrawn), "a", (id) => {
    const next = became[id].at(-1);
    return { target: next === undefined ? null : `b${next}`, keys: keysOf(became[id]) };
  });
  const after = linked(await toSvg(plan.program.graph, asDrawn), "b", (id) => {
    const source = sources.get(id);
    return { target: source === undefined ? null : `a${source}`, keys: keysOf([id]) };
  });
  const sizes = `${counted(parts.length, "part")}${bytes === 0 ? "" : `, ${formatBytes(bytes)}`}`;
  const listOf = (list: readonly Choice[]): string =>
    list.length === 0 ? "<p>none</p>" : `<ol>${list.map((choice) => entryOf(choice, sources)).join("")}</ol>`;
  const body = `<main>
<nav aria-label="What became of the graph">
<h1>${escapedXml(title)}</h1>
<p>Click a node to see what became of it. Choose a line to see its nodes in both graphs.</p>
<fieldset><legend>Size of the drawings</legend>
<label class="size"><input type="radio" name="size" id="whole" checked>whole graph</label>
<label class="size"><input type="radio" name="size" id="half">half size</label>
<label class="size"><input type="radio" name="size" id="full">full size</label>
</fieldset>
<label><input type="radio" name="shown" checked>all nodes</label>
<h2>Rewritten</h2>
${listOf(rewritten)}
<h2>Runs as</h2>
${listOf(planned)}
</nav>
<section aria-label="The recorded graph"><h2>Recorded: ${counted(program.graph.nodes.length, "node")}</h2>
<div tabindex="0">${before}</div></section>
<section aria-label="The graph that runs"><h2>Runs: ${counted(plan.program.graph.nodes.length, "node")} in ${sizes}</h2>
<div tabindex="0">${after}</div></section>
</main>`;
  const about = "A compiled function: the graph that was recorded, and the one that runs.";
  return plainPage(title, about, styles + choices.map(styleOf).join(""), body);
}

function counted(n: number, what: string): string {
  return `${n} ${what}${n === 1 ? "" : "s"}`;
}

/** A drawing with anchors `<side><id>`, classes for what its nodes belong to, and links to the other drawing. */
function linked(
  svg: string,
  side: string,
  partnerOf: (id: number) => { readonly target: string | null; readonly keys: readonly string[] },
): string {
  return svg
    .replaceAll(/<g class="node" data-key="n(\d+)">(.*?)<\/g>/g, (_, id: string, shapes: string) => {
      const { target, keys } = partnerOf(Number(id));
      const content = target === null ? shapes : `<a href="#${target}">${shapes}</a>`;
      return `<g id="${side}${id}" class="${["node", ...keys].join(" ")}">${content}</g>`;
    })
    .replaceAll(/ role="img"| data-edges="[^"]*"/g, "");
}

function entryOf({ key, words, nodes }: Choice, sources: ReadonlyMap<number, number>): string {
  const ids = [...nodes];
  const first = ids.find((id) => sources.has(id));
  const links = [
    first === undefined ? "" : `<a href="#a${sources.get(first)}">recorded</a>`,
    ids.length === 0 ? "" : `<a href="#b${first ?? ids[0]}">runs</a>`,
  ];
  return `<li><label><input type="radio" name="shown" id="${key}">${escapedXml(words)}</label> ${links.join(" ")}</li>`;
}

/** What is seen while a choice is made: its nodes stand out, the others fade. */
function styleOf({ key }: Choice): string {
  const chosen = `body:has(#${key}:checked) .node`;
  return `${chosen}:not(.${key}){opacity:.3}${chosen}.${key} rect{fill:#ffd54d;stroke:#7a4f00;stroke-width:4}`;
}

const styles = `
:root{color-scheme:light;font:14px/1.4 system-ui,sans-serif}
body{margin:0}
main{display:grid;grid-template-columns:19rem 1fr 1fr;height:100vh}
nav,section{min-width:0;min-height:0;border-right:1px solid #ccc;overflow:auto}
nav{padding:0 1rem}
section{display:flex;flex-direction:column}
section>div{flex:1;overflow:auto;scroll-padding:40%}
h1{font-size:1.2rem}
h2{font-size:1rem;margin:.5rem .75rem}
nav h2{margin:1rem 0 .25rem}
ol{margin:0;padding-left:2rem}
fieldset{border:0;padding:0;margin:0 0 .5rem}
legend{padding:0}
label.size{display:inline-block;margin-right:.5rem}
li{margin:.25rem 0;overflow-wrap:anywhere}
svg{display:block}
body:has(#whole:checked) svg{width:100%;height:auto}
body:has(#half:checked) svg{zoom:.5}
.node:target rect{stroke:#0b57d0;stroke-width:5}
.node a:focus-visible{outline:3px solid #0b57d0}
@media (width<60rem){main{grid-template-columns:1fr;height:auto}section{height:70vh}}
`.replaceAll("\n", "");
