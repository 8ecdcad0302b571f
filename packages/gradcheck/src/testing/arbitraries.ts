/**
 * Arbitraries for properties: shapes, tensors of numbers in a range and away from given points, indices, windows.
 *
 * Numbers come from a grid of thousandths: even over the range, readable when a counterexample is reported, and not
 * exact in binary, so that a wrong order of rounding shows.
 */
import { allocate, type DType, type Shape, sizeOf, Tensor } from "@adjoint/tensor";
import fc from "fast-check";
import { type Layout, layouts } from "../engine/layout.ts";

/** Any memory layout. */
export const anyLayout: fc.Arbitrary<Layout> = fc.constantFrom(...layouts);

/** Limits of {@link shapes}. */
export interface ShapeLimits {
  /** Fewest axes. Default 0. */
  readonly minDims?: number;
  /** Most axes. Default 4. */
  readonly maxDims?: number;
  /** Shortest axis. Default 0. */
  readonly minLength?: number;
  /** Longest axis. Default 4. */
  readonly maxLength?: number;
  /** Most elements. Axes that would exceed it become as short as allowed. Default 48. */
  readonly maxSize?: number;
}

/** Shapes of up to four axes of up to four elements; single numbers, empty axes and axes of length 1 included. */
export function shapes(limits: ShapeLimits = {}): fc.Arbitrary<Shape> {
  const { minDims = 0, maxDims = 4, minLength = 0, maxLength = 4, maxSize = 48 } = limits;
  return fc
    .array(fc.integer({ min: minLength, max: maxLength }), { minLength: minDims, maxLength: maxDims })
    .map((lengths) => {
      let size = 1;
      return lengths.map((n) => {
        const length = size * n > maxSize ? Math.max(1, minLength) : n;
        size *= Math.max(length, 1);
        return length;
      });
    });
}

/** Two shapes that broadcast, and the shape they meet in. */
export interface BroadcastablePair {
  readonly a: Shape;
  readonly b: Shape;
  readonly result: Shape;
}

/** Pairs of shapes that NumPy's rules broadcast: axes of length 1 on either side, leading axes missing on either. */
export function broadcastablePairs(limits: ShapeLimits = {}): fc.Arbitrary<BroadcastablePair> {
  return shapes(limits).chain((result) => {
    const { length } = result;
    const ones = fc.array(fc.constantFrom("a", "b", "neither", "neither"), { minLength: length, maxLength: length });
    return fc.record({ ones, missing: fc.nat(length), side: fc.boolean() }).map(({ ones, missing, side }) => {
      const a = result.map((n, i) => (ones[i] === "a" ? 1 : n));
      const b = result.map((n, i) => (ones[i] === "b" ? 1 : n));
      // An axis that the other side leaves out, or has with length 1, must have its length here.
      const short = side ? a : b;
      const long = (side ? b : a).map((n, i) => (i < missing ? result[i] : n));
      const pair = { short: short.slice(missing), long };
      return side ? { a: pair.short, b: pair.long, result } : { a: pair.long, b: pair.short, result };
    });
  });
}

/** The numbers that a tensor is filled with. */
export interface NumberRange {
  /** Default −3. */
  readonly min?: number;
  /** Default 3. */
  readonly max?: number;
  /** Points that numbers avoid: kinks and poles. Default none. */
  readonly awayFrom?: readonly number[];
  /** Least distance of the numbers from those points. Default 0.1. */
  readonly distance?: number;
  /** Default float64. */
  readonly dtype?: "float32" | "float64";
}

const perUnit = 1000;

/** Numbers in a range and away from points. */
export function numbers(range: NumberRange = {}): fc.Arbitrary<number> {
  const { min = -3, max = 3, awayFrom = [], distance = 0.1 } = range;
  const stops = [...awayFrom].sort((p, q) => p - q);
  const starts = [min, ...stops.map((p) => p + distance)];
  const ends = [...stops.map((p) => p - distance), max];
  const pieces = starts
    .map((start, i) => ({
      first: Math.ceil(Math.max(start, min) * perUnit),
      last: Math.floor(Math.min(ends[i], max) * perUnit),
    }))
    .filter(({ first, last }) => first <= last);
  const count = pieces.reduce((n, { first, last }) => n + last - first + 1, 0);
  const places = pieces.flatMap(({ first, last }) => [first, last]);
  const nearest = places.reduce((p, q) => (Math.abs(q) < Math.abs(p) ? q : p), places[0]);
  const simplest = pieces.some(({ first, last }) => first <= 0 && last >= 0) ? 0 : nearest;
  // Counted from the number nearest to 0, which counterexamples then shrink towards.
  const at = (k: number): number => {
    let rest = k;
    for (const { first, last } of pieces) {
      if (rest <= last - first) return first + rest;
      rest -= last - first + 1;
    }
    return simplest;
  };
  let origin = 0;
  while (at(origin) !== simplest) origin++;
  return fc.nat(count - 1).map((k) => at((k + origin) % count) / perUnit);
}

