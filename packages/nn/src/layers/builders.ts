/** Layers as data, made by functions whose options an editor knows. */
import { isObject } from "../read/plain.ts";
import type { BuilderOf } from "./builder.ts";
import type { DescribedBuilders } from "./builders.generated.ts";
import type { KindForm } from "./kind/layer-kind.ts";
import { makeSpec } from "./kind/make-spec.ts";
import { allKinds, type LayerKindName } from "./structures.ts";

/** The functions by kind; one that has no described type yet has the inferred one. */
type Builders = DescribedBuilders & {
  readonly [Kind in Exclude<LayerKindName, keyof DescribedBuilders>]: BuilderOf<Kind>;
};

function builderOf({ kind, schema, alone }: KindForm): (given?: unknown, options?: object) => object {
  const [option, ...types] = (alone ?? []) as readonly string[];
  return (given, options = {}) => {
    const isAlone = types.includes(Array.isArray(given) ? "array" : typeof given);
    if (isAlone) return makeSpec(kind, { [option]: given, ...options });
    if (isObject(given)) return makeSpec(kind, { ...given, ...options });
    return makeSpec(kind, given === undefined && schema.safeParse({ kind }).success ? {} : given, alone);
  };
}

/**
 * The layers of declarative models: each function returns plain data. `model` and `build` check it.
 *
 * docs/layers.md says what each computes, with its options, ranges and defaults.
 */
export const layers = Object.fromEntries(
  allKinds.map((kind: KindForm) => [kind.kind, builderOf(kind)]),
) as unknown as Builders;
