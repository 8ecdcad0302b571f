/** The plan of a model: names and shapes of its layers, inferred before any number is computed. */
import { AdjointError, formatShape, type Shape, SpecError, sizeOf } from "@adjoint/tensor";
import { kindOf } from "./kinds/table.ts";
import { checkLossInput } from "./losses.ts";
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

/** No tensor may have more numbers than this: kernels count them with 32 bits. */
const MOST_NUMBERS = 2 ** 31 - 1;

/**
 * Names and shapes of all layers of a valid spec.
 * @throws SpecError naming the first layer whose input does not fit it, or the loss when the last layer's output does
 *         not fit that
 */
export function plan(spec: ModelSpec): PlannedLayer[] {
  const names = namesOf(spec.layers);
  let shape: Shape = spec.input;
  const planned = spec.layers.map((layer, i) => {
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
  checkLossInput(spec.loss, shape, names[names.length - 1]);
  return planned;
}

/** The shape of a layer's output; its errors end with the layer's place. */
function outputShape(layer: LayerSpec, input: Shape, name: string, index: number): Shape {
  const { outputShape: infer, parameterShapes } = kindOf(layer.kind);
  const place = `See layers[${index}] (${layer.kind}), whose input is ${formatShape(input)}.`;
  try {
    const shape = infer(layer, input, name);
    checkSize(name, "one sample of its output", shape);
    for (const [key, of] of Object.entries(parameterShapes(layer, input))) checkSize(name, `its ${key}`, of);
    return shape;
  } catch (error) {
    if (!(error instanceof AdjointError)) throw error;
    const { op, problem, expected, received, hint } = error;
    throw new SpecError(
      {
        op,
        problem,
        argument: `layers[${index}]`,
        ...(expected === undefined ? {} : { expected }),
        ...(received === undefined ? {} : { received }),
        hint: hint === undefined ? place : `${hint} ${place}`,
      },
      { cause: error },
    );
  }
}

/** @throws SpecError for a tensor that would have too many numbers to be made */
function checkSize(name: string, what: string, shape: Shape): void {
  if (sizeOf(shape) <= MOST_NUMBERS) return;
  throw new SpecError({
    op: name,
    problem: `${what} would have the shape ${formatShape(shape)}, more than ${MOST_NUMBERS.toLocaleString("en-US")} numbers`,
    expected: `at most ${MOST_NUMBERS} numbers`,
    received: formatShape(shape),
  });
}
