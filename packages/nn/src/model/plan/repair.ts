/**
 * The nearest fix of a layer that does not fit: the smallest change of options, of this layer or of those before it, after
 * which it does. Found by trying: a change counts when the layers from there on infer without a mistake.
 */
import type { OpDefinition } from "@adjoint/autograd";
import type { Fix, SampleSpec } from "../kinds/layer-kind.ts";
import type { LayerBase } from "../spec/layer.ts";
import type { Step } from "./expand.ts";
import { type Inferrable, infer, isMistake } from "./infer.ts";

/** How many layers before the one at fault are tried, and how many inferences in all. */
const REACH = 6;
const MOST_TRIES = 400;

/** A change that makes a step fit. */
export interface NearestFix {
  /** For people: `pad: 1`, or `filters: 16 in "conv2"`. */
  readonly words: string;
  /** What the step would give then. */
  readonly output: SampleSpec;
}

/** Options before which a layer would be the likelier fix. */
type Values = readonly (SampleSpec | null)[];

/**
 * @param steps  of the whole model
 * @param at     the number of the step that does not fit
 * @param values what the inputs of the model and the steps before `at` give
 */
export function nearestFix(
  steps: readonly Step[],
  at: number,
  values: Values,
  ops: ReadonlyMap<string, OpDefinition<never>>,
): NearestFix | null {
  const offset = values.length - at;
  let tries = MOST_TRIES;
  for (const candidate of ancestors(steps, at, offset)) {
    const step = steps[candidate];
    if (step.owner !== step.name) continue;
    const inputs = step.sources.map((source) => values[source]);
    if (inputs.includes(null)) continue;
    for (const fix of fixesOf(step, inputs as SampleSpec[], steps[at], values)) {
      const changed: Inferrable = { ...step, spec: { ...step.spec, ...fix } as LayerBase };
      const output = rerun(steps, candidate, at, changed, values, offset, ops, () => tries-- > 0);
      if (tries <= 0) return null;
      if (output === null) continue;
      const options = Object.entries(fix).map(
        ([key, value]) => `${key}: ${JSON.stringify(value).replaceAll(",", ", ")}`,
      );
      const where = candidate === at ? "" : ` in "${step.name}"`;
      return { words: `${options.join(", ")}${where}`, output };
    }
  }
  return null;
}

/** The step itself, then those it takes from, the nearest first. */
function ancestors(steps: readonly Step[], at: number, offset: number): number[] {
  const found = [at];
  for (let i = 0; i < found.length && found.length <= REACH; i++) {
    for (const source of [...steps[found[i]].sources].reverse()) {
      const step = source - offset;
      if (step >= 0 && !found.includes(step)) found.push(step);
    }
  }
  return found;
}

/** What a step could be changed to: what its kind says, and the lengths that the step at fault needs. */
function fixesOf(step: Step, inputs: readonly SampleSpec[], target: Step, values: Values): Fix[] {
  const own = step.definition.fixes?.(step.spec, inputs) ?? [];
  const lengths = new Set<number>();
  for (const source of target.sources) for (const n of values[source]?.shape ?? []) lengths.add(n);
  const spec = step.spec as { readonly filters?: number; readonly units?: number };
  const sized = (["filters", "units"] as const).flatMap((key) => {
    const present = spec[key];
    if (present === undefined || step === target) return [];
    return [...lengths]
      .filter((n) => n !== present)
      .sort((a, b) => Math.abs(a - present) - Math.abs(b - present))
      .map((n) => ({ [key]: n }));
  });
  return [...sized, ...own];
}

/** What step `at` gives when step `from` is changed: the steps between are inferred anew. Null where something is wrong. */
function rerun(
  steps: readonly Step[],
  from: number,
  at: number,
  changed: Inferrable,
  values: Values,
  offset: number,
  ops: ReadonlyMap<string, OpDefinition<never>>,
  mayTry: () => boolean,
): SampleSpec | null {
  const fresh = new Map<number, SampleSpec>();
  for (let k = from; k <= at; k++) {
    const { sources } = steps[k];
    if (k !== from && !sources.some((source) => fresh.has(source))) continue;
    const inputs = sources.map((source) => fresh.get(source) ?? values[source]);
    if (inputs.includes(null) || !mayTry()) return null;
    const found = infer(k === from ? changed : steps[k], inputs as SampleSpec[], ops);
    if (isMistake(found)) return null;
    fresh.set(offset + k, found.output);
  }
  return fresh.get(offset + at) ?? null;
}
