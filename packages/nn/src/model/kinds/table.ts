/** The table of layer kinds by name: to add a kind, write it in its file, name it in spec.ts, and list it here. */
import type { LayerKindName, LayerSpec } from "../spec.ts";
import { affine, flatten } from "./affine.ts";
import { convolution, pooling } from "./convolution.ts";
import { activations, batchNormalization, dropout } from "./elementwise.ts";
import type { LayerKind } from "./layer-kind.ts";

const table: { readonly [Name in LayerKindName]: LayerKind<Extract<LayerSpec, { kind: Name }>> } = {
  convolution,
  pooling,
  affine,
  ...activations,
  dropout,
  batchNormalization,
  flatten,
};

/** The names of all kinds. */
export const kindNames = Object.keys(table) as readonly LayerKindName[];

/** The kind of a spec. */
export function kindOf(name: LayerKindName): LayerKind<LayerSpec> {
  return table[name] as unknown as LayerKind<LayerSpec>;
}
