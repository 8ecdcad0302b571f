/** Specs with placeholders for layers and inputs that were not understood, so that all others can be checked. */
import type { LayerSpec } from "../layers/structures.ts";
import type { InputSpec, ModelSpec } from "../read/model-spec.ts";

/** A placeholder for a layer whose form is wrong, and so whose output is unknown. */
export interface UnclearLayer {
  readonly kind: null;
  /** Its likely kind, if there is one. */
  readonly seems: string | null;
  readonly name?: string;
}

/** A spec with placeholders for layers and inputs that were not understood. */
export interface UnclearSpec extends Omit<ModelSpec, "input" | "inputs" | "layers"> {
  readonly input?: InputSpec | null;
  readonly inputs?: Readonly<Record<string, InputSpec | null>>;
  readonly layers: Layers;
}

/** A list of layers. */
export type Layers = readonly (LayerSpec | UnclearLayer)[];
