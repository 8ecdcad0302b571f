/**
 * The kinds that contain or repeat other layers, which plan/expand.ts unfolds before anything runs; and the types of all
 * layers as data.
 */
import * as z from "zod/mini";
import { computingKinds } from "./all.ts";
import type { KindForm, LayerKind } from "./kind/layer-kind.ts";
import { count, layerForm, list, optional, type PlainLayerSpec, type SpecOf, text } from "./kind/options.ts";

/** Most layers of a list. */
export const MOST_LAYERS = 10_000;

/** A list of layers, which are checked one by one. */
export const layerList = list(z.unknown(), 1, MOST_LAYERS, { error: `must be an array of 1 to ${MOST_LAYERS} layers` });

/** A sequence of layers under one name, which may repeat, each time with its own parameters. */
const blockForm = layerForm("block", {
  /** The layers. Inside, "input" names the input of the block. */
  layers: layerList,
  /** How many times, each taking the output of the one before. Default 1. */
  repeat: optional(count(1)),
});

export interface BlockSpec extends SpecOf<typeof blockForm> {
  readonly layers: readonly LayerSpec[];
}

const block: KindForm<BlockSpec, "layers"> = { ...blockForm, synonyms: "sequential stack", alone: ["layers", "array"] };

/** The sum of the output of the layers and the input, or the output of the shortcut. He et al. 2016. */
const residualForm = layerForm("residual", {
  /** The layers of the residual. */
  layers: layerList,
  /** Layers for the input, where shapes differ. Default: none. */
  shortcut: optional(layerList),
});

export interface ResidualSpec extends SpecOf<typeof residualForm> {
  readonly layers: readonly LayerSpec[];
  readonly shortcut?: readonly LayerSpec[];
}

const residual: KindForm<ResidualSpec, "layers"> = {
  ...residualForm,
  synonyms: "skip resnetblock shortcut",
  alone: ["layers", "array"],
};

/** An earlier layer or block again, with the same parameters. */
const sharedForm = layerForm("shared", {
  /** The name of the layer whose parameters are used. */
  layer: text(1, 200, { error: "must be the name of an earlier layer" }),
});

export interface SharedSpec extends SpecOf<typeof sharedForm> {}

const shared: KindForm<SharedSpec, "layer"> = { ...sharedForm, alone: ["layer", "string"] };

/** The kinds that contain or repeat other layers, by name. */
export const structures = { block, residual, shared };

/** The names of structures. */
export type StructureName = keyof typeof structures;

/** The options of structures that contain layers. */
export const nestedLists = ["layers", "shortcut"] as const;

/** All kinds that are built in. */
export const allKinds = [...computingKinds, block, residual, shared] as const;

/** The specs of a kind. */
export type SpecOfKind<Kind> = Kind extends LayerKind<infer Spec, infer _> | KindForm<infer Spec, infer _>
  ? Spec
  : never;

/** A layer that is built in, as data. */
export type BuiltInLayerSpec = SpecOfKind<(typeof allKinds)[number]>;

/** The names of the built-in kinds of layers. */
export type LayerKindName = BuiltInLayerSpec["kind"];

/** A layer of one built-in kind, as data: `LayerSpecOf<"affine">`. */
export type LayerSpecOf<Kind extends LayerKindName> = Extract<BuiltInLayerSpec, { readonly kind: Kind }>;

/** What `defineLayer` adds to the type of its specs, so that a wrong built-in one cannot pass for one. */
declare const defined: unique symbol;

/** A layer of a kind that was made by `defineLayer`. */
export interface DefinedLayerSpec extends PlainLayerSpec {
  readonly [defined]: true;
}

/** A layer as data. */
export type LayerSpec = BuiltInLayerSpec | DefinedLayerSpec;
