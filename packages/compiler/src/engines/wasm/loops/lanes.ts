/**
 * Elementwise ops on four float32 or two float64 numbers at once: the table that loops are generated from. Truth values are
 * masks as wide as the numbers.
 *
 * Source of the polynomials: S. Moshier, Cephes (expf, logf, tanhf), public domain.
 */
import type { Func, Local, VectorInstruction } from "./assembler.ts";

/** Vectors: four float32 or two float64 numbers. */
export type VectorType = "f32x4" | "f64x2";

/** What computes the lanes of an op from those of its inputs. */
export type Lanes = (
  f: Func,
  inputs: readonly Local[],
  attributes: Readonly<Record<string, unknown>>,
  type: VectorType,
) => Local;

/** Ops whose lanes are float32 numbers alone. */
export const ofSingle: ReadonlySet<string> = new Set(["exp", "log", "tanh", "sigmoid", "softplus", "elu", "normalCdf"]);

/** Functions that write an instruction. */
const instruction =
  (name: VectorInstruction) =>
  (f: Func, ...operands: readonly Local[]): Local =>
    f.op(name, ...operands);
const add = instruction("f32x4.add");
const sub = instruction("f32x4.sub");
const mul = instruction("f32x4.mul");
const div = instruction("f32x4.div");
const and = instruction("v128.and");
const lt = instruction("f32x4.lt");
const select = instruction("v128.bitselect");

/** c₀xⁿ + c₁xⁿ⁻¹ + … */
function polynomial(f: Func, x: Local, coefficients: readonly number[]): Local {
  const [first, ...rest] = coefficients.map((c) => f.constant(c));
  return rest.reduce((sum, c) => add(f, mul(f, sum, x), c), first);
}

/** 2ⁿ of integers −126 … 127. */
function powerOfTwo(f: Func, n: Local): Local {
  return f.shift("i32x4.shl", f.op("i32x4.add", n, f.constant(127, true)), 23);
}

/** eˣ: x = k log 2 + r, |r| ≤ ½ log 2, within 2 ulp; 0 and ∞ beyond the range, NaN for NaN. */
function exp(f: Func, x: Local): Local {
  const held = f.op("f32x4.max", f.op("f32x4.min", x, f.constant(89)), f.constant(-105));
  const k = f.op("f32x4.nearest", mul(f, held, f.constant(Math.LOG2E)));
  const high = sub(f, held, mul(f, k, f.constant(0.693359375)));
  const r = add(f, high, mul(f, k, f.constant(2.1219444e-4)));
  const p = polynomial(
    f,
    r,
    [1.98756915e-4, 1.39819995e-3, 8.33345191e-3, 4.16657959e-2, 1.66666655e-1, 5.00000012e-1],
  );
  const square = mul(f, r, r);
  const y = add(f, add(f, mul(f, p, square), r), f.constant(1));
  // In two steps, since 2ᵏ itself may be no float32 number.
  const n = f.op("i32x4.trunc_sat_f32x4_s", k);
  const half = f.shift("i32x4.shr_s", n, 1);
  const rest = f.op("i32x4.sub", n, half);
  return mul(f, mul(f, y, powerOfTwo(f, half)), powerOfTwo(f, rest));
}

