/** Runs the nodes of a file: known values are computed at once, all others by functions of Variables. */
import { inferShapes, scope, Variable } from "@adjoint/autograd";
import { recordingWith, withInterpreters } from "@adjoint/autograd/internal";
import { AdjointError, formatShape, kernels } from "@adjoint/tensor";
import type { Message } from "../../messages/schema.ts";
import type { Limits } from "../file/limits.ts";
import { type OnnxFile, versionsOf } from "../file/open.ts";
import { type OnnxSource, refused } from "../file/source.ts";
import { knownTensor } from "../file/tensors.ts";
import { functionKey, mainDomain } from "../file/unsupported.ts";
import { lowerings } from "../ops/all.ts";
import type { Lowering } from "../ops/lowering.ts";
import type { Recognized } from "../recognize/templates.ts";
import { type CallContext, NodeCall } from "./call.ts";
import { controls } from "./control.ts";
import { sequences } from "./sequences.ts";
import { type Held, hasNoSequence, Known, knownIntegers, knownOf, leafOf, Sequence, type Value } from "./values.ts";

/** Elements of known values that are computed at once; shapes have a few, masks some thousand. */
const mostFolded = 2 ** 16;

/** How the nodes run. */
interface Running {
  readonly file: OnnxFile;
  readonly limits: Limits;
  readonly leaf: (known: Known) => Variable;
  /** The initializers of graphs inside of nodes, which may run many times. */
  readonly initializers: Map<Message<"Graph">, ReadonlyMap<string, Held>>;
}

/** Where names are looked up: in a graph, and from a branch in what is around it. */
interface Names {
  readonly values: Map<string, Held>;
  readonly outer: Names | null;
  readonly depth: number;
  readonly versions: ReadonlyMap<string, number>;
  /** The attributes that a function was called with, null outside of functions. */
  readonly attributes: ReadonlyMap<string, Message<"Attribute">> | null;
  /** The scope that nodes without names are in. */
  readonly place: string;
}

/**
 * The outputs of the graph of a file, in order.
 *
 * @param inputs  the values of its inputs, by name
 * @param limits  counts what they make
 * @throws DataError naming the node that cannot be computed, or for more than a file of its size may ask for; what the ops
 *         throw, with the node as its place
 */
export function runNodes(file: OnnxFile, inputs: ReadonlyMap<string, Value>, limits: Limits): Variable[] {
  const leaves = new Map<Known, Variable>();
  const leaf = (known: Known): Variable => {
    const made = leaves.get(known) ?? leafOf(known);
    leaves.set(known, made);
    return made;
  };
  const running: Running = { file, limits, leaf, initializers: new Map() };
  const names: Names = {
    values: new Map([...file.weights, ...inputs]),
    outer: null,
    depth: 0,
    versions: file.versions,
    attributes: null,
    place: "",
  };
  runAll(running, file.graph.node, names);
  const used = new Set<Variable>();
  return file.outputs.map((name) => {
    const value = lookUp(running, names, name, "an output of the graph");
    if (value instanceof Sequence) {
      throw refused(file.source, `has the output "${name}", which is no tensor`, {
        hint: "Take its values out by SequenceAt, or join them by ConcatFromSequence.",
      });
    }
    const y = value instanceof Known ? leaf(value) : value;
    // An output has a name of its own, and inputs and parameters keep theirs.
    const own = y.isLeaf || used.has(y) ? y.identity() : y;
    used.add(own);
    own.name = name;
    return own;
  });
}

function lookUp({ file }: Running, names: Names, name: string, who: string): Held {
  for (let at: Names | null = names; at !== null; at = at.outer) {
    const value = at.values.get(name);
    if (value !== undefined) return value;
  }
  throw refused(file.source, `reads "${name}", which no node before has made, in ${who}`, {
    hint: "Nodes have to come in an order in which each follows what it reads.",
  });
}

function runAll(running: Running, nodes: readonly Message<"Node">[], names: Names): void {
  const { file, limits } = running;
  for (const [k, node] of nodes.entries()) {
    limits.enter(names.depth);
    const place = placeOf(node, k, names.place);
    const one = file.recognized.get(node);
    const inputs = (one?.inputs ?? node.input).map((name) =>
      name === "" ? null : lookUp(running, names, name, place),
    );
    const outputs =
      one === undefined
        ? runNode(running, node, inputs, names, place)
        : runRecognized(running, one, inputs as readonly Value[], place);
    for (const [i, name] of node.output.entries()) {
      if (name === "") continue;
      if (names.values.has(name)) throw refused(file.source, `gives two values the name "${name}", again in ${place}`);
      if (outputs[i] === undefined) throw refused(file.source, `asks ${place} for an output ${i}, which it has not`);
      names.values.set(name, outputs[i]);
    }
    limits.checkOps();
  }
}

