/**
 * Maxima and minima: of two operands (maximum, minimum), along axes (max, min), and where they are (argmax, argmin).
 */
import { checkNotEmpty, checkOptions, type DType, kernels, reducedShape, type Tensor } from "@adjoint/tensor";
import { asVariable } from "../core/leaf.ts";
import { type BinaryOp, defineOp, type Op } from "../core/op.ts";
import type { ForwardContext, RuleContext, ValueSpec, Variable, VariableLike } from "../core/variable.ts";
import { mul } from "./arithmetic.ts";
import { axesOf, axisOf, batchAlongAxis, type ReduceOptions, reduceAxes } from "./axes.ts";
import { binary } from "./broadcast.ts";
import { eq, gt, lt, where } from "./comparison.ts";
import { zerosLike } from "./composite/creation.ts";
import { gather, scatterAdd } from "./gather-scatter.ts";
import { reshape } from "./reshape-transpose.ts";
import { joinAxes } from "./views.ts";

/** The share of the gradient that goes to `a`: all where it won, half at a tie. */
function shareOf(grad: Variable, won: Variable, tie: Variable): Variable {
  return where(tie, mul(grad, 0.5), where(won, grad, 0));
}

/**
 * The larger of a and b, elementwise with broadcasting; NaN if one is. At a tie each gets half of the gradient, and the
 * second derivative of the choice is taken as 0: maximum(x, −x)² = x² has second derivative 0 at 0.
 */
export const maximum: BinaryOp = binary("maximum", {
  forward: ([a, b]) => kernels.maximum(a, b),
  backward: [
    ({ grad, inputs: [a, b] }) => shareOf(grad, gt(a, b), eq(a, b)),
    ({ grad, inputs: [a, b] }) => shareOf(grad, gt(b, a), eq(a, b)),
  ],
  saves: "inputs",
  // y = max(a, b) ⇒ ȳ to the larger; half each where a = b
  // The gradient goes to the larger input, half to each at a tie.
});

/**
 * The smaller of a and b, elementwise with broadcasting; NaN if one is. At a tie each gets half of the gradient, and the
 * second derivative of the choice is taken as 0, as that of `maximum`.
 */
export const minimum: BinaryOp = binary("minimum", {
  forward: ([a, b]) => kernels.minimum(a, b),
  backward: [
    ({ grad, inputs: [a, b] }) => shareOf(grad, lt(a, b), eq(a, b)),
    ({ grad, inputs: [a, b] }) => shareOf(grad, lt(b, a), eq(a, b)),
  ],
  saves: "inputs",
  // y = min(a, b) ⇒ ȳ to the smaller; half each where a = b
  // The gradient goes to the smaller input, half to each at a tie.
});

interface MaxAttributes {
  readonly axis: number;
  readonly keepDims: boolean;
}

/** The parts of an op that takes one element along an axis, or its place. */
function choice(name: string, kernel: (x: Tensor, axis: number, keepDims: boolean) => Tensor, dtype?: DType) {
  return {
    name,
    infer: ([x]: readonly ValueSpec[], { axis, keepDims }: MaxAttributes): ValueSpec => {
      checkNotEmpty(name, x.shape, axis);
      return { shape: reducedShape(x.shape, [axis], keepDims), dtype: dtype ?? x.dtype };
    },
    forward: ([x]: readonly Tensor[], { axis, keepDims }: MaxAttributes) => kernel(x, axis, keepDims),
    batch: batchAlongAxis,
  };
}

const argmaxPrimitive: Op<MaxAttributes> = defineOp<MaxAttributes>({
  ...choice("argmax", kernels.argmax, "int32"),
  backward: [null],
  saves: "none",
  // y = the first i with x[i] = max x ⇒ no derivative
  // A place has no derivative.
  // […, n, …] → int32 […, …]
});

const argminPrimitive: Op<MaxAttributes> = defineOp<MaxAttributes>({
  ...choice("argmin", kernels.argmin, "int32"),
  backward: [null],
  saves: "none",
  // y = the first i with x[i] = min x ⇒ no derivative
  // A place has no derivative.
  // […, n, …] → int32 […, …]
});

