/** Kinds of layers as data: everything that models need to know of a kind, in one place. */
import type { OpDefinition, Variable, VariableLike } from "@adjoint/autograd";
import type { RandomGenerator, Shape } from "@adjoint/tensor";
import type * as z from "zod/mini";
import { layerForm, type OptionsOf, type PlainLayerSpec } from "./options.ts";
import type { ParameterPlan } from "./parameter.ts";

/** The shape of one sample of a value, and whether its numbers are labels. */
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
  /** Running statistics, which are saved and not learned. */
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

/** A change of options that may make a layer fit: the new values. */
export type Fix = Readonly<Record<string, unknown>>;

/** The names of options; any string where the kind is unknown. */
type OptionOf<Spec> = PlainLayerSpec extends Spec ? string : keyof Spec;

/** The form of a kind and its names; `Alone` is the option that builders take without its name. */
export interface KindForm<
  Spec extends PlainLayerSpec = PlainLayerSpec,
  Alone extends OptionOf<Spec> = PlainLayerSpec extends Spec ? string : never,
> {
  readonly kind: Spec["kind"];
  /** The start of default names: conv, pool, affine. */
  readonly prefix: string;
  /** The form of its specs. */
  readonly schema: z.ZodMiniObject;
  /** Its names in other frameworks, in lower case, separated by spaces. */
  readonly synonyms?: string;
  /** The main option, which builders take without its name, and its types. */
  readonly alone?: readonly [option: Alone, ...types: ("number" | "string" | "array")[]];
}

/** A kind of layer. */
export interface LayerKind<
  Spec extends PlainLayerSpec = PlainLayerSpec,
  Alone extends OptionOf<Spec> = PlainLayerSpec extends Spec ? string : never,
> extends KindForm<Spec, Alone> {
  /** Whether it joins several inputs; else it takes one. */
  readonly joins?: true;
  /** Whether its specs may name a mask in `mask`: labels, which it takes as its last input. */
  readonly takesMask?: true;
  /** Whether initialization looks through this layer to the next one. */
  readonly isTransparent?: true;
  /** Whether users wrote its function, so that planning checks that it keeps samples apart. */
  readonly isForeign?: true;
  /** Whether weights feeding it use He initialization: half of its outputs are 0, or nearly so. */
  readonly isRectifier?: true;
  /** The names of the axes that a sample must have. Default: any axes. */
  readonly axes?: readonly string[];
  /** The type of its inputs. Default "float"; "any" for layers that only rearrange. */
  readonly takes?: "float" | "labels" | "any";
  /** Shapes and initial values of the parameters. */
  parameters?(spec: Spec, inputs: readonly SampleSpec[]): Readonly<Record<string, ParameterPlan>>;
  /** The same for running statistics, which are saved and not learned. */
  statistics?(spec: Spec, inputs: readonly SampleSpec[]): Readonly<Record<string, ParameterPlan>>;
  /** The fewest samples that it can train on. Default 1. */
  minBatchSize?(spec: Spec, inputs: readonly SampleSpec[]): number;
  /** The layer itself. Its shape rule follows from its ops. */
  layer(spec: Spec, parts: LayerParts): LayerForward | Layer;
  /**
   * Changes of options that may make it, or a later layer, fit, the likeliest first. `wanted` are the shapes at the
   * faulty layer.
   */
  fixes?(spec: Spec, inputs: readonly SampleSpec[], wanted: readonly Shape[]): readonly Fix[];
}

/** The specs of a kind with some options. */
type KindSpec<Kind extends string, Options> = PlainLayerSpec<Kind> & OptionsOf<Options>;

/** A kind of layer as its file defines it. */
interface Definition<Kind extends string, Options, Alone extends OptionOf<KindSpec<Kind, Options>>>
  extends Omit<LayerKind<KindSpec<Kind, Options>, Alone>, "kind" | "schema" | "prefix"> {
  readonly kind: Kind;
  /** The forms of its options, from which the type of its specs follows. Default: none. */
  readonly options?: Options;
  /** Default: the kind. */
  readonly prefix?: string;
}

/** Makes a kind of layer from its definition. */
export function layerKind<
  const Kind extends string,
  Options extends z.core.$ZodShape = Record<never, never>,
  Alone extends OptionOf<KindSpec<Kind, Options>> = never,
>(definition: Definition<Kind, Options, Alone>): LayerKind<KindSpec<Kind, Options>, Alone> {
  const { kind, options = {}, ...rest } = definition;
  return { ...layerForm(kind, options), ...rest } as unknown as LayerKind<KindSpec<Kind, Options>, Alone>;
}