/** log x: x = 2ᵉ m, ½√2 ≤ m < √2, within 2 ulp; −∞ at 0, NaN below. */
function log(f: Func, x: Local): Local {
  const isSmall = lt(f, x, f.constant(2 ** -126));
  const scaled = select(f, mul(f, x, f.constant(2 ** 23)), x, isSmall);
  const shift = and(f, f.constant(23, true), isSmall);
  const mantissa = f.op("v128.or", and(f, scaled, f.constant(0x7fffff, true)), f.constant(0x3f000000, true));
  const isLow = lt(f, mantissa, f.constant(Math.SQRT1_2));
  const biased = f.op("i32x4.sub", f.shift("i32x4.shr_u", scaled, 23), f.constant(126, true));
  // A mask is −1.
  const e = f.op(
    "f32x4.convert_i32x4_s",
    f.op("i32x4.add", f.op("i32x4.sub", biased, shift), and(f, isLow, f.constant(-1, true))),
  );
  const doubled = add(f, mantissa, and(f, mantissa, isLow));
  const m = sub(f, doubled, f.constant(1));
  const z = mul(f, m, m);
  const p = polynomial(
    f,
    m,
    [
      7.0376836292e-2, -1.151461031e-1, 1.167699874e-1, -1.2420140846e-1, 1.4249322787e-1, -1.6668057665e-1,
      2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1,
    ],
  );
  const tail = add(f, mul(f, mul(f, p, m), z), mul(f, e, f.constant(-2.1219444e-4)));
  const low = sub(f, tail, mul(f, z, f.constant(0.5)));
  const y = add(f, add(f, m, low), mul(f, e, f.constant(0.693359375)));
  const isBounded = lt(f, x, f.constant(Number.POSITIVE_INFINITY));
  const regular = select(f, y, x, isBounded);
  const isZero = f.op("f32x4.eq", x, f.constant(0));
  const withZero = select(f, f.constant(Number.NEGATIVE_INFINITY), regular, isZero);
  return select(f, f.constant(Number.NaN), withZero, lt(f, x, f.constant(0)));
}

/** tanh x: a polynomial near 0, else 1 − 2 / (e²ˣ + 1), within 2 ulp. */
function tanh(f: Func, x: Local): Local {
  const z = mul(f, x, x);
  const p = polynomial(
    f,
    z,
    [-5.70498872745e-3, 2.06390887954e-2, -5.37397155531e-2, 1.33314422036e-1, -3.33332819422e-1],
  );
  const near = add(f, mul(f, mul(f, p, z), x), x);
  const size = f.op("f32x4.abs", x);
  const e = add(f, exp(f, add(f, size, size)), f.constant(1));
  const far = sub(f, f.constant(1), div(f, f.constant(2), e));
  const sign = and(f, x, f.constant(-(2 ** 31), true));
  const isNear = lt(f, size, f.constant(0.625));
  // The polynomial gives 0 for −0, which is −0.
  return f.op("v128.or", select(f, near, far, isNear), sign);
}

/** e^(−|x|), and 1 or it over 1 + it: no overflow, and small values keep their digits. */
function sigmoid(f: Func, x: Local): Local {
  const e = exp(f, f.op("f32x4.neg", f.op("f32x4.abs", x)));
  const one = f.constant(1);
  const top = select(f, e, one, lt(f, x, f.constant(0)));
  return div(f, top, add(f, one, e));
}

/** max(x, 0) + log(1 + e^(−|x|)), within 8 ulp: log u times e / (u − 1) takes back what u = 1 + e has lost. */
function softplus(f: Func, x: Local): Local {
  const one = f.constant(1);
  const e = exp(f, f.op("f32x4.neg", f.op("f32x4.abs", x)));
  const u = add(f, one, e);
  const near = div(f, mul(f, log(f, u), e), sub(f, u, one));
  const tail = select(f, e, near, f.op("f32x4.eq", u, one));
  return add(f, f.op("f32x4.max", x, f.constant(0)), tail);
}

/** eˣ − 1 within 8 ulp: u − 1 times x / log u, where u = eˣ. Source of both: W. Kahan. */
function expm1(f: Func, x: Local): Local {
  const one = f.constant(1);
  const u = exp(f, x);
  const y = sub(f, u, one);
  const near = div(f, mul(f, y, x), log(f, u));
  const isLow = f.op("f32x4.eq", y, f.constant(-1));
  const bounded = select(f, y, near, isLow);
  return select(f, x, bounded, f.op("f32x4.eq", u, one));
}

/**
 * Φ(x): below 0 half of erfc z, z = |x| / √2, as t e^(−z² + p(t)), t = 1 / (1 + z / 2), within 16 ulp. The square is taken of an h
 * near |x| that has half the digits, so that it is exact: x² = h² − (h − |x|) (h + |x|).
 * Source: W. Press et al., Numerical Recipes in C (1992), 6.2 (erfcc).
 */
