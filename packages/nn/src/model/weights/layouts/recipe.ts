/** Recipes: which foreign tensors make a parameter, and how. A layout is a table of them. */
import { inversePermutation, kernels, type Shape, type Tensor, zeros } from "@adjoint/tensor";
import type { PlainLayerSpec } from "../../../layers/kind/options.ts";
import type { Order } from "./keras-order.ts";

/** A foreign tensor that a parameter is made of. */
export interface Source {
  /** Its names below that of its layer, the usual one first. */
  readonly names: readonly string[];
  /** The shapes that it may have, the usual one first. */
  readonly shapes: readonly Shape[];
  /** Where several parameters are stacked in it along its first axis: which of how many this one is. */
  readonly part?: { readonly place: number; readonly of: number };
}

/** How a parameter is made. */
export interface Recipe {
  readonly sources: readonly Source[];
  /** From tensors of those shapes, one for each source. */
  readonly make: (tensors: readonly Tensor[]) => Tensor;
  /** The inverse: a tensor for each source, of its usual shape; of a source with parts, the part. */
  readonly give: (x: Tensor) => readonly Tensor[];
}

/** The parts of a layer that recipes depend on. */
export interface RecipeLayer {
  readonly spec: PlainLayerSpec;
  /** Of one sample. */
  readonly inputShape: Shape;
  /** How Keras orders the numbers of its input. */
  readonly order: Order;
}

/** The reason why a parameter has no recipe. */
export interface Unmakeable {
  /** The end of a sentence that the parameter's name begins. */
  readonly problem: string;
  /** The fix, as a sentence. */
  readonly hint: string;
  /** The missing tensor. */
  readonly source: string;
}

export type RecipeOf = (shape: Shape, layer: RecipeLayer) => Recipe | Unmakeable;

/** Another framework's names and shapes of parameters. */
export interface Layout {
  /** The separator between the parts of a name. */
  readonly separator: "." | "/";
  /** One spelling for the names of a tensor that mean the same. */
  readonly canonical: (name: string) => string;
  /** Last parts of names of tensors that no layer needs. */
  readonly ignored: readonly string[];
  /** By kind of layer and name of parameter; where there is none, a parameter has its own name and shape. */
  readonly recipes: Readonly<Record<string, Readonly<Record<string, RecipeOf>>>>;
}

/** The tensor as it is. */
export const as =
  (...names: string[]): RecipeOf =>
  (shape) => ({ sources: [{ names, shapes: [shape] }], make: ([x]) => x, give: (x) => [x] });

/** The tensor with its axes in another order: axis i is axis `axes[i]` of the foreign tensor. */
export const permuted =
  (axes: readonly number[], ...names: string[]): RecipeOf =>
  (shape) => ({
    sources: [{ names, shapes: [axes.map((_, i) => shape[axes.indexOf(i)])] }],
    make: ([x]) => kernels.transpose(x, axes),
    give: (x) => [kernels.transpose(x, inversePermutation(axes))],
  });

/** A matrix the other way round. */
export const transposed = (...names: string[]): RecipeOf => permuted([1, 0], ...names);

/** The sum of two tensors, in double precision: it is rounded once. The other way, the second is zeros. */
export const sumOf =
  (first: string, second: string): RecipeOf =>
  (shape) => ({
    sources: [first, second].map((name) => ({ names: [name], shapes: [shape] })),
    make: (tensors) => {
      const [a, b] = tensors.map((x) => kernels.cast(x, "float64"));
      return kernels.add(a, b);
    },
    give: (x) => [x, zeros(x.shape, { dtype: x.dtype })],
  });
