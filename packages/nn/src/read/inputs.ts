/** The inputs of a spec: whether each has the form of a shape, or of a shape and a type; and all of them by name. */
import { checkKind } from "@adjoint/tensor";
import { layerName } from "../layers/kind/options.ts";
import type { UnclearSpec } from "../plan/unclear.ts";
import type { Notes } from "./mend.ts";
import type { Path } from "./mistake.ts";
import { type InputSpec, inputRule, type ModelSpec, shape, typedInput } from "./model-spec.ts";
import { isObject } from "./plain.ts";
import { shown } from "./words.ts";

/** The inputs; null where they were not understood. */
export function readInputs(
  { input, inputs }: Readonly<Record<string, unknown>>,
  notes: Notes,
): Pick<UnclearSpec, "input" | "inputs"> {
  if (input === undefined && inputs === undefined) {
    notes.add({
      path: ["input"],
      problem: "input is missing",
      hint: "Give the shape of one sample: input: [1, 28, 28].",
    });
  }
  if (input !== undefined && inputs !== undefined) {
    notes.add({
      path: ["inputs"],
      problem: "input and inputs are both given",
      hint: "Use inputs for several, input for one.",
    });
  }
  const only = input === undefined ? null : readInput(input, ["input"], notes);
  if (!isObject(inputs)) return { input: only };
  const byName = Object.entries(inputs).map(([name, of]) => {
    if (layerName.safeParse(name).success) return [name, readInput(of, ["inputs", name], notes)] as const;
    const problem = `the input name ${shown(name)} may only have letters, digits, _ and -`;
    notes.add({ path: ["inputs", name], problem });
    return [name, null] as const;
  });
  return { inputs: Object.fromEntries(input === undefined ? byName : [...byName, ["input", null]]) };
}

/** An input, or null where it was not understood. */
function readInput(value: unknown, path: Path, notes: Notes): InputSpec | null {
  const before = notes.mistakes.length;
  if (Array.isArray(value)) notes.read(shape, value, path, []);
  else if (isObject(value)) notes.read(typedInput, value, path, ["shape", "type"]);
  else notes.add({ path, problem: `${path.join(".")} is ${shown(value)}; it ${inputRule.error}` });
  return notes.mistakes.length === before ? (value as InputSpec) : null;
}

/** An input of a model. */
export interface PlannedInput {
  readonly name: string;
  readonly path: Path;
  /** The shape of one sample; −1 for a length that may change from batch to batch. */
  readonly shape: readonly number[];
  readonly type: "float" | "labels";
}

/** An input with an unknown shape. */
export interface UnclearInput extends Pick<PlannedInput, "name" | "path"> {
  readonly shape: null;
}

/** The inputs of a spec, in order: each with its name, the shape of one example, and whether it takes labels. */
export function inputsOf(spec: Pick<ModelSpec, "input" | "inputs">): PlannedInput[] {
  checkKind("inputsOf", "spec", spec, typeof spec === "object" && spec !== null, "a spec");
  return unclearInputsOf(spec) as PlannedInput[];
}

/** The inputs of a spec with placeholders. */
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
