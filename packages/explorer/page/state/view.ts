/** What the reader has chosen to see: everything that the address of the page can carry. */
import type { GraphData } from "@adjoint/autograd";
import { batch, computed, signal } from "@preact/signals";
import { type FoldedGraph, foldGraph, scopesAlong } from "../../src/drawing/fold.ts";
import { nameIn, tellsOp } from "../../src/drawing/labels.ts";
import { aroundBoxes } from "../../src/drawing/layout/around.ts";
import { wrapToFit } from "../../src/drawing/layout/fit.ts";
import type { Layout } from "../../src/drawing/layout/layout.ts";
import type { Edits } from "../engine/session.ts";
import type { PreparedDrawing } from "../painting/frame.ts";
import { prepareDrawing } from "../painting/paint.ts";
import { engine, graph, homes, layoutOf, opened, problem, revision, scopes, summaries } from "./document.ts";
import { announce, text } from "./settings.ts";

export const open = signal<ReadonlySet<string>>(new Set());
export const showsBackward = signal(true);
/** The key of the chosen box. */
export const selected = signal<string | null>(null);
/** Whether every node has a box of its own, and every op a step: see quiet.ts. */
export const showsQuiet = signal(false);
/** The nodes along a way through the graph that a link points out, one after the other; null: none. */
export const way = signal<readonly number[] | null>(null);
export const edits = signal<Edits>(new Map());
export const query = signal("");

/** The graph as it is folded now. */
export const folded = computed(() => foldGraph(graph.value, layoutOptions()));

function layoutOptions() {
  return { open: open.value, backward: showsBackward.value, quiet: showsQuiet.value };
}

/** The last layout, in one row, and what it is the layout of; null until the first is there. */
export const placed = signal<{
  readonly graph: GraphData;
  readonly folded: FoldedGraph;
  readonly layout: Layout;
} | null>(null);
/** How much room the drawing has: it is set in rows that fit. */
export const room = signal({ width: 0, height: 0 });
/** The drawing, null until the first layout is there. */
export const drawing = computed((): PreparedDrawing | null => {
  if (placed.value === null) return null;
  const { layout, ...of } = placed.value;
  return prepareDrawing(of, of.folded, aroundBoxes(wrapToFit(layout, room.value)));
});
/** Counts layouts that changed the drawing as a whole, after which it is fitted into the window. */
export const fits = signal(0);
/** Counts addresses that opened or closed the details beside the same drawing, which a reader has not pressed. */
export const asides = signal(0);

/** The nodes that the search finds. */
export const found = computed((): number[] => {
  const wanted = query.value.trim().toLowerCase();
  if (wanted === "") return [];
  return graph.value.nodes
    .filter(({ id, op, name, scope }) => `${name ?? ""} ${op ?? ""} ${scope} n${id}`.toLowerCase().includes(wanted))
    .map(({ id }) => id);
});

let layouts = 0;

/** Lays out the graph as it is folded now: whether other boxes are drawn than before. The same ones stay where they are. */
export async function layOut(): Promise<boolean> {
  if (opened.value === null) return false;
  const number = ++layouts;
  const of = { graph: graph.value, folded: folded.value };
  const last = placed.peek();
  if (last?.graph === of.graph && isSameSet(last.folded.boxes, of.folded.boxes)) return false;
  const layout = await layoutOf(layoutOptions());
  if (number === layouts) placed.value = { ...of, layout };
  return true;
}

function isSameSet(a: FoldedGraph["boxes"], b: FoldedGraph["boxes"]): boolean {
  return a.size === b.size && [...a.keys()].every((key) => b.has(key));
}

/** Chooses a box, or nothing. */
export function select(key: string | null): void {
  selected.value = key;
  if (key === null) way.value = null;
  const box = key === null ? undefined : folded.value.boxes.get(key);
  if (box !== undefined) announce(text.value.announceChosen(nameOfBox(key as string)));
}

/** A box for people. */
export function nameOfBox(key: string): string {
  const box = folded.value.boxes.get(key);
  if (box === undefined) return key;
  return box.scope === null ? nameOf(box.nodes[0]) : `${box.scope}${box.isBackward ? ` (${text.value.backward})` : ""}`;
}

/** A node for people. */
export function nameOf(id: number): string {
  return nameIn(graph.value, id);
}

/** The op of a node, and what the node is called. */
export function opAndName(id: number): string {
  const { op, name } = graph.value.nodes[id];
  return op !== null && name !== undefined && !tellsOp(name, op) ? `${op} ${name}` : nameOf(id);
}

export async function toggleScope(path: string): Promise<void> {
  const isOpen = open.value.has(path);
  const next = new Set(open.value);
  if (isOpen) next.delete(path);
  else next.add(path);
  await redraw(() => (open.value = next));
  announce(isOpen ? text.value.announceFolded(path) : text.value.announceOpened(path));
}

/** Draws other boxes. What was chosen stays chosen, as far as it is still shown. */
async function redraw(change: () => void): Promise<void> {
  const kept = selected.value === null ? undefined : folded.value.boxes.get(selected.value)?.nodes[0];
  batch(() => {
    change();
    if (kept !== undefined) selected.value = folded.value.boxOf[kept];
  });
  await layOut();
}

export async function setAllOpen(isOpen: boolean): Promise<void> {
  await redraw(() => (open.value = new Set(isOpen ? scopes.value : [])));
  fits.value++;
}

/** Shows or hides the backward pass, or the boxes of quiet nodes. */
export async function toggle(shows: typeof showsBackward): Promise<void> {
  await redraw(() => (shows.value = !shows.value));
  fits.value++;
}

/** Chooses a node, and opens the scopes that it is folded in. */
export async function reveal(id: number): Promise<void> {
  const { scope } = graph.value.nodes[homes.value[id]];
  const next = new Set([...open.value, ...scopesAlong(scope)]);
  const isHidden = graph.value.nodes[id].role === "gradient" && !showsBackward.value;
  if (next.size !== open.value.size || isHidden) {
    batch(() => {
      open.value = next;
      if (isHidden) showsBackward.value = true;
    });
    await layOut();
  }
  select(folded.value.boxOf[id]);
}

/** The changes that were asked for last, of a graph, whose run may not be over yet. */
let wanted: { readonly next: Edits; readonly of: object } | null = null;

/** Changes elements of leaves and runs everything again. */
export async function setEdits(next: Edits): Promise<void> {
  if (opened.value === null || opened.value.cannotRun !== null) return;
  const of = opened.value;
  const own = { next, of };
  wanted = own;
  try {
    await engine.edit(next);
    const known = await engine.summaries();
    if (wanted !== own || opened.value !== of) return;
    batch(() => {
      edits.value = next;
      summaries.value = known;
      problem.value = null;
      revision.value++;
    });
    announce(text.value.announceRerun);
  } catch (error) {
    problem.value = text.value.failed((error as Error).message);
  } finally {
    if (wanted === own) wanted = null;
  }
}

export async function setElement(leaf: number, place: number, value: number): Promise<void> {
  const before = wanted?.of === opened.value ? wanted.next : edits.value;
  const changes = new Map(before.get(leaf));
  changes.set(place, value);
  await setEdits(new Map(before).set(leaf, changes));
}
