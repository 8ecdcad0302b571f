/** Parameters of layers: whatever was given becomes a Variable, and its shape is checked. */
import { Variable, variable } from "@adjoint/autograd";
import { calledAs, formatShape, type Shape, ShapeError, SpecError, shown, type Tensor } from "@adjoint/tensor";

/** A parameter as layers take it: a Variable is used itself, a Tensor becomes one. */
export type ParameterLike = Variable | Tensor;

/** A parameter of the layer `op` as a Variable, named if it has no name yet. */
export function parameter(op: string, value: ParameterLike, name: string): Variable {
  const x = value instanceof Variable ? value : calledAs(op, () => variable(value, { name }));
  x.name ??= name;
  return x;
}

/** @throws ShapeError unless `x` has the shape that the layer needs */
export function checkParameter(op: string, argument: string, x: Variable, shape: Shape, hint: string): void {
  if (x.ndim === shape.length && shape.every((n, i) => n === x.shape[i])) return;
  throw new ShapeError({
    op,
    problem: `${argument} has shape ${formatShape(x.shape)}, where ${formatShape(shape)} is needed`,
    argument,
    expected: formatShape(shape),
    received: formatShape(x.shape),
    hint,
  });
}

/** @throws ShapeError unless the filters `W` have four axes, those that `expected` names */
export function checkFilters(op: string, W: Variable, expected: string): void {
  if (W.ndim === 4) return;
  throw new ShapeError({
    op,
    problem: `W has shape ${formatShape(W.shape)}`,
    argument: "W",
    expected,
    received: formatShape(W.shape),
    hint: "Filters are 4-D, also for one channel.",
  });
}

/** Whether images have their channels last, as other frameworks keep them. */
export const channelsAreLast = ({ length, 1: first, 3: last }: Shape, channels: number): boolean =>
  length === 4 && first !== channels && last === channels;

/** What to do about such images. */
export const CHANNELS_FIRST = "Images are [N, channels, height, width]: pass transpose(x, [0, 3, 1, 2]).";

/** The number added to a variance. @throws SpecError unless it is positive */
export function epsilonOf(op: string, epsilon: number): number {
  if (typeof epsilon === "number" && epsilon > 0 && Number.isFinite(epsilon)) return epsilon;
  throw new SpecError({
    op,
    problem: `epsilon is ${shown(epsilon)}`,
    argument: "epsilon",
    expected: "a number > 0",
    received: shown(epsilon),
    hint: "1e-5 is what others use.",
  });
}
