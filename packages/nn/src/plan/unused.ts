/** Layers and inputs that nothing takes: what they compute would be lost. */

import type { PlannedInput } from "../read/inputs.ts";
import type { Mistake, Path } from "../read/mistake.ts";
import { UNKNOWN } from "./steps.ts";

/** A layer that gives a value. */
export interface Giver {
  readonly path: Path;
  readonly name: string;
  readonly kind: string;
}

/**
 * @param given  the layer that gives each value
 * @param used   the values that are taken
 */
export function unusedMistakes(
  inputs: readonly Pick<PlannedInput, "name" | "path">[],
  given: ReadonlyMap<number, Giver>,
  used: ReadonlySet<number>,
): Mistake[] {
  const ofInputs = inputs.flatMap(({ name, path }, value): Mistake[] => {
    if (used.has(value)) return [];
    const hint = `Take from it by from: "${name}", or leave it out.`;
    return [{ path, problem: `the input "${name}" is never used`, hint }];
  });
  const ofLayers = [...given].flatMap(([value, { path, name, kind }]): Mistake[] => {
    if (value === UNKNOWN || used.has(value)) return [];
    const short = name.slice(name.lastIndexOf(".") + 1);
    const hint = `Take from it by from: "${short}", name it in outputs, or leave it out.`;
    return [{ path, layer: name, kind, problem: "nothing takes its output", hint }];
  });
  return [...ofInputs, ...ofLayers];
}
