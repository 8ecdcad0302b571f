/** Layers as data, made by functions whose options an editor knows. */
import { isObject } from "../read/plain.ts";
import type { KindForm, LayerKind } from "./kind/layer-kind.ts";
import { makeSpec } from "./kind/make-spec.ts";
import { allKinds } from "./structures.ts";

/** The options of a kind: its specs without the kind. */
type Options<Spec> = Omit<Spec, "kind">;

/** A function that makes the specs of a kind. The main option may be given without its name. */
type Builder<Spec, Alone extends keyof Spec> = [Alone] extends [never]
  ? Record<never, never> extends Options<Spec>
    ? (options?: Options<Spec>) => Spec
    : (options: Options<Spec>) => Spec
  : Record<never, never> extends Options<Spec>
    ? (given?: Exclude<Spec[Alone], undefined> | Options<Spec>, options?: Omit<Spec, "kind" | Alone>) => Spec
    : (given: Exclude<Spec[Alone], undefined> | Options<Spec>, options?: Omit<Spec, "kind" | Alone>) => Spec;

type BuilderOf<Kind> = Kind extends LayerKind<infer Spec, infer Alone> | KindForm<infer Spec, infer Alone>
  ? Builder<Spec, Alone & keyof Spec>
  : never;

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
export const layers = Object.fromEntries(allKinds.map((kind: KindForm) => [kind.kind, builderOf(kind)])) as {
  readonly [Kind in (typeof allKinds)[number] as Kind["kind"]]: BuilderOf<Kind>;
};
