/** Models from files: a spec as JSON or YAML, a module that exports one, or a saved model. */
import { stat } from "node:fs/promises";
import { extname } from "node:path";
import { readSafetensors } from "@adjoint/data";
import { build, loadModel, type Model, type ModelSpec, parseModelText, type Used } from "@adjoint/nn";
import { SpecError } from "@adjoint/tensor";
import { type DataEncoding, encodingFrom } from "../training/load-data.ts";
import { modelState, readCheckpoint } from "../training/run/checkpoint.ts";
import { runFile } from "../training/run/files.ts";
import { type DataSettings, readSettings } from "../training/run/settings.ts";
import { type Exports, importFile, longestSpec, moduleEndings, readTextFile, wrongEnding } from "./load-module.ts";

export const specEndings: readonly string[] = [".json", ".yaml", ".yml"];

/** A spec, and the layers and ops of the user's own that it names. */
export interface LoadedSpec {
  readonly spec: ModelSpec;
  readonly use: Used;
  readonly modules: readonly string[];
}

export function usable(exports: Exports): Used {
  return Object.values(exports).filter((value) => {
    const { layerKind, definition } = (typeof value === "function" ? value : {}) as Record<string, unknown>;
    return layerKind !== undefined || definition !== undefined;
  }) as unknown as Used;
}

/**
 * The layers and ops that modules export.
 * @throws SpecError for a module that exports none
 */
export async function loadUsed(paths: readonly string[]): Promise<Used> {
  const all: Used[number][] = [];
  for (const path of paths) {
    const found = usable(await importFile("use", path));
    if (found.length === 0) {
      throw SpecError.of("use", "FILE", path, "exports made by defineLayer or defineOp", {
        problem: `${path} exports no layer and no op`,
        hint: "Write export const scale = defineLayer({ … }).",
      });
    }
    all.push(...found);
  }
  return all;
}

/**
 * The spec in a file, valid.
 *
 * @param path  a .json, .yaml or .yml file; or a .ts, .mts, .js or .mjs module whose default export, or else export named
 *              `spec`, is it: layers and ops that the module exports beside it may be named in it
 * @param used  modules with layers and ops that the spec names
 * @throws SpecError naming the file when it cannot be read, has another ending, exports no spec, or is not valid
 */
export async function loadSpec(path: string, used: readonly string[] = []): Promise<LoadedSpec> {
  const use = await loadUsed(used);
  if (specEndings.includes(extname(path))) {
    const text = await readTextFile("loadSpec", path, longestSpec);
    return { spec: parseModelText(text, { file: path, use }), use, modules: used };
  }
  if (!moduleEndings.includes(extname(path))) {
    throw wrongEnding("loadSpec", path, [...specEndings, ...moduleEndings]);
  }
  const module = await importFile("loadSpec", path);
  const spec = module.default ?? module.spec;
  if (spec === null || typeof spec !== "object") {
    const received = `exports ${Object.keys(module).join(", ") || "nothing"}`;
    throw SpecError.of("loadSpec", "FILE", received, "a default export, or one named spec, made by model({ … })", {
      problem: `${path} exports no model spec`,
      hint: "Write export default model({ … }).",
    });
  }
  const own = usable(module);
  return { spec: spec as ModelSpec, use: [...use, ...own], modules: own.length === 0 ? used : [...used, path] };
}

/** Whether a path is the folder of a run. */
export async function isRun(path: string): Promise<boolean> {
  return (await stat(runFile(path, "settings")).catch(() => null))?.isFile() ?? false;
}

/** A trained model, and what is known of the data that it was trained on. */
export interface TrainedFile {
  /** Of a run as it is trained so far: that of the best epoch where it is kept. */
  readonly model: Model;
  /** How data became samples; null where the file does not say. */
  readonly encoding: DataEncoding | null;
  /** The data of a run; null for a model alone. */
  readonly data: DataSettings | null;
  /** Whether its parameters are the initial ones: of a spec, or of a run that did not begin. */
  readonly isUntrained: boolean;
}

/**
 * A trained model: the folder of a run, a saved model, or what {@link openModel} takes else.
 * @throws as {@link openModel}; SpecError, DataError for a folder with a broken run
 */
export async function openTrained(op: string, path: string, used: readonly string[] = []): Promise<TrainedFile> {
  if (!(await isRun(path))) {
    const model = await openModel(path, { used });
    const isSaved = extname(path) === ".safetensors";
    const encoding = isSaved ? encodingFrom((await readSafetensors(path)).metadata, path) : null;
    return { model, encoding, data: null, isUntrained: !isSaved };
  }
  const settings = await readSettings(op, path);
  const { spec, use } = await loadSpec(runFile(path, "spec"), [...settings.use, ...used]);
  const checkpoint = await readCheckpoint(op, path);
  const model = build(spec, { seed: settings.seed, use });
  if (checkpoint !== null) model.loadState(modelState(checkpoint, settings.keepBest));
  return { model, encoding: settings.encoding, data: settings.data, isUntrained: checkpoint === null };
}

/**
 * The model in a file: built from its spec, or as it was saved (.safetensors); or that of a run, as it is trained so far.
 * @throws as {@link loadSpec} and `loadModel`
 */
export async function openModel(
  path: string,
  options: { readonly seed?: number; readonly dtype?: "float32" | "float64"; readonly used?: readonly string[] } = {},
): Promise<Model> {
  const { seed = 0, dtype = "float32", used = [] } = options;
  if (await isRun(path)) return (await openTrained("openModel", path, used)).model;
  if (extname(path) === ".safetensors") return await loadModel(path, { seed, use: await loadUsed(used) });
  const readable = [...specEndings, ...moduleEndings, ".safetensors"];
  if (!readable.includes(extname(path))) throw wrongEnding("openModel", path, readable);
  const { spec, use } = await loadSpec(path, used);
  return build(spec, { seed, dtype, use });
}
