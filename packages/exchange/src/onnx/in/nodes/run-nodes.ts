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

/** The attributes of a node by name. */
type Attributes = ReadonlyMap<string, Message<"Attribute">>;

/** Where names are looked up: in a graph, and from a branch in what is around it. */
interface Names {
  readonly values: Map<string, Held>;
  readonly outer: Names | null;
  readonly depth: number;
  /** The versions of operator sets, by domain. */
  readonly versions: ReadonlyMap<string, number>;
  /** The attributes that a function was called with, null outside of functions. */
  readonly attributes: Attributes | null;
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
  return new Runner(file, limits).outputs(inputs);
}

/** The scope of a node's ops: its name, as exporters write it, without slashes around. */
export function placeOf({ name = "", op_type = "" }: Message<"Node">, k: number, outer = ""): string {
  let [start, stop] = [0, name.length];
  while (name[start] === "/") start++;
  while (stop > start && name[stop - 1] === "/") stop--;
  const own = name.slice(start, stop) || `${op_type} ${k}`;
  return outer === "" ? own : `${outer}/${own}`;
}

/** Ops whose integers may leave int32. */
const adds: ReadonlySet<string> = new Set(
  "Add Sub Mul Neg Abs Sum Pow ReduceSum ReduceProd ReduceSumSquare ReduceL1 CumSum CumProd MatMul Gemm Einsum".split(
    " ",
  ),
);

/** Computes without recording. */
const unrecorded = <Result>(compute: () => Result): Result =>
  withInterpreters([], () => recordingWith({ mode: "none" }, compute));

class Runner {
  private readonly file: OnnxFile;
  private readonly source: OnnxSource;
  private readonly limits: Limits;
  private readonly leaves = new Map<Known, Variable>();
  /** The initializers of graphs inside of nodes, which may run many times. */
  private readonly initializers = new Map<Message<"Graph">, ReadonlyMap<string, Held>>();

  constructor(file: OnnxFile, limits: Limits) {
    this.file = file;
    this.source = file.source;
    this.limits = limits;
  }

  outputs(inputs: ReadonlyMap<string, Value>): Variable[] {
    const { weights, versions, graph, outputs } = this.file;
    const values = new Map<string, Held>([...weights, ...inputs]);
    const names: Names = { values, outer: null, depth: 0, versions, attributes: null, place: "" };
    this.runAll(graph.node, names);
    const used = new Set<Variable>();
    return outputs.map((name) => {
      const value = this.lookUp(names, name, "an output of the graph");
      if (value instanceof Sequence) {
        throw refused(this.source, `has the output "${name}", which is no tensor`, {
          hint: "Take its values out by SequenceAt, or join them by ConcatFromSequence.",
        });
      }
      const y = this.variableOf(value);
      // An output has a name of its own, and inputs and parameters keep theirs.
      const own = y.isLeaf || used.has(y) ? y.identity() : y;
      used.add(own);
      own.name = name;
      return own;
    });
  }

  /** The leaf of a known value, the same each time. */
  private readonly leaf = (known: Known): Variable => {
    const made = this.leaves.get(known) ?? leafOf(known);
    this.leaves.set(known, made);
    return made;
  };

  private readonly variableOf = (value: Value): Variable => (value instanceof Known ? this.leaf(value) : value);

  private lookUp(names: Names, name: string, who: string): Held {
    for (let at: Names | null = names; at !== null; at = at.outer) {
      const value = at.values.get(name);
      if (value !== undefined) return value;
    }
    throw refused(this.source, `reads "${name}", which no node before has made, in ${who}`, {
      hint: "Nodes have to come in an order in which each follows what it reads.",
    });
  }

