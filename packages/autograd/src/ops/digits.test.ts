/**
 * Elementwise functions over their whole range: values, first and second derivatives against those of 60 digits, in
 * float32 and float64, at numbers that float32 holds exactly.
 */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { constant } from "../core/leaf.ts";
import type { Variable } from "../core/variable.ts";
import * as api from "../index.ts";
import { grad } from "../transforms/grad.ts";

type Row = readonly [x: number, y: number, first: number, second: number];
type Elementwise = (x: Variable) => Variable;

const fixture = JSON.parse(readFileSync(new URL("../fixtures/digits.json", import.meta.url), "utf8")) as Record<
  string,
  readonly Row[]
>;
const { how: _, ...table } = fixture;

/**
 * How many units in the last place a result may be off, for the value and both derivatives. A kernel is off by 2 to 8
 * in float64 (its docstring says so) and by 1 in float32, and each of the up to 6 ops of a rule adds a half: 8 in all.
 * More where the problem itself amplifies: sums near a zero of the second derivative of silu (2.4) and mish (2.26) and
 * near that of digamma (1.46), and e^(−2u) of gelu's tanh form, which carries |2u| ≤ 72 times the error of u.
 */
const most: Readonly<Record<string, number>> = { silu: 24, mish: 24, lgamma: 32, geluTanh: 72 };

const dtypes = {
  float32: { epsilon: 2 ** -23, least: 2 ** -126, largest: (2 - 2 ** -23) * 2 ** 127 },
  float64: { epsilon: 2 ** -52, least: 2 ** -1022, largest: Number.MAX_VALUE },
} as const;
type Float = keyof typeof dtypes;

function first(f: Elementwise): Elementwise {
  return (x) => (grad((z: Variable) => f(z).sum()) as Elementwise)(x);
}

/**
 * The entries that are off by more than they may be, subnormal numbers and overflows left out. With `ofFirst` the second
 * derivative may be off by units of the first.
 */
function offBy(f: Elementwise, rows: readonly Row[], dtype: Float, ulps: number, ofFirst = false): string[] {
  const { epsilon, least, largest } = dtypes[dtype];
  const x = constant(
    rows.map((row) => row[0]),
    { dtype },
  );
  const results = [f(x), first(f)(x), first(first(f))(x)].map((y) => y.toArray() as number[]);
  return results.flatMap((values, order) =>
    values.flatMap((value, i) => {
      const expected = rows[i][order + 1];
      if (Math.abs(expected) < least || Math.abs(expected) > largest) return [];
      const scale = ofFirst && order === 2 ? Math.max(Math.abs(expected), Math.abs(rows[i][2])) : Math.abs(expected);
      const error = value === expected ? 0 : Math.abs(value - expected) / (epsilon * scale);
      return error <= ulps ? [] : [`derivative ${order} at ${rows[i][0]}: ${value} for ${expected}, ${error} ulps`];
    }),
  );
}

const functions: Readonly<Record<string, Elementwise>> = {
  ...(Object.fromEntries(Object.entries(api).filter(([name]) => name in table)) as unknown as Record<
    string,
    Elementwise
  >),
  geluTanh: (x) => api.gelu(x, { approximate: "tanh" }),
};

describe.each(Object.keys(table))("%s", (name) => {
  it.each(["float32", "float64"] as const)("keeps its digits to the end of its range in %s", (dtype) => {
    expect(table[name].length).toBeGreaterThan(11);
    expect(offBy(functions[name], table[name], dtype, most[name] ?? 8)).toEqual([]);
  });
});

describe("of two classes", () => {
  const zeros = (x: Variable): Variable => api.zerosLike(x);
  const pair = (x: Variable): Variable => api.stack([x, zeros(x)], { axis: 1 });
  const of = (y: Variable, k: number): Variable => api.index(y, [{}, k]);
  const equal: readonly (readonly [string, string, Elementwise])[] = [
    ["softmax", "sigmoid", (x) => of(api.softmax(pair(x)), 0)],
    ["logSoftmax", "logSigmoid", (x) => of(api.logSoftmax(pair(x)), 0)],
    ["logsumexp", "softplus", (x) => api.logsumexp(pair(x), { axis: 1 })],
    ["logaddexp", "softplus", (x) => api.logaddexp(x, 0)],
    ["logaddexp from the other side", "softplus", (x) => api.logaddexp(zeros(x), x)],
    ["1 − softmax as the other class", "sigmoid", (x) => of(api.softmax(pair(api.neg(x))), 1)],
  ];
  it.each(equal)("%s has the digits of %s", (_name, other, f) => {
    // The second derivative of softmax, y (1 − y)(1 − 2y), is computed from y: where y is near ½ it is off by units of the
    // first derivative y (1 − y).
    const ofFirst = other === "sigmoid";
    for (const dtype of ["float32", "float64"] as const) expect(offBy(f, table[other], dtype, 8, ofFirst)).toEqual([]);
  });

  it("a far likelier one of many leaves the others their gradients", () => {
    for (const dtype of ["float32", "float64"] as const) {
      const { epsilon } = dtypes[dtype];
      const x = constant([40, 0, 1, -3], { dtype });
      const jacobian = api.jacobian((z: Variable) => api.softmax(z), x).toArray() as number[][];
      const logs = api.jacobian((z: Variable) => api.logSoftmax(z), x).toArray() as number[][];
      // 1 − y₀ = (1 + e + e⁻³) e⁻⁴⁰ / (1 + …), to 10⁻¹⁷; y₀ is 1 to the last place.
      const rest = (1 + Math.E + Math.exp(-3)) * Math.exp(-40);
      expect(Math.abs(jacobian[0][0] / rest - 1)).toBeLessThan(8 * epsilon);
      expect(Math.abs(logs[0][0] / rest - 1)).toBeLessThan(8 * epsilon);
      expect(Math.abs(jacobian[0][2] / -Math.exp(-39) - 1)).toBeLessThan(8 * epsilon);
      expect(Math.abs(jacobian[2][2] / Math.exp(-39) - 1)).toBeLessThan(8 * epsilon);
    }
  });

  it("logsumexp of nothing but −∞ is −∞, its gradient NaN; of one +∞ it is +∞", () => {
    const x = constant([Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY], { dtype: "float64" });
    expect(api.logsumexp(x).item()).toBe(Number.NEGATIVE_INFINITY);
    expect(first((z) => api.logsumexp(z))(x).toArray()).toEqual([Number.NaN, Number.NaN]);
    expect(api.logsumexp(constant([Number.POSITIVE_INFINITY, 0])).item()).toBe(Number.POSITIVE_INFINITY);
    expect(api.softmax(constant([Number.NaN, 0])).toArray()).toEqual([Number.NaN, Number.NaN]);
    for (const f of [api.softmax, api.logSoftmax]) {
      // ∞ − ∞, as in PyTorch and JAX.
      expect(f(constant([1, Number.POSITIVE_INFINITY])).toArray()).toEqual([Number.NaN, Number.NaN]);
    }
  });
});

