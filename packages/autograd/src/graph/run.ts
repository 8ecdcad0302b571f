/** Replaying a graph: every op again, in order, from the values of the leaves. */
import {
  AdjointError,
  DTypeError,
  formatShape,
  formatSpec,
  GraphError,
  nearest,
  ShapeError,
  sameShape,
  shown,
  sizeOf,
  Tensor,
  tensorFor,
} from "@adjoint/tensor";
import { placed } from "@adjoint/tensor/internal";
import { evaluate } from "../core/apply.ts";
import { type OpDefinition, type ValueLike, Variable } from "../core/variable.ts";
import { primitives } from "../ops/all.ts";
import { describeGraphNode, type GraphData, type GraphNode } from "./data.ts";

/** The definition of a node's op; undefined for an unknown op. */
export type DefinitionOf = (node: GraphNode) => OpDefinition<never> | undefined;

/** Values for leaves, by name or by id. */
export type RunInputs = Readonly<Record<string, ValueLike | Variable>>;

/** What a replay computed: the fields of a a replay, and all values by node. */
export interface Replay {
  /** The values of the graph's outputs, in order. */
  readonly outputs: readonly Tensor[];
  /** The gradients by the name of the leaf; by its id where it has no name of its own. Empty without a backward pass. */
  readonly gradients: Readonly<Record<string, Tensor>>;
  /** The value of any node, by its id, or by a name that only one node has. */
  value(node: number | string): Tensor;
  /** The value of every node. */
  readonly values: readonly Tensor[];
}

/** The nodes that are called `key`: by name, else by id. */
function nodesCalled(nodes: readonly GraphNode[], key: number | string): GraphNode[] {
  const named = typeof key === "string" ? nodes.filter((node) => node.name === key) : [];
  if (named.length > 0) return named;
  return /^(0|[1-9]\d*)$/.test(String(key)) ? nodes.slice(Number(key), Number(key) + 1) : [];
}

function notOne(graph: GraphData, key: number | string, found: readonly GraphNode[], argument: string): GraphError {
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
  return placed(describeGraphNode(leaf), () => {
    if (!ArrayBuffer.isView(given)) return tensorFor("run", given, { dtype });
    const flat = tensorFor("run", given);
    return flat.size === sizeOf(shape) ? tensorFor("run", given, { shape }) : flat;
  });
}

/** A value given for a leaf: refused unless it has the leaf's shape and dtype. */
function asInput(leaf: GraphNode, given: ValueLike | Variable): Tensor {
  const { shape, dtype } = leaf;
  const value = tensorOf(leaf, given);
  const place = { argument: leaf.name ?? String(leaf.id), where: describeGraphNode(leaf) };
  if (!sameShape(value.shape, shape)) {
    throw ShapeError.of("run", "the value", value, `${formatShape(shape)}, as the leaf has`, {
      ...place,
      hint: "A replay keeps all shapes: record a graph of the new size for inputs of another one.",
    });
  }
  if (value.dtype !== dtype) {
    throw DTypeError.of("run", "the value", value, `${dtype}, as the leaf is`, {
      ...place,
      hint: `Convert it, for example with tensor(value, { dtype: "${dtype}" }).`,
    });
  }
  return value;
}

/** The definition of every op, null for leaves; refuses a graph with an unknown op. */
function definitionsOf(graph: GraphData, definitionOf: DefinitionOf): (OpDefinition<never> | null)[] {
  return graph.nodes.map((node) => {
    if (node.op === null) return null;
    const definition = definitionOf(node);
    if (definition !== undefined) return definition;
    const meant = nearest(node.op, Object.keys(primitives));
    throw GraphError.of("run", "op", node.op, "a built-in op, or one given to graphFromJSON", {
      problem: `unknown op "${node.op}"`,
      where: describeGraphNode(node),
      hint: `${meant === undefined ? "" : `Did you mean "${meant}"? `}Pass ops of your own: graphFromJSON(json, { ops: [${/^[\p{L}_$][\p{L}\p{N}_$]*$/u.test(node.op) ? node.op : "…"}] }).`,
    });
  });
}

/** The value of a leaf that none was given for. */
function heldBy(leaf: GraphNode): Tensor {
  if (leaf.value !== undefined) return leaf.value;
  throw GraphError.of("run", leaf.name ?? String(leaf.id), undefined, formatSpec(leaf), {
    problem: `${describeGraphNode(leaf)} has no value`,
    hint: `Give it one: run({ ${JSON.stringify(leaf.name ?? String(leaf.id))}: … }), or write the file with toJSON({ values: "leaves" }).`,
  });
}

function placeOf(node: GraphNode): string {
  return node.scope === "" ? describeGraphNode(node) : `layer "${node.scope}", ${describeGraphNode(node)}`;
}

function compute(node: GraphNode, definition: OpDefinition<never>, values: readonly Tensor[]): Tensor {
  const inputs = new Array<Tensor>(node.inputs.length);
  for (let i = 0; i < inputs.length; i++) inputs[i] = values[node.inputs[i]];
  try {
    return evaluate(definition, inputs, node.attributes as never, node, "the graph");
  } catch (cause) {
    if (cause instanceof AdjointError) throw cause.locate(placeOf(node));
    const problem = `the kernel of "${node.op}" failed: ${(cause as Error).message}`;
    throw new GraphError({ op: "run", problem, where: placeOf(node) }, { cause });
  }
}

/** Refuses other inputs for a graph in which something would not follow them. */
function checkNotFrozen({ nodes }: GraphData): void {
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

/** Replays `graph`: {@link Graph.run}. @internal */
export function runGraph(graph: GraphData, definitionOf: DefinitionOf, inputs: RunInputs): Replay {
  const { nodes, outputs, gradients } = graph;
  const definitions = definitionsOf(graph, definitionOf);
  const given = new Map<number, Tensor>();
  for (const [key, value] of Object.entries(inputs)) {
    const all = nodesCalled(nodes, key);
    const leaves = all.filter((node) => node.op === null);
    if (leaves.length !== 1) {
      if (leaves.length > 1 || all.length === 0) throw notOne(graph, key, leaves, "inputs");
      throw GraphError.of("run", key, key, "a leaf: an input, a parameter or a constant", {
        problem: `${describeGraphNode(all[0])} is computed by the graph`,
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
    values,
  };
}

/** What the gradients are called: a leaf's name, if it alone has it among those with gradients, or its id. */
function keysOf({ nodes, gradients }: GraphData): Map<number, string> {
  const ids = Object.keys(gradients).map(Number);
  const owners = new Map<string | undefined, number>();
  for (const id of ids) owners.set(nodes[id].name, owners.has(nodes[id].name) ? -1 : id);
  return new Map(
    ids.map((id) => [id, owners.get(nodes[id].name) === id ? (nodes[id].name ?? String(id)) : String(id)]),
  );
}
