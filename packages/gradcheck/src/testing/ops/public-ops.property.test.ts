/**
 * The public ops above the primitives (broadcasting, negative axes, kept axes, composites) under the laws of
 * derivatives, layouts and precision.
 */
import type { Variable } from "@adjoint/autograd";
import * as api from "@adjoint/autograd";
import { ops } from "@adjoint/autograd/internal";
import { kernels, type Shape, type Tensor } from "@adjoint/tensor";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { runs } from "../../../../../testing/runs.ts";
import {
  axesOf,
  axisSetsOf,
  broadcastablePairs,
  distinctTensors,
  eitherWay,
  indexTensors,
  maskTensors,
  type NumberRange,
  numbers,
  type ShapeLimits,
  shapes,
  tensorOf,
  tensors,
} from "../arbitraries.ts";
import { backendLaw } from "../laws/backend.ts";
import { batchLaw } from "../laws/batch.ts";
import { doubleBackwardLaw, gradientLaw } from "../laws/gradient.ts";
import { jvpLaw } from "../laws/jvp.ts";
import { layoutLaw } from "../laws/layout.ts";
import { precisionLaw } from "../laws/precision.ts";
import { type Subject, subject } from "../laws/subject.ts";
import { samples } from "../samples.ts";

type Compute = (...xs: Variable[]) => Variable;

function at(compute: Compute, ...inputs: fc.Arbitrary<Tensor>[]): fc.Arbitrary<Subject> {
  return fc.tuple(...inputs).map((values) => subject("", compute, values));
}

/** Two operands whose shapes broadcast. */
function broadcasting(compute: Compute, first: NumberRange = {}, second: NumberRange = {}): fc.Arbitrary<Subject> {
  return broadcastablePairs().chain(({ a, b }) => at(compute, tensors(a, first), tensors(b, second)));
}

function elementwise(compute: Compute, range: NumberRange = {}): fc.Arbitrary<Subject> {
  return shapes().chain((shape) => at(compute, tensors(shape, range)));
}

interface Reduction {
  readonly shape: Shape;
  readonly options: { readonly axis?: number | readonly number[]; readonly keepDims?: boolean };
}

/** One axis, several or all, from the front or the end; kept or not; nothing said at all. */
function reductions(limits: ShapeLimits = {}): fc.Arbitrary<Reduction> {
  return shapes(limits).chain((shape) => {
    const { length } = shape;
    const one = length === 0 ? fc.constant(undefined) : axesOf(shape).chain((axis) => eitherWay(axis, length));
    const several = axisSetsOf(shape).chain((axes) => fc.tuple(...axes.map((axis) => eitherWay(axis, length))));
    const options = fc.tuple(fc.oneof(fc.constant(undefined), one, several), fc.constantFrom(undefined, false, true));
    return options.map(([axis, keepDims]) => ({
      shape,
      options: { ...(axis === undefined ? {} : { axis }), ...(keepDims === undefined ? {} : { keepDims }) },
    }));
  });
}

function reducing(
  op: (x: Variable, options: Reduction["options"]) => Variable,
  values: (shape: Shape) => fc.Arbitrary<Tensor> = (shape) => tensors(shape),
  limits: ShapeLimits = {},
): fc.Arbitrary<Subject> {
  return reductions(limits).chain(({ shape, options }) => at((x) => op(x, options), values(shape)));
}

/** A shape with at least one axis of at least `minLength`, and an axis as a caller may write it. */
function alongAxis(
  build: (shape: Shape, axis: number, index: number) => fc.Arbitrary<Subject>,
  minLength = 0,
): fc.Arbitrary<Subject> {
  return shapes({ minDims: 1, minLength })
    .chain((shape) => fc.tuple(fc.constant(shape), axesOf(shape)))
    .chain(([shape, index]) => fc.tuple(fc.constant(shape), eitherWay(index, shape.length), fc.constant(index)))
    .chain((args) => build(...args));
}

const offZero: NumberRange = { awayFrom: [0] };
const whole = (shape: Shape): fc.Arbitrary<Tensor> =>
  tensors(shape, { min: -2, max: 2 }).map((x) => tensorOf(Array.from(x.data, Math.round), shape));
const offWhole: NumberRange = { awayFrom: [-3, -2, -1, 0, 1, 2, 3] };
const positiveDistinct = (shape: Shape): fc.Arbitrary<Tensor> =>
  distinctTensors(shape).map((x) => kernels.add(x, tensorOf([5], [])));

