/** Reading Mermaid in tests: by Mermaid's own parser, so that what it does not understand throws. */
import { parseHTML } from "linkedom";

/** What a flowchart holds. */
export interface Flowchart {
  readonly nodes: readonly { readonly id: string; readonly text: string }[];
  readonly edges: readonly { readonly from: string; readonly to: string; readonly dotted: boolean }[];
  readonly subgraphs: readonly { readonly title: string; readonly nodes: readonly string[] }[];
}

/** As much of Mermaid as is used here; its own types need those of a browser. */
interface Mermaid {
  initialize(config: object): void;
  parse(text: string): Promise<unknown>;
  readonly mermaidAPI: { getDiagramFromText(text: string): Promise<{ readonly db: FlowDatabase }> };
}

interface FlowDatabase {
  getVertices(): ReadonlyMap<string, { readonly id: string; readonly text: string }>;
  getEdges(): readonly { readonly start: string; readonly end: string; readonly stroke: string }[];
  getSubGraphs(): readonly { readonly title: string; readonly nodes: readonly string[] }[];
}

/** Mermaid, which looks for a document when it is loaded. */
async function loaded(): Promise<Mermaid> {
  const { window } = parseHTML("<html><body></body></html>");
  Object.assign(globalThis, { window, document: window.document });
  const name: string = "mermaid";
  const { default: mermaid } = (await import(name)) as { readonly default: Mermaid };
  mermaid.initialize({ maxTextSize: 1e7, maxEdges: 1e6 });
  return mermaid;
}

/** A text as it is shown: without the marks that Mermaid keeps for characters by number, lines apart by `\n`. */
function shown(text: string): string {
  return text.replaceAll("<br>", "\n").replace(/ﬂ°°(\d+)¶ß/g, (_, code: string) => String.fromCodePoint(Number(code)));
}

let mermaid: Promise<Mermaid> | undefined;

/** The flowchart that a text says. Throws when it is none. */
export async function readMermaid(text: string): Promise<Flowchart> {
  mermaid ??= loaded();
  const { parse, mermaidAPI } = await mermaid;
  await parse(text);
  const { db } = await mermaidAPI.getDiagramFromText(text);
  return {
    nodes: [...db.getVertices().values()].map(({ id, text }) => ({ id, text: shown(text) })),
    edges: db.getEdges().map(({ start, end, stroke }) => ({ from: start, to: end, dotted: stroke === "dotted" })),
    subgraphs: db.getSubGraphs().map(({ title, nodes }) => ({ title: shown(title), nodes })),
  };
}
