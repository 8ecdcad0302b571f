/**
 * The nearest fix of a layer that does not fit: the smallest change of one option, of this layer or an earlier one, after
 * which it fits. Found by trying. Among several, the one that suits the rest of the model best.
 */
import type { Fix, SampleSpec } from "../layers/kind/layer-kind.ts";
import { type Path, pathText } from "../read/mistake.ts";
import type { Inference, Inferrable } from "./infer.ts";
import type { Expansion, Step } from "./steps.ts";

/** How many earlier layers are tried, how many fixes are compared, and how many later layers are checked. */
const REACH = 8;
const MOST_FITTING = 8;
const LOOK_AHEAD = 60;

/** A change that makes a step fit. */
export interface NearestFix {
  /** For people: `pad: 1`, or `filters: 16 in "conv2"`. */
  readonly words: string;
  /** The new value and its place in the spec. */
  readonly change: { readonly path: Path; readonly value: unknown };
  /** What the step would give then. */
  readonly output: SampleSpec;
}

/** What is known of the inputs of the model and of its steps. */
type Values = readonly (SampleSpec | null)[];

/**
 * @param expansion the whole model
 * @param at        the number of the step that does not fit
 * @param values    what the inputs of the model and the steps before `at` give
 */
export function nearestFix({ steps }: Expansion, at: number, values: Values, inference: Inference): NearestFix | null {
  const offset = values.length - at;
  let best: NearestFix | null = null;
  let fewest = Number.POSITIVE_INFINITY;
  let fitting = 0;
  for (const candidate of ancestors(steps, at, values)) {
    const step = steps[candidate];
    if (step.owner !== step.name || step.kind === "residual") continue;
    const inputs = step.sources.map((source) => values[source] ?? null);
    if (inputs.includes(null)) continue;
    for (const fix of fixesOf(step, inputs as SampleSpec[], steps[at], values)) {
      if (!inference.mayTry) return best;
      const tried = consequences(steps, step, fix, at, values, offset, inference, fewest);
      if (tried === null) continue;
      const [[key, value]] = Object.entries(fix);
      if (tried.misfits < fewest) {
        const where = candidate === at ? "" : ` in "${step.name}"`;
        const words = `${key}: ${JSON.stringify(value).replaceAll(",", ", ")}${where}`;
        best = { words, change: { path: [...step.path, key], value }, output: tried.output };
        fewest = tried.misfits;
      }
      if (fewest === 0 || ++fitting === MOST_FITTING) return best;
    }
  }
  return best;
}

/** The step itself, then its sources, the nearest first; of several sources, the one that differs first. */
function ancestors(steps: readonly Step[], at: number, values: Values): number[] {
  const found = [at];
  const offset = values.length - at;
  const alike = (source: number): number =>
    steps[at].sources.filter((other) => String(values[other]?.shape) === String(values[source]?.shape)).length;
  for (let i = 0; i < found.length && found.length <= REACH; i++) {
    const { sources } = steps[found[i]];
    for (const source of i === 0 ? [...sources].sort((a, b) => alike(a) - alike(b)) : sources) {
      const step = source - offset;
      if (step >= 0 && !found.includes(step)) found.push(step);
    }
  }
  return found;
}

/** Changes of a step: those of its kind, and the lengths that the faulty step needs. */
function fixesOf(step: Step, inputs: readonly SampleSpec[], target: Step, values: Values): Fix[] {
  const wanted = target.sources.flatMap((source) => (values[source] == null ? [] : [values[source].shape]));
  const own = step.definition.fixes?.(step.spec, inputs, wanted) ?? [];
  const lengths = new Set(wanted.flat());
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

/**
 * What step `at` gives when `changed` has other options, wherever the same layer of the spec is run (a block may repeat
 * it), and how many of the layers behind it do not fit then. Null where `at` itself, or one before it, would not.
 */
function consequences(
  steps: readonly Step[],
  changed: Step,
  fix: Fix,
  at: number,
  values: Values,
  offset: number,
  inference: Inference,
  most: number,
) {
  const place = pathText(changed.path);
  const isChanged = (step: Step): boolean => step.spec === changed.spec && pathText(step.path) === place;
  const fresh = new Map<number, SampleSpec | null>();
  let misfits = 0;
  const end = Math.min(steps.length, at + 1 + LOOK_AHEAD);
  for (let k = steps.findIndex(isChanged); k < end; k++) {
    const step = steps[k];
    const here = isChanged(step);
    if (k < at && !here && !step.sources.some((source) => fresh.has(source))) continue;
    const inputs = step.sources.map((source) => (fresh.has(source) ? fresh.get(source) : (values[source] ?? null)));
    if (inputs.includes(null)) {
      if (k === at) return null;
      fresh.set(offset + k, null);
      continue;
    }
    const tried: Inferrable = here ? { ...step, spec: { ...step.spec, ...fix } } : step;
    const output = inference.attempt(tried, inputs as SampleSpec[]);
    if (output === null) {
      if (k <= at || ++misfits >= most) return null;
    }
    fresh.set(offset + k, output);
  }
  const output = fresh.get(offset + at) ?? null;
  return output === null ? null : { output, misfits };
}