const matrices: fc.Arbitrary<Subject> = fc
  .tuple(broadcastablePairs({ maxDims: 2, maxLength: 2 }), fc.nat(3), fc.nat(3), fc.nat(3), fc.boolean(), fc.boolean())
  .chain(([{ a, b }, m, k, n, row, column]) =>
    at(api.matmul, tensors(row ? [k] : [...a, m, k]), tensors(column ? [k] : [...b, k, n])),
  );

/** Public ops that no gradient flows through. */
const withoutGradient: ReadonlySet<string> = new Set([
  ...["eq", "ne", "lt", "le", "gt", "ge", "argmax", "argmin", "argsort", "oneHot", "detach"],
  ...["logicalAnd", "logicalOr", "logicalNot", "isnan", "isfinite", "any", "all", "nonzero"],
  ...["randomBernoulli", "randomNormal", "randomUniform", "randint", "zerosLike", "onesLike"],
]);

/** Public ops that are primitives themselves: what those are tried on. */
const direct = Object.entries(ops).flatMap(([name, op]): [string, fc.Arbitrary<Subject>][] => {
  const isPrimitive = typeof op === "function" && "definition" in op && op.definition === own(api.primitives, name);
  if (!isPrimitive || withoutGradient.has(name)) return [];
  return [[name, samples[name as api.PrimitiveName].map(({ inputs }) => subject("", op as Compute, inputs))]];
});

function own<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

