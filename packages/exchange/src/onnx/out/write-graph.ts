/** A graph as the nodes, constants, inputs and outputs of an ONNX graph. */
import type { Graph, GraphNode } from "@adjoint/autograd";
import { composed } from "@adjoint/compiler/internal";
import { GraphError, kernels, type Shape, sizeOf, type Tensor } from "@adjoint/tensor";
import type { Draft } from "../messages/schema.ts";
import { Emitter, type EmitterOptions, type OnnxValue, type OpenAxis } from "./emitter.ts";
import { hasRow, loweringOf } from "./ops/all.ts";
import { patterns } from "./patterns/all.ts";
import type { Found, GraphView } from "./patterns/pattern.ts";
import { Refusal, type RefusedNode, refusalOf } from "./refusal.ts";
import { type ElementType, typeNumbers } from "./types.ts";

/** A node of the graph under the name that it has outside. */
export interface NamedNode {
  readonly node: number;
  readonly name: string;
}

export interface WriteOptions extends EmitterOptions {
  /** What the caller is named in errors. */
  readonly op: string;
  /** Axes of any length, besides the batch. Default: none. */
  readonly open?: readonly OpenAxis[];
  readonly inputs: readonly NamedNode[];
  readonly outputs: readonly NamedNode[];
  /** The values of leaves that the graph does not hold itself. */
  readonly values?: ReadonlyMap<number, Tensor>;
  /** Whether what was written out in several ops becomes one. */
  readonly recognize?: boolean;
}

type Subject = Pick<WriteOptions, "inputs" | "outputs"> & {
  readonly graph: Graph;
  readonly held: ReadonlyMap<number, Tensor>;
};

/** What is written, with the compositions of ops that have no row. */
function subjectOf(
  recorded: Graph,
  { inputs, outputs, values: held = new Map<number, Tensor>() }: WriteOptions,
): Subject {
  const leaves = [...inputs.map(({ node }) => node), ...held.keys()];
  const program = { graph: recorded, inputs: leaves, outputs: outputs.map(({ node }) => node), states: [], checks: [] };
  const whole = composed(program, hasRow);
  const values = [...held.values()];
  return {
    graph: whole.graph,
    inputs: inputs.map(({ name }, i) => ({ node: whole.inputs[i], name })),
    outputs: outputs.map(({ name }, i) => ({ node: whole.outputs[i], name })),
    held: new Map(whole.inputs.slice(inputs.length).map((node, i) => [node, values[i]])),
  };
}

/** The graph as a message. @throws GraphError naming every op that has no form in ONNX */
export function writeGraph(recorded: Graph, options: WriteOptions): Draft<"Graph"> {
  const { recognize = true } = options;
  const { graph, inputs, outputs, held } = subjectOf(recorded, options);
  const { nodes } = graph;
  const leafValue = ({ id, value }: GraphNode): Tensor | undefined => held.get(id) ?? value;
  const given = inputs.map((input) => input.node);
  const constants = nodes.filter(
    (node) => node.op === null && leafValue(node) !== undefined && !given.includes(node.id),
  );
  checkSize(options.op, constants);
  const out = new Emitter(options, options.open);
  for (const { name } of [...inputs, ...outputs]) out.unique(name);
  const ends = outputs.map(({ node }) => node);
  const found = recognize ? foundIn(graph, ends, options.opset) : new Map<number, Found>();
  const needed = neededBy(ends, nodes, found, new Set(given));
  const values = new Map<number, OnnxValue>();
  const taken: OnnxValue[] = [];
  for (const { node, name } of inputs) {
    const { shape, dtype } = nodes[node];
    const input: OnnxValue = { name, shape, type: dtype };
    taken.push(input);
    values.set(node, input);
    out.see(input);
  }
  const whole = (id: number): OnnxValue => out.expand(values.get(id) as OnnxValue, nodes[id].shape);
  const refused: RefusedNode[] = [];
  for (const node of nodes) {
    if (!needed.has(node.id) || values.has(node.id)) continue;
    out.place = node.scope === "" ? "" : `${node.scope}/`;
    try {
      const value =
        node.op === null ? leaf(out, node, leafValue(node)) : written(out, graph, node, { values, whole, found });
      values.set(node.id, value);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      refused.push({ op: node.op ?? "a constant", place: placeOf(node), reason: error.problem });
      values.set(node.id, { name: "", shape: node.shape, type: node.dtype });
    }
  }
  if (refused.length > 0) throw refusalOf(options.op, refused);
  out.place = "";
  const results = outputs.map(({ node, name }) => ({ value: whole(node), name }));
  const { node, initializer } = out.drafts(results);
  return {
    name: "graph",
    node,
    initializer,
    input: taken.map((value) => infoOf(value.name, value.type, value.shape, out)),
    output: results.map(({ value, name }) => infoOf(name, value.type, value.shape, out)),
  };
}

/** Most bytes of constants in one file: protobuf holds 2 GiB, and readers copy. */
const mostBytes = 2 ** 30;

