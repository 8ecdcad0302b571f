/** An ONNX file as it is read: its graph, inputs, parameters and constants, checked before anything runs. */
import { Variable, variable } from "@adjoint/autograd";
import { checkBytes, dataName } from "@adjoint/data/internal";
import { checkKind, type DType, isFloat, maxAxes, type Shape, sameShape } from "@adjoint/tensor";
import { decodeMessage } from "../../messages/read.ts";
import type { Message } from "../../messages/schema.ts";
import type { Value } from "../nodes/values.ts";
import { settings } from "../ops/all.ts";
import { recognized } from "../recognize/recognize.ts";
import type { Recognized } from "../recognize/templates.ts";
import { dtypeOf, elementTypeOf } from "./element-types.ts";
import { externalFiles } from "./external.ts";
import { mostOutputs } from "./limits.ts";
import { type ExternalData, type OnnxSource, refused } from "./source.ts";
import { knownTensor } from "./tensors.ts";
import { checkSupported, functionKey, isSupported, mainDomain } from "./unsupported.ts";

/** How a file is read. */
export interface OnnxReadOptions {
  /** What errors call the file. Default: "the data". */
  readonly file?: string;
  /**
   * Element type of real numbers, those of half precision included: "float64" for gradient checks, whatever the file says.
   * Default "float32", where DOUBLE stays float64.
   */
  readonly dtype?: "float32" | "float64";
  /**
   * The contents of files in which this one keeps elements of tensors, by the names that {@link onnxExternalData} gives.
   * Default: none.
   */
  readonly externalData?: ExternalData;
  /**
   * Which initializers are parameters, so that gradients flow to them. Default: all of real numbers with at least one axis,
   * but for statistics and settings, such as the mean of BatchNormalization or the scales of Resize, and for single numbers
   * that others are multiplied with or divided by.
   */
  readonly isParameter?: (name: string, shape: Shape) => boolean;
}

/** One input of a graph. */
export interface OnnxInput {
  readonly name: string;
  /** Its lengths: a name where it is open, null where the file says nothing; null for an unknown number of axes. */
  readonly shape: readonly (number | string | null)[] | null;
  readonly dtype: DType;
}

/** A file that is ready to run. */
export interface OnnxFile {
  readonly source: OnnxSource;
  readonly graph: Message<"Graph">;
  readonly inputs: readonly OnnxInput[];
  readonly outputs: readonly string[];
  /** The versions of operator sets, by domain. */
  readonly versions: ReadonlyMap<string, number>;
  /** The functions of the file, by domain and name. */
  readonly functions: ReadonlyMap<string, Message<"Function">>;
  /** The parameters by name. */
  readonly params: Readonly<Record<string, Variable>>;
  /** All initializers by name. */
  readonly weights: ReadonlyMap<string, Value>;
  /** What was recognized, by the nodes that it ends in. */
  readonly recognized: ReadonlyMap<Message<"Node">, Recognized>;
  /** How many nodes the file has. */
  readonly size: number;
}

/** Versions of the operator set that are read. Attributes that later ones lack, such as `broadcast`, are refused. */
export const versions = { first: 1, last: 28 } as const;

/** Reads a file. @throws DataError naming the byte, the op or the tensor that cannot be read */
export function openOnnx(op: string, bytes: Uint8Array, options: OnnxReadOptions): OnnxFile {
  checkBytes(op, bytes);
  const { dtype = "float32", externalData = {} } = options;
  const isObject = typeof externalData === "object" && externalData !== null;
  checkKind(op, "externalData", externalData, isObject, "an object of Uint8Arrays by the names of their files");
  for (const [name, content] of Object.entries(externalData)) {
    checkBytes(op, content, `externalData[${JSON.stringify(name)}]`);
  }
  const source: OnnxSource = {
    op,
    name: dataName(op, options.file, "file"),
    real: dtype,
    bytes: bytes.length,
    external: externalFiles(externalData),
  };
  const model = decodeMessage("Model", bytes, source);
  if (model.graph === undefined || (model.graph.node.length === 0 && model.graph.output.length === 0)) {
    throw refused(source, "has no graph", { hint: "Pass an ONNX model, as torch.onnx.export writes it." });
  }
  const size = model.graph.node.length + model.functions.reduce((n, { node }) => n + node.length, 0);
  const outputs = model.graph.output.map(({ name }) => name ?? "");
  if (outputs.length > mostOutputs)
    throw refused(source, `has ${outputs.length} outputs`, { expected: `at most ${mostOutputs}` });
  const { graph, found: ends } = recognized(source, model.graph, model.producer_name);
  const functions = functionsOf(source, model.functions);
  const found = versionsOf(source, model.opset_import);
  checkSupported(source, graph, functions);
  if (graph.sparse_initializer.length > 0) {
    const name = graph.sparse_initializer[0].values?.name ?? "";
    throw refused(source, `has the sparse initializer "${name}"`, { hint: "Store weights as dense tensors." });
  }
  const { params, weights } = weightsOf(source, graph, options.isParameter);
  checkInputs(source, graph, weights);
  return {
    source,
    graph,
    inputs: graph.input.filter(({ name }) => !weights.has(name ?? "")).map((input) => inputOf(source, input)),
    outputs,
    versions: found,
    functions,
    params,
    weights,
    recognized: ends,
    size,
  };
}