/** Every differentiable public op. */
const cases: Readonly<Record<string, fc.Arbitrary<Subject>>> = {
  ...Object.fromEntries(direct),
  add: broadcasting(api.add),
  sub: broadcasting(api.sub),
  mul: broadcasting(api.mul),
  div: broadcasting(api.div, {}, { awayFrom: [0], distance: 0.3 }),
  pow: broadcasting(api.pow, { min: 0.3, max: 3 }, { min: -2, max: 2 }),
  "pow of an integer": fc
    .tuple(shapes(), fc.constantFrom(-2, -1, 0, 1, 2, 3))
    .chain(([shape, n]) => at((x) => api.pow(x, n), tensors(shape, { awayFrom: [0], distance: 0.3 }))),
  "number operands": elementwise((x) => api.div(api.sub(2, api.mul(x, 3)), api.add(api.square(x), 1.5))),
  "an operand used twice": elementwise((x) => api.mul(api.add(x, x), x)),
  digamma: elementwise(api.digamma, { min: 0.5, max: 4 }),
  polygamma: elementwise((x) => api.polygamma(1, x), { min: 0.5, max: 4 }),
  atan2: broadcasting(api.atan2, offZero, { awayFrom: [0], distance: 0.3 }),
  reciprocal: elementwise(api.reciprocal, { awayFrom: [0], distance: 0.3 }),
  rsqrt: elementwise(api.rsqrt, { min: 0.3, max: 4 }),
  // Dividends between multiples of the divisor, where there are jumps.
  remainder: broadcasting((a, b) => api.remainder(api.mul(b, a), b), offWhole, { awayFrom: [0], distance: 0.3 }),
  logaddexp: broadcasting(api.logaddexp),
  selu: elementwise(api.selu, offZero),
  mish: elementwise(api.mish),
  logSigmoid: elementwise(api.logSigmoid),
  leakyRelu: elementwise((x) => api.leakyRelu(x), offZero),
  elu: elementwise((x) => api.elu(x), offZero),
  silu: elementwise(api.silu),
  gelu: elementwise((x) => api.gelu(x)),
  "gelu by tanh": elementwise((x) => api.gelu(x, { approximate: "tanh" })),
  clip: elementwise((x) => api.clip(x, { min: -1, max: 2 }), { awayFrom: [-1, 2] }),
  where: broadcastablePairs().chain(({ a, b, result }) =>
    fc.constantFrom(a, result).chain((c) => at(api.where, maskTensors(c), tensors(a), tensors(b))),
  ),
  maximum: broadcastablePairs().chain(({ a, b }) => at(api.maximum, tensors(a, offWhole), whole(b))),
  minimum: broadcastablePairs().chain(({ a, b }) => at(api.minimum, tensors(a, offWhole), whole(b))),
  max: reducing(api.max, (shape) => distinctTensors(shape), { minLength: 1 }),
  min: reducing(api.min, (shape) => distinctTensors(shape), { minLength: 1 }),
  sum: reducing(api.sum),
  mean: reducing(api.mean, undefined, { minLength: 1 }),
  var: reducing((x, options) => api.var(x, { ...options, correction: 0 }), undefined, { minLength: 1 }),
  "var without bias": alongAxis((shape, axis) => at((x) => api.variance(x, { axis }), tensors(shape)), 2),
  std: alongAxis((shape, axis) => at((x) => api.std(x, { axis, keepDims: true }), distinctTensors(shape)), 2),
  prod: reducing(api.prod, (shape) => tensors(shape, { min: -1.5, max: 1.5 })),
  norm: fc.constantFrom(1, 2, 3).chain((p) =>
    reducing(
      (x, options) => api.norm(x, { ...options, p }),
      (shape) => tensors(shape, offZero),
    ),
  ),
  "norm of p = ∞": reducing(
    (x, options) => api.norm(x, { ...options, p: Number.POSITIVE_INFINITY }),
    positiveDistinct,
    {
      minLength: 1,
    },
  ),
  logsumexp: reducing(api.logsumexp, undefined, { minLength: 1 }),
  softmax: alongAxis((shape, axis) => at((x) => api.softmax(x, { axis }), tensors(shape)), 1),
  logSoftmax: alongAxis((shape, axis) => at((x) => api.logSoftmax(x, { axis }), tensors(shape)), 1),
  repeat: broadcastablePairs().chain(({ a, result }) => at((x) => api.repeat(x, result), tensors(a))),
  broadcastTo: broadcastablePairs().chain(({ a, result }) =>
    at((x) => api.broadcastTo(x, { shape: result }), tensors(a)),
  ),
  sumTo: broadcastablePairs().chain(({ a, result }) => at((x) => api.sumTo(x, a), tensors(result))),
  reshape: shapes({ minLength: 1 }).chain((shape) => at((x) => api.reshape(x, [-1, 1]), tensors(shape))),
  transpose: shapes().chain((shape) => at((x) => api.transpose(x), tensors(shape))),
  permute: shapes({ minDims: 3, maxDims: 3 }).chain((shape) => at((x) => api.permute(x, [-1, 0, 1]), tensors(shape))),
  swapAxes: alongAxis((shape, axis) => at((x) => api.swapAxes(x, axis, 0), tensors(shape))),
  moveAxis: alongAxis((shape, axis) => at((x) => api.moveAxis(x, axis, 0), tensors(shape))),
  tile: shapes({ maxDims: 2 }).chain((shape) =>
    fc.array(fc.nat(2), { maxLength: 3 }).chain((counts) => at((x) => api.tile(x, counts), tensors(shape))),
  ),
  diagonal: fc
    .tuple(shapes({ minDims: 2 }), fc.integer({ min: -3, max: 3 }), fc.boolean())
    .chain(([shape, offset, first]) =>
      at((x) => api.diagonal(x, { offset, ...(first ? { axes: [1, 0] } : {}) }), tensors(shape)),
    ),
  trace: shapes({ minDims: 2 }).chain((shape) => at((x) => api.trace(x), tensors(shape))),
  index: fc
    .constantFrom<readonly [Shape, readonly api.IndexEntry[]]>(
      [[3, 4], [1]],
      [
        [3, 4],
        ["...", -1, null],
      ],
      [
        [3, 4],
        [{ start: 2, step: -1 }, { stop: -1 }],
      ],
      [[3, 4], [[0, 2, 0, -1]]],
      [
        [3, 4],
        [
          [0, 2, 0],
          [1, 1, 1],
        ],
      ],
      [
        [2, 3, 4],
        [0, { start: 1 }, [3, 3]],
      ],
      [
        [2, 3, 4],
        ["...", [2, 0], [[1], [-1]]],
      ],
      [
        [2, 2],
        [
          [
            [true, false],
            [true, true],
          ],
        ],
      ],
      [
        [2, 2],
        [{}, [false, false]],
      ],
    )
    .chain(([shape, indices]) => at((x) => api.index(x, indices), tensors(shape))),
  flip: alongAxis((shape, axis) => at((x) => api.flip(x, { axis }), tensors(shape))),
  squeeze: alongAxis((shape, axis, i) => at((x) => api.squeeze(x, { axis }), tensors(shape.with(i, 1)))),
  unsqueeze: alongAxis((shape, axis) => at((x) => api.unsqueeze(x, axis), tensors(shape))),
  flatten: alongAxis((shape, startAxis) => at((x) => api.flatten(x, { startAxis }), tensors(shape))),
  slice: fc
    .tuple(
      shapes({ minDims: 1 }),
      fc.integer({ min: -5, max: 5 }),
      fc.integer({ min: -5, max: 5 }),
      fc.constantFrom(1, 2, -1, -2),
    )
    .chain(([shape, start, stop, step]) =>
      at((x) => api.slice(x, { start: [start], stop: [stop], step: [step] }), tensors(shape)),
    ),
  padSlice: alongAxis((shape) =>
    at(
      (x) =>
        api.padSlice(
          x,
          shape.map((n) => 2 * n),
          { start: shape.map(() => 0), step: shape.map(() => 2) },
        ),
      tensors(shape),
    ),
  ),
  pad: alongAxis((shape) =>
    at(
      (x) =>
        api.pad(
          x,
          shape.map((_, i) => [i, 1]),
          { value: 0.5 },
        ),
      tensors(shape),
    ),
  ),
  roll: fc
    .integer({ min: -5, max: 5 })
    .chain((shift) => alongAxis((shape, axis) => at((x) => api.roll(x, shift, { axis }), tensors(shape)))),
  concat: alongAxis((shape, axis, i) =>
    at(
      (a, b, c) => api.concat([a, b, c], { axis }),
      tensors(shape),
      tensors(shape.with(i, 2)),
      tensors(shape.with(i, 0)),
    ),
  ),
  stack: alongAxis((shape, axis) => at((a, b) => api.stack([a, b], { axis }), tensors(shape), tensors(shape))),
  split: alongAxis((shape, axis, i) =>
    at(
      (x) => {
        const [a, b] = api.split(x, [1, 2], { axis });
        return api.mul(api.sum(a, { axis, keepDims: true }), b);
      },
      tensors(shape.with(i, 3)),
    ),
  ),
  gather: alongAxis((shape, axis, i) =>
    fc.nat(3).chain((n) => {
      const count = shape[i] === 0 ? 0 : n;
      return indexTensors(shape.with(i, count), shape[i]).chain((indices) =>
        at((x) => api.gather(x, indices, { axis }), tensors(shape)),
      );
    }),
  ),
  scatterAdd: alongAxis(
    (shape, axis, i) =>
      indexTensors(shape.with(i, 3), shape[i]).chain((indices) =>
        at((x, updates) => api.scatterAdd(x, indices, updates, { axis }), tensors(shape), tensors(shape.with(i, 3))),
      ),
    1,
  ),
  indexSelect: alongAxis(
    (shape, axis, i) =>
      indexTensors([3], shape[i]).chain((indices) => at((x) => api.indexSelect(x, indices, { axis }), tensors(shape))),
    1,
  ),
  indexAdd: alongAxis(
    (shape, axis, i) =>
      indexTensors([3], shape[i]).chain((indices) =>
        at((x, updates) => api.indexAdd(x, indices, updates, { axis }), tensors(shape), tensors(shape.with(i, 3))),
      ),
    1,
  ),
  cat: broadcastablePairs().chain(({ a }) =>
    at((x, y) => api.cat([x, y], { axis: -1 }), tensors([...a, 2]), tensors([...a, 1])),
  ),
  meshgrid: at(
    (x, y) => api.mul(...(api.meshgrid([x, y], { indexing: "xy" }) as [Variable, Variable])),
    tensors([3]),
    tensors([2]),
  ),
  im2col: fc
    .constantFrom(1, 2)
    .chain((stride) => at((x) => api.im2col(x, 2, 3, { stride, pad: 1 }), tensors([1, 2, 3, 3]))),
  col2im: at((x) => api.col2im(x, [1, 1, 3, 3], 2, 2, {}), tensors([4, 4])),
  matmul: matrices,
  einsum: fc
    .constantFrom<readonly [string, ...Shape[]]>(
      ["...ij,...jk->...ki", [2, 1, 2, 3], [2, 3, 2]],
      ["bij,kj,bi->bk", [2, 3, 2], [2, 2], [2, 3]],
      ["iij->ji", [3, 3, 2]],
      ["ij,ij->", [2, 3], [2, 3]],
      ["i,j,k", [2], [1], [3]],
      ["ij,jk->ik", [2, 1], [3, 2]],
      ["i,i,i->", [1], [3], [1]],
    )
    .chain(([equation, ...of]) => at((...xs) => api.einsum(equation, ...xs), ...of.map((shape) => tensors(shape)))),
  dot: fc.nat(4).chain((n) => at(api.dot, tensors([n]), tensors([n]))),
  outer: fc.tuple(fc.nat(4), fc.nat(4)).chain(([m, n]) => at(api.outer, tensors([m]), tensors([n]))),
  cumsum: alongAxis((shape, axis) => at((x) => api.cumsum(x, { axis, reverse: shape.length > 2 }), tensors(shape))),
  cumprod: alongAxis((shape, axis) => at((x) => api.cumprod(x, { axis }), tensors(shape, { min: -1.5, max: 1.5 }))),
  sort: alongAxis((shape, axis) => at((x) => api.sort(x, { axis, descending: axis < 0 }), distinctTensors(shape))),
  topk: alongAxis((shape, axis, i) =>
    at((x) => api.topk(x, Math.min(2, shape[i]), { axis }).values, distinctTensors(shape)),
  ),
  tril: shapes({ minDims: 2 }).chain((shape) => at((x) => api.tril(x, { k: -1 }), tensors(shape))),
  triu: shapes({ minDims: 2 }).chain((shape) => at((x) => api.triu(x), tensors(shape))),
  cast: elementwise((x) => api.cast(api.cast(x, "float64"), x.dtype)),
  identity: elementwise((x) => api.identity(x)),
  clamp: elementwise((x) => api.clamp(x, { min: -0.5, max: 1.5 }), { awayFrom: [-0.5, 1.5] }),
};

