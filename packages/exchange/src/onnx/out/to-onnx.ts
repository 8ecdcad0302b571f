/** toOnnx: models, functions, programs and graphs as ONNX files. */
import { Graph } from "@adjoint/autograd";
import { type Program, trace } from "@adjoint/compiler";
import type { Bytes } from "@adjoint/data";
import { inputsOf, LayeredNetwork, Model } from "@adjoint/nn";
import { checkInteger, checkOneOf, checkOptions, SpecError } from "@adjoint/tensor";
import type { OnnxModel } from "../in/onnx-model.ts";
import { batches, type Compute, lengths, type OpenInput, ofAnyLength, ofLengths } from "./any-length.ts";
import type { OpenAxis } from "./emitter.ts";
import { encodeFile, type Opset, opsets } from "./file.ts";
import { checkNames, type Named, namedGraph, namedProgram } from "./names.ts";
import { opsetOfBits } from "./ops/random.ts";
import { writeGraph } from "./write-graph.ts";

/** Options of {@link toOnnx}, whatever is written. */
export interface OnnxOptions {
  /**
   * The version of ONNX's operators, 17 to 21. Default 17; 18 for what draws random numbers, which needs operators on bits.
   */
  readonly opset?: Opset;
  /** Texts to keep in the file, as its metadata_props. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/** Options of {@link toOnnx} for a model. */
export interface ModelOnnxOptions extends OnnxOptions {
  /** How many samples the file takes at a time: any number, the default, or always as many. */
  readonly batch?: number | "any";
}

/** Options of {@link toOnnx} for a program or a graph. */
export interface GraphOnnxOptions extends OnnxOptions {
  /** The names of the inputs, in order. Default: those of the arguments, or `input_0`, `input_1`, … */
  readonly inputs?: readonly string[];
  /** The names of what is returned, in order. Default: `output`, or `output_0`, `output_1`, … */
  readonly outputs?: readonly string[];
}

/** Options of {@link toOnnx} for a function. */
export interface FunctionOnnxOptions extends GraphOnnxOptions {
  /** Arguments of the shapes and dtypes that the file is for; their values are not read. */
  readonly examples: readonly unknown[];
}

/** The name of the spec in the metadata of a file, as in files of saveModel. */
const SPEC = "adjoint.model";

/**
 * Writes a model as an ONNX file for prediction.
 *
 * Inputs and outputs have the names of the spec, and the batch any size unless `batch` says otherwise. Parameters are the
 * file's initializers, under their own names. The spec is in the metadata, so that the model can be built again.
 *
 * ```ts
 * await writeFile("digits.onnx", toOnnx(net));
 * ```
 *
 * @throws GraphError naming every op that ONNX has not, or for weights of more than 1 GiB, or for a model whose batch does
 *         not stay an axis; SpecError for wrong options
 */
export function toOnnx(model: Model | LayeredNetwork, options?: ModelOnnxOptions): Bytes;
/**
 * Writes a network that came from an ONNX file, with the parameters that it has now and the open axes that the file names. */
export function toOnnx(model: OnnxModel, options?: OnnxOptions): Bytes;
/**
 * Writes a function of Variables, for arguments of the shapes of `examples`. Parameters that it reads are constants of the
 * file. A function that changes Variables, as a training step does, becomes what its {@link Program} becomes.
 */
export function toOnnx(fn: (...args: never[]) => unknown, options: FunctionOnnxOptions): Bytes;
/**
 * Writes a program or a graph.
 *
 * A program that changes its states, as a training step does, becomes a graph from inputs and states to outputs and next
 * states. A state `W1` is an input of that name and an output `W1.next`; a gradient is `W1.grad`, and `W1.grad.next`. The
 * values to start with are those of `programState(program)`, under the same names. The state of a generator of random numbers is
 * [key, counter], float64, and what is drawn is what the library draws. Checks of values are not part of a file.
 *
 * A graph has its named leaves as inputs, unless they are parameters; gradients are outputs, named `x.grad`.
 */
export function toOnnx(x: Program | Graph, options?: GraphOnnxOptions): Bytes;
export function toOnnx(
  x: Model | LayeredNetwork | OnnxModel | Program | Graph | ((...args: never[]) => unknown),
  options: ModelOnnxOptions & Partial<FunctionOnnxOptions> = {},
): Bytes {
  if (x instanceof Model || x instanceof LayeredNetwork) {
    checkOptions("toOnnx", options, ["opset", "metadata", "batch"]);
    return ofModel(x, options);
  }
  if (isOnnxModel(x)) {
    checkOptions("toOnnx", options, ["opset", "metadata"]);
    return ofOnnxModel(x, options);
  }
  const isFunction = typeof x === "function";
  const known = ["opset", "metadata", "inputs", "outputs"];
  checkOptions("toOnnx", options, isFunction ? [...known, "examples"] : known);
  if (x instanceof Graph) return encoded(namedGraph(x), options);
  if (isFunction) return encoded(namedProgram(trace(x as () => unknown, ...(examplesOf(options) as []))), options);
  const { graph, states } = (x ?? {}) as Partial<Program>;
  if (graph instanceof Graph && Array.isArray(states)) return encoded(namedProgram(x as Program), options);
  throw SpecError.of("toOnnx", "x", x, "a model, a function, a Program or a Graph", {
    hint: "Build specs first, toOnnx(build(spec)); pass functions with examples, toOnnx(fn, { examples: [x] }).",
  });
}

/** Whether something is what {@link onnxModel} gives: told by what it has, so that writing needs nothing of reading. */
const isOnnxModel = (x: unknown): x is OnnxModel =>
  typeof x === "object" && x !== null && "outputNames" in x && "outputs" in x && "nodes" in x;

/** The arguments that a function is traced on. */
function examplesOf({ examples }: Partial<FunctionOnnxOptions>): readonly unknown[] {
  if (Array.isArray(examples)) return examples;
  throw SpecError.of("toOnnx", "examples", examples, "a list of arguments", {
    hint: "Pass what the function is called with: toOnnx(fn, { examples: [x, t] }).",
  });
}

function ofModel(net: Model | LayeredNetwork, options: ModelOnnxOptions): Bytes {
  const { batch = "any", metadata = {} } = options;
  if (batch !== "any") checkInteger("toOnnx", "batch", batch, 1);
  if (Object.hasOwn(metadata, SPEC)) {
    const problem = `the metadata has an entry "${SPEC}", which is the spec's`;
    throw new SpecError({ op: "toOnnx", problem, argument: "metadata" });
  }
  const { inputs, outputs, compute } = net instanceof Model ? ofSpec(net) : ofBook(net);
  const isOpen = inputs.some(({ shape }) => shape.includes(LENGTH));
  const hint = isOpen
    ? "Build the spec with the length in its input, load the state of this model into it, and export that."
    : "Write it for a fixed number of samples: toOnnx(net, { batch: 1 }).";
  const own =
    batch === "any"
      ? inputs
      : inputs.map(({ shape, ...input }) => ({ ...input, shape: shape.map((n) => (n === BATCH ? batch : n)) }));
  const sizes = batch === "any" ? batches : lengths;
  const { program, open } =
    batch === "any" || isOpen
      ? ofAnyLength("toOnnx", compute, own, sizes, hint)
      : { program: ofLengths(compute, own, {}), open: [] };
  const named = namedProgram(program, { inputs: inputs.map(({ name }) => name), outputs });
  const spec = { [SPEC]: JSON.stringify(net.toSpec()) };
  return encoded(named, { ...options, metadata: { ...spec, ...metadata } }, open);
}

/** The names of open axes: the first of inputs, and those whose length changes from batch to batch. */
const [BATCH, LENGTH] = ["batch", "length"];

const batchOf = (shape: readonly number[]): (number | string)[] => [BATCH, ...shape.map((n) => (n < 0 ? LENGTH : n))];

/** What was read from a file, with the open axes that it had there. */
function ofOnnxModel(net: OnnxModel, options: OnnxOptions): Bytes {
  const inputs = net.inputs.map(({ name, shape, dtype }): OpenInput => {
    if (shape === null) {
      throw SpecError.of("toOnnx", "model", undefined, `a shape of "${name}"`, {
        problem: `the file does not say how many axes "${name}" has`,
        hint: "Write its graph for shapes: toOnnx(model.graph({ shapes })).",
      });
    }
    return { name, dtype, shape: shape.map((n, axis) => n ?? `${name}_${axis}`) };
  });
  const compute: Compute = (xs) => {
    const outputs = net.outputs(Object.fromEntries(inputs.map(({ name }, i) => [name, xs[i]])));
    return net.outputNames.map((name) => outputs[name]);
  };
  const hint = "Write its graph for lengths that are known: toOnnx(model.graph({ dims })).";
  const { program, open } = ofAnyLength("toOnnx", compute, inputs, lengths, hint);
  const named = namedProgram(program, { inputs: inputs.map(({ name }) => name), outputs: net.outputNames });
  return encoded(named, options, open);
}

/** What a network is as a function of batches. */
interface Predictor {
  readonly inputs: readonly OpenInput[];
  readonly outputs: readonly string[];
  readonly compute: Compute;
}

function ofSpec(net: Model): Predictor {
  const { inputs, outputLayers } = net;
  return {
    inputs: inputs.map(({ name, shape, type }) => ({
      name,
      shape: batchOf(shape),
      dtype: type === "float" ? net.dtype : "int32",
    })),
    outputs: outputLayers.map(({ name }) => name),
    compute: (xs) => {
      const batches = Object.fromEntries(inputs.map(({ name }, i) => [name, xs[i]]));
      const values = net.outputs(batches, { train: false });
      return outputLayers.map(({ name }) => values[name]);
    },
  };
}

function ofBook(net: LayeredNetwork): Predictor {
  const [{ name, shape }] = inputsOf(net.toSpec());
  const { dtype } = Object.values(net.params)[0];
  return {
    inputs: [{ name, shape: batchOf(shape), dtype }],
    outputs: ["scores"],
    compute: ([x]) => [net.predict(x, { train: false })],
  };
}

/** The bytes of what has names. */
function encoded(
  named: Named,
  { opset, metadata = {}, inputs, outputs }: GraphOnnxOptions,
  open: readonly OpenAxis[] = [],
): Bytes {
  const { graph } = named;
  if (opset !== undefined) checkOneOf("toOnnx", "opset", opset, opsets);
  checkMetadata(metadata);
  const draws = graph.nodes.some(({ op }) => op?.startsWith("random"));
  const version: Opset = opset ?? (draws ? opsetOfBits : 17);
  const { given, returned } = checkNames(named, inputs, outputs);
  const names = { inputs: given, outputs: returned };
  const message = writeGraph(graph, {
    op: "toOnnx",
    opset: version,
    batch: null,
    open,
    values: named.values,
    ...names,
  });
  return encodeFile(message, version, metadata);
}

function checkMetadata(metadata: unknown): void {
  const isText =
    typeof metadata === "object" && Object.values(metadata ?? {}).every((text) => typeof text === "string");
  if (isText) return;
  throw SpecError.of("toOnnx", "metadata", metadata, "a record of strings");
}
