/** What a kind of layer is: everything that models need to know of it, in one place. */

import type { OpDefinition, Variable, VariableLike } from "@adjoint/autograd";
import type { RandomGenerator, Shape } from "@adjoint/tensor";
import type * as z from "zod/mini";
import { layerForm, type OptionsOf, type PlainLayerSpec } from "./options.ts";
import type { ParameterPlan } from "./parameter.ts";

/** What is known of a value before it is computed: the shape of one sample, and whether its numbers are labels. */
export interface SampleSpec {
  /** Without the batch. */
  readonly shape: Shape;
  readonly type: "float" | "labels";
}

/** What a layer is made with. */
export interface LayerParts {
  /** One for each input. */
  readonly inputs: readonly SampleSpec[];
  /** By the last part of their names: weight, bias, gamma, beta. */
  readonly parameters: Readonly<Record<string, Variable>>;
  /** What is saved besides and not learned: running statistics. */
  readonly statistics: Readonly<Record<string, Variable>>;
  readonly generator: RandomGenerator;
  /** The ops that a spec may name. */
  readonly ops: ReadonlyMap<string, OpDefinition<never>>;
}

/** Whether a layer runs for training or for prediction. */
export interface ForwardOptions {
  /** Default true for a layer, as in the book; networks say which. */
  readonly train?: boolean;
}

/** A layer of one input, with its parameters as fields. */
export interface Layer {
  /** What the layer computes from `x`; `{ train }` says for what. */
  forward(x: VariableLike, options?: ForwardOptions): Variable;
}

/** A layer as a function from batches, one for each input, to a batch. */
export type LayerForward = (inputs: readonly Variable[], options: Required<ForwardOptions>) => Variable;

/** A change of options that may make a layer fit: the options as they would be. */
export type Fix = Readonly<Record<string, unknown>>;

/** The names of options; any where the kind is not known. */
type OptionOf<Spec> = PlainLayerSpec extends Spec ? string : keyof Spec;

/** The form of a kind and its names; `Alone` is the option that builders take without its name. */
export interface KindForm<
  Spec extends PlainLayerSpec = PlainLayerSpec,
  Alone extends OptionOf<Spec> = PlainLayerSpec extends Spec ? string : never,
> {
  readonly kind: Spec["kind"];
  /** What default names start with: conv, pool, affine. */
  readonly prefix: string;
  /** The form of its specs. */
  readonly schema: z.ZodMiniObject;
  /** What other frameworks call it, in small letters, divided by spaces. */
  readonly synonyms?: string;
  /** The option that matters, which builders take without its name, and the types by which they know it. */
  readonly alone?: readonly [option: Alone, ...types: ("number" | "string" | "array")[]];
}

/** A kind of layer. */
export interface LayerKind<
  Spec extends PlainLayerSpec = PlainLayerSpec,
  Alone extends OptionOf<Spec> = PlainLayerSpec extends Spec ? string : never,
> extends KindForm<Spec, Alone> {
  /** Whether it joins several inputs; else it takes one. */
  readonly joins?: true;
  /** Whether weights before it should fit what comes after it, and not the layer itself. */
  readonly isTransparent?: true;
  /** Whether users wrote what it computes: then that it keeps batches apart has to be found out. */
  readonly isForeign?: true;
  /** Whether weights before it should be he's: it is 0, or nearly so, for half of its inputs. */
  readonly isRectifier?: true;
  /** The axes that one sample must have, in words; any where there are none. */
  readonly axes?: readonly string[];
  /** What the numbers that come in must be. Default "float"; "any" for layers that only rearrange. */
  readonly takes?: "float" | "labels" | "any";
  /** Shapes of the parameters, and how they begin. */
  parameters?(spec: Spec, inputs: readonly SampleSpec[]): Readonly<Record<string, ParameterPlan>>;
  /** The same for what is saved and not learned. */
  statistics?(spec: Spec, inputs: readonly SampleSpec[]): Readonly<Record<string, ParameterPlan>>;
  /** The fewest samples that it can train on. Default 1. */
  minBatchSize?(spec: Spec, inputs: readonly SampleSpec[]): number;
  /** The layer itself. Its shape rule is that of the ops it is made of. */
  layer(spec: Spec, parts: LayerParts): LayerForward | Layer;
  /**
   * Options that may make it fit its input, or make what does not fit behind it fit, the likeliest first. `wanted` are the
   * shapes that come together there.
   */
  fixes?(spec: Spec, inputs: readonly SampleSpec[], wanted: readonly Shape[]): readonly Fix[];
}

/** What a kind says beside its form. */
type Rest<Spec extends PlainLayerSpec, Alone extends OptionOf<Spec>> = Omit<
  LayerKind<Spec, Alone>,
  "kind" | "schema" | "prefix"
> & { readonly prefix?: string };

/** The specs of a kind with some options. */
type SpecWith<Kind extends string, Shape> = PlainLayerSpec<Kind> & OptionsOf<Shape>;

/**
 * A kind of layer.
 *
 * @param kind     its name
 * @param words    what it computes, for the reference
 * @param options  the forms of its options; the type of its specs follows
 * @param rest     its parameters, its function, and what else is to be known of it
 */
export function layerKind<
  const Kind extends string,
  Shape extends z.core.$ZodShape,
  Alone extends OptionOf<SpecWith<Kind, Shape>> = never,
>(
  kind: Kind,
  words: string,
  options: Shape,
  rest: Rest<SpecWith<Kind, Shape>, Alone>,
): LayerKind<SpecWith<Kind, Shape>, Alone> {
  return { ...layerForm(kind, words, options), ...rest } as unknown as LayerKind<SpecWith<Kind, Shape>, Alone>;
}
