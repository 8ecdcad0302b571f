/** Reads graphs from files, which may come from anywhere: all is checked before anything is made of it. */
import {
  AdjointError,
  beyondBounds,
  checkKind,
  checkOptions,
  checkShape,
  formatShape,
  formatSpec,
  GraphError,
  isDType,
  isFloat,
  isPromise,
  kindOf,
  maxAxes,
  nearest,
  printableLine,
  type Shape,
  SpecError,
  sameShape,
} from "@adjoint/tensor";
import type { OpDefinition, ValueSpec } from "../../core/variable.ts";
import { primitives } from "../../ops/all.ts";
import type { BackwardContribution, BackwardEntry, BackwardPass, BackwardStart, GraphNode, Role } from "../data.ts";
import { Graph } from "../graph.ts";
import { attributesFromJSON } from "./attributes.ts";
import { shown } from "./shown.ts";
import { tensorFromJSON } from "./tensor.ts";
import type { GraphJSON } from "./to-json.ts";

/** An op of a user, as `defineOp` makes it. */
export interface DefinedOp {
  readonly definition: OpDefinition<never>;
}

/** Options of {@link graphFromJSON}. */
export interface GraphFromJSONOptions {
  /** Ops besides the built-in ones: `{ ops: [cube] }`. */
  readonly ops?: readonly DefinedOp[];
}

/** What a file may hold. */
const limits = {
  nodes: 1_000_000,
  inputs: 100_000,
  text: 100_000,
  scopes: 256,
  axes: maxAxes,
  elements: 2 ** 31 - 1,
  /** Levels of lists and objects that are parsed at all: each takes many times the memory of its bracket. */
  depth: 100_000,
};

const roles: readonly Role[] = ["input", "parameter", "constant", "op", "gradient"];

/** Refuses a file: what is wrong, and where in it. */
function refuse(place: string, problem: string, hint?: string, cause?: unknown): never {
  throw new GraphError(
    {
      op: "graphFromJSON",
      // Names of the file must not make lines of their own.
      problem: printableLine(`${place} ${problem}`),
      argument: place,
      hint: hint ?? "Write the file with JSON.stringify(graph.toJSON()).",
    },
    cause === undefined ? {} : { cause },
  );
}

type Fields = Readonly<Record<string, unknown>>;

/** An object with any fields. */
function objectOf(value: unknown, place: string): Fields {
  if (value === null || typeof value !== "object" || Array.isArray(value)) {
    refuse(place, `is ${shown(value)}, where an object is needed`);
  }
  return value as Fields;
}

/** An object with these fields and no others. */
function fieldsOf(given: unknown, place: string, required: readonly string[], optional: readonly string[]): Fields {
  const value = objectOf(given, place);
  const known = [...required, ...optional];
  for (const key of Object.keys(value)) {
    if (known.includes(key)) continue;
    const meant = nearest(key.slice(0, 60), known);
    const hint = meant === undefined ? `Its fields are ${known.join(", ")}.` : `Did you mean "${meant}"?`;
    refuse(place, `has the unknown field ${shown(key)}`, hint);
  }
  for (const key of required) if (!Object.hasOwn(value, key)) refuse(place, `has no field "${key}"`);
  return value;
}

function listOf(value: unknown, place: string, most: number): readonly unknown[] {
  if (!Array.isArray(value)) refuse(place, `is ${shown(value)}, where a list is needed`);
  if (value.length > most) {
    refuse(place, `has ${value.length.toLocaleString("en-US")} entries; the most is ${most.toLocaleString("en-US")}`);
  }
  return value;
}

function textOf(value: unknown, place: string): string {
  if (typeof value !== "string") refuse(place, `is ${shown(value)}, where text is needed`);
  if (value.length > limits.text) refuse(place, `has ${value.length} characters; the most is ${limits.text}`);
  return value;
}

/** A node's number, less than `count`. */
function idOf(value: unknown, place: string, count: number): number {
  if (typeof value !== "number" || !Number.isInteger(value) || value < 0 || value >= count) {
    refuse(place, `is ${shown(value)}, where a node from 0 to ${count - 1} is needed`);
  }
  return value;
}

