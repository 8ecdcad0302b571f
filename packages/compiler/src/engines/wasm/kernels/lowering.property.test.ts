/** Reductions, products of batches, and what moves slices: by the kernels of the library what the ops' own kernels give. */
import {
  concat,
  constant,
  indexAdd,
  indexSelect,
  matmul,
  max,
  min,
  norm,
  pad,
  sum,
  transpose,
  type Variable,
  variable,
} from "@adjoint/autograd";
import { type DType, kernels, rng, type Shape, sizeOf, Tensor } from "@adjoint/tensor";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compile } from "../../../compile.ts";

type Fn = (...xs: Variable[]) => Variable;

/** The value of a function by the engine and by the ops' own kernels. */
function byBoth(fn: Fn, ...xs: readonly Variable[]): readonly [found: Tensor, expected: Tensor] {
  const run = compile(fn, { engine: "wasm" });
  const found = run(...xs).value;
  expect(run.explain()).not.toContain("by its own kernel");
  return [found, compile(fn, { engine: "reference" })(...xs).value];
}

const expectEqual = (fn: Fn, ...xs: readonly Variable[]): void => {
  const [found, expected] = byBoth(fn, ...xs);
  expect(found.toArray()).toEqual(expected.toArray());
};

const shapes = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 4 });

/** Small integers: their products and sums have no rounding. */
function integers(shape: Shape, seed: number, dtype: DType = "float32"): Variable {
  return variable(kernels.cast(rng(seed).integers(-4, 5, [...shape]), dtype));
}

describe("norm", () => {
  const special = fc.constantFrom(0, -0, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY);
  const numbers = {
    float32: fc.oneof(
      { weight: 20, arbitrary: fc.float({ noNaN: true, noDefaultInfinity: true }) },
      { weight: 5, arbitrary: fc.constantFrom(3.4028234e38, 2 ** -149, 2 ** -126, 1e-30) },
      { weight: 1, arbitrary: special },
    ),
    float64: fc.oneof(
      { weight: 20, arbitrary: fc.double({ noNaN: true, noDefaultInfinity: true }) },
      { weight: 5, arbitrary: fc.constantFrom(1e300, 1e-300, 2 ** -1074, 1e-150, 3) },
      { weight: 1, arbitrary: special },
    ),
  };
  const given = fc.tuple(shapes, fc.constantFrom("float32" as const, "float64" as const)).chain(([shape, dtype]) =>
    fc.record({
      shape: fc.constant(shape),
      dtype: fc.constant(dtype),
      values: fc.oneof(
        fc.array(numbers[dtype], { minLength: sizeOf(shape), maxLength: sizeOf(shape) }),
        numbers[dtype].map((x) => new Array<number>(sizeOf(shape)).fill(x)),
        fc.constant(new Array<number>(sizeOf(shape)).fill(0)),
      ),
      axis: fc.subarray([...shape.keys()], { minLength: 1 }),
      keepDims: fc.boolean(),
      isTurned: fc.boolean(),
    }),
  );

  /**
   * Both add up n squares in float64, in another order. With u = 2⁻⁵³, a sum of n rounded squares is off by at most n u of itself,
   * its root by half of that and u. Two of them are at most (n + 2) u apart, which may decide to which float32 number they
   * are rounded: then they are neighbors, 2⁻²³ apart, or 2⁻¹⁴⁹ where numbers are subnormal.
   */
  it("neither overflows nor underflows on the way", () => {
    fc.assert(
      fc.property(given, ({ shape, dtype, values, axis, keepDims, isTurned }) => {
        const array = dtype === "float32" ? Float32Array.from(values) : Float64Array.from(values);
        const x = constant(new Tensor(array as Float32Array, shape));
        const run = compile(
          (x: Variable): Variable =>
            isTurned
              ? norm(transpose(x), { axis: axis.map((one) => shape.length - 1 - one), keepDims })
              : norm(x, { axis, keepDims }),
          { engine: "wasm" },
        );
        const found = run(x).value;
        const expected = isTurned
          ? kernels.norm(
              kernels.transpose(x.value),
              axis.map((one) => shape.length - 1 - one),
              keepDims,
            )
          : kernels.norm(x.value, axis, keepDims);
        expect([found.shape, found.dtype]).toEqual([expected.shape, dtype]);
        const n = axis.reduce((product, one) => product * shape[one], 1);
        const [unit, least] = dtype === "float32" ? [2 ** -23, 2 ** -149] : [(n + 2) * 2 ** -53, 2 ** -1074];
        for (const [i, y] of [...found.data].entries()) {
          const wanted = Number(expected.data[i]);
          if (Object.is(Number(y), wanted)) continue;
          expect(Math.abs(Number(y) - wanted)).toBeLessThanOrEqual(Math.max(unit * wanted, least));
        }
        expect(run.explain()).not.toContain("by its own kernel");
      }),
      { numRuns: 500 },
    );
  });

  it("is exact for many numbers whose squares and their sum are", () => {
    // Of 4ⁿ numbers −3 it is √(9 · 4ⁿ) = 3 · 2ⁿ.
    for (const dtype of ["float32", "float64"] as const) {
      for (const [shape, axis, expected] of [
        [[512, 512], [0, 1], 3 * 512],
        [[1 << 16, 2], [0], 3 * 256],
        [[3, 1 << 16], [1], 3 * 256],
      ] as const) {
        const x = constant(
          new Tensor(
            new (dtype === "float32" ? Float32Array : Float64Array)(sizeOf(shape)).fill(-3) as Float32Array,
            shape,
          ),
        );
        const [found] = byBoth((x) => norm(x, { axis }), x);
        expect([...found.data].every((y) => y === expected)).toBe(true);
      }
    }
  });
});

