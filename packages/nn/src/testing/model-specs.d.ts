import fc from "fast-check";
import type { LayerSpec } from "../layers/structures.ts";
import type { ModelSpec } from "../read/model-spec.ts";

type Shape = readonly number[];
/** A spec, and the shapes of one sample of its outputs by name. */
export interface GrownSpec {
  readonly spec: ModelSpec;
  readonly outputs: Readonly<Record<string, Shape>>;
}
/** Random valid specs with the shapes of their outputs. */
export declare const grownSpecs: fc.Arbitrary<GrownSpec>;
/** Random valid specs. */
export declare const modelSpecs: fc.Arbitrary<ModelSpec>;
/** Every layer of a spec with its path, those of blocks too. */
export declare function layersOf(spec: ModelSpec): {
  readonly path: (string | number)[];
  readonly layer: LayerSpec;
}[];
//# sourceMappingURL=model-specs.d.ts.map
