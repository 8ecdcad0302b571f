import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { tensor } from "../../creation.ts";
import type { DType } from "../../dtype.ts";
import { promote } from "../../dtype.ts";
import type { Tensor } from "../../tensor.ts";
import { anyShape, expected, laidOut, layout, valuesOf } from "../../testing/layouts.ts";
import { broadcastTo } from "../../views.ts";
import * as kernels from "../index.ts";
import { complementaryErrorFunction, errorFunction, normalDistribution } from "../special/error-function.ts";
import { gaussianOf } from "../special/exponential.ts";
import { logGamma, polygammaOf } from "../special/gamma.ts";
import { geluGateOf, logistic, logisticDensityOf, squaredSech } from "../special/logistic.ts";

const anyDType = fc.constantFrom<DType>("float32", "float64", "int32", "bool");
const anyTensor = fc.tuple(anyShape, anyDType, layout).map(([shape, dtype, how]) => laidOut(shape, dtype, how));

/** Each function of one number by its definition, and the dtype of its result. */
const unary: Record<
  string,
  { kernel: (x: Tensor) => Tensor; f: (x: number) => number; dtype: "real" | "counted" | "same" }
> = {
  neg: { kernel: kernels.neg, f: (x) => -x, dtype: "counted" },
  abs: { kernel: kernels.abs, f: Math.abs, dtype: "counted" },
  sign: { kernel: kernels.sign, f: Math.sign, dtype: "counted" },
  square: {
    kernel: kernels.square,
    f: (x) => (Math.round(x) === x && Math.abs(x) > 2 ? Math.imul(x, x) : x * x),
    dtype: "counted",
  },
  sqrt: { kernel: kernels.sqrt, f: Math.sqrt, dtype: "real" },
  exp: { kernel: kernels.exp, f: Math.exp, dtype: "real" },
  expm1: { kernel: kernels.expm1, f: Math.expm1, dtype: "real" },
  log: { kernel: kernels.log, f: Math.log, dtype: "real" },
  log2: { kernel: kernels.log2, f: Math.log2, dtype: "real" },
  log10: { kernel: kernels.log10, f: Math.log10, dtype: "real" },
  log1p: { kernel: kernels.log1p, f: Math.log1p, dtype: "real" },
  sin: { kernel: kernels.sin, f: Math.sin, dtype: "real" },
  cos: { kernel: kernels.cos, f: Math.cos, dtype: "real" },
  tan: { kernel: kernels.tan, f: Math.tan, dtype: "real" },
  asin: { kernel: kernels.asin, f: Math.asin, dtype: "real" },
  acos: { kernel: kernels.acos, f: Math.acos, dtype: "real" },
  atan: { kernel: kernels.atan, f: Math.atan, dtype: "real" },
  sinh: { kernel: kernels.sinh, f: Math.sinh, dtype: "real" },
  cosh: { kernel: kernels.cosh, f: Math.cosh, dtype: "real" },
  floor: { kernel: kernels.floor, f: Math.floor, dtype: "counted" },
  ceil: { kernel: kernels.ceil, f: Math.ceil, dtype: "counted" },
  round: { kernel: kernels.round, f: roundToEven, dtype: "counted" },
  tanh: { kernel: kernels.tanh, f: Math.tanh, dtype: "real" },
  sigmoid: { kernel: kernels.sigmoid, f: logistic, dtype: "real" },
  logisticDensity: { kernel: kernels.logisticDensity, f: logisticDensityOf, dtype: "real" },
  sech2: { kernel: kernels.sech2, f: squaredSech, dtype: "real" },
  geluGate: { kernel: kernels.geluGate, f: geluGateOf, dtype: "real" },
  softsign: { kernel: kernels.softsign, f: (x) => x / (1 + Math.abs(x)), dtype: "real" },
  erf: { kernel: kernels.erf, f: errorFunction, dtype: "real" },
  erfc: { kernel: kernels.erfc, f: complementaryErrorFunction, dtype: "real" },
  normalCdf: { kernel: kernels.normalCdf, f: normalDistribution, dtype: "real" },
  gaussian: { kernel: (x) => kernels.gaussian(x, 0.5), f: (x) => gaussianOf(x, 0.5), dtype: "real" },
  lgamma: { kernel: kernels.lgamma, f: logGamma, dtype: "real" },
  polygamma: { kernel: (x) => kernels.polygamma(x, 1), f: (x) => polygammaOf(1, x), dtype: "real" },
  softplus: { kernel: kernels.softplus, f: (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))), dtype: "real" },
  leakyRelu: { kernel: (x) => kernels.leakyRelu(x, 0.1), f: (x) => (x > 0 ? x : 0.1 * x), dtype: "real" },
  elu: { kernel: (x) => kernels.elu(x, 2), f: (x) => (x > 0 ? x : 2 * Math.expm1(x)), dtype: "real" },
  relu: { kernel: kernels.relu, f: (x) => Math.max(x, 0), dtype: "same" },
};

/** The nearest integer, halves to the even one. */
function roundToEven(x: number): number {
  const below = Math.floor(x);
  if (x - below === 0.5) return below % 2 === 0 ? below : below + 1;
  return x - below < 0.5 ? below : below + 1;
}

