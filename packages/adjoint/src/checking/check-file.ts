/**
 * Checks what a file exports: ops and functions by gradcheck on samples, models layer by layer.
 */
import { extname } from "node:path";
import {
  asVariable,
  type GradcheckOptions,
  type GradcheckReport,
  gradcheck,
  type Variable,
  type VariableLike,
} from "@adjoint/autograd";
import { build, type CheckModuleOptions, checkModule, type ModelSpec, type ModuleReport } from "@adjoint/nn";
import { isFloat, rng, SpecError } from "@adjoint/tensor";
import { type Exports, importFile, readJsonFile } from "../commands/load-module.ts";
import { type AnyOp, callOp, givenSamples, guessedSamples, type OpSample } from "./samples.ts";

/** What was found for one export. */
export type ExportCheck =
  | {
      readonly name: string;
      readonly kind: "op" | "function";
      readonly ok: boolean;
      readonly reports: readonly GradcheckReport[];
    }
  | { readonly name: string; readonly kind: "model"; readonly ok: boolean; readonly report: ModuleReport };

/** What was found for a file: plain JSON. */
export interface FileCheck {
  readonly ok: boolean;
  readonly file: string;
  readonly checks: readonly ExportCheck[];
}

/** How a file is checked. */
export interface FileCheckOptions extends Pick<GradcheckOptions, "mode" | "order"> {
  /** Seed of everything random. Default 0. */
  readonly seed?: number;
  /** Samples of each op at the most, where the file gives no list. Default 4. */
  readonly count?: number;
  readonly onProgress?: CheckModuleOptions["onProgress"];
}

function isOp(value: unknown): value is AnyOp {
  return typeof value === "function" && typeof (value as Partial<AnyOp>).definition?.forward === "function";
}

function isSpec(value: unknown): value is ModelSpec {
  return value !== null && typeof value === "object" && "layers" in value && "input" in value && "loss" in value;
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
  return gradcheck(
    f,
    places.map((i) => all[i]),
    { ...options, names },
  );
}

/** The exports to check: those that were asked for, or all that can be. */
function chosen(path: string, exports: Exports, wanted: string | undefined): [string, unknown][] {
  const samples = (exports.samples ?? {}) as Readonly<Record<string, unknown>>;
  const isCheckable = ([name, value]: [string, unknown]): boolean =>
    isOp(value) || isSpec(value) || (typeof value === "function" && name in samples);
  const entries = Object.entries(exports).filter(isCheckable);
  if (wanted === undefined && entries.length > 0) return entries;
  const entry = entries.find(([name]) => name === wanted);
  if (entry !== undefined) return [entry];
  const names = Object.keys(exports).join(", ") || "nothing";
  throw new SpecError({
    op: "check",
    problem:
      wanted === undefined
        ? `${path} exports nothing to check`
        : `${path} exports no op, function or model called ${wanted}`,
    argument: "FILE",
    expected: "ops made by defineOp, models made by model({ … }), or functions with samples",
    received: names,
    hint: `It exports ${names}. A function is checked where samples has inputs for it.`,
  });
}

/**
 * Checks the gradients of what a file exports.
 *
 * @param target a file, or `FILE#export` for one of its exports: a module with ops (tried on the samples of its export
 *               `samples`, else on inputs that the shape rule accepts), functions that `samples` names, and models; or a
 *               model as JSON
 * @throws SpecError when there is nothing to check, or no samples can be guessed
 */
export async function checkFile(target: string, options: FileCheckOptions = {}): Promise<FileCheck> {
  const { seed = 0, count = 4, onProgress, ...rest } = options;
  const [path, wanted] = target.split("#");
  const exports: Exports =
    extname(path) === ".json" ? { default: await readJsonFile("check", path) } : await importFile("check", path);
  const samples = (exports.samples ?? {}) as Readonly<Record<string, unknown>>;
  const checks: ExportCheck[] = [];
  for (const [name, value] of chosen(path, exports, wanted)) {
    if (isSpec(value)) {
      const net = build(value, { seed, dtype: "float64" });
      const x = rng(seed).normal([2, ...value.input], { dtype: "float64" });
      const report = checkModule(net, x, { ...rest, seed, ...(onProgress === undefined ? {} : { onProgress }) });
      checks.push({ name, kind: "model", ok: report.ok, report });
      continue;
    }
    const given = samples[name];
    const list =
      given === undefined
        ? guessedSamples(name, value as AnyOp, count, seed)
        : await givenSamples(name, given, count, seed);
    const reports = list.map((sample) =>
      isOp(value)
        ? checkOp(value, sample, { ...rest, seed })
        : gradcheck((...xs) => callOp(value as AnyOp, xs, sample.attributes), sample.inputs, { ...rest, seed }),
    );
    checks.push({ name, kind: isOp(value) ? "op" : "function", ok: reports.every(({ ok }) => ok), reports });
  }
  return { ok: checks.every(({ ok }) => ok), file: path, checks };
}