  private runAll(nodes: readonly Message<"Node">[], names: Names): void {
    for (const [k, node] of nodes.entries()) {
      this.limits.enter(names.depth);
      const place = placeOf(node, k, names.place);
      const one = this.file.recognized.get(node);
      const read = (name: string): Held | null => (name === "" ? null : this.lookUp(names, name, place));
      const outputs =
        one === undefined
          ? this.runNode(node, node.input.map(read), names, place)
          : this.runRecognized(one, one.inputs.map(read) as Value[], place);
      for (const [i, name] of node.output.entries()) {
        if (name === "") continue;
        const { values } = names;
        if (values.has(name)) throw refused(this.source, `gives two values the name "${name}", again in ${place}`);
        if (outputs[i] === undefined) throw refused(this.source, `asks ${place} for an output ${i}, which it has not`);
        values.set(name, outputs[i]);
      }
      this.limits.checkOps();
    }
  }

  /** What a node and others before it stand for. */
  private runRecognized({ compute }: Recognized, values: readonly Value[], place: string): readonly Value[] {
    const run = (): readonly Value[] => [compute(values.map(this.variableOf))];
    // What reads nothing are random numbers, which stay draws.
    const known = values.length > 0 ? this.folded(values, run) : null;
    return known ?? scope(place, run);
  }

  private runNode(
    node: Message<"Node">,
    inputs: readonly (Held | null)[],
    names: Names,
    place: string,
  ): readonly Held[] {
    const { source } = this;
    const called = this.file.functions.get(functionKey(node.domain, node.op_type));
    const attributes = this.attributesOf(node, names, place);
    if (called !== undefined) return this.runFunction(called, inputs, attributes, names, place);
    const version = names.versions.get(mainDomain(node.domain));
    if (version === undefined) throw refused(source, "does not say which version of ONNX's operators it uses");
    const context: CallContext = { source, version, leaf: this.leaf, limits: this.limits };
    const op = node.op_type ?? "";
    const control = controls.get(op) ?? sequences.get(op);
    if (control !== undefined) {
      const call = new NodeCall(node, inputs, attributes, context);
      const results = control({
        node: call,
        run: (graph, values, part) => this.runInner(graph, values, names, part === "" ? place : `${place}/${part}`),
        compute: (given, compute) => (this.folded(given, () => [compute()]) ?? [scope(place, compute)])[0],
      });
      call.checkAllRead();
      return results;
    }
    if (!hasNoSequence(inputs)) throw refused(source, `gives ${place} a sequence, and ${op} needs tensors`);
    const lower = lowerings.get(op) as Lowering;
    const compute = (values = inputs): readonly Value[] => {
      const call = new NodeCall(node, values, attributes, context);
      const result = lower(call);
      call.checkAllRead();
      return Array.isArray(result) ? (result as readonly Value[]) : [result as Value];
    };
    try {
      const known = this.folded(inputs, compute);
      if (known === null) return scope(place, compute);
      return adds.has(op) ? this.exact(known, inputs, compute, place) : known;
    } catch (error) {
      if (error instanceof AdjointError) throw error.locate(place);
      const why = error instanceof Error ? error.message : String(error);
      const shapes = inputs.map((x) => (x === null ? "none" : formatShape(x.shape))).join(", ");
      throw refused(this.source, `has a node that cannot be computed: ${op} "${place}" of ${shapes}`, {
        cause: error,
        hint: `Its inputs or attributes do not fit each other: ${why}`,
      });
    }
  }

  /** The outputs of a node whose inputs are known and small, so that they are known, too; null for others. */
  private folded(inputs: readonly (Value | null)[], compute: () => readonly Value[]): readonly Value[] | null {
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
    for (const y of shapes) this.limits.hold(y instanceof Known ? 0 : y.size);
    return unrecorded(compute).map((y) => knownOf(y, isWide));
  }

