/** The steps of a spec, each a layer that computes, and the numbers of the values between them. */
import type { LayerKind } from "../layers/kind/layer-kind.ts";
import type { PlainLayerSpec } from "../layers/kind/options.ts";
import type { PlannedInput, UnclearInput } from "../read/inputs.ts";
import type { Mistake, Path } from "../read/mistake.ts";

/** The value of a layer that was not understood. */
export const UNKNOWN = -1;

/** One layer that computes. */
export interface Step {
  /** Its whole name: `stage1.2.conv1`. */
  readonly name: string;
  /** Its place in the spec. */
  readonly path: Path;
  readonly kind: string;
  readonly definition: LayerKind;
  readonly spec: PlainLayerSpec;
  /** The values it takes: the inputs of the model come first, then what each step gives. */
  readonly sources: readonly number[];
  /** The name of the step whose parameters it uses: its own, but for shared layers. */
  readonly owner: string;
}

/** The steps of a spec, in order. */
export interface Expansion {
  readonly inputs: readonly (PlannedInput | UnclearInput)[];
  readonly steps: readonly Step[];
  /** The values that the model gives, by name. */
  readonly outputs: readonly { readonly name: string; readonly value: number }[];
  readonly mistakes: readonly Mistake[];
}