/** The functions of a file. Which of two counts, or of one and an op, is open: each has a name of its own. */
function functionsOf(
  source: OnnxSource,
  all: readonly Message<"Function">[],
): ReadonlyMap<string, Message<"Function">> {
  const found = new Map<string, Message<"Function">>();
  for (const one of all) {
    const key = functionKey(one.domain, one.name);
    const isOp = mainDomain(one.domain) === "" && isSupported(one.name ?? "");
    if (found.has(key) || isOp) throw refused(source, `has two ops or functions "${one.name ?? ""}"`);
    found.set(key, one);
  }
  return found;
}

/** The versions of operator sets by domain. @throws DataError for one that is too old or too new */
export function versionsOf(source: OnnxSource, imports: readonly Message<"OperatorSetId">[]): Map<string, number> {
  const found = new Map(imports.map(({ domain, version }) => [mainDomain(domain), version ?? 1]));
  const version = found.get("");
  if (version !== undefined && !(version >= versions.first && version <= versions.last)) {
    throw refused(source, `is written in version ${version} of ONNX's operators`, {
      expected: `a version from ${versions.first} to ${versions.last}`,
      received: String(version),
      hint: "Convert it with onnx.version_converter, or export it with another opset_version.",
    });
  }
  return found;
}

function inputOf(source: OnnxSource, { name = "", type }: Message<"ValueInfo">): OnnxInput {
  const tensor = type?.tensor_type;
  if (tensor === undefined) {
    throw refused(source, `has the input "${name}", which is no tensor`, { hint: "Sequences and maps are not read." });
  }
  const element = elementTypeOf(source, tensor.elem_type ?? 0, `the input "${name}"`);
  const count = tensor.shape?.dim.length ?? 0;
  if (count > maxAxes)
    throw refused(source, `gives the input "${name}" ${count} axes`, { expected: `at most ${maxAxes}` });
  const shape = tensor.shape?.dim.map(({ dim_value, dim_param }) => dim_value ?? (dim_param || null)) ?? null;
  const wrong = shape?.find((n) => typeof n === "number" && (!Number.isSafeInteger(n) || n < 0));
  if (wrong !== undefined) throw refused(source, `gives the input "${name}" an axis of length ${wrong}`);
  return { name, shape, dtype: dtypeOf(source, element) };
}

/** @throws DataError for two inputs of one name, and for an initializer that is not what the input of its name says */
function checkInputs(source: OnnxSource, { input }: Message<"Graph">, weights: ReadonlyMap<string, Value>): void {
  const names = new Set<string>();
  for (const one of input) {
    const { name = "" } = one;
    if (names.has(name)) throw refused(source, `has two inputs "${name}"`);
    names.add(name);
    const weight = weights.get(name);
    if (weight === undefined) continue;
    const { shape, dtype } = inputOf(source, one);
    const held = weight instanceof Variable ? weight : weight.tensor;
    const expected = shape?.map((n, i) => (typeof n === "number" ? n : held.shape[i]));
    const isSame = expected === undefined || sameShape(expected, held.shape);
    const isWide = !(weight instanceof Variable) && weight.isWide;
    if (!isSame || !(isWide || dtype === held.dtype)) {
      throw refused(source, `gives the initializer "${name}" another shape or type than the input of its name`);
    }
  }
}

/** The names of initializers that are settings or statistics, and of those that are something else, too. */
function usesOf({ node: nodes, initializer }: Message<"Graph">) {
  const names = new Set(initializer.map(({ name = "" }) => name));
  const fixed = new Set<string>();
  const learned = new Set<string>();
  for (const { op_type = "", input } of nodes) {
    const places = Object.hasOwn(settings, op_type) ? settings[op_type] : [];
    for (const i of places) if (input[i] !== undefined) fixed.add(input[i]);
    // Exporters write the scale of attention, say, as a factor.
    if (!factors.has(op_type)) for (const name of input) if (names.has(name)) learned.add(name);
  }
  return { fixed, learned };
}

/** Ops whose single numbers are scales rather than parameters. */
const factors: ReadonlySet<string> = new Set(["Mul", "Div", "Pow"]);

function weightsOf(source: OnnxSource, graph: Message<"Graph">, isParameter: OnnxReadOptions["isParameter"]) {
  const { fixed, learned } = usesOf(graph);
  const params: [string, Variable][] = [];
  const weights = new Map<string, Value>();
  for (const proto of graph.initializer) {
    const { name = "" } = proto;
    const known = knownTensor(source, proto, `the initializer "${name}"`);
    const { shape, dtype } = known.tensor;
    const isReal = isFloat(dtype) && !known.isWide;
    const isScale = known.tensor.size === 1 && !learned.has(name);
    const isLearned = shape.length > 0 && !isScale && !fixed.has(name);
    const isOne = isParameter === undefined ? isLearned : isParameter(name, shape);
    if (weights.has(name)) throw refused(source, `has two initializers "${name}"`);
    const value = isReal && isOne ? variable(known.tensor, { name }) : known;
    weights.set(name, value);
    if (value instanceof Variable) params.push([name, value]);
  }
  return { params: Object.fromEntries(params), weights };
}
