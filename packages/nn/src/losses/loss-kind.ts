/** Kinds of losses as data: everything that models need to know of a kind. */
import type { Variable, VariableLike } from "@adjoint/autograd";
import type { RandomGenerator, Shape, Tensor } from "@adjoint/tensor";
import * as z from "zod/mini";
import { type OptionsOf, optional, penalty } from "../layers/kind/options.ts";

const base = {
  /** Factor of this loss when several are added up, ≥ 0. Default 1. */
  weight: optional(penalty),
};

/** What any loss may say: its `weight` among several. */
export interface LossBase extends OptionsOf<typeof base> {}

/** A loss without options of its own; also any loss, where only its kind and weight matter. */
export interface PlainLossSpec<Kind extends string = string> extends LossBase {
  readonly kind: Kind;
}

/** What random targets are drawn for: so many samples of outputs of a shape. */
interface Wanted {
  readonly count: number;
  readonly shape: Shape;
  readonly dtype: "float32" | "float64";
}

/** A kind of loss. */
export interface LossKind<Spec extends PlainLossSpec = PlainLossSpec> {
  readonly kind: Spec["kind"];
  readonly schema: z.ZodMiniObject;
  /** Its names in other frameworks, in lower case without separators, separated by spaces. */
  readonly synonyms?: string;
  /** What a sample of the output must be, in words; null where it is right. Default: anything is. */
  readonly needs?: (shape: Shape) => string | null;
  /** Whether the target is a class: then accuracy is measured. */
  readonly classifies?: true;
  /** Whether the target is a number that the output estimates: then errors are measured. */
  readonly estimates?: true;
  forward(spec: Spec, y: Variable, t: VariableLike): Variable;
  /** Whether it adds samples up, instead of averaging them. */
  readonly isSum?: true;
  /** Over how many terms the mean goes, where that depends on the targets; else each sample has as many. */
  terms?(spec: Spec, y: Variable, t: Tensor): number;
  /** Targets drawn at random. Default: normal numbers of the output's shape. */
  targets?(spec: Spec, generator: RandomGenerator, wanted: Wanted): Tensor;
}

/** The specs of a loss with some options. */
type SpecWith<Kind extends string, Options> = PlainLossSpec<Kind> & OptionsOf<Options>;

/** A kind of loss as its file defines it. */
interface Definition<Kind extends string, Options> extends Omit<LossKind<SpecWith<Kind, Options>>, "kind" | "schema"> {
  readonly kind: Kind;
  /** The forms of its options, beside those of all losses; the type of its specs follows. Default: none. */
  readonly options?: Options;
}

/** Makes a kind of loss from its definition. */
export function lossKind<const Kind extends string, Options extends z.core.$ZodShape = Record<never, never>>(
  definition: Definition<Kind, Options>,
): LossKind<SpecWith<Kind, Options>> {
  const { kind, options = {}, ...rest } = definition;
  const schema = z.strictObject({ kind: z.literal(kind), ...base, ...options });
  return { kind, schema, ...rest } as unknown as LossKind<SpecWith<Kind, Options>>;
}

/** A kind of loss without options. */
export function plainLoss<const Kind extends string>(
  kind: Kind,
  loss: (y: Variable, t: VariableLike) => Variable,
  more: Partial<Omit<LossKind, "kind" | "schema" | "forward">> = {},
): LossKind<PlainLossSpec<Kind>> {
  return lossKind<Kind>({ kind, ...more, forward: (_, y, t) => loss(y, t) });
}
