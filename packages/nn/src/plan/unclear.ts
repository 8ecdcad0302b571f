/** Specs that may hold layers and inputs which were not understood, so that all others can be looked at. */
import type { LayerSpec } from "../layers/structures.ts";
import type { InputSpec, ModelSpec } from "../read/model-spec.ts";

/** What stands in a list for a layer whose form is wrong: nothing is known of what it gives. */
export interface UnclearLayer {
  readonly kind: null;
  /** The kind that it seems to be of, if it seems to be of any. */
  readonly seems: string | null;
  readonly name?: string;
}

/** A spec that may hold layers and inputs which were not understood. */
export interface UnclearSpec extends Omit<ModelSpec, "input" | "inputs" | "layers"> {
  readonly input?: InputSpec | null;
  readonly inputs?: Readonly<Record<string, InputSpec | null>>;
  readonly layers: Layers;
}

/** A list of layers. */
export type Layers = readonly (LayerSpec | UnclearLayer)[];
