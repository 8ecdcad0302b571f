/** What is seen of a graph: scopes that are folded stand as one box, the backward pass beside the forward one. */
import type { GraphData, GraphNode } from "@adjoint/autograd";
import { append } from "./append.ts";
import { homesOf } from "./homes.ts";
import { shownAs } from "./quiet.ts";

/** A box of the drawing: one node, or all the nodes of a folded scope that run in the same direction. */
export interface Box {
  /** `n<id>` for a node, `f:<scope>` and `b:<scope>` for the two directions of a folded scope. */
  readonly key: string;
  /** Of a box of one node that node, and after it the quiet ones that are drawn as part of it. */
  readonly nodes: readonly number[];
  readonly isBackward: boolean;
  /** The scope that is folded to this box. */
  readonly scope: string | null;
}

/** A box of the forward pass with the boxes of its backward rules, which are drawn below it. */
export interface Cell {
  readonly key: string;
  readonly forward: Box;
  readonly backward: readonly Box[];
}

/** An open scope (or the whole drawing, whose path is empty) with what is directly in it. */
export interface Region {
  readonly path: string;
  readonly cells: readonly Cell[];
  readonly regions: readonly Region[];
}

/** What an arrow means: a value that goes on, a gradient that comes back, or a value that a backward rule reads. */
export type LinkKind = "forward" | "backward" | "saved";

/** All edges of the graph between two boxes. */
export interface Link {
  readonly from: string;
  readonly to: string;
  readonly kind: LinkKind;
  /** The edges: from node, to node; one for each input. */
  readonly edges: readonly (readonly [from: number, to: number])[];
}

/** The graph as it is seen. */
export interface FoldedGraph {
  readonly root: Region;
  readonly boxes: ReadonlyMap<string, Box>;
  /** For each node the key of the box that stands for it; null where it is not shown. */
  readonly boxOf: readonly (string | null)[];
  readonly links: readonly Link[];
}

/** What is shown. */
export interface FoldOptions {
  /** The scopes that are open; all others are folded. */
  readonly open: ReadonlySet<string>;
  /** Whether the backward pass is shown. */
  readonly backward: boolean;
  /** Whether quiet nodes have boxes of their own. */
  readonly quiet?: boolean;
}

/** All scopes of a graph, outer ones before inner ones. */
export function scopesOf({ nodes }: GraphData): string[] {
  return [...new Set(nodes.flatMap(({ scope }) => scopesAlong(scope)))];
}

/** A scope and those around it, from the outside in. */
export function scopesAlong(path: string): string[] {
  const parts = path === "" ? [] : path.split("/");
  return parts.map((_, i) => parts.slice(0, i + 1).join("/"));
}

/** Largest graph that is first seen with everything unfolded; with layers to look over, it is smaller. */
const smallGraph = { nodes: 90, layered: 50, layers: 4 } as const;

/** The scopes that are open when nobody has said which. */
export function openAtFirst(graph: GraphData): string[] {
  const scopes = scopesOf(graph);
  const most = scopes.length < smallGraph.layers ? smallGraph.nodes : smallGraph.layered;
  return graph.nodes.length <= most ? scopes : [];
}

/** The outermost scope around a path that is folded; null when all are open. */
export function foldedScope(path: string, open: ReadonlySet<string>): string | null {
  return scopesAlong(path).find((outer) => !open.has(outer)) ?? null;
}

/** The graph with its scopes folded and opened as said. */
export function foldGraph(graph: GraphData, { open, backward, quiet = false }: FoldOptions): FoldedGraph {
  const homes = homesOf(graph);
  const shown = quiet ? graph.nodes.map(({ id }) => id) : shownAs(graph);
  const members = new Map<string, number[]>();
  const boxOf = graph.nodes.map((node): string | null => {
    const isBackward = node.role === "gradient";
    if (isBackward && !backward) return null;
    const own = shown[node.id];
    const folded = foldedScope(graph.nodes[homes[own]].scope, open);
    const key = folded === null ? `n${own}` : `${isBackward ? "b" : "f"}:${folded}`;
    append(members, key, node.id);
    return key;
  });
  const boxes = new Map<string, Box>();
  for (const [key, nodes] of members) {
    const scope = key.startsWith("n") ? null : key.slice(2);
    const [own] = scope === null ? [Number(key.slice(1))] : nodes;
    const rest = nodes.filter((id) => id !== own);
    boxes.set(key, { key, nodes: [own, ...rest], isBackward: graph.nodes[own].role === "gradient", scope });
  }
  return { root: regionsOf(graph, homes, boxes, boxOf), boxes, boxOf, links: linksOf(graph, boxOf) };
}

interface OpenRegion {
  readonly path: string;
  readonly cells: Cell[];
  readonly regions: OpenRegion[];
}

function regionsOf(
  graph: GraphData,
  homes: readonly number[],
  boxes: ReadonlyMap<string, Box>,
  boxOf: readonly (string | null)[],
): Region {
  const root: OpenRegion = { path: "", cells: [], regions: [] };
  const byPath = new Map<string, OpenRegion>([["", root]]);
  const regionAt = (path: string): OpenRegion => {
    const found = byPath.get(path);
    if (found !== undefined) return found;
    const made: OpenRegion = { path, cells: [], regions: [] };
    byPath.set(path, made);
    regionAt(parentOf(path)).regions.push(made);
    return made;
  };
  const inputOf = new Map<number, number>();
  for (const { contributions } of graph.backward?.steps ?? []) {
    for (const { input, gradient } of contributions) inputOf.set(gradient, input);
  }
  const below = new Map<string, Box[]>();
  for (const box of boxes.values()) {
    if (!box.isBackward) continue;
    append(below, boxOf[homes[box.nodes[0]]] as string, box);
  }
  for (const box of boxes.values()) {
    const home = boxOf[homes[box.nodes[0]]];
    // A gradient whose forward node is no part of the graph stands for itself.
    if (box.isBackward && home !== box.key) continue;
    const path = box.scope === null ? graph.nodes[box.nodes[0]].scope : parentOf(box.scope);
    const backward = (below.get(box.key) ?? [])
      .filter((other) => other !== box)
      .sort((a, b) => (inputOf.get(a.nodes[0]) ?? -1) - (inputOf.get(b.nodes[0]) ?? -1));
    regionAt(path).cells.push({ key: box.key, forward: box, backward });
  }
  return root;
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("/")));
}

function linksOf({ nodes }: GraphData, boxOf: readonly (string | null)[]): Link[] {
  const links = new Map<string, { from: string; to: string; kind: LinkKind; edges: [number, number][] }>();
  for (const node of nodes) {
    const to = boxOf[node.id];
    for (const input of node.inputs) {
      const from = boxOf[input];
      if (from === null || to === null || from === to) continue;
      const key = `${from}\n${to}`;
      const link = links.get(key) ?? { from, to, kind: kindOf(nodes[input], node), edges: [] };
      link.edges.push([input, node.id]);
      links.set(key, link);
    }
  }
  return [...links.values()];
}

function kindOf(from: GraphNode, to: GraphNode): LinkKind {
  if (to.role !== "gradient") return "forward";
  return from.role === "gradient" ? "backward" : "saved";
}
