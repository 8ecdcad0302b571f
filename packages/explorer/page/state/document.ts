/**
 * The graph that is open, and the worker that runs it. Values live in the worker; here are the nodes and what is drawn.
 */
import type { GraphData, GraphJSON, GraphNodeJSON } from "@adjoint/autograd";
import { batch, computed, signal } from "@preact/signals";
import { type Remote, wrap } from "comlink";
import { scopesOf } from "../drawing/fold.ts";
import { gradientsOf, homesOf } from "../drawing/homes.ts";
import type { Summary } from "../drawing/painting/appearance.ts";
import { courseOf } from "../drawing/steps.ts";
import type { CheckView } from "../engine/check.ts";
import type { Edits } from "../engine/session.ts";
import type { Engine } from "../engine/worker.ts";

/** A graph that is open. */
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
/** Counts the runs, so that what shows values knows when to ask again. */
export const revision = signal(0);
/** What went wrong when a file was opened, or when values were computed. */
export const problem = signal<string | null>(null);

const nothing: GraphData = { nodes: [], outputs: [], gradients: {} };
/** The graph's nodes; none before a graph is open. */
export const graph = computed<GraphData>(() => opened.value?.graph ?? nothing);
export const scopes = computed(() => scopesOf(graph.value));
export const homes = computed(() => homesOf(graph.value));
export const gradients = computed(() => gradientsOf(graph.value));
export const course = computed(() => courseOf(graph.value));
/** For each node the nodes that read it. */
export const readers = computed(() => {
  const found = graph.value.nodes.map((): number[] => []);
  for (const { id, inputs } of graph.value.nodes) for (const input of new Set(inputs)) found[input].push(id);
  return found;
});

let engineUrl: string | null = null;

/** Starts a worker from the script in the page: no file beside it, no network. */
function startWorker(): Worker {
  engineUrl ??= URL.createObjectURL(
    new Blob([document.getElementById("engine")?.textContent ?? ""], { type: "text/javascript" }),
  );
  return new Worker(engineUrl);
}

/** The library: values, steps, checks. */
export const engine: Remote<Engine> = wrap(startWorker());
/** The layout, which must not wait for a long check. */
export const drafter: Remote<Engine> = wrap(startWorker());

/** A check that is running. */
export interface RunningCheck {
  /** What it finds; nothing ever comes of one that was stopped. */
  readonly found: Promise<CheckView>;
  stop(): void;
}

/** Checks a node in a worker of its own: it may take a minute, in which all else goes on, and can be stopped. */
export function startCheck(id: number, names: readonly string[], edits: Edits): RunningCheck {
  const worker = startWorker();
  const checker: Remote<Engine> = wrap(worker);
  const run = async (): Promise<CheckView> => {
    try {
      await checker.open((opened.peek() as Opened).json);
      if (edits.size > 0) await checker.edit(edits);
      return await checker.check(id, names);
    } finally {
      worker.terminate();
    }
  };
  return { found: run(), stop: () => worker.terminate() };
}

/** Opens a graph; what it was before stays when it cannot be read. @throws when it is no graph */
export async function openGraph(json: GraphJSON, title: string): Promise<void> {
  const cannotRun = await engine.open(json);
  const nodes = json.nodes.map(({ value: _, ...node }: GraphNodeJSON) => node as unknown as GraphData["nodes"][number]);
  const graph: GraphData = {
    nodes,
    outputs: json.outputs,
    gradients: json.gradients,
    ...(json.backward === undefined ? {} : { backward: json.backward }),
  };
  await drafter.draw(graph);
  const known = await engine.summaries();
  batch(() => {
    opened.value = { json, graph, title, cannotRun };
    summaries.value = known;
    problem.value = null;
    revision.value++;
  });
}
