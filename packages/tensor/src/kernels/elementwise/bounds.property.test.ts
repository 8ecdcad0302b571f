/** How far the float32 functions of the WASM kernels are off, over every exponent that float32 has. */
import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { Tensor } from "../../tensor.ts";
import { setKernels } from "../backend.ts";
import * as kernels from "../index.ts";
import { logistic, logisticDensityOf, squaredSech } from "../special/logistic.ts";

afterEach(() => setKernels("auto"));

/**
 * Units in the last place. A result is rounded once, which is ½, from float64 numbers that are relatively off by 2⁻³⁰ at
 * most (kernels/elementwise.ts: 2⁻³¹ by e^v, 2⁻³¹ by what is made of it, or by the exponent b log a ≤ 104 of a power),
 * which is 2⁻⁶ of a unit.
 */
const bound = 0.5 + 2 ** -6;

/** Each function and its value in float64. */
const functions: Readonly<Record<string, readonly [kernel: (x: Tensor) => Tensor, f: (x: number) => number]>> = {
  exp: [kernels.exp, Math.exp],
  log: [kernels.log, Math.log],
  tanh: [kernels.tanh, Math.tanh],
  sigmoid: [kernels.sigmoid, logistic],
  logisticDensity: [kernels.logisticDensity, logisticDensityOf],
  sech2: [kernels.sech2, squaredSech],
};

/** The distance of neighbours among float32 numbers at v. */
function unitAt(v: number): number {
  return 2 ** (Math.max(-126, Math.floor(Math.log2(Math.abs(v)))) - 23);
}

/** What is wrong with a result, if it is: NaN, infinities and zeros have to be as they are. */
function wrong(found: number, exact: number): boolean {
  const rounded = Math.fround(exact);
  if (Object.is(found, rounded)) return false;
  if (!Number.isFinite(rounded) || !Number.isFinite(found))
    return Math.abs(exact) < 2 ** 128 - 2 ** 103 || !(Math.abs(exact) < 2 ** 128);
  return !(Math.abs(found - exact) <= bound * unitAt(exact)) || Math.sign(found) * Math.sign(exact) < 0;
}

function of(bits: Uint32Array): Tensor {
  return new Tensor(new Float32Array(bits.buffer), [bits.length]);
}

describe("float32 functions by WASM", () => {
  for (const [name, [kernel, f]] of Object.entries(functions)) {
    it(`${name} is off by ${bound} units in the last place at most, for both signs and all exponents`, () => {
      fc.assert(
        fc.property(fc.nat(), (seed) => {
          // Of each sign and exponent the first and the last number, and some between them.
          const some = 20;
          const bits = Uint32Array.from({ length: 512 * some }, (_, i) => {
            const k = i % some;
            const fraction = k === 0 ? 0 : k === 1 ? 0x7fffff : Math.imul(seed + i, 0x9e3779b1) >>> 9;
            return (Math.floor(i / some) << 23) | fraction;
          });
          const x = of(bits);
          setKernels("wasm");
          const y = kernel(x);
          const failures = Array.from(x.data, (v, i) => [v, y.data[i], f(v)] as const).filter(([, a, b]) =>
            wrong(a, b),
          );
          expect(failures.slice(0, 5)).toEqual([]);
        }),
        { numRuns: 10 },
      );
    });
  }

  const special = [0, 1, 2, 3, 0.5, 1.5, 2 ** -149, 2 ** -126, 2 ** 24 - 1, 2 ** 127, Number.POSITIVE_INFINITY];
  const number = fc.oneof(
    fc.constantFrom(...special, ...special.map((v) => -v), Number.NaN),
    fc.float(),
    fc.float({ min: -8, max: 8, noNaN: true }),
    fc.integer({ min: -20, max: 20 }),
  );
  it(`pow is off by ${bound} units at most, and is ** at zeros, infinities, NaN and integers`, () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(number, number), { minLength: 1, maxLength: 200 }), (pairs) => {
        const [a, b] = [0, 1].map(
          (k) =>
            new Tensor(
              Float32Array.from(pairs, (pair) => pair[k]),
              [pairs.length],
            ),
        );
        setKernels("wasm");
        const y = kernels.pow(a, b);
        const failures = pairs
          .map((pair, i) => [...pair, y.data[i], pair[0] ** pair[1]] as const)
          .filter(([, , found, exact]) => wrong(found, exact));
        expect(failures.slice(0, 5)).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });
});
