/** The plan of a model: its steps with their shapes, before any number is computed. */
import { formatShape, sameShape } from "@adjoint/tensor";
import type { SampleSpec } from "../layers/kind/layer-kind.ts";
import type { Registry } from "../layers/registry.ts";
import type { PlannedInput } from "../read/inputs.ts";
import type { Mistake } from "../read/mistake.ts";
import { channelsFirst } from "./channels-last.ts";
import { expand } from "./expand.ts";
import { Inference, type Inferred, isMistake, placeOf } from "./infer.ts";
import { anyLength, changing, changingParameter, lengthsFor, withLength } from "./lengths.ts";
import { lossMistakes } from "./losses.ts";
import { nearestFix } from "./repair.ts";
import { type Expansion, type Step, UNKNOWN } from "./steps.ts";
import type { UnclearSpec } from "./unclear.ts";

/** A step with its shapes, those of one sample; −1 for lengths that may change. */
export interface PlannedStep extends Step, Inferred {
  readonly inputs: readonly SampleSpec[];
  /** The inputs that it was planned with, in which all lengths are known. */
  readonly example: readonly SampleSpec[];
}

/** A model that fits together. */
export interface Plan {
  readonly inputs: readonly PlannedInput[];
  readonly steps: readonly PlannedStep[];
  readonly outputs: readonly PlannedOutput[];
}

/** A value that the model gives. */
export interface PlannedOutput extends SampleSpec {
  readonly name: string;
  readonly value: number;
}

/**
 * The plan of a spec whose form is right, or its mistakes: names, wiring, shapes, losses. After a layer that does not fit,
 * planning goes on as if its nearest fix had been made.
 */
export function plan(spec: UnclearSpec, registry: Registry): Plan | readonly Mistake[] {
  const expansion = expand(spec, registry);
  const lengths = lengthsFor(spec, expansion);
  if (lengths === null) return planOf(spec, expansion, registry);
  const plans = lengths.map((length) => {
    const found = planOf(spec, withLength(expansion, length), registry);
    return Array.isArray(found) ? found.map((mistake) => anyLength(mistake, length)) : (found as Plan);
  });
  for (const found of plans) if (Array.isArray(found)) return found;
  return merged(expansion, ...(plans as [Plan, Plan]));
}

/** A plan in which lengths may change, from two plans with other lengths; or parameters that depend on them. */
function merged(expansion: Expansion, first: Plan, second: Plan): Plan | readonly Mistake[] {
  const steps = first.steps.map((step, i) => {
    const other = second.steps[i];
    return {
      ...step,
      inputs: step.inputs.map((input, k) => changing(input, other.inputs[k])),
      output: changing(step.output, other.output),
    };
  });
  const mistakes = first.steps.map((step, i) => changingParameter(step, step, second.steps[i]));
  const found = mistakes.filter((mistake) => mistake !== null);
  if (found.length > 0) return found;
  return {
    inputs: expansion.inputs as readonly PlannedInput[],
    steps,
    outputs: first.outputs.map((output, i) => ({ ...output, ...changing(output, second.outputs[i]) })),
  };
}

/** The plan of steps in which all lengths are known, or their mistakes. */
function planOf(spec: UnclearSpec, expansion: Expansion, registry: Registry): Plan | readonly Mistake[] {
  const mistakes = [...expansion.mistakes];
  const { values, steps } = inferAll(expansion, registry, mistakes);
  const outputs = expansion.outputs.map(({ name, value }) => ({ name, value, sample: values[value] ?? null }));
  // Losses of unknown outputs may be right.
  if (outputs.every(({ value }) => value !== UNKNOWN)) mistakes.push(...lossMistakes(spec, outputs));
  if (mistakes.length > 0) return mistakes;
  return {
    inputs: expansion.inputs as readonly PlannedInput[],
    steps,
    outputs: outputs.map(({ name, value, sample }) => ({ name, value, ...(sample as SampleSpec) })),
  };
}

function inferAll(expansion: Expansion, { ops }: Registry, mistakes: Mistake[]) {
  const values: (SampleSpec | null)[] = expansion.inputs.map((input) =>
    input.shape === null ? null : { shape: input.shape, type: input.type },
  );
  const offset = values.length;
  const inference = new Inference(ops);
  const planned: PlannedStep[] = [];
  const byName = new Map<string, PlannedStep>();
  const reported = new Set<string>();
  for (const step of expansion.steps) {
    const inputs = step.sources.map((source) => values[source] ?? null);
    if (inputs.includes(null)) {
      values.push(null);
      continue;
    }
    const known = inputs as SampleSpec[];
    const found = inference.infer(step, known);
    if (!isMistake(found)) {
      const complete = { ...step, inputs: known, example: known, ...found };
      const mismatch = mismatchOfShared(complete, byName);
      if (mismatch !== null) mistakes.push(mismatch);
      planned.push(complete);
      byName.set(step.name, complete);
      values.push(found.output);
      continue;
    }
    const at = values.length - offset;
    const reordered = channelsFirst(expansion, at, inference);
    const fix = reordered ?? nearestFix(expansion, at, values, inference);
    values.push(fix?.output ?? null);
    // A layer of a repeated block is reported once.
    const key = JSON.stringify(found.path);
    if (reported.has(key)) continue;
    reported.add(key);
    if (fix === null) mistakes.push(found);
    else {
      const order = reordered === null ? "" : "Images are [channels, height, width]. ";
      mistakes.push({ ...found, hint: `Did you mean ${fix.words}? ${order}${placeOf(known)}`, fix: fix.change });
    }
  }
  return { values, steps: planned };
}

/** A shared layer whose input needs other parameters. */
function mismatchOfShared(step: PlannedStep, byName: ReadonlyMap<string, PlannedStep>): Mistake | null {
  if (step.owner === step.name) return null;
  const owner = byName.get(step.owner);
  if (owner === undefined) return null;
  for (const [key, { shape }] of Object.entries(step.parameters)) {
    // Custom layers may name their parameters by the input.
    const own = Object.hasOwn(owner.parameters, key) ? owner.parameters[key].shape : null;
    if (own !== null && sameShape(own, shape)) continue;
    const [here, there] = [step.inputs, owner.inputs].map((inputs) => formatShape(inputs[0].shape));
    const has = own === null ? `which has no ${key}` : `whose ${key} has shape ${formatShape(own)}`;
    return {
      path: step.path,
      layer: step.name,
      kind: step.kind,
      problem: `shares ${step.owner}, ${has}; an input of shape ${here} needs ${formatShape(shape)}`,
      expected: there,
      received: here,
      hint: `Give it an input of shape ${there}, as ${step.owner} has.`,
    };
  }
  return null;
}