function resultDType(dtype: DType, rule: "real" | "counted" | "same"): DType {
  if (rule === "real") return dtype === "float32" ? "float32" : "float64";
  return rule === "counted" && dtype === "bool" ? "int32" : dtype;
}

const f64 = { dtype: "float64" } as const;

describe("functions of one tensor", () => {
  for (const [name, { kernel, f, dtype }] of Object.entries(unary)) {
    it(`${name} computes every element, whatever the memory layout`, () => {
      fc.assert(
        fc.property(anyTensor, (x) => {
          const y = kernel(x);
          const result = resultDType(x.dtype, dtype);
          expect(y.dtype).toBe(result);
          expect(y.shape).toEqual(x.shape);
          expect(valuesOf(y).map((v) => v + 0)).toEqual(
            expected(x.shape, result, (index) => f(Number(x.at(...index)))).map((v) => v + 0),
          );
        }),
      );
    });
  }

  it("keeps a transposed operand's memory order, so that chains of them run through memory once", () => {
    const x = kernels.transpose(
      laidOut([3, 4], "float32", { steps: [1, 1, 1, 1], order: [1, 0, 2, 3], before: 0, seed: 1 }),
    );
    expect(kernels.exp(x).strides).toEqual(x.strides);
    expect(kernels.add(kernels.exp(x), x).strides).toEqual(x.strides);
  });

  it("lets NaN through relu, maximum and minimum", () => {
    const nan = laidOut([1], "float64", { steps: [1, 1, 1, 1], order: [0, 1, 2, 3], before: 0, seed: 1 });
    nan.data[0] = Number.NaN;
    const one = kernels.exp(kernels.mul(kernels.eq(nan, nan), kernels.eq(nan, nan)));
    expect(kernels.relu(nan).item()).toBeNaN();
    expect(kernels.maximum(nan, one).item()).toBeNaN();
    expect(kernels.minimum(one, nan).item()).toBeNaN();
  });
});

it("leaves exact remainders, with the sign of the divisor", () => {
  const of = (a: number, b: number): number => Number(kernels.remainder(tensor(a, f64), b).item());
  const [big, infinite] = [1e20, Number.POSITIVE_INFINITY];
  expect([of(7, 3), of(-7, 3), of(7, -3), of(-7, -3), of(6, 3), of(-6, 3)]).toEqual([1, 2, -2, -1, 0, -0]);
  // 1 is 9 times the float64 nearest to 0.1, and 0.09999999999999995 more.
  expect([of(1, 0.1), of(big, 3), of(5, infinite), of(-5, infinite)]).toEqual([1 % 0.1, big % 3, 5, infinite]);
  expect(of(1, 0)).toBeNaN();
  const whole = kernels.remainder(tensor([7, -7], { dtype: "int32" }), 3);
  expect([whole.dtype, whole.toArray()]).toEqual(["int32", [1, 2]]);
  expect(() => kernels.remainder(tensor([7], { dtype: "int32" }), 0)).toThrow(
    "7 divided by 0 has no integer remainder",
  );
});

it("rounds halves to the even neighbour, keeps large numbers and the sign of zero", () => {
  const cases = [0.5, 1.5, 2.5, -0.5, -1.5, 0.49999999999999994, 2 ** 52 + 1, -(2 ** 53), Number.POSITIVE_INFINITY];
  const rounded = kernels.round(tensor(cases, { dtype: "float64" })).toArray() as number[];
  expect(rounded).toEqual([0, 2, 2, -0, -2, 0, 2 ** 52 + 1, -(2 ** 53), Number.POSITIVE_INFINITY]);
});

it("finds the places that are not zero, in row-major order, whatever the memory layout", () => {
  fc.assert(
    fc.property(anyTensor, (x) => {
      const places = kernels.nonzero(x).toArray() as number[][];
      const found = places.map((place) => x.at(...place));
      expect(found.every((v) => Number(v) !== 0)).toBe(true);
      expect(places.length).toBe(valuesOf(x).filter((v) => v !== 0).length);
      const flat = places.map((place) => place.reduce((at, k, axis) => at * x.shape[axis] + k, 0));
      expect(flat).toEqual([...flat].sort((a, b) => a - b));
    }),
  );
});

/** Each function of two numbers by its definition. */
const binary: Record<string, { kernel: (a: Tensor, b: Tensor) => Tensor; f: (a: number, b: number) => number }> = {
  add: { kernel: kernels.add, f: (a, b) => a + b },
  sub: { kernel: kernels.sub, f: (a, b) => a - b },
  mul: { kernel: kernels.mul, f: (a, b) => a * b },
  maximum: { kernel: kernels.maximum, f: Math.max },
  minimum: { kernel: kernels.minimum, f: Math.min },
  div: { kernel: kernels.div, f: (a, b) => a / b },
  atan2: { kernel: kernels.atan2, f: Math.atan2 },
  eq: { kernel: kernels.eq, f: (a, b) => Number(a === b) },
  ne: { kernel: kernels.ne, f: (a, b) => Number(a !== b) },
  lt: { kernel: kernels.lt, f: (a, b) => Number(a < b) },
  le: { kernel: kernels.le, f: (a, b) => Number(a <= b) },
  gt: { kernel: kernels.gt, f: (a, b) => Number(a > b) },
  ge: { kernel: kernels.ge, f: (a, b) => Number(a >= b) },
};
const comparisons = new Set(["eq", "ne", "lt", "le", "gt", "ge"]);

