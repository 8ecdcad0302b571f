/**
 * The pair slice (a part of every axis, with steps) and padSlice (its adjoint: the part written into zeros), and what
 * is made from them: pad, roll.
 */
import {
  type AxisSlice,
  checkInteger,
  checkNumber,
  checkOptions,
  checkShape,
  formatShape,
  kernels,
  type Shape,
  ShapeError,
  SpecError,
  shown,
} from "@adjoint/tensor";
import { checkPart, partShape } from "@adjoint/tensor/internal";
import { asVariable, constant } from "../core/leaf.ts";
import { defineOp, type Op } from "../core/op.ts";
import type { Variable, VariableLike } from "../core/variable.ts";
import { add } from "./arithmetic.ts";
import { axisOf } from "./axes.ts";
import { where } from "./comparison.ts";
import { repeat } from "./repeat-sum.ts";

function wholeAxis(length: number): AxisSlice {
  return { start: 0, step: 1, length };
}

const slicePrimitive: Op<{ readonly slices: readonly AxisSlice[] }> = defineOp<{
  readonly slices: readonly AxisSlice[];
}>({
  name: "slice",
  infer: ([x], { slices }) => ({ shape: partShape("slice", x.shape, slices), dtype: x.dtype }),
  forward: ([x], { slices }) => kernels.slice(x, slices),
  backward: [({ grad, inputs: [x], attributes: { slices } }) => padSlicePrimitive(grad, { shape: x.shape, slices })],
  saves: "none",
  linear: true,
  batch: ({ inputs, size, attributes: { slices }, apply }) => apply(inputs, { slices: [wholeAxis(size), ...slices] }),
  // y[i] = x[start + i · step] ⇒ x̄ = ȳ written into zeros
  // The gradient is written into zeros, where the part was taken.
  // [n, …] → [length, …]; adjoint: padSlice
});

interface PadSliceAttributes {
  readonly shape: Shape;
  readonly slices: readonly AxisSlice[];
}

const padSlicePrimitive: Op<PadSliceAttributes> = defineOp<PadSliceAttributes>({
  name: "padSlice",
  infer: ([x], { shape, slices }) => {
    checkPart(x, shape, partShape("padSlice", shape, slices));
    return { shape, dtype: x.dtype };
  },
  forward: ([x], { shape, slices }) => kernels.padSlice(x, shape, slices),
  backward: [({ grad, attributes: { slices } }) => slicePrimitive(grad, { slices })],
  saves: "none",
  linear: true,
  batch: ({ inputs, size, attributes: { shape, slices }, apply }) =>
    apply(inputs, { shape: [size, ...shape], slices: [wholeAxis(size), ...slices] }),
  // y[start + i · step] = x[i], 0 elsewhere ⇒ x̄[i] = ȳ[start + i · step]
  // The gradient is taken from where the input was written.
  // [length, …] → shape; adjoint: slice
});

/** A slice as Python writes it, one entry for each axis (missing ones take the whole axis). */
export interface SliceOptions {
  /** First index for each axis; negative counts from the end. Default: the first, or the last when the step is negative. */
  readonly start?: readonly (number | null | undefined)[];
  /** Index to stop before, for each axis; negative counts from the end. Default: the end. */
  readonly stop?: readonly (number | null | undefined)[];
  /** Distance between taken elements, for each axis; may be negative, not 0. Default 1. */
  readonly step?: readonly (number | null | undefined)[];
}

/** One axis of a slice in range, by Python's rules: bounds beyond the ends are clipped. */
function axisSlice(length: number, start: number | undefined, stop: number | undefined, step: number): AxisSlice {
  const [low, high] = step > 0 ? [0, length] : [-1, length - 1];
  const clamp = (index: number): number => Math.min(Math.max(index < 0 ? index + length : index, low), high);
  const from = start === undefined ? (step > 0 ? low : high) : clamp(start);
  const to = stop === undefined ? (step > 0 ? high : low) : clamp(stop);
  return { start: from, step, length: Math.max(0, Math.ceil((to - from) / step)) };
}

function sliceShape(op: string, shape: Shape, options: SliceOptions): AxisSlice[] {
  checkOptions(op, options, ["start", "stop", "step"]);
  for (const key of ["start", "stop", "step"] as const) {
    const list = options[key];
    const bad =
      list !== undefined &&
      (!Array.isArray(list) ||
        list.length > shape.length ||
        list.some((v) => v != null && (!Number.isInteger(v) || (key === "step" && v === 0))));
    if (bad) {
      const expected = `at most ${shape.length} integers${key === "step" ? ", none of them 0" : ""}`;
      throw ShapeError.of(op, key, list, expected, {
        problem: `${key} ${shown(list)} does not fit shape ${formatShape(shape)}`,
        hint: "Give one integer (or null) for each axis, from the first; missing axes are taken whole.",
      });
    }
  }
  return shape.map((length, i) =>
    axisSlice(length, options.start?.[i] ?? undefined, options.stop?.[i] ?? undefined, options.step?.[i] ?? 1),
  );
}

