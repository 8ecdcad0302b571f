/** The list of losses that a model can end in, in the order of the reference. */
import { binaryCrossEntropyKind } from "./binary-cross-entropy.ts";
import { crossEntropyKind } from "./cross-entropy.ts";
import { huberKind } from "./huber.ts";
import { klDivergenceKind } from "./kl-divergence.ts";
import { l1Kind } from "./l1.ts";
import type { LossKind } from "./loss-kind.ts";
import { meanSquaredErrorKind } from "./mean-squared-error.ts";
import { mseKind } from "./mse.ts";
import { softmaxWithLossKind } from "./softmax-with-loss.ts";

const allLosses = [
  softmaxWithLossKind,
  crossEntropyKind,
  binaryCrossEntropyKind,
  meanSquaredErrorKind,
  mseKind,
  l1Kind,
  huberKind,
  klDivergenceKind,
] as const;

type SpecOfLoss<Kind> = Kind extends LossKind<infer Spec> ? Spec : never;

/** The losses in full. */
export type FullLossSpec = SpecOfLoss<(typeof allLosses)[number]>;

/** The names of losses. */
export type LossName = FullLossSpec["kind"];

/** A loss: its name, or its name and options. */
export type LossSpec = LossName | FullLossSpec;

/** A loss of one kind in full: `LossSpecOf<"huber">`. */
export type LossSpecOf<Kind extends LossName> = Extract<FullLossSpec, { readonly kind: Kind }>;

/** The losses by name. */
export const losses: ReadonlyMap<string, LossKind> = new Map(allLosses.map((kind: LossKind) => [kind.kind, kind]));

/** A loss in full. */
export function fullLoss(loss: LossSpec): FullLossSpec {
  return typeof loss === "string" ? ({ kind: loss } as FullLossSpec) : loss;
}

/** The kind of a loss. */
export function kindOfLoss({ kind }: FullLossSpec): LossKind {
  return losses.get(kind) as LossKind;
}