/** What a node and others before it stand for. */
function runRecognized(
  running: Running,
  { compute }: Recognized,
  values: readonly Value[],
  place: string,
): readonly Value[] {
  const run = (): readonly Value[] => [compute(values.map((x) => (x instanceof Known ? running.leaf(x) : x)))];
  // What reads nothing are random numbers, which stay draws.
  const known = values.length > 0 ? folded(running, values, run) : null;
  return known ?? scope(place, run);
}

/** The scope of a node's ops: its name, as exporters write it, without slashes around. */
export function placeOf({ name = "", op_type = "" }: Message<"Node">, k: number, outer = ""): string {
  let [start, stop] = [0, name.length];
  while (name[start] === "/") start++;
  while (stop > start && name[stop - 1] === "/") stop--;
  const own = name.slice(start, stop) || `${op_type} ${k}`;
  return outer === "" ? own : `${outer}/${own}`;
}

function runNode(
  running: Running,
  node: Message<"Node">,
  given: readonly (Held | null)[],
  names: Names,
  place: string,
): readonly Held[] {
  const called = running.file.functions.get(functionKey(node.domain, node.op_type));
  const attributes = attributesOf(running.file.source, node, names, place);
  if (called !== undefined) return runFunction(running, called, given, attributes, names, place);
  const { source } = running.file;
  const version = names.versions.get(mainDomain(node.domain));
  if (version === undefined) throw refused(source, "does not say which version of ONNX's operators it uses");
  const context: CallContext = { source, version, leaf: running.leaf, limits: running.limits };
  const control = controls.get(node.op_type ?? "") ?? sequences.get(node.op_type ?? "");
  if (control !== undefined) {
    const call = new NodeCall(node, given, attributes, context);
    const results = control({
      node: call,
      run: (graph, values, part) => runInner(running, graph, values, names, part === "" ? place : `${place}/${part}`),
      compute: (given, compute) => (folded(running, given, () => [compute()]) ?? [scope(place, compute)])[0],
    });
    call.checkAllRead();
    return results;
  }
  const lower = lowerings.get(node.op_type ?? "") as Lowering;
  if (!hasNoSequence(given)) throw refused(source, `gives ${place} a sequence, and ${node.op_type} needs tensors`);
  const inputs = given;
  const compute = (values = inputs): readonly Value[] => {
    const call = new NodeCall(node, values, attributes, context);
    const result = lower(call);
    call.checkAllRead();
    return Array.isArray(result) ? (result as readonly Value[]) : [result as Value];
  };
  try {
    const known = folded(running, inputs, compute);
    if (known !== null) return adds.has(node.op_type ?? "") ? exact(running, known, inputs, compute, place) : known;
    return scope(place, compute);
  } catch (error) {
    if (error instanceof AdjointError) throw error.locate(place);
    const why = error instanceof Error ? error.message : String(error);
    const shapes = inputs.map((x) => (x === null ? "none" : formatShape(x.shape)));
    throw refused(source, `has a node that cannot be computed: ${node.op_type} "${place}" of ${shapes.join(", ")}`, {
      cause: error,
      hint: `Its inputs or attributes do not fit each other: ${why}`,
    });
  }
}

/** The outputs of a node whose inputs are known and small, so that they are known, too; null for others. */
function folded(
  { limits }: Running,
  inputs: readonly (Value | null)[],
  compute: () => readonly Value[],
): readonly Value[] | null {
  let count = 0;
  for (const x of inputs) {
    if (x instanceof Variable) return null;
    count += x?.tensor.size ?? 0;
  }
  if (count > mostFolded) return null;
  let shapes: readonly Value[];
  try {
    shapes = inferShapes(compute, { maxSize: mostFolded, maxOps: 1000 });
  } catch {
    // The error, if it is one, comes again where the node is computed.
    return null;
  }
  if (shapes.every((y) => y instanceof Known)) return shapes;
  const isWide = inputs.some((x) => x instanceof Known && x.isWide);
  for (const y of shapes) limits.hold(y instanceof Known ? 0 : y.size);
  const values = withInterpreters([], () => recordingWith({ mode: "none" }, compute));
  return values.map((y) => knownOf(y, isWide));
}

/** Ops whose integers may leave int32. */
const adds: ReadonlySet<string> = new Set(
  "Add Sub Mul Neg Abs Sum Pow ReduceSum ReduceProd ReduceSumSquare ReduceL1 CumSum CumProd MatMul Gemm Einsum".split(
    " ",
  ),
);

