/** The types of the functions that make layers as data. `builders.ts` has the functions. */
import type { KindForm, LayerKind } from "./kind/layer-kind.ts";
import type { allKinds, LayerKindName } from "./structures.ts";

/**
 * The options of a kind: its specs without the kind. They are the properties of `Words`, whose comments an editor shows;
 * without them, those of the specs.
 */
type Options<Spec, Words> = unknown extends Words
  ? Omit<Spec, "kind">
  : { readonly [Name in keyof Words]: Name extends keyof Spec ? Spec[Name] : never };

/** A function that makes the specs of a kind. The main option may be given without its name. */
type Builder<Spec, Alone extends keyof Spec, Given> = [Alone] extends [never]
  ? Record<never, never> extends Given
    ? (options?: Given) => Spec
    : (options: Given) => Spec
  : Record<never, never> extends Given
    ? (given?: Exclude<Spec[Alone], undefined> | Given, options?: Omit<Given, Alone>) => Spec
    : (given: Exclude<Spec[Alone], undefined> | Given, options?: Omit<Given, Alone>) => Spec;

type BuilderOfKind<Kind, Words> = Kind extends LayerKind<infer Spec, infer Alone> | KindForm<infer Spec, infer Alone>
  ? Builder<Spec, Alone & keyof Spec, Options<Spec, Words>>
  : never;

/** The function that makes the specs of a kind; `Words` has its options, with a comment before each. */
export type BuilderOf<Name extends LayerKindName, Words = unknown> = BuilderOfKind<
  Extract<(typeof allKinds)[number], { readonly kind: Name }>,
  Words
>;
