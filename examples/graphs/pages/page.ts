/** What a page of the gallery is made of. */
import {
  constant,
  type Graph,
  graphFromJSON,
  graphOf,
  type LessonWords,
  recordAll,
  type ValueLike,
  type Variable,
  variable,
} from "adjoint";

/** The languages of the index, with the names of their files. */
export const indexFiles = { en: "index.html", ko: "index.ko.html" } as const;
/** The page beside the gallery in which networks are trained. */
export const trainingFile = "training.html";

/** One page of the gallery: a graph, and the lesson beside it. */
export interface GalleryPage {
  /** The name of its file. */
  readonly name: string;
  /** The section of the book. */
  readonly section?: string;
  readonly build: () => Graph;
  /** Links into the page, in the order of the words' `tries`. */
  readonly tries: (graph: Graph) => readonly string[];
  /** The name of the value that the picture on its card ends with. Default: the output of the graph. */
  readonly pictured?: string;
  /** What it opens with, where that is more than its graph: `#windows=pooling`. */
  readonly opens?: string;
  /** The picture on its card. Default: its graph, as much of it as can be read there. */
  readonly picture?: (graph: Graph) => Promise<string>;
  readonly en: GalleryWords;
  readonly ko: GalleryWords;
}

/** The words of a page in one language. */
export interface GalleryWords extends LessonWords {
  /** The sentence of its card in the index. */
  readonly card: string;
}

/** A leaf with a gradient: a number, or numbers in lists. */
export const leaf = (values: ValueLike, name: string): Variable => variable(values, { name, dtype: "float64" });

/** A leaf without one. */
export const fixed = (values: ValueLike, name: string): Variable => constant(values, { name, dtype: "float64" });

/** Numbers in rows: `"1 2, 3 4"` has two. */
export const rows = (text: string): number[][] => text.split(",").map((row) => row.trim().split(" ").map(Number));

/** A value with a name, as drawings show it. */
export function named(x: Variable, name: string): Variable {
  x.name = name;
  return x;
}

/** A leaf beside the layers that read it: it is drawn where it is first looked at, so not in a folded one. */
export function apart(x: Variable): Variable {
  void x.node;
  return x;
}

/** What a result was computed by, itself included. */
function ancestorsOf(node: Variable["node"], found = new Set<Variable["node"]>()): Set<Variable["node"]> {
  if (found.has(node)) return found;
  found.add(node);
  for (const input of node.inputs) ancestorsOf(input, found);
  return found;
}

/**
 * Puts what a named op in a layer was computed by there, and itself, into a layer of its own inside of it.
 *
 * @param given  the name of a value that stays outside, with all that it was computed by
 */
export function enclose(y: Variable, name: string, layer: string, given?: string): void {
  const find = (wanted: string): Variable["node"] => {
    const found = [...ancestorsOf(y.node)].find((node) => node.name === wanted);
    if (found === undefined) throw new Error(`nothing is called ${wanted}`);
    return found;
  };
  const last = find(name);
  const outside = given === undefined ? new Set() : ancestorsOf(find(given));
  const { scope } = last;
  for (const node of ancestorsOf(last)) {
    if (node.scope === scope && !outside.has(node)) Object.assign(node, { scope: `${scope}/${layer}` });
  }
}

/** What an address says of the layers that are open. */
export function opening(...layers: readonly string[]): string {
  return `open=${encodeURIComponent(JSON.stringify(layers))}`;
}

/** The ops that a result was computed by, from first to last. */
function opsOf(y: Variable): Variable["node"][] {
  return [...ancestorsOf(y.node)].filter(({ op }) => op !== null).sort((a, b) => a.id - b.id);
}

/** What an op in a layer of a network computes, by its kind and the names of what it reads; null for what needs no name. */
function nameInLayer(op: string, inputs: readonly (string | undefined)[]): string | null {
  const [first, second] = inputs.map((name) => name ?? "x");
  if (op === "im2col") return "windows";
  // As the page of the affine layer has it: what is repeated has a capital.
  if (op === "repeat" && /^b\d*$/.test(first)) return first.toUpperCase();
  if (op === "matmul") return `${first === "windows" ? first : "x"} · ${second}`;
  if (op === "add" && / · /.test(first)) return `${first} + ${second}`;
  if (op === "max" && first === "windows") return "largest of each";
  if (op === "gather") return "y[t]";
  if (op === "add" && first === "y[t]") return "y[t] + ε";
  if (op === "log") return "log y[t]";
  if (op === "sum" && first === "log y[t]") return "Σ log y[t]";
  return op === "neg" && first.startsWith("Σ") ? `−${first}` : null;
}

/** Names the ops in the layers of a network that have none, by what they compute. */
export function nameInLayers(loss: Variable): void {
  const nameOf = (node: Variable["node"]): string | undefined => {
    // What only moves elements is called as what it moves.
    const { op, name, inputs } = node;
    if (name !== undefined || !["reshape", "transpose", "repeat"].includes(op?.name ?? "")) return name;
    const inner = nameOf(inputs[0]);
    return op?.name === "transpose" && inner !== undefined && inputs[0].op?.name !== "add" ? `${inner}ᵀ` : inner;
  };
  for (const node of opsOf(loss)) {
    const name = node.name ?? nameInLayer(node.op?.name ?? "", node.inputs.map(nameOf));
    if (name !== null) node.name = name;
  }
}

