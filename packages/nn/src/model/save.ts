/** Models in files: one safetensors file holds parameters and running statistics, and the spec in its metadata. */
import {
  type Bytes,
  decodeSafetensors,
  encodeSafetensors,
  readSafetensors,
  type Safetensors,
  writeSafetensors,
} from "@adjoint/data";
import { AdjointError, calledAs, checkOptions, DataError, SpecError } from "@adjoint/tensor";
import { ModelSpecError } from "../read/mistake.ts";
import { parseModelText } from "../read/text/parse-model-text.ts";
import { type BuildOptions, build } from "./build.ts";
import { checkModel } from "./check-model.ts";
import type { Model } from "./model.ts";

/** The name of the spec in the metadata. */
export const SPEC = "adjoint.model";

/** In a file with all states of a training step, those of the optimizer too: the dtype of the model's. */
const STATES = "adjoint.states";

/** Options of {@link saveModel}. */
export interface SaveModelOptions {
  /** Texts to keep beside the spec, such as the accuracy that was reached. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/** Options of {@link loadModel}. */
export type LoadModelOptions = Omit<BuildOptions, "dtype">;

/**
 * The metadata of a file with all states of a training step, such as `toJax` writes and JAX goes on with: by them
 * {@link loadModel} finds the model in it, whatever else is there.
 */
export function statesMetadata(net: Model): Record<string, string> {
  checkModel("statesMetadata", net);
  return { [SPEC]: JSON.stringify(net.toSpec()), [STATES]: net.dtype };
}

/**
 * The bytes of a model as {@link saveModel} writes them, for places without files.
 * @throws SpecError unless net is a model; also when metadata has an entry for the spec
 */
export function encodeModel(net: Model, options: SaveModelOptions = {}): Bytes {
  checkModel("encodeModel", net);
  return encodeSafetensors(net.state(), { metadata: metadataOf("encodeModel", net, options) });
}

/**
 * The model in bytes of {@link encodeModel}, for places without files.
 * @throws as {@link loadModel}
 */
export function decodeModel(bytes: Uint8Array, options: LoadModelOptions = {}): Model {
  const file = calledAs("decodeModel", () => decodeSafetensors(bytes));
  return modelOf("decodeModel", "the bytes", file, options);
}

/**
 * Writes a model into a file: its parameters and running statistics as safetensors, which other programs read, its spec as
 * JSON in the metadata. The file is there whole, or as it was before.
 *
 * @param path usually `….safetensors`
 * @throws DataError when the file cannot be written
 */
export async function saveModel(net: Model, path: string | URL, options: SaveModelOptions = {}): Promise<void> {
  checkModel("saveModel", net);
  const metadata = metadataOf("saveModel", net, options);
  await withFiles("saveModel", "encodeModel(net) gives the bytes, to download or to keep.", () =>
    writeSafetensors(path, net.state(), { metadata }),
  );
}

/**
 * Reads a model that {@link saveModel} wrote: built from its spec, with its parameters, running statistics and dtype.
 *
 * @param path    where the file is
 * @param options `use` for layers and ops of one's own; `seed` for dropout; `maxParameters`
 * @throws DataError when the file is not a safetensors file or has no spec; ModelSpecError, SpecError or ShapeError when
 *         its spec is not valid or does not fit its tensors
 */
export async function loadModel(path: string | URL, options: LoadModelOptions = {}): Promise<Model> {
  const hint = "Fetch the bytes, and pass them to decodeModel(bytes).";
  const file = await withFiles("loadModel", hint, () => readSafetensors(path));
  return modelOf("loadModel", String(path), file, options);
}

/** Reads or writes a file as `op`; in a browser, which has none, says what does without. */
export async function withFiles<Result>(op: string, hint: string, run: () => Promise<Result>): Promise<Result> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof AdjointError)) throw error;
    if (error.problem !== "there are no files here") throw error.calledAs(op);
    const { problem, expected, received } = error;
    throw new SpecError({ op, problem, ...(expected && { expected }), ...(received && { received }), hint });
  }
}

function metadataOf(op: string, net: Model, options: SaveModelOptions): Record<string, string> {
  checkOptions(op, options, ["metadata"]);
  const { metadata = {} } = options;
  if (Object.hasOwn(metadata, SPEC)) {
    throw SpecError.of(op, "metadata", SPEC, "other names", {
      problem: `metadata holds "${SPEC}", the name of the spec`,
      hint: "Leave it out: the spec is always saved.",
    });
  }
  return { ...metadata, [SPEC]: JSON.stringify(net.toSpec()) };
}

function modelOf(op: string, file: string, { tensors, metadata }: Safetensors, options: LoadModelOptions): Model {
  checkOptions(op, options, ["seed", "use", "maxParameters", "frozen"]);
  if (!Object.hasOwn(metadata, SPEC)) {
    const found = `metadata ${Object.keys(metadata).join(", ") || "without entries"}`;
    throw DataError.of(op, "path", found, `metadata with "${SPEC}"`, {
      problem: `${file} holds tensors but no spec`,
      hint: "Build the model from its spec, and take the weights by loadWeights(net, tensors, { names }).",
    });
  }
  const { use } = options;
  const place = `${file}, the spec in its metadata`;
  try {
    const spec = parseModelText(metadata[SPEC], { format: "json", file: place, ...(use === undefined ? {} : { use }) });
    const isPart = Object.hasOwn(metadata, STATES);
    const isDouble = isPart
      ? metadata[STATES] === "float64"
      : Object.values(tensors).some((x) => x.dtype === "float64");
    const net = build(spec, { ...options, dtype: isDouble ? "float64" : "float32" });
    const own = net.state();
    // What else a step has is the optimizer's; what is missing of the model's own is told.
    const entries = Object.entries(tensors).filter(([name]) => !isPart || Object.hasOwn(own, name));
    net.loadState(Object.fromEntries(entries));
    return net;
  } catch (error) {
    // Places in the metadata mean nothing to people: the file does.
    if (!(error instanceof ModelSpecError)) throw error;
    throw new ModelSpecError(
      error.mistakes.map(({ line: _, column: __, ...mistake }) => mistake),
      { file: place },
    );
  }
}
