/** In what two models differ: layers by name, then tensors by name, shape, type and numbers. */
import { isDeepStrictEqual } from "node:util";
import { kernels, type Shape, sameShape, type Tensor } from "@adjoint/tensor";
import type { Compared, ComparedLayer } from "./open-compared.ts";

/** A layer that differs; where it is only in one model, the other one is null. */
export interface LayerDifference {
  readonly name: string;
  readonly a: ComparedLayer | null;
  readonly b: ComparedLayer | null;
  /** The options that differ; "kind" and "place" (what comes before it), too. */
  readonly changed: readonly string[];
}

export interface TensorForm {
  readonly shape: Shape;
  readonly type: string;
}

/** A tensor that differs; where it is only in one model, the other one is null. */
export interface TensorDifference {
  readonly name: string;
  readonly a: TensorForm | null;
  readonly b: TensorForm | null;
  /** How its numbers differ; null where there are none to compare, and where they are equal. */
  readonly numbers: NumberDifference | null;
}

export interface NumberDifference {
  /** max |a − b|; null where a number is NaN in one of them only, or infinite. */
  readonly largest: number | null;
  /** ‖a − b‖ / ‖a‖; null as `largest`, and where a is 0. */
  readonly relative: number | null;
  readonly count: number;
}

export interface ModelDifference {
  readonly same: boolean;
  /** Null where the two do not have layers of one kind, such as a model and an ONNX file. */
  readonly layers: readonly LayerDifference[] | null;
  readonly tensors: readonly TensorDifference[];
  /** How many tensors are in both, and whether their numbers were compared. */
  readonly shared: number;
  readonly comparedNumbers: boolean;
}

export function compareModels(a: Compared, b: Compared): ModelDifference {
  const comparedNumbers = a.hasNumbers && b.hasNumbers;
  const layers = a.parts === b.parts ? layerDifferences(a.layers, b.layers) : null;
  const names = [...new Set([...Object.keys(a.tensors), ...Object.keys(b.tensors)])];
  const tensors = names.flatMap((name) => tensorDifference(name, a.tensors[name], b.tensors[name], comparedNumbers));
  const shared = names.filter((name) => Object.hasOwn(a.tensors, name) && Object.hasOwn(b.tensors, name)).length;
  const same = (layers === null || layers.length === 0) && tensors.length === 0;
  return { same, layers, tensors, shared, comparedNumbers };
}

function layerDifferences(a: readonly ComparedLayer[], b: readonly ComparedLayer[]): LayerDifference[] {
  const [inA, inB] = [a, b].map((layers) => new Map(layers.map((layer) => [layer.name, layer])));
  // The layer before each, among those that are in both: a layer in between moves none.
  const [beforeInA, beforeInB] = [placesOf(a, inB), placesOf(b, inA)];
  const names = [...new Set([...inA.keys(), ...inB.keys()])];
  return names.flatMap((name): LayerDifference[] => {
    const [one, two] = [inA.get(name) ?? null, inB.get(name) ?? null];
    if (one === null || two === null) return [{ name, a: one, b: two, changed: [] }];
    const changed = [
      ...(one.kind === two.kind ? [] : ["kind"]),
      ...changedOptions(one.options, two.options),
      ...(beforeInA.get(name) === beforeInB.get(name) ? [] : ["place"]),
    ];
    return changed.length === 0 ? [] : [{ name, a: one, b: two, changed }];
  });
}

/** The name of the layer before each layer, of those that the other model has. */
function placesOf(
  layers: readonly ComparedLayer[],
  other: ReadonlyMap<string, ComparedLayer>,
): ReadonlyMap<string, string> {
  const shared = layers.filter(({ name }) => other.has(name));
  return new Map(shared.map(({ name }, i) => [name, shared[i - 1]?.name ?? ""]));
}

function changedOptions(a: Readonly<Record<string, unknown>>, b: Readonly<Record<string, unknown>>): readonly string[] {
  const names = [...new Set([...Object.keys(a), ...Object.keys(b)])];
  return names.filter((name) => !isDeepStrictEqual(a[name], b[name]));
}

function tensorDifference(
  name: string,
  a: Tensor | undefined,
  b: Tensor | undefined,
  comparesNumbers: boolean,
): TensorDifference[] {
  const [one, two] = [a, b].map((x): TensorForm | null => (x === undefined ? null : { shape: x.shape, type: x.dtype }));
  if (a === undefined || b === undefined || !sameShape(a.shape, b.shape) || a.dtype !== b.dtype) {
    return [{ name, a: one, b: two, numbers: null }];
  }
  const numbers = comparesNumbers ? numberDifference(a, b) : null;
  return numbers === null ? [] : [{ name, a: one, b: two, numbers }];
}

/** How the numbers of two tensors of one shape differ; null where they are equal. NaN equals NaN. */
export function numberDifference(a: Tensor, b: Tensor): NumberDifference | null {
  const [x, y] = [kernels.copy(a).data, kernels.copy(b).data];
  let [count, largest, areFinite] = [0, 0, true];
  // Divided by the largest number, lest squares leave the range of numbers.
  let scale = 0;
  for (let i = 0; i < x.length; i++) {
    if (Number.isFinite(x[i])) scale = Math.max(scale, Math.abs(x[i]));
    if (x[i] === y[i] || (Number.isNaN(x[i]) && Number.isNaN(y[i]))) continue;
    count++;
    const difference = Math.abs(x[i] - y[i]);
    if (Number.isFinite(difference)) largest = Math.max(largest, difference);
    else areFinite = false;
  }
  if (count === 0) return null;
  if (!areFinite) return { largest: null, relative: null, count };
  if (scale === 0) return { largest, relative: null, count };
  let [of, between] = [0, 0];
  for (let i = 0; i < x.length; i++) {
    // Equal ones that are not finite say nothing of the size.
    if (!Number.isFinite(x[i])) continue;
    of += (x[i] / scale) ** 2;
    between += ((x[i] - y[i]) / scale) ** 2;
  }
  return { largest, relative: Math.sqrt(between / of), count };
}
