/** The plan of a model: names and shapes of its layers, inferred before any number is computed. */
import { AdjointError, type Shape, SpecError, sizeOf } from "@adjoint/tensor";
import { kindOf } from "./kinds/table.ts";
import type { LayerKindName, LayerSpec, ModelSpec } from "./spec.ts";

/** One layer as it is planned; shapes are those of one sample. */
export interface PlannedLayer {
  readonly spec: LayerSpec;
  readonly name: string;
  readonly kind: LayerKindName;
  readonly inputShape: Shape;
  readonly outputShape: Shape;
  /** Multiplications with additions for one sample. */
  readonly multiplyAdds: number;
}

/** Names for layers that have none: their kind and number. */
function namesOf(layers: readonly LayerSpec[]): string[] {
  const taken = new Set(layers.map(({ name }) => name));
  const counts = new Map<string, number>();
  return layers.map((layer) => {
    if (layer.name !== undefined) return layer.name;
    const { prefix } = kindOf(layer.kind);
    let name: string;
    do {
      const k = (counts.get(prefix) ?? 0) + 1;
      counts.set(prefix, k);
      name = `${prefix}${k}`;
    } while (taken.has(name));
    return name;
  });
}

/**
 * Names and shapes of all layers of a valid spec.
 * @throws SpecError naming the first layer whose input does not fit it
 */
export function plan(spec: ModelSpec): PlannedLayer[] {
  const names = namesOf(spec.layers);
  let shape: Shape = spec.input;
  return spec.layers.map((layer, i) => {
    const kind = kindOf(layer.kind);
    const inputShape = shape;
    shape = outputShape(layer, inputShape, names[i], i);
    return {
      spec: layer,
      name: names[i],
      kind: layer.kind,
      inputShape,
      outputShape: shape,
      multiplyAdds: kind.multiplyAdds(layer, inputShape, shape),
    };
  });
}

function outputShape(layer: LayerSpec, input: Shape, name: string, index: number): Shape {
  try {
    const shape = kindOf(layer.kind).outputShape(layer, input, name);
    if (Number.isSafeInteger(sizeOf(shape))) return shape;
    throw new SpecError({ op: name, problem: `${layer.kind} gives samples of ${sizeOf(shape)} numbers` });
  } catch (error) {
    if (!(error instanceof AdjointError)) throw error;
    const { op, problem, argument, expected, received, hint } = error;
    throw new SpecError(
      {
        op,
        problem,
        argument: argument === undefined ? `layers[${index}]` : `layers[${index}].${argument}`,
        where: `layers[${index}], whose input is ${JSON.stringify(input)}`,
        ...(expected === undefined ? {} : { expected }),
        ...(received === undefined ? {} : { received }),
        ...(hint === undefined ? {} : { hint }),
      },
      { cause: error },
    );
  }
}