/**
 * Names the ops that a result was computed by: those of the kinds given, from first to last, and their last and first
 * inputs. null: no name.
 */
export function nameOps(
  y: Variable,
  names: readonly (readonly [op: string, name: string | null, last?: string | null, first?: string])[],
): void {
  const ops = opsOf(y);
  let at = 0;
  for (const [op, name, last = null, first] of names) {
    at = ops.findIndex((node, i) => i >= at && node.op?.name === op) + 1;
    if (at === 0) throw new Error(`no ${op} to be called ${name}`);
    const { [at - 1]: found } = ops;
    if (name !== null) found.name = name;
    if (last !== null) found.inputs[found.inputs.length - 1].name = last;
    if (first !== undefined) found.inputs[0].name = first;
  }
}

/** A graph in which a node, which may be one of the backward pass, has a name. */
export function withName(graph: Graph, id: number, name: string): Graph {
  return renamed(graph, (node) => (node.id === id ? name : node.name));
}

/** A graph whose nodes have these names. */
export function renamed(graph: Graph, nameOf: (node: Graph["nodes"][number]) => string | undefined): Graph {
  const data = graph.toJSON({ values: "leaves" });
  const nodes = data.nodes.map(({ name: _, ...node }, id) => {
    const name = nameOf(graph.nodes[id]);
    return name === undefined ? node : { ...node, name };
  });
  return graphFromJSON({ ...data, nodes });
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

/**
 * A link that gives an element of a leaf another value.
 *
 * @param chosen  the node where it is seen what this does. Default: the leaf
 */
export function changing(graph: Graph, leaf: string, value: number, place = 0, chosen = leaf): string {
  return `${choosing(graph, chosen)}&edit=${nodeOf(graph, leaf)}.${place}:${value}`;
}

/** A link to the step in which a node is computed. */
export function stepTo(graph: Graph, what: string): string {
  const id = nodeOf(graph, what);
  return `#step=${graph.nodes.slice(0, id).filter(({ role }) => role === "op").length}&node=n${id}`;
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

/** A link to the step in which the last contribution to the gradient of a leaf arrives: with it the gradient is whole. */
export function lastArrivalAt(graph: Graph, leaf: string): string {
  const id = nodeOf(graph, leaf);
  const ops = graph.nodes.filter(({ role }) => role === "op").length;
  const steps = graph.backward?.steps ?? [];
  const k = steps.findLastIndex(({ node, contributions }) =>
    contributions.some(({ input }) => graph.nodes[node].inputs[input] === id),
  );
  if (k < 0) throw new Error(`no gradient arrives at ${leaf}`);
  return `#step=${ops + 1 + k}&node=n${steps[k].node}`;
}

/** A link to that step with all layers folded. */
export function foldedRulesOf(graph: Graph, what: string): string {
  const { scope } = graph.nodes[nodeOf(graph, what)];
  return `#step=${stepOf(graph, what)}&open=&node=f:${encodeURIComponent(scope)}`;
}

/**
 * The nodes along one way of a value and its gradient, in the order in which they flow: from the value that is named last
 * to the first, through those between, and back. Where the gradient that comes back is one contribution of several, the
 * way goes on through their sum.
 */
export function wayOf(graph: Graph, names: readonly string[]): readonly number[] {
  const { nodes, backward } = graph;
  const stops = names.map((name) => nodeOf(graph, name));
  const forward = [stops[0]];
  for (const stop of stops.slice(1)) forward.push(...between(nodes, forward[forward.length - 1], stop));
  const back: number[] = [];
  const given = (backward?.steps ?? []).flatMap(({ node, upstream, contributions }) =>
    contributions.map((one) => ({ ...one, node, upstream, receiver: nodes[node].inputs[one.input] })),
  );
  for (const [i, node] of forward.slice(0, -1).entries()) {
    const toNext = given.filter(({ receiver }) => receiver === forward[i + 1]);
    const at = toNext.findIndex((one) => one.node === node);
    if (at < 0) throw new Error(`no gradient goes from n${node} to n${forward[i + 1]}`);
    const { upstream, gradient } = toNext[at];
    back.push(upstream, ...between(nodes, gradient, upstream).toReversed(), gradient);
    back.push(...toNext.slice(at).map(({ total }) => total));
  }
  return [...forward.toReversed(), ...back].filter((id, i, way) => id !== way[i - 1]);
}

/** The shortest way against the arrows from a node to another: the nodes after the first. */
function between(nodes: Graph["nodes"], from: number, to: number): readonly number[] {
  const open: (readonly number[])[] = [[from]];
  const seen = new Set([from]);
  for (let path = open.shift(); path !== undefined; path = open.shift()) {
    const last = path[path.length - 1];
    if (last === to) return path.slice(1);
    for (const input of nodes[last].inputs) {
      if (seen.has(input)) continue;
      seen.add(input);
      open.push([...path, input]);
    }
  }
  throw new Error(`no way from n${from} to n${to}`);
}

/** A link to the beginning of the steps. */
export const fromTheStart = "#step=-1";
