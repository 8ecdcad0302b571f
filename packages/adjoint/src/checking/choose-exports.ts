/** Which exports of a file are checked, and which could be but are not. */
import type { CheckedModule, ModelSpec } from "@adjoint/nn";
import { SpecError } from "@adjoint/tensor";
import type { Exports } from "../arguments/load-module.ts";
import type { AnyOp } from "./samples.ts";

/** An export that can be checked, and the samples that the file gives for it. */
export interface Checkable {
  readonly name: string;
  readonly value: AnyOp | ModelSpec | CheckedModule | ((...xs: never[]) => unknown);
  /** What the file's export `samples` has for it; undefined where it has nothing. */
  readonly samples: unknown;
}

/** What could have been checked and was not. */
export interface Skipped {
  readonly name: string;
  readonly reason: string;
}

export function isOp(value: unknown): value is AnyOp {
  return typeof value === "function" && typeof (value as Partial<AnyOp>).definition?.forward === "function";
}

/** Whether a value is a model as data. */
export function isSpec(value: unknown): value is ModelSpec {
  if (!isObject(value) || specOf(value) !== null) return false;
  return "layers" in value && Array.isArray(value.layers) && ("input" in value || "inputs" in value);
}

/** The spec that a built model was made from; null for other modules. */
export function specOf(module: unknown): ModelSpec | null {
  const { toSpec } = module as { readonly toSpec?: unknown };
  return typeof toSpec === "function" ? (toSpec.call(module) as ModelSpec) : null;
}

function isObject(value: unknown): value is object {
  return value !== null && typeof value === "object";
}

/** A built model, a network with layers, or a layer. */
function isModule(value: unknown): value is CheckedModule {
  if (!isObject(value)) return false;
  const { forward, layers } = value as { readonly forward?: unknown; readonly layers?: unknown };
  return typeof forward === "function" || (isObject(layers) && !isSpec(value));
}

/** Why an export is not checked; null where it is. */
function reasonToSkip(value: unknown, samples: unknown): string | null {
  if (isOp(value) || isSpec(value)) return null;
  if (samples !== undefined) {
    return typeof value === "function" || isModule(value) ? null : "it has samples, but is nothing that can be checked";
  }
  if (typeof value === "function") {
    if ("layerKind" in value) return "a layer of your own: export a model that names it, and it is checked within";
    return "a function without samples";
  }
  return specOf(value) === null ? "a network or layer without samples" : null;
}

/**
 * Sorts the exports of a file.
 *
 * @param wanted the one export to check; all that can be, where it is undefined
 * @throws SpecError when there is nothing to check, or no export of that name
 */
export function chooseExports(path: string, exports: Exports, wanted: string | undefined) {
  const samples = (exports.samples ?? {}) as Readonly<Record<string, unknown>>;
  const checkable: Checkable[] = [];
  const skipped: Skipped[] = [];
  for (const [name, value] of Object.entries(exports)) {
    const given = Object.hasOwn(samples, name) ? samples[name] : undefined;
    const hasKind = isOp(value) || isSpec(value) || isModule(value) || typeof value === "function";
    if (name === "samples" || (!hasKind && given === undefined)) continue;
    const reason = reasonToSkip(value, given);
    if (reason === null) checkable.push({ name, value: value as Checkable["value"], samples: given });
    else skipped.push({ name, reason });
  }
  for (const name of Object.keys(samples)) {
    if (!Object.hasOwn(exports, name)) skipped.push({ name, reason: "there are samples, but no export of that name" });
  }
  if (wanted === undefined && checkable.length > 0) return { checkable, skipped };
  const found = checkable.find(({ name }) => name === wanted);
  if (found !== undefined) return { checkable: [found], skipped: [] };
  const names = Object.keys(exports).join(", ") || "nothing";
  const one = wanted === undefined ? "nothing to check" : `no op, function or model called ${wanted}`;
  throw SpecError.of("check", "FILE", names, "an op, a model, or a function, network or layer with samples", {
    problem: `${path} exports ${one}`,
    hint: `It exports ${names}. Make ops by defineOp and models by model({ … }).`,
  });
}
