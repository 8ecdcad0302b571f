/** What goes into a model, from its spec: one input or several, with names and shapes. */
import { checkKind } from "@adjoint/tensor";
import type { Path } from "../read/mistake.ts";
import type { InputSpec, ModelSpec } from "../read/model-spec.ts";
import type { UnclearSpec } from "./unclear.ts";

/** An input of a model. */
export interface PlannedInput {
  readonly name: string;
  readonly path: Path;
  readonly shape: readonly number[];
  readonly type: "float" | "labels";
}

/** An input of which no more is known than its name. */
export interface UnclearInput extends Pick<PlannedInput, "name" | "path"> {
  readonly shape: null;
}

/** The inputs of a spec by name. */
export function inputsOf(spec: Pick<ModelSpec, "input" | "inputs">): PlannedInput[] {
  checkKind("inputsOf", "spec", spec, typeof spec === "object" && spec !== null, "a spec");
  return unclearInputsOf(spec) as PlannedInput[];
}

/** The same of a spec whose inputs may not be understood. */
export function unclearInputsOf({
  input,
  inputs,
}: Pick<UnclearSpec, "input" | "inputs">): (PlannedInput | UnclearInput)[] {
  const one = (name: string, path: Path, spec: InputSpec | null): PlannedInput | UnclearInput => {
    if (spec === null) return { name, path, shape: null };
    return Array.isArray(spec)
      ? { name, path, shape: spec as readonly number[], type: "float" }
      : { name, path, type: "float", ...(spec as Exclude<InputSpec, readonly number[]>) };
  };
  if (input !== undefined) return [one("input", ["input"], input)];
  return Object.entries(inputs ?? {}).map(([name, spec]) => one(name, ["inputs", name], spec));
}
