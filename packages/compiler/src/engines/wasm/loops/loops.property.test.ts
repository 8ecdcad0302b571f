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

test("loops give the bits of the ops' own kernels", () => {
  fc.assert(
    fc.property(matrices, fc.constantFrom("float32", "float64"), fc.boolean(), ([shape, a, b], dtype, isTurned) => {
      const array = (numbers: readonly number[]) =>
        dtype === "float32" ? Float32Array.from(numbers) : Float64Array.from(numbers);
      const x = variable(new Tensor(array(a), shape), { requiresGrad: false });
      const y = variable(new Tensor(array(b), [shape[1]]), { requiresGrad: false });
      const all = (x: Variable, y: Variable): Variable[] => {
        const turned = isTurned ? ops.transpose(x) : x;
        const row = isTurned ? ops.reshape(y, [shape[1], 1]) : y;
        return functions.map((fn) => fn(turned, ops.broadcastTo(row, turned.shape)));
      };
      const [loops, kernels] = (["wasm", "reference"] as const).map((engine) => compile(all, { engine })(x, y));
      expect(loops.map((z) => z.toArray())).toEqual(kernels.map((z) => z.toArray()));
    }),
    { numRuns: 300 },
  );
});