function normalCdf(f: Func, x: Local): Local {
  // Beyond 15 it is 0 or 1.
  const size = f.op("f32x4.min", f.op("f32x4.abs", x), f.constant(15));
  const h = and(f, size, f.constant(-4096, true));
  const one = f.constant(1);
  const t = div(f, one, add(f, one, mul(f, size, f.constant(Math.SQRT1_2 / 2))));
  const p = polynomial(
    f,
    t,
    [
      0.17087277, -0.82215223, 1.48851587, -1.13520398, 0.27886807, -0.18628806, 0.09678418, 0.37409196, 1.00002368,
      -1.26551223,
    ],
  );
  const half = f.constant(0.5);
  const rest = mul(f, sub(f, h, size), mul(f, add(f, h, size), half));
  const square = exp(f, mul(f, mul(f, h, h), f.constant(-0.5)));
  const factor = mul(f, mul(f, t, half), exp(f, add(f, rest, p)));
  const tail = mul(f, square, factor);
  return select(f, tail, sub(f, one, tail), lt(f, x, f.constant(0)));
}

/** −1, 0 or 1; zeros and NaN as they are. */
function sign(f: Func, x: Local, type: VectorType): Local {
  const zero = f.number(0, type);
  const below = select(f, f.number(-1, type), x, f.op(`${type}.lt`, x, zero));
  return select(f, f.number(1, type), below, f.op(`${type}.gt`, x, zero));
}

const binary =
  (name: "add" | "sub" | "mul" | "div" | "min" | "max" | "eq" | "ne" | "lt" | "le" | "gt" | "ge"): Lanes =>
  (f, [a, b], _, type) =>
    f.op(`${type}.${name}`, a, b);
const unary =
  (name: "neg" | "abs" | "sqrt" | "floor" | "ceil" | "nearest"): Lanes =>
  (f, [x], _, type) =>
    f.op(`${type}.${name}`, x);

/** The ops by name. */
export const lanes: Readonly<Record<string, Lanes>> = {
  add: binary("add"),
  sub: binary("sub"),
  mul: binary("mul"),
  div: binary("div"),
  maximum: binary("max"),
  minimum: binary("min"),
  eq: binary("eq"),
  ne: binary("ne"),
  lt: binary("lt"),
  le: binary("le"),
  gt: binary("gt"),
  ge: binary("ge"),
  neg: unary("neg"),
  abs: unary("abs"),
  sqrt: unary("sqrt"),
  floor: unary("floor"),
  ceil: unary("ceil"),
  round: unary("nearest"),
  relu: (f, [x], _, type) => f.op(`${type}.max`, x, f.number(0, type)),
  leakyRelu: (f, [x], { slope }, type) => {
    const below = f.op(`${type}.mul`, x, f.number(slope as number, type));
    return select(f, x, below, f.op(`${type}.gt`, x, f.number(0, type)));
  },
  elu: (f, [x], { alpha }) => {
    const below = mul(f, expm1(f, x), f.constant(alpha as number));
    return select(f, x, below, f.op("f32x4.gt", x, f.constant(0)));
  },
  sign: (f, [x], _, type) => sign(f, x, type),
  signed: (f, [g, x], _, type) => f.op(`${type}.mul`, g, sign(f, x, type)),
  square: (f, [x], _, type) => f.op(`${type}.mul`, x, x),
  softsign: (f, [x], _, type) => f.op(`${type}.div`, x, f.op(`${type}.add`, f.op(`${type}.abs`, x), f.number(1, type))),
  where: (f, [condition, a, b]) => select(f, a, b, condition),
  exp: (f, [x]) => exp(f, x),
  log: (f, [x]) => log(f, x),
  tanh: (f, [x]) => tanh(f, x),
  sigmoid: (f, [x]) => sigmoid(f, x),
  softplus: (f, [x]) => softplus(f, x),
  normalCdf: (f, [x]) => normalCdf(f, x),
  // What is copied from one layout to another.
  copy: (_, [x]) => x,
};