describe("norms", () => {
  it("neither overflow nor underflow where the norm itself does not", () => {
    const scales = { float32: [2 ** 100, 2 ** -100], float64: [2 ** 100, 2 ** 900, 2 ** -900, 2 ** -1070] } as const;
    for (const [dtype, sizes] of Object.entries(scales) as [Float, readonly number[]][]) {
      const rounded = (v: number): number => (dtype === "float32" ? Math.fround(v) : v);
      for (const size of sizes) {
        const x = constant([3 * size, 4 * size], { dtype });
        expect(api.norm(x).item()).toBe(5 * size);
        // One division, rounded: 3/5 and 4/5.
        expect(first((z) => api.norm(z))(x).toArray()).toEqual([rounded(3 / 5), rounded(4 / 5)]);
        expect(api.std(constant([size, -size], { dtype }), { correction: 0 }).item()).toBe(size);
      }
    }
  });

  it("of other powers do so either", () => {
    for (const [dtype, sizes] of [
      ["float32", [1e30, 1e-30]],
      ["float64", [1e300, 1e-300]],
    ] as const) {
      for (const size of sizes) {
        for (const p of [1.5, 3, 10]) {
          // ‖(1, 1)‖ₚ = 2^(1/p), with derivative 2^(1/p − 1): a division, two powers of 8 units each, and two products.
          const x = constant([size, size], { dtype });
          const [a, b] = first((z) => api.norm(z, { p }))(x).toArray() as number[];
          const slack = 32 * dtypes[dtype].epsilon;
          expect(Math.abs(api.norm(x, { p }).item() / size / 2 ** (1 / p) - 1)).toBeLessThan(slack);
          for (const found of [a, b]) expect(Math.abs(found / 2 ** (1 / p - 1) - 1)).toBeLessThan(slack);
        }
      }
    }
  });

  it("keep rows apart: one that is out of range changes no bit of another", () => {
    const rows = [
      [0.1, 0.2, 0.3],
      [1e200, 2e200, 0],
      [0, 0, 0],
      [Number.NaN, 1e200, 0],
      [Number.NEGATIVE_INFINITY, 1, 0],
    ];
    const of = (x: number[][]): number[] =>
      api.norm(constant(x, { dtype: "float64" }), { axis: 1 }).toArray() as number[];
    expect(of(rows)).toEqual(rows.flatMap((row) => of([row])));
    expect(of(rows).slice(2)).toEqual([0, Number.NaN, Number.POSITIVE_INFINITY]);
  });
});

it("log Γ and its derivatives have poles at integers ≤ 0, and follow their reflection between them", () => {
  const x = constant([0, -1, -2], { dtype: "float64" });
  expect(api.lgamma(x).toArray()).toEqual([Infinity, Infinity, Infinity]);
  // Zeros without a sign: toEqual tells −0 from 0.
  expect(api.lgamma(constant([1, 2], { dtype: "float64" })).toArray()).toEqual([0, 0]);
  expect(api.digamma(x).toArray()).toEqual([Number.NEGATIVE_INFINITY, Number.NaN, Number.NaN]);
  expect(api.polygamma(1, x).toArray()).toEqual([Infinity, Infinity, Infinity]);
  // Γ(−1/2) = −2√π, ψ(−1/2) = ψ(1/2) + 2 = 2 − γ − 2 log 2, ψ₁(−1/2) = π²/2 + 4.
  const half = constant(-0.5, { dtype: "float64" });
  const gamma = 0.5772156649015329;
  for (const [found, expected] of [
    [api.lgamma(half), Math.log(2 * Math.sqrt(Math.PI))],
    [api.digamma(half), 2 - gamma - 2 * Math.LN2],
    [api.polygamma(1, half), Math.PI ** 2 / 2 + 4],
  ] as const) {
    // 16 units in the last place, of terms up to 4 in the second.
    expect(Math.abs(found.item() / expected - 1)).toBeLessThan(32 * 2 ** -52);
  }
  expect(() => api.polygamma(-1, half)).toThrow(
    "polygamma: n is -1; expected an integer from 0 to 1000. The order n comes first, then x: polygamma(1, x) is the trigamma function.",
  );
});
