/**
 * Samples of the elementwise ops: ranges in which they are smooth, and pairs that stay away from ties.
 */
import { kernels, type Tensor } from "@adjoint/tensor";
import fc from "fast-check";
import { maskTensors, type NumberRange, numbers, shapes, tensorOf, tensors } from "../arbitraries.ts";
import type { Sample } from "../laws/subject.ts";

/** One input of any shape, filled with numbers in a range. */
export function unary<Attributes extends object = Record<string, never>>(
  range: NumberRange = {},
  attributes: fc.Arbitrary<Attributes> = fc.constant({} as Attributes),
): fc.Arbitrary<Sample<Attributes>> {
  return fc.record({ inputs: shapes().chain((shape) => fc.tuple(tensors(shape, range))), attributes });
}

/** Two inputs of one shape. */
function binary(first: NumberRange = {}, second: NumberRange = {}): fc.Arbitrary<Sample> {
  return shapes()
    .chain((shape) => fc.tuple(tensors(shape, first), tensors(shape, second)))
    .map((inputs) => ({ inputs, attributes: {} }));
}

/** Two inputs of one shape that differ by 0.1 at least, everywhere. */
const apart: fc.Arbitrary<Sample> = binary({}, { awayFrom: [0] }).map(({ inputs: [a, difference], attributes }) => ({
  inputs: [a, kernels.add(a, difference)],
  attributes,
}));

/** Small integers, many of them equal. */
export function ties(shape: readonly number[]): fc.Arbitrary<Tensor> {
  const size = shape.reduce((product, n) => product * n, 1);
  return fc
    .array(fc.integer({ min: -1, max: 1 }), { minLength: size, maxLength: size })
    .map((values) => tensorOf(values, shape));
}

const comparison: fc.Arbitrary<Sample> = shapes()
  .chain((shape) => fc.tuple(ties(shape), ties(shape)))
  .map((inputs) => ({ inputs, attributes: {} }));

const offZero: NumberRange = { awayFrom: [0] };
const offWhole: NumberRange = { awayFrom: [-3, -2, -1, 0, 1, 2, 3] };
const positive: NumberRange = { min: 0.2, max: 4 };

/**
 * Samples of arithmetic.ts, elementary.ts, trigonometric.ts, special.ts, activation.ts, comparison.ts, and of maximum
 * and minimum.
 */
export const elementwiseSamples = {
  add: binary(),
  sub: binary(),
  mul: binary(),
  div: binary({}, { awayFrom: [0], distance: 0.3 }),
  neg: unary(),
  pow: binary({ min: 0.3, max: 3 }, { min: -2, max: 2 }),
  square: unary(),
  abs: unary(offZero),
  signed: binary({}, offZero),
  direction: shapes()
    .chain((shape) => fc.tuple(tensors(shape), tensors(shape), tensors(shape, { awayFrom: [0], distance: 0.3 })))
    .map((inputs) => ({ inputs, attributes: {} })),
  sign: unary(offZero),
  sqrt: unary(positive),
  exp: unary(),
  expm1: unary(),
  log: unary(positive),
  log2: unary(positive),
  log10: unary(positive),
  log1p: unary({ min: -0.8, max: 3 }),
  sin: unary(),
  cos: unary(),
  tan: unary({ min: -1.2, max: 1.2 }),
  asin: unary({ min: -0.8, max: 0.8 }),
  acos: unary({ min: -0.8, max: 0.8 }),
  atan: unary(),
  sinh: unary(),
  cosh: unary(),
  tanh: unary(),
  atan2: binary(offZero, { awayFrom: [0], distance: 0.3 }),
  // Dividends between multiples of the divisor, where there are jumps.
  remainder: binary(offWhole, { awayFrom: [0], distance: 0.3 }).map(({ inputs: [a, b], attributes }) => ({
    inputs: [kernels.mul(a, b), b],
    attributes,
  })),
  floor: unary(offWhole),
  ceil: unary(offWhole),
  round: unary({ awayFrom: [-2.5, -1.5, -0.5, 0.5, 1.5, 2.5] }),
  sech2: unary(),
  logisticDensity: unary(),
  erf: unary(),
  erfc: unary(),
  normalCdf: unary(),
  gaussian: unary({}, fc.record({ c: fc.constantFrom(0.5, 1) })),
  lgamma: unary({ min: 0.3, max: 4 }),
  polygamma: unary({ min: 0.5, max: 4 }, fc.record({ n: fc.nat(3) })),
  softsign: unary(offZero),
  geluGate: unary(),
  sigmoid: unary(),
  relu: unary(offZero),
  leakyRelu: unary(offZero, fc.record({ slope: numbers({ min: -1, max: 2 }) })),
  elu: unary(offZero, fc.record({ alpha: numbers({ min: -1, max: 2 }) })),
  softplus: unary(),
  eq: comparison,
  ne: comparison,
  lt: comparison,
  le: comparison,
  gt: comparison,
  ge: comparison,
  where: shapes()
    .chain((shape) => fc.tuple(maskTensors(shape), tensors(shape), tensors(shape)))
    .map((inputs) => ({ inputs, attributes: {} })),
  maximum: apart,
  minimum: apart,
  identity: unary(),
  cast: unary({}, fc.record({ dtype: fc.constantFrom("float32", "float64", "int32", "bool") })),
  detach: unary(),
};