/** @throws GraphError for constants that do not fit into one file */
export function checkSize(op: string, leaves: readonly Pick<GraphNode, "shape" | "dtype" | "name" | "value">[]): void {
  const bytes = leaves.reduce((sum, { shape, dtype, name, value }) => {
    // Of constants that nobody named, what repeats itself is written once.
    if (name === undefined && value !== undefined) return sum + value.data.byteLength;
    return sum + sizeOf(shape) * (dtype === "float64" ? 8 : dtype === "bool" ? 1 : 4);
  }, 0);
  if (bytes <= mostBytes) return;
  throw new GraphError({
    op,
    problem: `the weights take ${(Math.ceil((10 * bytes) / mostBytes) / 10).toFixed(1)} GiB, and one file holds up to 1 GiB`,
    expected: "at most 1 GiB",
    received: `${bytes} bytes`,
    hint: "Files of their own for weights (external data) are not written. Save the model with saveModel, or make it smaller.",
  });
}

interface Done {
  readonly values: ReadonlyMap<number, OnnxValue>;
  readonly whole: (id: number) => OnnxValue;
  readonly found: ReadonlyMap<number, Found>;
}

function written(out: Emitter, graph: Graph, node: GraphNode, { values, whole, found }: Done): OnnxValue {
  const at = (id: number): OnnxValue => values.get(id) as OnnxValue;
  const pattern = found.get(node.id);
  if (pattern !== undefined) return pattern.write(out, pattern.inputs.map(at));
  // Of nothing, nothing is computed; some of ONNX Runtime's kernels end the process there.
  if (sizeOf(node.shape) === 0) return out.expand(out.scalar(0, node.dtype), node.shape);
  const row = loweringOf(node.op as string, graph.definitionOf(node));
  if (row === undefined) throw new Refusal("it is an op of your own, and its definition has no composition");
  const { reads, lower } = row;
  const operands = node.inputs.map(reads === "whole" ? whole : at);
  return lower(out, operands, { attributes: node.attributes as never, shape: node.shape, dtype: node.dtype });
}

/** Whether a constant is 0, 1, 2, …, as positions in a sequence are. */
export const isCounting = (value: Tensor): boolean =>
  value.shape.length === 1 &&
  value.size > 1 &&
  (kernels.copy(value).data as Int32Array).every((n, i) => Number(n) === i);

/** A leaf that is no input: a parameter or a constant. */
function leaf(out: Emitter, { name, shape, dtype }: GraphNode, value: Tensor | undefined): OnnxValue {
  if (value === undefined) throw new Refusal("it has no value");
  const first = Number(value.data[value.offset]);
  const isRepeated = value.size > 0 && value.strides.every((step, axis) => step === 0 || shape[axis] === 1);
  // A number that grows with the batch, such as the count of a mean.
  if (isRepeated && out.grows(first)) return out.length(first, dtype);
  if (isCounting(value) && out.grows(shape[0])) return out.counting(shape[0], dtype);
  return out.tensor(value, { name, repeats: name === undefined });
}

/** The patterns of a graph by their last nodes. */
function foundIn({ nodes }: Graph, ends: readonly number[], opset: number): Map<number, Found> {
  const counts = new Array<number>(nodes.length).fill(0);
  for (const id of [...nodes.flatMap(({ inputs }) => inputs), ...ends]) counts[id]++;
  const view: GraphView = { nodes, at: (id) => nodes[id], opset, uses: (id) => counts[id] };
  const found = new Map<number, Found>();
  for (const node of nodes) {
    if (node.op === null) continue;
    for (const pattern of patterns) {
      const match = pattern.ops.includes(node.op) ? pattern.find(node, view) : null;
      if (match === null) continue;
      found.set(node.id, match);
      break;
    }
  }
  return found;
}

/** The nodes that `ends` follow from, where patterns stand for several. */
function neededBy(
  ends: readonly number[],
  nodes: readonly GraphNode[],
  found: ReadonlyMap<number, Found>,
  given: ReadonlySet<number>,
): Set<number> {
  const needed = new Set(ends);
  for (const { id, inputs } of nodes.toReversed()) {
    if (needed.has(id) && !given.has(id)) for (const input of found.get(id)?.inputs ?? inputs) needed.add(input);
  }
  return needed;
}

function placeOf({ id, name, scope }: GraphNode): string {
  return [name === undefined ? `node ${id}` : `"${name}"`, scope === "" ? "" : ` of ${scope}`].join("");
}

/** What a file says of an input or an output. */
export function infoOf(name: string, type: ElementType, shape: Shape, out: Emitter): Draft<"ValueInfo"> {
  const dim = shape.map((n) => {
    if (!out.grows(n)) return { dim_value: n };
    const { each, axes } = out.factorsOf(n);
    return { dim_param: [each === 1 ? [] : each, axes.map(({ name }) => name)].flat(2).join("*") };
  });
  return { name, type: { tensor_type: { elem_type: typeNumbers[type], shape: { dim } } } };
}
