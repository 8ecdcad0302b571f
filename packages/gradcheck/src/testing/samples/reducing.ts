/**
 * Samples of the ops that combine elements along axes (sum, max, cumsum, matmul), and of random sources.
 */
import fc from "fast-check";
import { axesOf, axisSetsOf, distinctTensors, shapes, tensors } from "../arbitraries.ts";
import type { Sample } from "../laws/subject.ts";
import { ties } from "./elementwise.ts";
import { sampleOf, shapeAndAxis } from "./rearranging.ts";

/** A shape whose axis `axis` has an element at least; other axes may be empty. */
const chosen = fc
  .tuple(shapes({ minDims: 1 }), fc.boolean())
  .chain(([shape, keepDims]) =>
    fc.record({ shape: fc.constant(shape), axis: axesOf(shape), keepDims: fc.constant(keepDims) }),
  )
  .map(({ shape, axis, keepDims }) => ({ shape: shape.with(axis, Math.max(1, shape[axis])), axis, keepDims }));

/** No two elements alike: maxima have a kink at ties. */
const extreme: fc.Arbitrary<Sample> = chosen.chain(({ shape, ...attributes }) =>
  sampleOf(attributes, distinctTensors(shape)),
);

/** Many elements alike: the first one counts. */
const place: fc.Arbitrary<Sample> = chosen.chain(({ shape, ...attributes }) => sampleOf(attributes, ties(shape)));

const draws = fc.record({
  key: fc.nat(),
  counter: fc.nat(1000),
  shape: shapes(),
  dtype: fc.constantFrom("float32", "float64"),
});

function source<Attributes extends object>(attributes: fc.Arbitrary<Attributes>): fc.Arbitrary<Sample<Attributes>> {
  return fc.record({ inputs: fc.constant([]), attributes });
}

/** Any numbers along an axis, which may be empty. */
const alongOne: fc.Arbitrary<Sample> = shapeAndAxis.chain(({ shape, axis }) => sampleOf({ axis }, tensors(shape)));

/** Samples of repeat-sum.ts (sum), softmax.ts, max.ts, cumsum-sort.ts, matmul.ts, random.ts. */
export const reducingSamples = {
  sum: shapes()
    .chain((shape) => fc.tuple(fc.constant(shape), axisSetsOf(shape), fc.boolean()))
    .chain(([shape, axes, keepDims]) => sampleOf({ axes, keepDims }, tensors(shape))),
  norm: shapes()
    .chain((shape) => fc.tuple(fc.constant(shape), axisSetsOf(shape), fc.boolean()))
    .chain(([shape, axes, keepDims]) => sampleOf({ axes, keepDims }, tensors(shape, { awayFrom: [0] }))),
  softmax: alongOne,
  logSoftmax: alongOne,
  // Of no elements it is −∞, where nothing can be compared.
  logsumexp: chosen.chain(({ shape, axis }) => sampleOf({ axis }, tensors(shape))),
  max: extreme,
  min: extreme,
  argmax: place,
  argmin: place,
  cumsum: fc
    .tuple(shapeAndAxis, fc.boolean())
    .chain(([{ shape, axis }, reverse]) => sampleOf({ axis, reverse }, tensors(shape))),
  argsort: fc
    .tuple(shapeAndAxis, fc.boolean())
    .chain(([{ shape, axis }, descending]) => sampleOf({ axis, descending }, ties(shape))),
  matmul: fc
    .tuple(shapes({ maxDims: 2, maxLength: 2 }), fc.nat(4), fc.nat(4), fc.nat(4))
    .chain(([batch, m, k, n]) => sampleOf({}, tensors([...batch, m, k]), tensors([...batch, k, n]))),
  randomBernoulli: source(fc.tuple(draws, fc.nat(10)).map(([draw, tenths]) => ({ ...draw, p: tenths / 10 }))),
  randomUniform: source(draws),
  randomNormal: source(draws),
};
