/**
 * Maxima and minima: of two operands (maximum, minimum), along axes (max, min), and where they are (argmax, argmin).
 */
import { checkNotEmpty, checkOptions, kernels, reducedShape } from "@adjoint/tensor";
import { asVariable } from "../core/leaf.ts";
import { type BinaryOp, defineOp, type Op } from "../core/op.ts";
import type { ValueSpec, Variable, VariableLike } from "../core/variable.ts";
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
export const maximum: BinaryOp = binary({
  name: "maximum",
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
export const minimum: BinaryOp = binary({
  name: "minimum",
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

function extremeSpec(op: string, x: ValueSpec, { axis, keepDims }: MaxAttributes, dtype = x.dtype): ValueSpec {
  checkNotEmpty(op, x.shape, axis);
  return { shape: reducedShape(x.shape, [axis], keepDims), dtype };
}

/** ȳ at the place of the chosen element, zero elsewhere. */
function routed(grad: Variable, x: Variable, places: Variable, { axis, keepDims }: MaxAttributes): Variable {
  const kept = keepDims ? grad : reshape(grad, reducedShape(x.shape, [axis], true));
  return scatterAdd(zerosLike(x), places, kept, { axis });
}

/** Of the tangent, the element at the place of the chosen one. */
function picked(tangent: Variable, places: Variable, { axis }: MaxAttributes, y: Variable): Variable {
  return reshape(gather(tangent, places, { axis }), y.shape);
}

const argmaxPrimitive: Op<MaxAttributes> = defineOp<MaxAttributes>({
  name: "argmax",
  infer: ([x], attributes) => extremeSpec("argmax", x, attributes, "int32"),
  forward: ([x], { axis, keepDims }) => kernels.argmax(x, axis, keepDims),
  backward: [null],
  saves: "none",
  batch: batchAlongAxis,
  // y = the first i with x[i] = max x ⇒ no derivative
  // A place has no derivative.
  // […, n, …] → int32 […, …]
});

const argminPrimitive: Op<MaxAttributes> = defineOp<MaxAttributes>({
  name: "argmin",
  infer: ([x], attributes) => extremeSpec("argmin", x, attributes, "int32"),
  forward: ([x], { axis, keepDims }) => kernels.argmin(x, axis, keepDims),
  backward: [null],
  saves: "none",
  batch: batchAlongAxis,
  // y = the first i with x[i] = min x ⇒ no derivative
  // A place has no derivative.
  // […, n, …] → int32 […, …]
});

const maxPrimitive: Op<MaxAttributes> = defineOp<MaxAttributes>({
  name: "max",
  infer: ([x], attributes) => extremeSpec("max", x, attributes),
  forward: ([x], { axis, keepDims }) => kernels.max(x, [axis], keepDims),
  backward: [
    ({ grad, inputs: [x], attributes }) =>
      routed(grad, x, argmaxPrimitive(x, { axis: attributes.axis, keepDims: true }), attributes),
  ],
  jvp: ({ tangents: [t], inputs: [x], output, attributes }) =>
    picked(t as Variable, argmaxPrimitive(x, { axis: attributes.axis, keepDims: true }), attributes, output),
  saves: "inputs",
  batch: batchAlongAxis,
  // y = max x along the axis ⇒ ȳ to the first maximum, 0 elsewhere
  // The gradient goes to the first largest element along the axis; the others get 0.
  // […, n, …] → […, …]; source: the book, 7.4.4
});

const minPrimitive: Op<MaxAttributes> = defineOp<MaxAttributes>({
  name: "min",
  infer: ([x], attributes) => extremeSpec("min", x, attributes),
  forward: ([x], { axis, keepDims }) => kernels.min(x, [axis], keepDims),
  backward: [
    ({ grad, inputs: [x], attributes }) =>
      routed(grad, x, argminPrimitive(x, { axis: attributes.axis, keepDims: true }), attributes),
  ],
  jvp: ({ tangents: [t], inputs: [x], output, attributes }) =>
    picked(t as Variable, argminPrimitive(x, { axis: attributes.axis, keepDims: true }), attributes, output),
  saves: "inputs",
  batch: batchAlongAxis,
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

// For the list of ops: what graphs are made of in this family.
export const primitives = {
  maximum,
  minimum,
  max: maxPrimitive,
  min: minPrimitive,
  argmax: argmaxPrimitive,
  argmin: argminPrimitive,
};

// For the list of ops: the methods of this family.
export default { maximum, minimum, max, min, argmax, argmin };
