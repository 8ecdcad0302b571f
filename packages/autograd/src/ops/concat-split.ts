/** The pair concat (joins along an axis) and split (cuts along it), and stack. */
import {
  calledAs,
  checkOptions,
  formatShape,
  kernels,
  normalizeAxis,
  promote,
  ShapeError,
  shown,
} from "@adjoint/tensor";
import { concatSpec } from "@adjoint/tensor/internal";
import { asVariable } from "../core/leaf.ts";
import { defineOp, type Op } from "../core/op.ts";
import type { Variable, VariableLike } from "../core/variable.ts";
import { alongAxis, batchAlongAxis } from "./axes.ts";
import { cast } from "./cast-detach.ts";
import { checkVariables } from "./list-argument.ts";
import { unsqueeze } from "./reshape-transpose.ts";
import { narrow } from "./views.ts";

const startsByInputs = new WeakMap<readonly Variable[], readonly number[]>();

/**
 * Where each part starts along the axis. The rules for all inputs of one node see the same array, so that it is added
 * up once for them all: each for itself would make the gradient of n parts take n² steps.
 */
function startsOf(inputs: readonly Variable[], axis: number): readonly number[] {
  let starts = startsByInputs.get(inputs);
  if (starts === undefined) {
    let end = 0;
    starts = inputs.map((part) => {
      end += part.shape[axis];
      return end - part.shape[axis];
    });
    startsByInputs.set(inputs, starts);
  }
  return starts;
}

const concatPrimitive: Op<{ readonly axis: number }> = defineOp<{ readonly axis: number }>({
  name: "concat",
  infer: (parts, { axis }) => concatSpec(parts, axis),
  forward: (parts, { axis }) => kernels.concat(parts, axis),
  backward:
    (index) =>
    ({ grad, inputs, attributes: { axis } }) =>
      narrow(grad, axis, startsOf(inputs, axis)[index], inputs[index].shape[axis]),
  saves: "none",
  linear: true,
  batch: batchAlongAxis,
  // y = x₀, x₁, … one after the other ⇒ x̄ₖ = the part of ȳ that came from xₖ
  // The gradient is split: every input gets its own part.
  // […, n₀, …], […, n₁, …] → […, n₀ + n₁, …]; adjoint: slice
});

/**
 * Joins Variables along `axis` (default 0, negative from the end); dtypes are promoted. Linear; adjoint: {@link split}.
 * @throws ShapeError when lengths of other axes differ, or there is nothing to join
 */
export function concat(xs: readonly VariableLike[], options: { readonly axis?: number } = {}): Variable {
  checkOptions("concat", options, ["axis"]);
  checkVariables("concat", xs);
  let parts = xs.map((x, i) => asVariable("concat", x, `input ${i}`));
  const dtype = parts.reduce((d, part) => promote(d, part.dtype), parts[0]?.dtype ?? "float32");
  parts = parts.map((part) => cast(part, dtype));
  const axis = normalizeAxis("concat", options.axis ?? 0, parts[0]?.ndim ?? 1);
  return concatPrimitive(...parts, { axis });
}

/** PyTorch's name for {@link concat}. */
export const cat: typeof concat = (xs, options) => calledAs("cat", () => concat(xs, options));

/**
 * Joins Variables of one shape along a new axis at place `axis` of the result (default 0, negative from the end).
 * Dtypes are promoted. Linear.
 * @throws ShapeError when shapes differ, or there is nothing to join
 */
export function stack(xs: readonly VariableLike[], options: { readonly axis?: number } = {}): Variable {
  checkOptions("stack", options, ["axis"]);
  checkVariables("stack", xs);
  const parts = xs.map((x, i) => asVariable("stack", x, `input ${i}`));
  const axis = normalizeAxis("stack", options.axis ?? 0, (parts[0]?.ndim ?? 0) + 1);
  return calledAs("stack", () => {
    const layers = parts.map((part) => unsqueeze(part, axis));
    return concat(layers, { axis });
  });
}

/** So many parts may be cut off an axis of no length. */
const MOST_EMPTY = 1024;

/**
 * Cuts x along `axis` (default 0): into `parts` pieces of equal length, or into pieces of the lengths listed.
 * @throws ShapeError when the pieces do not add up to the axis
 */
export function split(
  x: VariableLike,
  parts: number | readonly number[],
  options: { readonly axis?: number } = {},
): Variable[] {
  const { input, axis } = alongAxis("split", x, options, 0);
  const length = input.shape[axis];
  const lengths =
    Number.isInteger(parts) && (parts as number) >= 0 && (parts as number) <= Math.max(length, MOST_EMPTY)
      ? new Array<number>(parts as number).fill(length / (parts as number))
      : parts;
  if (
    !Array.isArray(lengths) ||
    lengths.some((n) => !Number.isInteger(n) || n < 0) ||
    lengths.reduce((a, b) => a + b, 0) !== length
  ) {
    throw ShapeError.of("split", "parts", parts, `a divisor of ${length}, or integers ≥ 0 that add up to ${length}`, {
      problem: `axis ${axis} of ${formatShape(input.shape)} cannot be cut into ${shown(parts)}`,
    });
  }
  return cut(input, axis, lengths);
}

/** So many parts are cut off at once: their gradients are written into no more zeros than those of halves of halves. */
const MOST_AT_ONCE = 4;

/**
 * The parts of x. Many are cut from halves, again and again: the gradient of a part is written into zeros as long as what
 * it was cut from, so that n parts of the whole would take n times its numbers, and halves take 2 log n times.
 */
function cut(x: Variable, axis: number, lengths: readonly number[]): Variable[] {
  if (lengths.length > MOST_AT_ONCE) {
    const half = Math.floor(lengths.length / 2);
    const halves = [lengths.slice(0, half), lengths.slice(half)];
    const sums = halves.map((some) => some.reduce((a, b) => a + b, 0));
    return cut(x, axis, sums).flatMap((part, i) => cut(part, axis, halves[i]));
  }
  let start = 0;
  return lengths.map((n) => {
    start += n;
    return narrow(x, axis, start - n, n);
  });
}

/** As a method, whose Variable comes first. */
function joined(join: typeof concat) {
  return (x: VariableLike, others: VariableLike | readonly VariableLike[], options?: { readonly axis?: number }) =>
    join([x, ...([others].flat() as VariableLike[])], options);
}

export const primitives = { concat: concatPrimitive };
export default { split, concat: joined(concat), cat: joined(concat), stack: joined(stack) };
