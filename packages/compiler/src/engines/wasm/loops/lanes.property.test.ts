/** The functions of generated loops against those of JavaScript, over all magnitudes, within the bounds that they state. */
import { elu, exp, gelu, log, sigmoid, softplus, tanh, type Variable, variable } from "@adjoint/autograd";
import { kernels, Tensor } from "@adjoint/tensor";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { runs } from "../../../../../../testing/runs.ts";
import { compile } from "../../../compile.ts";

/** How many float32 numbers lie between two: their distance in units in the last place. */
function ulps(a: number, b: number): number {
  if (Object.is(a, b) || (Number.isNaN(a) && Number.isNaN(b))) return 0;
  const ordered = (x: number): number => {
    const bits = new Int32Array(Float32Array.of(x).buffer)[0];
    return bits < 0 ? -(bits & 0x7fffffff) : bits;
  };
  return Number.isNaN(a) || Number.isNaN(b) ? Number.POSITIVE_INFINITY : Math.abs(ordered(a) - ordered(b));
}

const functions: Readonly<Record<string, readonly [(x: Variable) => Variable, (x: number) => number, number]>> = {
  exp: [exp, Math.exp, 2],
  log: [log, Math.log, 2],
  tanh: [tanh, Math.tanh, 2],
  sigmoid: [sigmoid, (x) => 1 / (1 + Math.exp(-x)), 4],
  softplus: [softplus, (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))), 8],
  elu: [elu, (x) => (x > 0 ? x : Math.expm1(x)), 8],
  // x Φ(x)
  gelu: [gelu, (x) => x * Number(kernels.normalCdf(new Tensor(Float64Array.of(x), [])).item()), 17],
};

/** Numbers of any bits, of the range where the functions change, and the special ones. */
const numbers = fc.oneof(
  fc.float(),
  fc.float({ min: -110, max: 110, noNaN: true }),
  fc.float({ min: -2, max: 2, noNaN: true }),
  fc.constantFrom(0, -0, 1, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN, 2 ** -149, 88.72283, -87.4),
);

describe.each(Object.entries(functions))("%s", (_, [op, exact, bound]) => {
  it(`is within ${bound} units in the last place`, () => {
    const run = compile((x: Variable) => op(x), { engine: "wasm" });
    fc.assert(
      fc.property(fc.array(numbers, { minLength: 64, maxLength: 64 }), (values) => {
        const { data } = run(variable(new Tensor(Float32Array.from(values), [64]))).value;
        for (const [i, x] of values.entries()) {
          expect(ulps(Number(data[i]), Math.fround(exact(Math.fround(x))))).toBeLessThanOrEqual(bound);
        }
      }),
      { numRuns: runs(500) },
    );
  });

  it("is rounded once at 0 and −0, signs included", () => {
    const { data } = compile((x: Variable) => op(x), { engine: "wasm" })(variable([0, -0])).value;
    expect([...data]).toEqual([0, -0].map((x) => Math.fround(exact(x))));
  });
});
