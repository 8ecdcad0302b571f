/**
 * Replaying a graph: every op again, in order, from the values of the leaves.
 */
import {
  AdjointError,
  DTypeError,
  formatShape,
  GraphError,
  nearest,
  ShapeError,
  sameShape,
  shown,
  sizeOf,
  Tensor,
  tensorFor,
} from "@adjoint/tensor";
import { checkFinite } from "../anomaly.ts";
import { ambient } from "../modes.ts";
import type { OpDefinition } from "../op.ts";
import { primitives } from "../primitives.ts";
import { type ValueLike, Variable } from "../variable.ts";
import { describeGraphNode, type GraphNode } from "./data.ts";
import type { Graph } from "./graph.ts";

/** Values for leaves, by name or by id. */
export type RunInputs = Readonly<Record<string, ValueLike | Variable>>;

/** What a replay computed. */
export interface GraphRun {
  /** The values of the graph's outputs, in order. */
  readonly outputs: readonly Tensor[];
  /** The gradients by the name of the leaf; by its id where it has no name of its own. Empty without a backward pass. */
  readonly gradients: Readonly<Record<string, Tensor>>;
  /** The value of any node, by its id, or by a name that only one node has. */
  value(node: number | string): Tensor;
  /** The same graph, every node with the value computed. */
  readonly graph: Graph;
}

/** The nodes that are called `key`: by name, else by id. */
function nodesCalled(nodes: readonly GraphNode[], key: number | string): GraphNode[] {
  const named = typeof key === "string" ? nodes.filter((node) => node.name === key) : [];
  if (named.length > 0) return named;
  return /^(0|[1-9]\d*)$/.test(String(key)) ? nodes.slice(Number(key), Number(key) + 1) : [];
}

function notOne(graph: Graph, key: number | string, found: readonly GraphNode[], argument: string): GraphError {
  const names = [...new Set(graph.nodes.flatMap(({ name }) => name ?? []))];
  const meant = typeof key === "string" ? nearest(key, names) : undefined;
  const ids = found.map(({ id }) => id).join(", ");
  const listed =
    names.length === 0 ? "" : ` Names are ${names.slice(0, 12).join(", ")}${names.length > 12 ? ", …" : ""}.`;
  return new GraphError({
    op: "run",
    problem:
      found.length === 0 ? `there is no node ${JSON.stringify(key)}` : `several nodes are called "${key}": ${ids}`,
    argument,
    expected: "the name or the id of one node",
    received: shown(key),
    hint:
      found.length > 0
        ? `Say which by its id, for example "${found[0].id}".`
        : meant !== undefined
          ? `Did you mean "${meant}"?`
          : `Ids are 0 … ${graph.nodes.length - 1}.${listed}`,
  });
}

/** A value given for a leaf, as a tensor: plain numbers in the leaf's dtype, typed arrays in its shape. */
function tensorOf(leaf: GraphNode, given: ValueLike | Variable): Tensor {
  const { shape, dtype } = leaf;
  if (given instanceof Variable) return given.value;
  if (given instanceof Tensor) return given;
  try {
    if (!ArrayBuffer.isView(given)) return tensorFor("run", given, { dtype });
    const flat = tensorFor("run", given);
    return flat.size === sizeOf(shape) ? tensorFor("run", given, { shape }) : flat;
  } catch (error) {
    throw error instanceof AdjointError ? error.locate(describeGraphNode(leaf)) : error;
  }
}

/** A value given for a leaf: refused unless it has the leaf's shape and dtype. */
function asInput(leaf: GraphNode, given: ValueLike | Variable): Tensor {
  const { shape, dtype } = leaf;
  const value = tensorOf(leaf, given);
  const fields = { op: "run", argument: leaf.name ?? String(leaf.id), where: describeGraphNode(leaf) };
  if (!sameShape(value.shape, shape)) {
    throw new ShapeError({
      ...fields,
      problem: `the value given has shape ${formatShape(value.shape)}, the leaf ${formatShape(shape)}`,
      expected: formatShape(shape),
      received: formatShape(value.shape),
      hint: "A replay keeps all shapes: record a graph of the new size for inputs of another one.",
    });
  }
  if (value.dtype !== dtype) {
    throw new DTypeError({
      ...fields,
      problem: `the value given is ${value.dtype}, the leaf ${dtype}`,
      expected: dtype,
      received: value.dtype,
      hint: `Convert it, for example with tensor(value, { dtype: "${dtype}" }).`,
    });
  }
  return value;
}

/** The definition of every op, null for leaves; refuses a graph with an unknown op. */
function definitionsOf(graph: Graph): (OpDefinition<never> | null)[] {
  return graph.nodes.map((node) => {
    if (node.op === null) return null;
    const definition = graph.definitionOf(node);
    if (definition !== undefined) return definition;
    const meant = nearest(node.op, Object.keys(primitives));
    throw new GraphError({
      op: "run",
      problem: `nobody knows the op "${node.op}"`,
      argument: "op",
      expected: "a built-in op, or one given to graphFromJSON",
      received: node.op,
      where: describeGraphNode(node),
      hint: `${meant === undefined ? "" : `Did you mean "${meant}"? `}Pass ops of your own: graphFromJSON(json, { ops: [${/^[\p{L}_$][\p{L}\p{N}_$]*$/u.test(node.op) ? node.op : "…"}] }).`,
    });
  });
}