/** Known integers as they are beyond int32, where they would wrap around: files mean 64 bits. */
function exact(
  { file }: Running,
  values: readonly Value[],
  inputs: readonly (Value | null)[],
  compute: (inputs: readonly (Value | null)[]) => readonly Value[],
  place: string,
): readonly Value[] {
  if (!values.some((y) => y instanceof Known && y.dtype === "int32")) return values;
  const isShort = (x: Value | null): x is Known => x instanceof Known && x.dtype === "int32";
  const longer = inputs.map((x) => (isShort(x) ? new Known(kernels.cast(x.tensor, "float64")) : x));
  const results = withInterpreters([], () => recordingWith({ mode: "none" }, () => compute(longer)));
  return results.map((y, i) => {
    const tensor = y instanceof Known ? y.tensor : y.value;
    const numbers = new Known(tensor).numbers();
    if (numbers.every((n) => n === (n | 0))) return values[i];
    const beyond = numbers.find((n) => !Number.isSafeInteger(n));
    if (beyond !== undefined)
      throw refused(file.source, `computes the integer ${beyond} in ${place}`, { expected: "at most 2^53" });
    return knownIntegers(numbers, tensor.shape);
  });
}

/** The attributes of a node by name; in a function those that stand for attributes of the call as these are. */
function attributesOf(
  source: OnnxSource,
  { attribute }: Message<"Node">,
  names: Names,
  place: string,
): ReadonlyMap<string, Message<"Attribute">> {
  const found = new Map<string, Message<"Attribute">>();
  for (const one of attribute) {
    const { name = "", ref_attr_name: of } = one;
    if (found.has(name)) throw refused(source, `has the attribute ${name} twice in ${place}`);
    if (of === undefined || of === "") found.set(name, one);
    else {
      const given = names.attributes?.get(of);
      if (given !== undefined) found.set(name, { ...given, name });
    }
  }
  return found;
}

/** The nodes of a function of the file, in place of the node that calls it. */
function runFunction(
  running: Running,
  of: Message<"Function">,
  inputs: readonly (Held | null)[],
  given: ReadonlyMap<string, Message<"Attribute">>,
  names: Names,
  place: string,
): readonly Held[] {
  if (inputs.length > of.input.length) {
    throw refused(running.file.source, `calls ${place} with ${inputs.length} inputs, and it takes ${of.input.length}`);
  }
  const values = new Map<string, Held>();
  of.input.forEach((name, i) => {
    const value = inputs[i];
    if (value !== undefined && value !== null) values.set(name, value);
  });
  const attributes = new Map([...of.attribute_proto.map((one) => [one.name ?? "", one] as const), ...given]);
  const inner: Names = {
    values,
    outer: null,
    depth: names.depth + 1,
    versions: of.opset_import.length === 0 ? names.versions : versionsOf(running.file.source, of.opset_import),
    attributes,
    place,
  };
  const absent = new Set(of.input.slice(inputs.length));
  of.input.forEach((name, i) => {
    if (inputs[i] === null) absent.add(name);
  });
  runAll(running, withoutAbsent(of.node, absent), inner);
  return of.output.map((name) => lookUp(running, inner, name, place));
}

/** Nodes of a function that was called without some inputs: they read none in their place. */
function withoutAbsent(nodes: readonly Message<"Node">[], absent: ReadonlySet<string>): readonly Message<"Node">[] {
  if (absent.size === 0) return nodes;
  return nodes.map((node) => ({ ...node, input: node.input.map((name) => (absent.has(name) ? "" : name)) }));
}

/** The outputs of a graph inside of a node, in a scope of its own. */
function runInner(
  running: Running,
  graph: Message<"Graph">,
  inputs: readonly Held[],
  names: Names,
  place: string,
): readonly Held[] {
  // Counted, too, where there are no nodes: a loop of nothing has to end.
  running.limits.enter(names.depth + 1);
  const { source } = running.file;
  if (graph.sparse_initializer.length > 0) throw refused(source, `has a sparse initializer in ${place}`);
  const held = running.initializers.get(graph) ?? initializersOf(source, graph, place);
  running.initializers.set(graph, held);
  const values = new Map<string, Held>(held);
  graph.input.forEach(({ name = "" }, i) => {
    if (inputs[i] !== undefined) values.set(name, inputs[i]);
  });
  const inner: Names = { ...names, values, outer: names, depth: names.depth + 1, place };
  runAll(running, graph.node, inner);
  return graph.output.map(({ name: output = "" }) => lookUp(running, inner, output, place));
}

function initializersOf(
  source: OnnxSource,
  { initializer }: Message<"Graph">,
  place: string,
): ReadonlyMap<string, Value> {
  return new Map(
    initializer.map((proto) => [proto.name ?? "", knownTensor(source, proto, `an initializer of ${place}`)]),
  );
}
