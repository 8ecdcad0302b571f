/** Loops of ops that are exact in one step: the bits of the ops' own kernels, for both dtypes, all lengths and all numbers. */
import * as ops from "@adjoint/autograd";
import { type Variable, variable } from "@adjoint/autograd";
import { Tensor } from "@adjoint/tensor";
import fc from "fast-check";
import { expect, test } from "vitest";
import { compile } from "../../../compile.ts";

/** Every op whose result is rounded once, or not at all, and what chooses by truth values. */
const functions: readonly ((a: Variable, b: Variable) => Variable)[] = [
  ...[ops.add, ops.sub, ops.mul, ops.div, ops.maximum, ops.minimum],
  ...[ops.eq, ops.ne, ops.lt, ops.le, ops.gt, ops.ge],
  ...[ops.neg, ops.abs, ops.sqrt, ops.floor, ops.ceil, ops.round, ops.relu, ops.square, ops.sign].map(
    (fn) => (a: Variable) => fn(a),
  ),
  (a) => ops.leakyRelu(a, { slope: 0.25 }),
  (a, b) => ops.grad((x) => ops.sum(ops.mul(ops.abs(x), b)))(a),
  (a, b) => ops.where(ops.lt(a, b), a, ops.mul(b, 2)),
  // Truth values that come from memory, element by element and one for all.
  (a, b) => ops.where(ops.reshape(ops.transpose(ops.gt(a, b)), a.shape), a, b),
];

const number = fc.oneof(
  fc.float({ noDefaultInfinity: false }),
  fc.integer({ min: -5, max: 5 }),
  fc.constantFrom(0, -0, 0.5, -1.5, 2.5, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
);

const matrices = fc
  .tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 11 }))
  .chain(([rows, columns]) =>
    fc.tuple(
      fc.constant([rows, columns]),
      fc.array(number, { minLength: rows * columns, maxLength: rows * columns }),
      fc.array(number, { minLength: columns, maxLength: columns }),
    ),
  );

/** Views whose elements lie in another order, backwards or apart. */
const views: readonly ((x: Variable) => Variable)[] = [
  (x) => x,
  (x) => ops.flip(x, { axis: 1 }),
  (x) => ops.flip(x, { axis: [0, 1] }),
  (x) => ops.reshape(ops.flip(ops.transpose(x), { axis: 0 }), x.shape),
];

const view = fc.constantFrom(...views);

test("loops give the bits of the ops' own kernels", () => {
  fc.assert(
    fc.property(
      matrices,
      fc.constantFrom("float32", "float64"),
      fc.boolean(),
      view,
      ([shape, a, b], dtype, isTurned, seen) => {
        const array = (numbers: readonly number[]) =>
          dtype === "float32" ? Float32Array.from(numbers) : Float64Array.from(numbers);
        const x = variable(new Tensor(array(a), shape), { requiresGrad: false });
        const y = variable(new Tensor(array(b), [shape[1]]), { requiresGrad: false });
        const all = (x: Variable, y: Variable): Variable[] => {
          const turned = isTurned ? ops.transpose(seen(x)) : seen(x);
          const row = isTurned ? ops.reshape(y, [shape[1], 1]) : y;
          return functions.map((fn) => fn(turned, ops.broadcastTo(row, turned.shape)));
        };
        const [loops, kernels] = (["wasm", "reference"] as const).map((engine) => compile(all, { engine })(x, y));
        expect(loops.map((z) => z.toArray())).toEqual(kernels.map((z) => z.toArray()));
      },
    ),
    { numRuns: 300 },
  );
});

/** Every op on integers whose result is exact, on truth values, and every cast that refuses nothing. */
const whole: readonly ((a: Variable, b: Variable) => Variable)[] = [
  ...[ops.add, ops.sub, ops.mul, ops.maximum, ops.minimum, ops.eq, ops.ne, ops.lt, ops.le, ops.gt, ops.ge],
  ...[ops.neg, ops.abs, ops.square].map((fn) => (a: Variable) => fn(a)),
  (a, b) => ops.where(ops.gt(a, b), a, ops.mul(b, 3)),
  ...[ops.logicalAnd, ops.logicalOr].map((fn) => (a: Variable, b: Variable) => fn(ops.gt(a, b), ops.ne(b, 1))),
  ...[ops.eq, ops.ne].map((fn) => (a: Variable, b: Variable) => fn(ops.gt(a, b), ops.lt(a, 1))),
  (a, b) => ops.where(ops.gt(a, b), ops.eq(a, 0), ops.ne(b, 1)),
  (a) => ops.cast(a, "float32"),
  (a) => ops.cast(a, "bool"),
  (a) => ops.cast(ops.cast(a, "float32"), "bool"),
  (a, b) => ops.cast(ops.cast(ops.gt(a, b), "float64"), "bool"),
  ...(["float32", "float64", "int32"] as const).map(
    (dtype) => (a: Variable, b: Variable) => ops.cast(ops.gt(a, b), dtype),
  ),
  // From memory, element by element and one for all.
  ...views.map((view) => (a: Variable, b: Variable) => ops.cast(view(ops.gt(a, b)), "float32")),
  ...views.map((view) => (a: Variable, b: Variable) => ops.add(view(ops.sub(a, b)), b)),
];

test("loops of integers and truth values give those of the ops' own kernels", () => {
  const integer = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.integer(), fc.constantFrom(-(2 ** 31), 2 ** 31 - 1));
  const given = fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 11 })).chain(([n, m]) =>
    fc.record({
      shape: fc.constant([n, m]),
      a: fc.array(integer, { minLength: n * m, maxLength: n * m }),
      b: fc.array(integer, { minLength: m, maxLength: m }),
    }),
  );
  fc.assert(
    fc.property(given, ({ shape, a, b }) => {
      const int32 = (numbers: readonly number[], shape: readonly number[]) =>
        variable(new Tensor(Int32Array.from(numbers), shape), { requiresGrad: false });
      const all = (x: Variable, y: Variable): Variable[] => whole.map((fn) => fn(x, ops.broadcastTo(y, x.shape)));
      const compiled = compile(all, { engine: "wasm" });
      const [x, y] = [int32(a, shape), int32(b, [shape[1]])];
      expect(compiled(x, y).map((z) => z.toArray())).toEqual(all(x, y).map((z) => z.toArray()));
      expect(compiled.explain()).not.toContain("by its own kernel");
    }),
    { numRuns: 100 },
  );
});