function shapeOf(value: unknown, place: string): Shape {
  const lengths = listOf(value, place, limits.axes);
  let size = 1;
  for (const n of lengths) {
    if (typeof n !== "number" || !Number.isInteger(n) || n < 0) {
      refuse(place, `is ${shown(value)}, where integers from 0 are needed`);
    }
    size *= n;
  }
  if (size > limits.elements) refuse(place, `is ${shown(value)}: ${size} elements, of ${limits.elements} at the most`);
  return [...(lengths as Shape)];
}

type FindOp = (name: string | null) => OpDefinition<never> | undefined;

const nodeFields = ["id", "op", "attributes", "inputs", "shape", "dtype", "scope", "role"];
const optionalNodeFields = ["name", "gradientOf", "frozen", "value"];

function readNode(json: unknown, id: number, count: number, before: readonly GraphNode[], find: FindOp): GraphNode {
  const place = `nodes[${id}]`;
  const fields = fieldsOf(json, place, nodeFields, optionalNodeFields);
  const at = (field: string): string => `${place}.${field}`;
  if (fields.id !== id) refuse(at("id"), `is ${shown(fields.id)}; the node's place in the list is ${id}`);
  const op = fields.op === null ? null : textOf(fields.op, at("op"));
  if (op === "") refuse(at("op"), "is empty", "A leaf's op is null.");
  const inputs = listOf(fields.inputs, at("inputs"), limits.inputs).map((input, i) => {
    const place = `${at("inputs")}[${i}]`;
    const known = idOf(input, place, count);
    if (known >= id) refuse(place, `is ${known}, a node that comes later`, "Nodes stand after their inputs.");
    return known;
  });
  const attributes = objectOf(fields.attributes, at("attributes"));
  const shape = shapeOf(fields.shape, at("shape"));
  const { dtype } = fields;
  if (!isDType(dtype)) refuse(at("dtype"), `is ${shown(dtype)}`, "The dtypes are float32, float64, int32 and bool.");
  const scope = textOf(fields.scope, at("scope"));
  const depth = scope.split("/").length;
  if (depth > limits.scopes) refuse(at("scope"), `is ${depth} scopes deep; the most is ${limits.scopes}`);
  const role = roles.find((name) => name === fields.role);
  if (role === undefined) refuse(at("role"), `is ${shown(fields.role)}`, `The roles are ${roles.join(", ")}.`);
  if (role !== "gradient" && (op === null) === (role === "op")) {
    refuse(at("role"), `is "${role}" for ${op === null ? "a leaf" : `the op "${op}"`}`);
  }
  if (op === null && inputs.length > 0) refuse(at("inputs"), "has entries, though the node is a leaf");
  if (op === null && Object.keys(attributes).length > 0) {
    refuse(at("attributes"), "has entries, though the node is a leaf");
  }
  if (role === "parameter" && !isFloat(dtype)) {
    refuse(at("dtype"), `is ${dtype} for a parameter`, "Only float32 and float64 have gradients.");
  }
  if (fields.gradientOf !== undefined && role !== "gradient") {
    refuse(at("gradientOf"), `is there for the role "${role}"`, "Only nodes of the backward pass have it.");
  }
  if (fields.frozen !== undefined && (fields.frozen !== true || op !== null)) {
    refuse(at("frozen"), `is ${shown(fields.frozen)} for ${op === null ? "a leaf" : `the op "${op}"`}`);
  }
  const value = fields.value === undefined ? undefined : tensorFromJSON(fields.value, shape, dtype);
  if (value !== undefined && "problem" in value) refuse(at("value"), value.problem);
  const node: GraphNode = {
    id,
    op,
    attributes: attributesFromJSON(attributes, at("attributes")) as object,
    inputs,
    shape,
    dtype,
    ...(fields.name === undefined ? {} : { name: textOf(fields.name, at("name")) }),
    scope,
    role,
    ...(fields.gradientOf === undefined ? {} : { gradientOf: idOf(fields.gradientOf, at("gradientOf"), count) }),
    ...(fields.frozen === undefined ? {} : { frozen: true }),
    ...(value === undefined ? {} : { value }),
  };
  const definition = find(op);
  if (definition !== undefined) checkByRule(node, definition, before, place);
  return node;
}

