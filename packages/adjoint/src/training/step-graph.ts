/** The graph of one training step of a model. */
import { constant, type Graph, graphOf, recordAll, type Variable } from "@adjoint/autograd";
import type { Model } from "@adjoint/nn";
import { Tensor } from "@adjoint/tensor";

/** Inputs or targets: one tensor, or several by name. */
type Batch = Tensor | Readonly<Record<string, Tensor>>;

/**
 * One training step of a model on samples, its backward pass included, as it is recorded in training; without targets the
 * prediction alone.
 */
export function graphOfSamples(model: Model, { x, t }: { readonly x: Batch; readonly t: Batch | null }): Graph {
  const inputs = named(x, "x");
  if (t === null) return graphOf(recordAll(() => model.predict(inputs)));
  const targets = named(t, "t");
  return graphOf(
    recordAll(() => model.loss(inputs, targets, { train: true })),
    { backward: true },
  );
}

/** Tensors as inputs of a graph or a program that have names. */
export function named(values: Batch, name: string): Variable | Record<string, Variable> {
  if (values instanceof Tensor) return constant(values, { name });
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, constant(value, { name: key })]));
}