/** Functions whose first argument is no Variable, and the names that others have as methods. */
const withoutMethod = [
  "meshgrid",
  "polygamma",
  "randint",
  "randomBernoulli",
  "randomNormal",
  "randomUniform",
  "variance",
];

it("has every public op among these and, where a Variable comes first, among the methods", () => {
  const names = Object.entries(ops).flatMap(([name, op]) => (typeof op === "function" ? [name] : []));
  const tried = (name: string): boolean => name === "variance" || withoutGradient.has(name) || name in cases;
  expect(names.filter((name) => !tried(name))).toEqual([]);
  expect(names.filter((name) => !(name in api.Variable.prototype)).toSorted()).toEqual(withoutMethod);
});

describe.each(Object.entries(cases))("%s", (name, subjects) => {
  const holds = (law: (s: Subject) => void): void =>
    fc.assert(
      fc.property(subjects, (s) => law({ ...s, name })),
      { numRuns: runs(100) },
    );

  it("has the gradient that differences give", () => holds(gradientLaw));
  it("can be differentiated twice", () => holds(doubleBackwardLaw));
  it("gives the same by jvp and by vjp", () => holds(jvpLaw));
  it("does not depend on memory layout", () => holds(layoutLaw));
  it("computes a batch by vmap as one element after the other", () => holds(batchLaw));
  it("computes the same on both sets of kernels", () => holds((s) => backendLaw(s, true)));
  // Composites are up to ten ops in a row.
  it("computes in float32 what it computes in float64", () => holds((s) => precisionLaw(s, true, { ulps: 80 })));
});

it("broadcasts to the shape that NumPy's rules give", () => {
  fc.assert(
    fc.property(broadcastablePairs(), ({ a, b, result }) => {
      expect(
        api.add(
          api.constant(tensorOf(new Array(size(a)).fill(1), a)),
          api.constant(tensorOf(new Array(size(b)).fill(2), b)),
        ).shape,
      ).toEqual(result);
    }),
  );
});

function size(shape: Shape): number {
  return shape.reduce((product, n) => product * n, 1);
}

it("draws numbers away from kinks and poles, and in range", () => {
  fc.assert(
    fc.property(numbers({ min: -1, max: 2, awayFrom: [-1, 0, 0.15, 5], distance: 0.1 }), (x) => {
      expect(x).toBeGreaterThanOrEqual(-0.9);
      expect(x).toBeLessThanOrEqual(2);
      expect(Math.abs(x)).toBeGreaterThanOrEqual(0.1);
      expect(Math.abs(x - 0.15)).toBeGreaterThanOrEqual(0.0999);
    }),
  );
});