/** Holds a node's number of inputs, shape and dtype against what the op's own rule says. */
function checkByRule(
  node: GraphNode,
  definition: OpDefinition<never>,
  before: readonly GraphNode[],
  place: string,
): void {
  const { op, inputs, shape, dtype } = node;
  const { backward } = definition;
  if (typeof backward !== "function" && backward.length !== inputs.length) {
    refuse(`${place}.inputs`, `has ${inputs.length} entries; "${op}" takes ${backward.length}`);
  }
  let spec: ValueSpec;
  try {
    const specs = inputs.map((input) => ({ shape: before[input].shape, dtype: before[input].dtype }));
    spec = definition.infer(specs, node.attributes as never);
    // Attributes of a wrong kind may get through a rule that hands them on.
    checkShape(definition.name, spec.shape);
  } catch (cause) {
    const why = cause instanceof AdjointError ? cause.problem : "its attributes are not what its rule reads";
    const specs = inputs.map((input) => formatSpec(before[input])).join(", ");
    refuse(place, `does not fit the op "${op}" of ${specs || "no inputs"}: ${why}`, undefined, cause);
  }
  if (!sameShape(spec.shape, shape) || spec.dtype !== dtype) {
    refuse(`${place}.shape`, `and dtype are ${dtype} ${formatShape(shape)}; the op "${op}" gives ${formatSpec(spec)}`);
  }
}

/** A gradient has the shape and dtype of what it is the gradient of. */
function checkSameKind(nodes: readonly GraphNode[], gradient: number, of: number, place: string): void {
  const [a, b] = [nodes[gradient], nodes[of]];
  if (sameShape(a.shape, b.shape) && a.dtype === b.dtype) return;
  refuse(place, `is node ${gradient}, ${formatSpec(a)}; a gradient of node ${of} is ${formatSpec(b)}`);
}

function readBackward(json: unknown, nodes: readonly GraphNode[]): BackwardPass {
  const fields = fieldsOf(json, "backward", ["starts", "steps"], []);
  const count = nodes.length;
  const totals = new Map<number, number>();
  /** The node of a sum: what was there before plus what arrives. */
  const readTotal = (gradient: number, total: number, receiver: number, place: string): void => {
    checkSameKind(nodes, gradient, receiver, `${place}.gradient`);
    const before = totals.get(receiver);
    totals.set(receiver, total);
    if (before === undefined ? total === gradient : isSum(nodes[total], before, gradient)) return;
    const needed = before === undefined ? `node ${gradient} itself` : `the sum of the nodes ${before} and ${gradient}`;
    refuse(`${place}.total`, `is node ${total}, where ${needed} is needed`);
  };
  const starts = listOf(fields.starts, "backward.starts", limits.nodes).map((json, i): BackwardStart => {
    const place = `backward.starts[${i}]`;
    const start = fieldsOf(json, place, ["node", "gradient", "total"], []);
    const node = idOf(start.node, `${place}.node`, count);
    const gradient = idOf(start.gradient, `${place}.gradient`, count);
    const total = idOf(start.total, `${place}.total`, count);
    readTotal(gradient, total, node, place);
    return { node, gradient, total };
  });
  const steps = listOf(fields.steps, "backward.steps", limits.nodes).map((json, i): BackwardEntry => {
    const place = `backward.steps[${i}]`;
    const step = fieldsOf(json, place, ["node", "upstream", "contributions"], []);
    const node = idOf(step.node, `${place}.node`, count);
    if (nodes[node].op === null) refuse(`${place}.node`, `is ${node}, a leaf: it has no rules`);
    const upstream = idOf(step.upstream, `${place}.upstream`, count);
    checkSameKind(nodes, upstream, node, `${place}.upstream`);
    const { inputs } = nodes[node];
    const contributions = listOf(step.contributions, `${place}.contributions`, inputs.length).map(
      (json, k): BackwardContribution => {
        const place = `backward.steps[${i}].contributions[${k}]`;
        const given = fieldsOf(json, place, ["input", "gradient", "total"], []);
        const input = given.input;
        if (typeof input !== "number" || !Number.isInteger(input) || input < 0 || input >= inputs.length) {
          refuse(`${place}.input`, `is ${shown(input)}; the op has ${inputs.length} inputs`);
        }
        const gradient = idOf(given.gradient, `${place}.gradient`, count);
        const total = idOf(given.total, `${place}.total`, count);
        readTotal(gradient, total, inputs[input], place);
        return { input, gradient, total };
      },
    );
    return { node, upstream, contributions };
  });
  return { starts, steps };
}

