/**
 * Samples of the ops that move elements: reshape, transpose, slice, concat, gather, windows, triangles, and their like.
 */
import { type AxisSlice, type Shape, sizeOf } from "@adjoint/tensor";
import fc from "fast-check";
import {
  axesOf,
  axisSetsOf,
  broadcastablePairs,
  indexTensors,
  shapes,
  tensors,
  type WindowSample,
  windows,
} from "../arbitraries.ts";
import type { Sample } from "../laws/subject.ts";

/** A shape with at least one axis, and one of its axes. */
export const shapeAndAxis: fc.Arbitrary<{ shape: Shape; axis: number }> = shapes({ minDims: 1 }).chain((shape) =>
  fc.record({ shape: fc.constant(shape), axis: axesOf(shape) }),
);

/** The inputs, with attributes that are known by then. */
export function sampleOf<Attributes extends object>(
  attributes: Attributes,
  ...inputs: fc.Arbitrary<Sample["inputs"][number]>[]
): fc.Arbitrary<Sample<Attributes>> {
  return fc.tuple(...inputs).map((tensors) => ({ inputs: tensors, attributes }));
}

/** Another shape of as many elements: axes exchanged, joined, or of length 1 put in. */
function otherShape(shape: Shape): fc.Arbitrary<Shape> {
  const joined = shape.length < 2 ? shape : [shape[0] * shape[1], ...shape.slice(2)];
  return fc
    .tuple(fc.constantFrom(shape, joined, [sizeOf(shape)], shape.toReversed()), fc.nat(4), fc.boolean())
    .map(([to, at, one]) => (one ? to.toSpliced(at % (to.length + 1), 0, 1) : to));
}

/** A part of an axis: any start, step of −2 … 2 but not 0, any length that fits. */
function partOf(length: number): fc.Arbitrary<AxisSlice> {
  if (length === 0) return fc.constant({ start: 0, step: 1, length: 0 });
  return fc.tuple(fc.nat(length - 1), fc.constantFrom(1, 1, -1, 2, -2)).chain(([start, step]) => {
    const most = Math.floor((step > 0 ? length - 1 - start : start) / Math.abs(step)) + 1;
    return fc.integer({ min: 0, max: most }).map((n) => ({ start, step, length: n }));
  });
}

const parts: fc.Arbitrary<{ shape: Shape; slices: AxisSlice[] }> = shapes().chain((shape) =>
  fc.record({ shape: fc.constant(shape), slices: fc.tuple(...shape.map(partOf)) }),
);

/** A shape, an axis, and how many indices go along it: none where there is nothing to index. */
const indexing = shapeAndAxis.chain(({ shape, axis }) =>
  fc.record({
    shape: fc.constant(shape),
    axis: fc.constant(axis),
    count: shape[axis] === 0 ? fc.constant(0) : fc.nat(4),
  }),
);

const triangle: fc.Arbitrary<Sample> = fc
  .tuple(shapes({ minDims: 2 }), fc.integer({ min: -3, max: 3 }))
  .chain(([shape, k]) => sampleOf({ k }, tensors(shape)));

function columnsOf({ shape, filterH, filterW, stride, pad, dilation }: WindowSample): Shape {
  const [sH, sW] = typeof stride === "number" ? [stride, stride] : stride;
  const [pH, pW] = typeof pad === "number" ? [pad, pad] : pad;
  const [dH, dW] = typeof dilation === "number" ? [dilation, dilation] : dilation;
  const outH = Math.floor((shape[2] + 2 * pH - dH * (filterH - 1) - 1) / sH) + 1;
  const outW = Math.floor((shape[3] + 2 * pW - dW * (filterW - 1) - 1) / sW) + 1;
  return [shape[0] * outH * outW, shape[1] * filterH * filterW];
}

/** Samples of reshape-transpose.ts, slice-pad.ts, concat-split.ts, gather-scatter.ts, im2col-col2im.ts, triangle.ts. */
export const rearrangingSamples = {
  repeat: broadcastablePairs().chain(({ a, result }) => sampleOf({ shape: result }, tensors(a))),
  reshape: shapes().chain((from) => otherShape(from).chain((shape) => sampleOf({ shape }, tensors(from)))),
  // Cubes too: only there does a wrong permutation leave the shape as it is.
  transpose: fc
    .oneof(shapes(), fc.constantFrom([2, 2, 2], [3, 3, 3], [2, 2, 2, 2]))
    .chain((shape) => {
      const axes = shape.map((_, i) => i);
      const { length } = axes;
      return fc.tuple(fc.constant(shape), fc.shuffledSubarray(axes, { minLength: length, maxLength: length }));
    })
    .chain(([shape, axes]) => sampleOf({ axes }, tensors(shape))),
  flip: shapes()
    .chain((shape) => fc.tuple(fc.constant(shape), axisSetsOf(shape)))
    .chain(([shape, axes]) => sampleOf({ axes }, tensors(shape))),
  slice: parts.chain(({ shape, slices }) => sampleOf({ slices }, tensors(shape))),
  padSlice: parts.chain(({ shape, slices }) =>
    sampleOf({ shape, slices }, tensors(slices.map(({ length }) => length))),
  ),
  concat: fc
    .tuple(shapeAndAxis, fc.array(fc.nat(3), { minLength: 1, maxLength: 3 }))
    .chain(([{ shape, axis }, lengths]) =>
      sampleOf({ axis }, ...lengths.map((n) => tensors(shape.map((m, i) => (i === axis ? n : m))))),
    ),
  gather: indexing.chain(({ shape, axis, count }) =>
    sampleOf({ axis }, tensors(shape), indexTensors(shape.with(axis, count), shape[axis])),
  ),
  scatterAdd: indexing.chain(({ shape, axis, count }) => {
    const updates = shape.with(axis, count);
    return sampleOf({ axis }, tensors(shape), indexTensors(updates, shape[axis]), tensors(updates));
  }),
  indexSelect: indexing.chain(({ shape, axis, count }) =>
    sampleOf({ axis }, tensors(shape), indexTensors([count], shape[axis])),
  ),
  indexAdd: indexing.chain(({ shape, axis, count }) =>
    sampleOf({ axis }, tensors(shape), indexTensors([count], shape[axis]), tensors(shape.with(axis, count))),
  ),
  oneHot: fc
    .tuple(shapes({ maxDims: 3 }), fc.integer({ min: 1, max: 4 }), fc.constantFrom("float32", "float64"))
    .chain(([shape, depth, dtype]) => sampleOf({ depth, dtype }, indexTensors(shape, depth))),
  im2col: windows().chain(({ shape, ...attributes }) => sampleOf(attributes, tensors(shape))),
  col2im: windows().chain((window) => {
    const { shape: inputShape, ...attributes } = window;
    return sampleOf({ ...attributes, inputShape }, tensors(columnsOf(window)));
  }),
  tril: triangle,
  triu: triangle,
};
