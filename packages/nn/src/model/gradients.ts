/** The gradients of a loss with respect to a record of parameters: from the graph, and by differences. */
import type { Variable } from "@adjoint/autograd";
import { numericalGradient } from "@adjoint/gradcheck";
import { type Tensor, zeros } from "@adjoint/tensor";

/** Parameters by name. */
export type Parameters = Readonly<Record<string, Variable>>;

/** Gradients by the name of the parameter, each of its shape. */
export type Gradients = Record<string, Tensor>;

/** The gradient of a loss with respect to every parameter, from the graph; `.grad` of the parameters stays as it was. */
export function gradientOf(params: Parameters, loss: () => Variable): Gradients {
  const entries = Object.entries(params);
  const before = entries.map(([, x]) => x.grad);
  for (const [, x] of entries) x.grad = null;
  try {
    loss().backward();
    return Object.fromEntries(
      entries.map(([name, x]) => [name, (x.grad as Variable | null)?.value ?? zeros(x.shape, { dtype: x.dtype })]),
    );
  } finally {
    entries.forEach(([, x], i) => {
      x.grad = before[i];
    });
  }
}

/** The gradient of a loss by central differences, entry by entry (h = 1e-4): slow, and exact to some seven digits. */
export function numericalGradientOf(params: Parameters, loss: () => Variable): Gradients {
  return Object.fromEntries(Object.entries(params).map(([name, x]) => [name, numericalGradient(loss, x)]));
}