function isSum(node: GraphNode, a: number, b: number): boolean {
  return node.op === "add" && node.inputs[0] === a && node.inputs[1] === b;
}

function parsed(json: unknown): unknown {
  if (typeof json !== "string") return json;
  if (beyondBounds(json, { depth: limits.depth }) !== null)
    refuse("the file", `is nested deeper than ${limits.depth.toLocaleString("en-US")} levels`);
  try {
    return JSON.parse(json);
  } catch (cause) {
    return refuse("the file", `is not JSON: ${(cause as Error).message}`, undefined, cause);
  }
}

/** The ops by name: built-in ones, and those given. */
function opsByName(ops: unknown): ReadonlyMap<string, OpDefinition<never>> {
  const known = new Map<string, OpDefinition<never>>(Object.entries(primitives));
  if (!Array.isArray(ops)) throw notOps(ops);
  for (const op of ops) {
    const definition: unknown = op?.definition;
    if (typeof op !== "function" || typeof definition !== "object" || definition === null) throw notOps(op);
    const { name } = definition as OpDefinition<never>;
    if (known.has(name) && known.get(name) !== definition) {
      throw SpecError.of("graphFromJSON", "ops", name, "one op of each name", {
        problem: `there are two ops of the name "${name}"`,
        hint: "Give your op another name.",
      });
    }
    known.set(name, definition as OpDefinition<never>);
  }
  return known;
}

function notOps(given: unknown): SpecError {
  return SpecError.of("graphFromJSON", "ops", kindOf(given), "ops only", {
    problem: `ops has ${kindOf(given)}`,
    hint: "Pass what defineOp returned, for example { ops: [cube] }.",
  });
}

/**
 * The graph that a file holds: what `JSON.stringify(graph.toJSON({ values }))` wrote.
 *
 * Ops are found by name. One that is not known stays in the graph, which can be drawn but not run; every other node is
 * held against the op's own shape rule.
 *
 * @param json    the text, or what JSON.parse made of it; it may come from anywhere
 * @param options `ops`: ops of your own that the graph may hold
 * @throws GraphError saying what is wrong, and where in the file
 */
export function graphFromJSON(json: string | GraphJSON | object, options: GraphFromJSONOptions = {}): Graph {
  checkOptions("graphFromJSON", options, ["ops"]);
  const known = opsByName(options.ops ?? []);
  const find: FindOp = (name) => (name === null ? undefined : known.get(name));
  checkKind("graphFromJSON", "json", json, !isPromise(json), "a graph as JSON");
  const content = parsed(json);
  if (content === null || typeof content !== "object" || !("format" in content) || content.format !== "adjoint-graph") {
    refuse("the file", 'is no graph: its "format" is not "adjoint-graph"');
  }
  if (!("version" in content) || content.version !== 1) {
    const version = "version" in content ? shown(content.version) : "missing";
    refuse("version", `is ${version}; this version of Adjoint reads 1`, "Update Adjoint to read newer files.");
  }
  const fields = fieldsOf(content, "the file", ["format", "version", "nodes", "outputs", "gradients"], ["backward"]);
  const list = listOf(fields.nodes, "nodes", limits.nodes);
  const nodes: GraphNode[] = [];
  for (const [id, node] of list.entries()) nodes.push(readNode(node, id, list.length, nodes, find));
  const outputs = listOf(fields.outputs, "outputs", limits.nodes).map((id, i) =>
    idOf(id, `outputs[${i}]`, nodes.length),
  );
  if (outputs.length === 0) refuse("outputs", "is empty", "A graph has one output at least.");
  const gradients = objectOf(fields.gradients, "gradients");
  const backward = fields.backward === undefined ? undefined : readBackward(fields.backward, nodes);
  return new Graph(
    {
      nodes,
      outputs,
      gradients: Object.fromEntries(
        Object.entries(gradients).map(([key, value]): [number, number] => {
          const place = `gradients[${shown(key)}]`;
          if (!/^(0|[1-9]\d{0,8})$/.test(key)) refuse(place, "is no number of a node");
          const leaf = idOf(Number(key), place, nodes.length);
          const gradient = idOf(value, place, nodes.length);
          checkSameKind(nodes, gradient, leaf, place);
          return [leaf, gradient];
        }),
      ),
      ...(backward === undefined ? {} : { backward }),
    },
    ({ op }) => find(op),
  );
}