/**
 * A part of every axis: `start`, `stop` (not included) and `step` for each, with Python's rules for negative values.
 * A view. Linear; adjoint: {@link padSlice}.
 *
 * `slice(x, { start: [0, 1], step: [1, 2] })` is NumPy's `x[0:, 1::2]`. Numbers alone are for the first axis, as those of
 * an array: `slice(x, 0, 10)` is `x[0:10]`.
 */
export function slice(x: VariableLike, start: number | SliceOptions = {}, stop?: number): Variable {
  const input = asVariable("slice", x);
  if (stop !== undefined && typeof start !== "number") {
    throw SpecError.of("slice", "stop", stop, "two numbers, or options alone", {
      problem: `stop is ${shown(stop)} beside options`,
      hint: "Write slice(x, 0, 10) for the first axis, or slice(x, { start: [0], stop: [10] }).",
    });
  }
  const options = typeof start === "number" ? { start: [start], stop: [stop] } : start;
  return slicePrimitive(input, { slices: sliceShape("slice", input.shape, options) });
}

/**
 * Zeros of `shape` with x written where `slice` with the same options would read. Linear; adjoint: {@link slice}.
 * @throws ShapeError when the slice of `shape` has another shape than x
 */
export function padSlice(x: VariableLike, shape: Shape, options: SliceOptions): Variable {
  const input = asVariable("padSlice", x);
  checkShape("padSlice", shape);
  const slices = sliceShape("padSlice", shape, options);
  return padSlicePrimitive(input, { shape, slices });
}

/**
 * Adds `[before, after]` elements of `value` (default 0) to each axis, as NumPy's pad in constant mode.
 * @throws ShapeError unless there is one pair of integers ≥ 0 for each axis
 */
export function pad(
  x: VariableLike,
  widths: readonly (readonly [number, number])[],
  options: { readonly value?: number } = {},
): Variable {
  checkOptions("pad", options, ["value"]);
  const input = asVariable("pad", x);
  const bad =
    !Array.isArray(widths) ||
    widths.length !== input.ndim ||
    widths.some((w) => !Array.isArray(w) || w.length !== 2 || w.some((n) => !Number.isInteger(n) || n < 0));
  if (bad) {
    const expected = `${input.ndim} pairs [before, after] of integers ≥ 0`;
    throw ShapeError.of("pad", "widths", widths, expected, {
      problem: `widths ${shown(widths)} do not fit shape ${formatShape(input.shape)}`,
    });
  }
  const { value = 0 } = options;
  checkNumber("pad", "value", value, true, "a number");
  const shape = input.shape.map((n, i) => widths[i][0] + n + widths[i][1]);
  const slices = input.shape.map((length, i) => ({ start: widths[i][0], step: 1, length }));
  const zeros = padSlicePrimitive(input, { shape, slices });
  if (value === 0) return zeros;
  const inside = padSlicePrimitive(repeat(constant(true), input.shape), { shape, slices });
  return where(inside, zeros, constant(value, { dtype: input.dtype }));
}

/**
 * Moves elements along `axis` by `shift` places; those pushed over the end come back at the other. Without `axis`
 * x must be 1-D.
 * @throws ShapeError without `axis` for an x of several axes
 */
export function roll(x: VariableLike, shift: number, options: { readonly axis?: number } = {}): Variable {
  checkOptions("roll", options, ["axis"]);
  const input = asVariable("roll", x);
  checkInteger("roll", "shift", shift);
  if (options.axis === undefined && input.ndim !== 1) {
    throw ShapeError.of("roll", "axis", undefined, "an axis, or a 1-D x", {
      problem: `x has shape ${formatShape(input.shape)} and no axis is named`,
      hint: "Pass { axis }, or flatten x first.",
    });
  }
  const axis = axisOf("roll", input, options.axis ?? 0);
  const { shape } = input;
  const length = shape[axis];
  const k = length === 0 ? 0 : ((shift % length) + length) % length;
  const part = (start: number, length: number): { readonly slices: readonly AxisSlice[] } => ({
    slices: shape.map(wholeAxis).with(axis, { start, step: 1, length }),
  });
  // The last k elements come first, the others behind them.
  const last = padSlicePrimitive(slicePrimitive(input, part(length - k, k)), { shape, ...part(0, k) });
  const others = padSlicePrimitive(slicePrimitive(input, part(0, length - k)), { shape, ...part(k, length - k) });
  return add(last, others);
}

export const primitives = { slice: slicePrimitive, padSlice: padSlicePrimitive };
export default { slice, padSlice, pad, roll };
