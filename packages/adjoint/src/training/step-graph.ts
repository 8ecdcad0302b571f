/** One training step of a model: its graph, and the function that a program is made of. */
import { constant, type Graph, graphOf, recordAll, type Variable } from "@adjoint/autograd";
import type { Model, ModelInputs, ModelTargets } from "@adjoint/nn";
import type { Optimizer } from "@adjoint/optim";
import { SpecError, Tensor } from "@adjoint/tensor";

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
  const loss = recordAll(() => model.loss(inputs, targets, { train: true }));
  return graphOf(loss, { backward: true });
}

/** Tensors as inputs of a graph or a program that have names. */
export function named(values: Batch, name: string): Variable | Record<string, Variable> {
  if (values instanceof Tensor) return constant(values, { name });
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, constant(value, { name: key })]));
}

/** A step as a function of samples and targets that gives the loss. */
export function trainingStep(model: Model, optimizer: Optimizer) {
  return (samples: ModelInputs, targets: ModelTargets): Variable => {
    optimizer.zeroGrad();
    const loss = model.loss(samples, targets, { train: true });
    loss.backward();
    optimizer.step();
    return loss;
  };
}

/** Refuses a model that has no targets. @throws SpecError where `t` is null */
export function checkTargets<T>(op: string, model: string, t: T): asserts t is NonNullable<T> {
  if (t !== null) return;
  throw SpecError.of(op, "model", model, "a model with a loss", { problem: "the model has no loss to train by" });
}
