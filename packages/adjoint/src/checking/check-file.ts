/** Checks what a file exports: ops and functions by gradcheck on samples, models layer by layer. */
import { extname } from "node:path";
import { asVariable, type Variable, type VariableLike } from "@adjoint/autograd";
import { type GradcheckOptions, type GradcheckReport, gradcheck } from "@adjoint/gradcheck";
import {
  build,
  type CheckedModule,
  type CheckModuleOptions,
  checkModule,
  type Model,
  type ModelSpec,
  type ModuleReport,
  randomSamples,
  type Used,
} from "@adjoint/nn";
import { isFloat } from "@adjoint/tensor";
import { defined } from "@adjoint/tensor/internal";
import { type Exports, importFile, moduleEndings, problemOf, wrongEnding } from "../arguments/load-module.ts";
import { loadUsed, openModel, specEndings, usable } from "../arguments/load-spec.ts";
import { onnxLayer } from "../onnx/on-noise.ts";
import { onnxEnding, openOnnx } from "../onnx/open-onnx.ts";
import { type Checkable, chooseExports, isOp, isSpec, type Skipped } from "./choose-exports.ts";
import { type AnyOp, callOp, givenSamples, guessedSamples, type OpSample } from "./samples.ts";

export type ExportCheck = { readonly name: string; readonly ok: boolean } & (
  | { readonly kind: "op" | "function"; readonly reports: readonly GradcheckReport[] }
  | { readonly kind: "model"; readonly reports: readonly ModuleReport[] }
  /** It could not be checked: no inputs could be guessed, or it throws. */
  | { readonly kind: "failed"; readonly problem: string }
);

/** What was found for a file: plain JSON. */
export interface FileCheck {
  readonly ok: boolean;
  readonly file: string;
  readonly checks: readonly ExportCheck[];
  readonly skipped: readonly Skipped[];
}

export interface FileCheckOptions extends Pick<GradcheckOptions, "mode" | "order"> {
  /** Seed of everything random. Default 0. */
  readonly seed?: number;
  /** Samples of each op at the most, where the file gives no list. Default 4. */
  readonly count?: number;
  /** Modules with layers and ops of one's own, which a spec as text names. */
  readonly used?: readonly string[];
  readonly onProgress?: CheckModuleOptions["onProgress"];
}

/** Gradchecks an op at a sample, with respect to the inputs that it claims a derivative for. */
function checkOp(op: AnyOp, { inputs, attributes }: OpSample, options: GradcheckOptions): GradcheckReport {
  const { backward } = op.definition;
  const all = inputs.map((x, i) => asVariable("check", x, `input ${i}`));
  const places = all.flatMap((x, i) => {
    const rule = typeof backward === "function" ? backward(i) : backward[i];
    return isFloat(x.dtype) && rule === null ? [] : [i];
  });
  const f = (...xs: Variable[]): Variable => {
    const full: VariableLike[] = all.map((x) => x.value);
    places.forEach((place, k) => {
      full[place] = xs[k];
    });
    return callOp(op, full, attributes);
  };
  const names = places.map((i) => `input ${i}`);
  const checked = places.map((i) => all[i]);
  return gradcheck(f, checked, { ...options, names });
}

/** Checks a model made from a spec or a module: on the file's samples, `[x]` or `[x, t]`, or on a random batch. */
function checkModel(
  value: ModelSpec | CheckedModule,
  given: readonly OpSample[] | null,
  options: FileCheckOptions & { readonly use: Used },
) {
  const { seed = 0, mode, order, onProgress, use } = options;
  const module = isSpec(value) ? build(value, { seed, dtype: "float64", use }) : value;
  const settings = { seed, ...defined({ mode, order, onProgress }) };
  if (given !== null) {
    return given.map(({ inputs: [x, t] }) => checkModule(module, x, { ...settings, ...defined({ t }) }));
  }
  // Networks and layers without samples are not chosen: this is a model.
  const { x, t } = randomSamples(module as Model, 2, seed);
  return [checkModule(module, x, { ...settings, ...(t === null ? {} : { t }) })];
}

/** Checks one export; what it throws is a finding, too, and the others are checked all the same. */
async function checkExport(
  { name, value, samples }: Checkable,
  options: FileCheckOptions & { readonly only: boolean; readonly use: Used },
): Promise<ExportCheck> {
  const { seed = 0, count = 4, onProgress: _, used: __, use: ___, only, ...rest } = options;
  try {
    const given = samples === undefined ? null : await givenSamples(name, samples, count, seed);
    if (!isOp(value) && typeof value !== "function") {
      const reports = checkModel(value, given, options);
      return { name, kind: "model", ok: reports.every(({ ok }) => ok), reports };
    }
    const op = value as AnyOp;
    const reports = (given ?? guessedSamples(name, op, count, seed)).map((sample) =>
      isOp(value)
        ? checkOp(op, sample, { ...rest, seed })
        : gradcheck((...xs) => callOp(op, xs, sample.attributes), sample.inputs, { ...rest, seed }),
    );
    return { name, kind: isOp(value) ? "op" : "function", ok: reports.every(({ ok }) => ok), reports };
  } catch (error) {
    if (only) throw error;
    return { name, kind: "failed", ok: false, problem: problemOf(error) };
  }
}

/** What a file exports; a spec as text or a saved model is its only export. */
async function exportsOf(path: string, used: readonly string[], seed: number): Promise<Exports> {
  if (extname(path) === onnxEnding) {
    const { layer, x } = onnxLayer(await openOnnx(path, { dtype: "float64" }), seed);
    return { default: layer, samples: { default: [[x]] } };
  }
  const asModel = [...specEndings, ".safetensors"];
  if (moduleEndings.includes(extname(path))) return await importFile("check", path);
  if (!asModel.includes(extname(path))) throw wrongEnding("check", path, [...moduleEndings, ...asModel, onnxEnding]);
  return { default: await openModel(path, { dtype: "float64", used }) };
}

/**
 * Checks the gradients of what a file exports.
 *
 * @param target a file, or `FILE#export` for one of its exports: a module with ops (tried on the samples of its export
 *               `samples`, else on inputs that the shape rule accepts), functions that `samples` names, models, and
 *               networks and layers (whose samples are `[x]`, or `[x, t]` to check the loss, too); or a spec as JSON or YAML,
 *               or a saved model, or an ONNX file, in float64
 * @throws SpecError when there is nothing to check, or the one export that is asked for cannot be checked
 */
export async function checkFile(target: string, options: FileCheckOptions = {}): Promise<FileCheck> {
  const [path, wanted] = target.split("#");
  const exports = await exportsOf(path, options.used ?? [], options.seed ?? 0);
  const { checkable, skipped } = chooseExports(path, exports, wanted);
  // A module may hold the layers and ops of its own specs, and --use name others.
  const use = [...(await loadUsed(options.used ?? [])), ...usable(exports)];
  const checks: ExportCheck[] = [];
  for (const each of checkable) {
    checks.push(await checkExport(each, { ...options, use, only: wanted !== undefined }));
  }
  return { ok: checks.every(({ ok }) => ok), file: path, checks, skipped };
}