it("sums along any axes are those of the ops' own kernels, where nothing is rounded", () => {
  const axes = shapes.chain((shape) =>
    fc.tuple(fc.constant(shape), fc.subarray([...shape.keys()], { minLength: 1 }), fc.boolean()),
  );
  fc.assert(
    fc.property(axes, fc.nat(), ([shape, axis, keepDims], seed) => {
      expectEqual((x) => sum(x, { axis, keepDims }), integers(shape, seed));
    }),
    { numRuns: 200 },
  );
});

it("reductions of float64 and int32 numbers are those of the ops' own kernels", () => {
  const special = fc.constantFrom(0, -0, 1, -1, 2 ** 31 - 1, -(2 ** 31), Number.NaN, Number.POSITIVE_INFINITY);
  const along = shapes.chain((shape) =>
    fc.record({
      shape: fc.constant(shape.with(0, 7 * shape[0])),
      axis: fc.subarray([...shape.keys()], { minLength: 1 }),
      values: fc.array(special, { minLength: 7 * sizeOf(shape), maxLength: 7 * sizeOf(shape) }),
      keepDims: fc.boolean(),
    }),
  );
  fc.assert(
    fc.property(along, ({ shape, axis, values, keepDims }) => {
      const real = constant(new Tensor(Float64Array.from(values), shape));
      const whole = constant(new Tensor(Int32Array.from(values), shape));
      for (const x of [real, whole]) for (const op of [max, min]) expectEqual((x) => op(x, { axis, keepDims }), x);
      expectEqual((x) => sum(x, { axis, keepDims }), whole);
    }),
    { numRuns: 40 },
  );
});

