/**
 * The graph that is open, and the worker that runs it. Values live in the worker; here are the nodes and what is drawn.
 */
import type { GraphData, GraphJSON, GraphNodeJSON } from "@adjoint/autograd";
import { batch, computed, signal } from "@preact/signals";
import { type Remote, wrap } from "comlink";
import { type FoldOptions, scopesOf } from "../../src/drawing/fold.ts";
import { gradientsOf, homesOf } from "../../src/drawing/homes.ts";
import type { Layout } from "../../src/drawing/layout/layout.ts";
import type { Summary } from "../../src/drawing/painting/appearance.ts";
import type { CheckView } from "../engine/check.ts";
import type { Edits } from "../engine/session.ts";
import type { Engine } from "../engine/worker.ts";
import { lessonNames, lessonWords } from "./lesson.ts";
import { startWorker } from "./worker.ts";

export interface Opened {
  readonly json: GraphJSON;
  readonly graph: GraphData;
  readonly title: string;
  /** Why values cannot be changed; null when they can. */
  readonly cannotRun: string | null;
}

/** The graph, null before one is open. */
export const opened = signal<Opened | null>(null);
/** Of each node what is known of its value. */
export const summaries = signal<readonly (Summary | null)[]>([]);
/** The same before the reader changed anything. */
export const firstSummaries = signal<readonly (Summary | null)[]>([]);
/** Counts the runs, so that what shows values knows when to ask again. */
export const revision = signal(0);
/** What went wrong when a file was opened, or when values were computed. */
export const problem = signal<string | null>(null);

const nothing: GraphData = { nodes: [], outputs: [], gradients: {} };
/** The graph's nodes, called as the lesson calls them in the reader's language; none before a graph is open. */
export const graph = computed<GraphData>(() => {
  const found = opened.value?.graph ?? nothing;
  const names = lessonNames.value;
  if (names === undefined) return found;
  const nodes = found.nodes.map((node) =>
    node.name !== undefined && Object.hasOwn(names, node.name) ? { ...node, name: names[node.name] } : node,
  );
  return { ...found, nodes };
});
export const titleShown = computed(() => lessonWords.value?.title ?? opened.value?.title ?? "");
export const scopes = computed(() => scopesOf(graph.value));
export const homes = computed(() => homesOf(graph.value));
export const gradients = computed(() => gradientsOf(graph.value));
/** For each node the nodes that read it. */
export const readers = computed(() => {
  const found = graph.value.nodes.map((): number[] => []);
  for (const { id, inputs } of graph.value.nodes) for (const input of new Set(inputs)) found[input].push(id);
  return found;
});

/** A worker, and how it is called. */
interface Helper {
  readonly remote: Remote<Engine>;
  end(): void;
}

function startHelper(): Helper {
  const worker = startWorker();
  return { remote: wrap<Engine>(worker), end: () => worker.terminate() };
}

/** What runs beside the page for one graph: the library, and the layout, which must not wait for long computations. */
interface Helpers {
  readonly engine: Helper;
  readonly drafter: Helper;
}

/** The graphs that workers have to lay out. */
const drafted = new WeakMap<Remote<Engine>, GraphData>();

/** Lays out the graph that is open, as it is called now. */
export async function layoutOf(options: FoldOptions): Promise<Layout> {
  const [worker, current] = [drafter, graph.peek()];
  if (drafted.get(worker) !== current) {
    drafted.set(worker, current);
    await worker.draw(current);
  }
  return await worker.layout(options);
}

let used: Helpers = { engine: startHelper(), drafter: startHelper() };
/** The library with the graph that is open: values, steps, checks. */
export let engine: Remote<Engine> = used.engine.remote;
/** The layout of the graph that is open. */
let drafter: Remote<Engine> = used.drafter.remote;

/** Calls these from now on, and ends those before. */
function use(next: Helpers): void {
  for (const helper of [used.engine, used.drafter]) {
    if (helper !== next.engine && helper !== next.drafter) helper.end();
  }
  used = next;
  engine = next.engine.remote;
  drafter = next.drafter.remote;
}

/** A graph that is being opened, which may take as long as it computes. */
export interface Opening {
  readonly title: string;
  /** Gives it up. The page stays as it is. */
  stop(): void;
}

/** What is being opened; null when nothing is. */
export const opening = signal<Opening | null>(null);

/** What ends an opening that was stopped, or that another one came after. */
export class Stopped extends Error {
  constructor() {
    super("it was stopped");
  }
}

/**
 * Opens a graph by workers of its own, so that it can be stopped whatever they do, and so that another one waits for
 * nothing. What was open before stays when it cannot be read.
 *
 * @param draw what is to be done until the graph is seen
 * @throws when it is no graph; Stopped
 */
export async function openGraph(json: GraphJSON, title: string, draw: () => Promise<void>): Promise<void> {
  opening.peek()?.stop();
  const own: Helpers = { engine: startHelper(), drafter: startHelper() };
  let stop = (): void => {};
  const stopped = new Promise<never>((_, reject) => {
    stop = () => reject(new Stopped());
  });
  const current: Opening = { title, stop };
  opening.value = current;
  try {
    const next = await Promise.race([read(own, json, title), stopped]);
    batch(() => {
      use(own);
      opened.value = next.opened;
      summaries.value = next.summaries;
      firstSummaries.value = next.summaries;
      problem.value = null;
      revision.value++;
    });
    await Promise.race([draw(), stopped]);
  } catch (error) {
    if (own !== used) {
      own.engine.end();
      own.drafter.end();
    } else if (error instanceof Stopped) {
      // The layout is still at it: another worker takes its place.
      use({ engine: own.engine, drafter: startHelper() });
    }
    throw error;
  } finally {
    if (opening.peek() === current) opening.value = null;
  }
}

/** The graph as the page keeps it, once the workers have it. */
async function read(
  { engine }: Helpers,
  json: GraphJSON,
  title: string,
): Promise<{ readonly opened: Opened; readonly summaries: readonly (Summary | null)[] }> {
  const cannotRun = await engine.remote.open(json);
  const nodes = json.nodes.map(({ value: _, ...node }: GraphNodeJSON) => node as unknown as GraphData["nodes"][number]);
  const graph: GraphData = {
    nodes,
    outputs: json.outputs,
    gradients: json.gradients,
    ...(json.backward === undefined ? {} : { backward: json.backward }),
  };
  return { opened: { json, graph, title, cannotRun }, summaries: await engine.remote.summaries() };
}

export interface RunningCheck {
  /** What it finds; nothing ever comes of one that was stopped. */
  readonly found: Promise<CheckView>;
  stop(): void;
}

/** Checks a node in a worker of its own: it may take a minute, in which all else goes on, and can be stopped. */
export function startCheck(id: number, names: readonly string[], edits: Edits): RunningCheck {
  const { remote: checker, end } = startHelper();
  const run = async (): Promise<CheckView> => {
    try {
      await checker.open((opened.peek() as Opened).json);
      if (edits.size > 0) await checker.edit(edits);
      return await checker.check(id, names);
    } finally {
      end();
    }
  };
  return { found: run(), stop: end };
}