/** A tensor from its elements `values` in row-major order. */
export function tensorOf(values: readonly number[], shape: Shape, dtype: DType = "float64"): Tensor {
  const data = allocate(dtype, values.length);
  data.set(values);
  return new Tensor(data, shape);
}

/** Tensors of a shape, filled with numbers in a range. */
export function tensors(shape: Shape, range: NumberRange = {}): fc.Arbitrary<Tensor> {
  const size = sizeOf(shape);
  return fc
    .array(numbers(range), { minLength: size, maxLength: size })
    .map((values) => tensorOf(values, shape, range.dtype));
}

/**
 * Tensors whose elements all differ by at least `gap`, in any order: for ops that have a kink where two are equal.
 *
 * @param gap least distance between two elements, default 0.1
 */
export function distinctTensors(shape: Shape, gap = 0.1): fc.Arbitrary<Tensor> {
  const size = sizeOf(shape);
  const places = Array.from({ length: size }, (_, i) => i);
  return fc
    .record({
      order: fc.shuffledSubarray(places, { minLength: size, maxLength: size }),
      jitter: fc.array(fc.nat(Math.floor(gap * perUnit)), { minLength: size, maxLength: size }),
    })
    .map(({ order, jitter }) =>
      tensorOf(
        order.map((place, i) => 2 * gap * (place - size / 2) + jitter[i] / perUnit),
        shape,
      ),
    );
}

/** int32 tensors of a shape with elements 0 … count − 1. */
export function indexTensors(shape: Shape, count: number): fc.Arbitrary<Tensor<"int32">> {
  const size = sizeOf(shape);
  return fc
    .array(fc.integer({ min: 0, max: Math.max(0, count - 1) }), {
      minLength: size,
      maxLength: size,
    })
    .map((values) => tensorOf(values, shape, "int32") as Tensor<"int32">);
}

/** bool tensors of a shape. */
export function maskTensors(shape: Shape): fc.Arbitrary<Tensor<"bool">> {
  const size = sizeOf(shape);
  return fc
    .array(fc.boolean(), { minLength: size, maxLength: size })
    .map((values) => tensorOf(values.map(Number), shape, "bool") as Tensor<"bool">);
}

/** An axis of a shape with at least one, counted from the front. */
export function axesOf(shape: Shape): fc.Arbitrary<number> {
  return fc.nat(shape.length - 1);
}

/** Some axes of a shape (none, all, or any between), in order. */
export function axisSetsOf(shape: Shape): fc.Arbitrary<readonly number[]> {
  return fc.subarray(shape.map((_, i) => i));
}

/** The axis `axis` of `ndim` as callers write it: from the front or, negative, from the end. */
export function eitherWay(axis: number, ndim: number): fc.Arbitrary<number> {
  return fc.constantFrom(axis, axis - ndim);
}

/** Images and a sliding window over them that fits. */
export interface WindowSample {
  /** [N, C, H, W] */
  readonly shape: readonly [number, number, number, number];
  readonly filterH: number;
  readonly filterW: number;
  readonly stride: number | readonly [number, number];
  readonly pad: number | readonly [number, number];
  readonly dilation: number | readonly [number, number];
}

/**
 * Windows over images: overlapping (stride smaller than the filter), leaving gaps, padded, dilated, rectangular, with
 * both axes alike or each for itself; batches of 0 included.
 */
export function windows(): fc.Arbitrary<WindowSample> {
  const both = (min: number, max: number) =>
    fc.oneof(fc.integer({ min, max }), fc.tuple(fc.integer({ min, max }), fc.integer({ min, max })));
  const filter = fc.integer({ min: 1, max: 3 });
  return fc
    .record({
      batch: fc.integer({ min: 0, max: 2 }),
      channels: fc.integer({ min: 1, max: 2 }),
      filterH: filter,
      filterW: filter,
      extraH: fc.nat(2),
      extraW: fc.nat(2),
      stride: both(1, 3),
      pad: both(0, 1),
      dilation: both(1, 2),
    })
    .map(({ batch, channels, filterH, filterW, extraH, extraW, stride, pad, dilation }) => {
      const [padH, padW] = typeof pad === "number" ? [pad, pad] : pad;
      const [dilationH, dilationW] = typeof dilation === "number" ? [dilation, dilation] : dilation;
      const least = (size: number, d: number, p: number): number => Math.max(1, d * (size - 1) + 1 - 2 * p);
      const height = least(filterH, dilationH, padH) + extraH;
      const width = least(filterW, dilationW, padW) + extraW;
      return { shape: [batch, channels, height, width], filterH, filterW, stride, pad, dilation } as const;
    });
}