/** Two tensors whose shapes broadcast: axes of either are left out or of length 1. */
const pair = fc
  .record({
    shape: anyShape,
    ones: fc.array(fc.constantFrom("a", "b", "none", "none"), { minLength: 4, maxLength: 4 }),
    drop: fc.nat(3),
    dtypes: fc.tuple(anyDType, anyDType),
    layouts: fc.tuple(layout, layout),
    sameLayout: fc.boolean(),
  })
  .map(({ shape, ones, drop, dtypes, layouts, sameLayout }) => {
    const missing = Math.min(drop, shape.length);
    const ofA = shape.map((n, i) => (ones[i] === "a" ? 1 : n));
    const ofB = shape.map((n, i) => (ones[i] === "b" || i < missing ? 1 : n));
    const a = laidOut(ofA, dtypes[0], layouts[0]);
    const b = laidOut(ofB.slice(missing), dtypes[1], sameLayout ? layouts[0] : layouts[1]);
    return { a, b, shape: ofA.map((n, i) => (n === 1 ? ofB[i] : n)) };
  });

function binaryDType(name: string, a: Tensor, b: Tensor): DType {
  if (comparisons.has(name)) return "bool";
  const dtype = promote(a.dtype, b.dtype);
  if (name === "div" || name === "atan2") return dtype === "float32" ? "float32" : "float64";
  return name === "sub" && dtype === "bool" ? "int32" : dtype;
}

describe("functions of two tensors", () => {
  for (const [name, { kernel, f }] of Object.entries(binary)) {
    it(`${name} broadcasts, promotes and computes every element, whatever the memory layouts`, () => {
      fc.assert(
        fc.property(pair, ({ a, b, shape }) => {
          const y = kernel(a, b);
          const dtype = binaryDType(name, a, b);
          const [x, z] = [broadcastTo(a, y.shape), broadcastTo(b, y.shape)];
          expect(y.shape).toEqual(shape);
          expect(y.dtype).toBe(dtype);
          const exact = (p: number, q: number) => {
            if (name === "mul" && dtype === "int32") return Math.imul(p, q);
            return name === "add" && dtype === "bool" ? Math.max(p, q) : f(p, q);
          };
          const values = expected(y.shape, dtype, (index) => exact(Number(x.at(...index)), Number(z.at(...index))));
          expect(valuesOf(y)).toEqual(values);
        }),
      );
    });
  }

  it("where takes from either side by the condition, all three broadcast", () => {
    fc.assert(
      fc.property(pair, layout, ({ a, b, shape }, how) => {
        const condition = laidOut(shape, "bool", how);
        const y = kernels.where(condition, a, b);
        const [x, z] = [broadcastTo(a, shape), broadcastTo(b, shape)];
        const dtype = promote(a.dtype, b.dtype);
        expect(y.dtype).toBe(dtype);
        expect(valuesOf(y)).toEqual(
          expected(shape, dtype, (index) => Number((condition.at(...index) ? x : z).at(...index))),
        );
      }),
    );
  });
});

describe("plain numbers beside a tensor", () => {
  it("never widen a float tensor, and widen integers only where they must", () => {
    const x = tensor([1, 2]);
    expect([kernels.add(x, 0.5), kernels.sub(1, x), kernels.pow(x, 2)].map((y) => [y.dtype, y.toArray()])).toEqual([
      ["float32", [1.5, 2.5]],
      ["float32", [0, -1]],
      ["float32", [1, 4]],
    ]);
    const n = tensor([1, 2], { dtype: "int32" });
    expect([kernels.mul(n, 3).dtype, kernels.mul(n, 0.5).dtype]).toEqual(["int32", "float64"]);
    expect(kernels.le(x, 1).toArray()).toEqual([true, false]);
    expect(kernels.where(kernels.gt(x, 1), 0, x).toArray()).toEqual([1, 0]);
  });

  it("stand beside one: two numbers, arrays and other things are refused with a word of help", () => {
    const refused = [
      () => kernels.add(1, 2),
      () => kernels.mul(tensor([1]), [1] as never),
      () => kernels.exp(1 as never),
    ];
    expect(
      refused.map((fn) => {
        try {
          fn();
        } catch (error) {
          return String(error);
        }
        return "nothing";
      }),
    ).toMatchInlineSnapshot(`
      [
        "DTypeError: add: an operand is a number; expected a Tensor. Wrap numbers and arrays with tensor(…).",
        "DTypeError: mul: an operand is an array; expected a Tensor. Wrap numbers and arrays with tensor(…).",
        "DTypeError: kernel: an operand is a number; expected a Tensor. Wrap numbers and arrays with tensor(…).",
      ]
    `);
  });
});