/** The parts of an op that takes the element along an axis whose place `placeOf` finds. */
function extremeAlong(name: string, kernel: typeof kernels.max, placeOf: Op<MaxAttributes>) {
  const placesIn = (x: Variable, axis: number): Variable => placeOf(x, { axis, keepDims: true });
  return {
    ...choice(name, (x, axis, keepDims) => kernel(x, [axis], keepDims)),
    backward: [
      ({ grad, inputs: [x], attributes: { axis, keepDims } }: RuleContext<MaxAttributes>) => {
        const kept = keepDims ? grad : reshape(grad, reducedShape(x.shape, [axis], true));
        return scatterAdd(zerosLike(x), placesIn(x, axis), kept, { axis });
      },
    ],
    jvp: ({ tangents: [t], inputs: [x], output, attributes: { axis } }: ForwardContext<MaxAttributes>) =>
      reshape(gather(t as Variable, placesIn(x, axis), { axis }), output.shape),
    saves: "inputs" as const,
  };
}

const maxPrimitive: Op<MaxAttributes> = defineOp<MaxAttributes>({
  ...extremeAlong("max", kernels.max, argmaxPrimitive),
  // y = max x along the axis ⇒ ȳ to the first maximum, 0 elsewhere
  // The gradient goes to the first largest element along the axis; the others get 0.
  // […, n, …] → […, …]; source: the book, 7.4.4
});

const minPrimitive: Op<MaxAttributes> = defineOp<MaxAttributes>({
  ...extremeAlong("min", kernels.min, argminPrimitive),
  // y = min x along the axis ⇒ ȳ to the first minimum, 0 elsewhere
  // The gradient goes to the first smallest element along the axis; the others get 0.
  // […, n, …] → […, …]
});

function extreme(op: Op<MaxAttributes>, x: VariableLike, options: ReduceOptions): Variable {
  const { name } = op.definition;
  const input = asVariable(name, x);
  const { axes, keepDims } = reduceAxes(name, input, options);
  if (axes.length === 1) return op(input, { axis: axes[0], keepDims });
  const joined = joinAxes(input, axes);
  const reduced = op(joined, { axis: joined.ndim - 1, keepDims: false });
  return keepDims ? reshape(reduced, reducedShape(input.shape, axes, true)) : reduced;
}

/**
 * The largest element along `axis` (one, several, or all). The gradient goes to the first maximum, as in the book's
 * Pooling. NaN if there is one.
 * @throws ShapeError when there is no element to choose from
 */
export function max(x: VariableLike, options: ReduceOptions = {}): Variable {
  return extreme(maxPrimitive, x, options);
}

/**
 * The smallest element along `axis` (one, several, or all). The gradient goes to the first minimum.
 * NaN if there is one.
 * @throws ShapeError when there is no element to choose from
 */
export function min(x: VariableLike, options: ReduceOptions = {}): Variable {
  return extreme(minPrimitive, x, options);
}

/** Options of {@link argmax} and {@link argmin}. */
export interface ArgOptions {
  /** The axis. Default: the place in the flattened x. */
  readonly axis?: number;
  /** Whether the axis (without `axis`: every axis) stays with length 1. Default false. */
  readonly keepDims?: boolean;
}

function place(op: Op<MaxAttributes>, x: VariableLike, options: ArgOptions): Variable {
  const { name } = op.definition;
  const input = asVariable(name, x);
  checkOptions(name, options, ["axis", "keepDims"]);
  const { axis, keepDims = false } = options;
  if (axis === undefined) {
    const found = op(reshape(input, [input.size]), { axis: 0, keepDims: false });
    return keepDims ? reshape(found, reducedShape(input.shape, axesOf(name, input, undefined), true)) : found;
  }
  return op(input, { axis: axisOf(name, input, axis), keepDims });
}

/**
 * The index of the first largest element along `axis` (of the flattened x when not given), or of the first NaN: int32.
 * @throws ShapeError when there is no element to choose from
 */
export function argmax(x: VariableLike, options: ArgOptions = {}): Variable {
  return place(argmaxPrimitive, x, options);
}

/**
 * The index of the first smallest element along `axis` (of the flattened x when not given), or of the first NaN: int32.
 * @throws ShapeError when there is no element to choose from
 */
export function argmin(x: VariableLike, options: ArgOptions = {}): Variable {
  return place(argminPrimitive, x, options);
}

export const primitives = {
  maximum,
  minimum,
  max: maxPrimitive,
  min: minPrimitive,
  argmax: argmaxPrimitive,
  argmin: argminPrimitive,
};

export default { maximum, minimum, max, min, argmax, argmin };