  /** Known integers as they are beyond int32, where they would wrap around: files mean 64 bits. */
  private exact(
    values: readonly Value[],
    inputs: readonly (Value | null)[],
    compute: (inputs: readonly (Value | null)[]) => readonly Value[],
    place: string,
  ): readonly Value[] {
    const isShort = (x: Value | null): x is Known => x instanceof Known && x.dtype === "int32";
    if (!values.some(isShort)) return values;
    const longer = inputs.map((x) => (isShort(x) ? new Known(kernels.cast(x.tensor, "float64")) : x));
    return unrecorded(() => compute(longer)).map((y, i) => {
      const tensor = y instanceof Known ? y.tensor : y.value;
      const numbers = new Known(tensor).numbers();
      if (numbers.every((n) => n === (n | 0))) return values[i];
      const beyond = numbers.find((n) => !Number.isSafeInteger(n));
      if (beyond === undefined) return knownIntegers(numbers, tensor.shape);
      throw refused(this.source, `computes the integer ${beyond} in ${place}`, { expected: "at most 2^53" });
    });
  }

  /** The attributes of a node by name; in a function those that stand for attributes of the call as these are. */
  private attributesOf({ attribute }: Message<"Node">, names: Names, place: string): Attributes {
    const found = new Map<string, Message<"Attribute">>();
    for (const one of attribute) {
      const { name = "", ref_attr_name: of } = one;
      if (found.has(name)) throw refused(this.source, `has the attribute ${name} twice in ${place}`);
      const given = of === undefined || of === "" ? one : names.attributes?.get(of);
      if (given !== undefined) found.set(name, given === one ? one : { ...given, name });
    }
    return found;
  }

  /** The nodes of a function of the file, in place of the node that calls it. */
  private runFunction(
    of: Message<"Function">,
    inputs: readonly (Held | null)[],
    given: Attributes,
    names: Names,
    place: string,
  ): readonly Held[] {
    const { source } = this;
    if (inputs.length > of.input.length) {
      throw refused(source, `calls ${place} with ${inputs.length} inputs, and it takes ${of.input.length}`);
    }
    const values = new Map<string, Held>();
    const absent = new Set<string>();
    of.input.forEach((name, i) => {
      const value = inputs[i] ?? null;
      if (value === null) absent.add(name);
      else values.set(name, value);
    });
    const attributes = new Map([...of.attribute_proto.map((one) => [one.name ?? "", one] as const), ...given]);
    const versions = of.opset_import.length === 0 ? names.versions : versionsOf(source, of.opset_import);
    const inner: Names = { values, outer: null, depth: names.depth + 1, versions, attributes, place };
    this.runAll(withoutAbsent(of.node, absent), inner);
    return of.output.map((name) => this.lookUp(inner, name, place));
  }

  /** The outputs of a graph inside of a node, in a scope of its own. */
  private runInner(graph: Message<"Graph">, inputs: readonly Held[], names: Names, place: string): readonly Held[] {
    // Counted, too, where there are no nodes: a loop of nothing has to end.
    this.limits.enter(names.depth + 1);
    const { source } = this;
    if (graph.sparse_initializer.length > 0) throw refused(source, `has a sparse initializer in ${place}`);
    const what = `an initializer of ${place}`;
    const held =
      this.initializers.get(graph) ??
      new Map(graph.initializer.map((proto) => [proto.name ?? "", knownTensor(source, proto, what)]));
    this.initializers.set(graph, held);
    const values = new Map<string, Held>(held);
    graph.input.forEach(({ name = "" }, i) => {
      if (inputs[i] !== undefined) values.set(name, inputs[i]);
    });
    const inner: Names = { ...names, values, outer: names, depth: names.depth + 1, place };
    this.runAll(graph.node, inner);
    return graph.output.map(({ name: output = "" }) => this.lookUp(inner, output, place));
  }
}

/** Nodes of a function that was called without some inputs: they read none in their place. */
function withoutAbsent(nodes: readonly Message<"Node">[], absent: ReadonlySet<string>): readonly Message<"Node">[] {
  if (absent.size === 0) return nodes;
  return nodes.map((node) => ({ ...node, input: node.input.map((name) => (absent.has(name) ? "" : name)) }));
}