/** The value of a leaf that none was given for. */
function heldBy(leaf: GraphNode): Tensor {
  if (leaf.value !== undefined) return leaf.value;
  throw new GraphError({
    op: "run",
    problem: `${describeGraphNode(leaf)} has no value`,
    argument: leaf.name ?? String(leaf.id),
    expected: `${leaf.dtype} ${formatShape(leaf.shape)}`,
    hint: `Give it one: run({ ${JSON.stringify(leaf.name ?? String(leaf.id))}: … }), or write the file with toJSON({ values: "leaves" }).`,
  });
}

function placeOf(node: GraphNode): string {
  return node.scope === "" ? describeGraphNode(node) : `layer "${node.scope}", ${describeGraphNode(node)}`;
}

function compute(node: GraphNode, definition: OpDefinition<never>, values: readonly Tensor[]): Tensor {
  const inputs = new Array<Tensor>(node.inputs.length);
  for (let i = 0; i < inputs.length; i++) inputs[i] = values[node.inputs[i]];
  let value: Tensor;
  try {
    value = definition.forward(inputs, node.attributes as never);
    if (ambient.detectsAnomaly) checkFinite(definition.name, inputs, value);
  } catch (cause) {
    if (cause instanceof AdjointError) throw cause.locate(placeOf(node));
    const problem = `the kernel of "${node.op}" failed: ${(cause as Error).message}`;
    throw new GraphError({ op: "run", problem, where: placeOf(node) }, { cause });
  }
  if (!(value instanceof Tensor) || value.dtype !== node.dtype || !sameShape(value.shape, node.shape)) {
    const received = value instanceof Tensor ? `${value.dtype} ${formatShape(value.shape)}` : "no Tensor";
    throw new ShapeError({
      op: "run",
      problem: `the kernel of "${node.op}" gave ${received}, the graph says ${node.dtype} ${formatShape(node.shape)}`,
      expected: `${node.dtype} ${formatShape(node.shape)}`,
      received,
      where: placeOf(node),
      hint: "Its shape must follow from its inputs' shapes and its attributes alone.",
    });
  }
  return value;
}

/** Refuses other inputs for a graph in which something would not follow them. */
function checkNotFrozen({ nodes }: Graph): void {
  const frozen = nodes.find((node) => node.frozen);
  if (frozen === undefined) return;
  const user = nodes.find((node) => node.inputs.includes(frozen.id));
  throw new GraphError({
    op: "run",
    problem:
      `${describeGraphNode(frozen)} was computed by an op that was not recorded, and would keep its value` +
      `${user === undefined ? "" : `; ${describeGraphNode(user)} reads it`}`,
    argument: "inputs",
    ...(user === undefined || user.scope === "" ? {} : { where: `layer "${user.scope}"` }),
    hint: "Record the whole computation: recordAll(() => …).",
  });
}

/** @internal Replays `graph`: {@link Graph.run}. */
export function runGraph(graph: Graph, inputs: RunInputs): GraphRun {
  const { nodes, outputs, gradients } = graph;
  const definitions = definitionsOf(graph);
  const given = new Map<number, Tensor>();
  for (const [key, value] of Object.entries(inputs)) {
    const all = nodesCalled(nodes, key);
    const leaves = all.filter((node) => node.op === null);
    if (leaves.length !== 1) {
      if (leaves.length > 1 || all.length === 0) throw notOne(graph, key, leaves, "inputs");
      throw new GraphError({
        op: "run",
        problem: `${describeGraphNode(all[0])} is computed by the graph`,
        argument: key,
        expected: "the name or the id of a leaf",
        received: key,
        hint: "Only leaves can be given values: inputs, parameters and constants.",
      });
    }
    given.set(leaves[0].id, asInput(leaves[0], value));
  }
  if (given.size > 0) checkNotFrozen(graph);
  const values = new Array<Tensor>(nodes.length);
  for (let id = 0; id < nodes.length; id++) {
    const definition = definitions[id];
    values[id] = definition === null ? (given.get(id) ?? heldBy(nodes[id])) : compute(nodes[id], definition, values);
  }
  const value = (node: number | string): Tensor => {
    const found = nodesCalled(nodes, node);
    if (found.length !== 1) throw notOne(graph, node, found, "node");
    return values[found[0].id];
  };
  const keys = keysOf(graph);
  let withValues: Graph | null = null;
  return {
    outputs: outputs.map((id) => values[id]),
    // Names come from anywhere: the record inherits none, so that "constructor" is no gradient unless a leaf is called so.
    gradients: Object.setPrototypeOf(
      Object.fromEntries(
        Object.entries(gradients).map(([leaf, gradient]) => [keys.get(Number(leaf)) as string, values[gradient]]),
      ),
      null,
    ),
    value,
    get graph() {
      return (withValues ??= graph.withValues(values));
    },
  };
}

/** What the gradients are called: a leaf's name, if it alone has it among those with gradients, or its id. */
function keysOf({ nodes, gradients }: Graph): Map<number, string> {
  const ids = Object.keys(gradients).map(Number);
  const owners = new Map<string | undefined, number>();
  for (const id of ids) owners.set(nodes[id].name, owners.has(nodes[id].name) ? -1 : id);
  return new Map(
    ids.map((id) => [id, owners.get(nodes[id].name) === id ? (nodes[id].name ?? String(id)) : String(id)]),
  );
}