it("products of batches of matrices are those of the ops' own kernels, where nothing is rounded", () => {
  const batches = fc.record({
    batch: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 2 }),
    sizes: fc.tuple(...[1, 2, 3].map(() => fc.integer({ min: 1, max: 40 }))),
    isTurned: fc.tuple(fc.boolean(), fc.boolean()),
    isRepeated: fc.boolean(),
    isBetween: fc.boolean(),
  });
  fc.assert(
    fc.property(batches, fc.nat(), ({ batch, sizes: [m, k, n], isTurned, isRepeated, isBetween }, seed) => {
      /** Matrices whose rows may lie between those of others, as the heads of attention do. */
      const matrices = (rows: number, columns: number, at: number): [Variable, (x: Variable) => Variable] => {
        const own = [...batch, ...(isTurned[at] ? [columns, rows] : [rows, columns])];
        const axes = [...own.keys()];
        if (isTurned[at]) axes.push(axes.splice(-2, 1)[0]);
        const isApart = isBetween && batch.length === 2;
        const stored = isApart ? [own[0], own[2], own[1], own[3]] : own;
        return [integers(stored, seed + at), (x) => transpose(isApart ? transpose(x, [0, 2, 1, 3]) : x, axes)];
      };
      const [a, viewA] = matrices(m, k, 0);
      const [b, viewB] = isRepeated ? [integers([k, n], seed + 1), (x: Variable) => x] : matrices(k, n, 1);
      expectEqual((a, b) => matmul(viewA(a), viewB(b)), a, b);
    }),
    { numRuns: 200 },
  );
});

describe("slices", () => {
  const dtypes = fc.constantFrom("float32" as const, "float64" as const);

  it("are joined as the ops' own kernels join them", () => {
    const parts = fc.tuple(shapes, fc.nat(), fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 4 }));
    fc.assert(
      fc.property(parts, dtypes, fc.nat(), ([shape, at, lengths], dtype, seed) => {
        const axis = at % shape.length;
        const xs = lengths.map((length, i) => integers(shape.with(axis, length), seed + i, dtype));
        expectEqual((...xs) => concat(xs, { axis }), ...xs);
      }),
      { numRuns: 200 },
    );
  });

  it("get the same zeros around them", () => {
    const padded = shapes.chain((shape) =>
      fc.tuple(fc.constant(shape), fc.tuple(...shape.map(() => fc.tuple(fc.nat({ max: 3 }), fc.nat({ max: 3 }))))),
    );
    fc.assert(
      fc.property(padded, dtypes, fc.nat(), ([shape, widths], dtype, seed) => {
        expectEqual((x) => pad(x, widths as [number, number][]), integers(shape, seed, dtype));
      }),
      { numRuns: 200 },
    );
  });

  const indexed = shapes.chain((shape) =>
    fc.nat({ max: shape.length - 1 }).chain((axis) =>
      fc.record({
        shape: fc.constant(shape),
        axis: fc.constant(axis),
        indices: fc.array(fc.nat({ max: shape[axis] - 1 }), { minLength: 1, maxLength: 6 }),
        seed: fc.nat(),
      }),
    ),
  );
  const int32 = (indices: readonly number[]): Variable => constant(indices, { dtype: "int32" });

  it("of single numbers, which have no axes, are the numbers", () => {
    expect(compile((x: Variable) => pad(x, []), { engine: "wasm" })(variable(3)).item()).toBe(3);
  });

  it("are taken from the same places, and added there", () => {
    fc.assert(
      fc.property(indexed, ({ shape, axis, indices, seed }) => {
        const x = integers(shape, seed);
        const updates = integers(shape.with(axis, indices.length), seed + 1);
        for (const one of [x, integers(shape, seed, "int32")])
          expectEqual((x, at) => indexSelect(x, at, { axis }), one, int32(indices));
        expectEqual((x, at, u) => indexAdd(x, at, u, { axis }), x, int32(indices), updates);
      }),
      { numRuns: 200 },
    );
  });

  it("at places outside are refused in the words of the op", () => {
    const [x, updates] = [integers([3, 2], 0), integers([1, 2], 1)];
    for (const place of [3, -1]) {
      for (const fn of [(at: Variable) => indexSelect(x, at), (at: Variable) => indexAdd(x, at, updates)]) {
        const run = compile(fn, { engine: "wasm" });
        expect(() => run(int32([place]))).toThrow(`index ${place}`);
        // The program can be run again.
        expect(run(int32([1])).toArray()).toEqual(fn(int32([1])).toArray());
      }
    }
  });
});
