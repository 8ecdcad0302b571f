/** Layers and inputs whose values are unused. */
import type { PlannedInput } from "../read/inputs.ts";
import type { Mistake, Path } from "../read/mistake.ts";
import { UNKNOWN } from "./steps.ts";

/** A layer that gives a value. */
export interface NamedLayer {
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
  given: ReadonlyMap<number, NamedLayer>,
  used: ReadonlySet<number>,
): Mistake[] {
  const ofInputs = inputs.flatMap(({ name, path }, value): Mistake[] => {
    if (used.has(value)) return [];
    const hint = `Use it with from: "${name}", or remove it.`;
    return [{ path, problem: `unused input "${name}"`, hint }];
  });
  const ofLayers = [...given].flatMap(([value, { path, name, kind }]): Mistake[] => {
    if (value === UNKNOWN || used.has(value)) return [];
    const short = name.slice(name.lastIndexOf(".") + 1);
    const hint = `Use it with from: "${short}", list it in outputs, or remove it.`;
    return [{ path, layer: name, kind, problem: "its output is unused", hint }];
  });
  return [...ofInputs, ...ofLayers];
}
