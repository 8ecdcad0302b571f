/** What runs beside the page, so that it stays quick: the library, and the layout. */
import { type GraphData, type GraphJSON, toDot, toMermaid } from "@adjoint/autograd";
import { expose } from "comlink";
import { type FoldOptions, foldGraph } from "../../src/drawing/fold.ts";
import { layoutGraph } from "../../src/drawing/layout/layout.ts";
import type { Expression } from "../../src/drawing/writing/expression.ts";
import { checkNode } from "./check.ts";
import { relatedTo } from "./related.ts";
import { type Edits, Session } from "./session.ts";
import { type WindowsSpec, windowsView } from "./windows.ts";

let session: Session | null = null;
let drawn: GraphData | null = null;

function opened(): Session {
  if (session === null) throw new Error("no graph is open");
  return session;
}

const engine = {
  /** Opens a graph: says why it cannot be run, null when it can. */
  open(json: GraphJSON): string | null {
    session = new Session(json);
    return session.cannotRun;
  },
  edit: (edits: Edits) => opened().edit(edits),
  nudge: (leaf: number, place: number, steps: readonly number[]) => opened().nudge(leaf, place, steps),
  summaries: () => opened().summaries(),
  view: (id: number) => opened().view(id),
  evaluate: (expression: Expression) => opened().evaluate(expression),
  pictures: (ids: readonly number[], side: number) => opened().pictures(ids, side),
  /** The elements that belong to one, in the nodes around it. */
  related: (node: number, place: number) => relatedTo(opened(), node, place),
  step: (node: number) => opened().step(node),
  check: (id: number, names: readonly string[]) => checkNode(opened(), id, names),
  /** @throws ShapeError when the window is larger than the padded image */
  windows: (spec: WindowsSpec) => windowsView(spec),
  dot: (title: string): string => toDot(opened().named, { title }),
  mermaid: (): string => toMermaid(opened().named),
  /** The graph with the values of its leaves as they are now. */
  json(): string {
    const { named, current } = opened();
    const json = named.toJSON();
    const values = current.toJSON({ values: current === opened().graph ? true : "leaves" });
    const nodes = json.nodes.map((node, id) => ({ ...values.nodes[id], ...node }));
    return JSON.stringify({ ...json, nodes });
  },
  /** Takes the graph that {@link engine.layout} lays out. */
  draw(graph: GraphData): void {
    drawn = graph;
  },
  layout(options: FoldOptions) {
    if (drawn === null) throw new Error("no graph is drawn");
    return layoutGraph(drawn, foldGraph(drawn, options));
  },
};

/** What the page can ask for. */
export type Engine = typeof engine;

expose(engine);
