/**
 * Elementwise ops on four numbers at once, or on two of float64: the tables that loops are generated from. Truth values are
 * masks as wide as the numbers.
 *
 * Source of the polynomials: S. Moshier, Cephes (expf, logf, tanhf), public domain.
 */
import type { DType } from "@adjoint/tensor";
import type { Func, Local, VectorInstruction } from "./assembler.ts";

/** What computes the lanes of an op from those of its inputs. */
export type Lanes = (f: Func, inputs: readonly Local[], attributes: Readonly<Record<string, unknown>>) => Local;

/** How many lanes a vector has. */
export type Width = 2 | 4;

/** An op on operands of some dtypes: its lanes, and how many there are. */
export interface Vectorized {
  readonly compute: Lanes;
  readonly width: Width;
}

/** c₀xⁿ + c₁xⁿ⁻¹ + … */
function polynomial(f: Func, x: Local, coefficients: readonly number[]): Local {
  const [first, ...rest] = coefficients.map((c) => f.constant(c));
  return rest.reduce((sum, c) => f.op("f32x4.add", f.op("f32x4.mul", sum, x), c), first);
}

/** 2ⁿ of integers −126 … 127. */
function powerOfTwo(f: Func, n: Local): Local {
  return f.shift("i32x4.shl", f.op("i32x4.add", n, f.constant(127, true)), 23);
}

/** eˣ: x = k log 2 + r, |r| ≤ ½ log 2, within 2 ulp; 0 and ∞ beyond the range, NaN for NaN. */
function exp(f: Func, x: Local): Local {
  const held = f.op("f32x4.max", f.op("f32x4.min", x, f.constant(89)), f.constant(-105));
  const k = f.op("f32x4.nearest", f.op("f32x4.mul", held, f.constant(Math.LOG2E)));
  const high = f.op("f32x4.sub", held, f.op("f32x4.mul", k, f.constant(0.693359375)));
  const r = f.op("f32x4.add", high, f.op("f32x4.mul", k, f.constant(2.1219444e-4)));
  const p = polynomial(
    f,
    r,
    [1.98756915e-4, 1.39819995e-3, 8.33345191e-3, 4.16657959e-2, 1.66666655e-1, 5.00000012e-1],
  );
  const square = f.op("f32x4.mul", r, r);
  const y = f.op("f32x4.add", f.op("f32x4.add", f.op("f32x4.mul", p, square), r), f.constant(1));
  // In two steps, since 2ᵏ itself may be no float32 number.
  const n = f.op("i32x4.trunc_sat_f32x4_s", k);
  const half = f.shift("i32x4.shr_s", n, 1);
  const rest = f.op("i32x4.sub", n, half);
  return f.op("f32x4.mul", f.op("f32x4.mul", y, powerOfTwo(f, half)), powerOfTwo(f, rest));
}

/** log x: x = 2ᵉ m, ½√2 ≤ m < √2, within 2 ulp; −∞ at 0, NaN below. */
function log(f: Func, x: Local): Local {
  const isSmall = f.op("f32x4.lt", x, f.constant(2 ** -126));
  const scaled = f.op("v128.bitselect", f.op("f32x4.mul", x, f.constant(2 ** 23)), x, isSmall);
  const shift = f.op("v128.and", f.constant(23, true), isSmall);
  const mantissa = f.op("v128.or", f.op("v128.and", scaled, f.constant(0x7fffff, true)), f.constant(0x3f000000, true));
  const isLow = f.op("f32x4.lt", mantissa, f.constant(Math.SQRT1_2));
  const biased = f.op("i32x4.sub", f.shift("i32x4.shr_u", scaled, 23), f.constant(126, true));
  // A mask is −1.
  const e = f.op(
    "f32x4.convert_i32x4_s",
    f.op("i32x4.add", f.op("i32x4.sub", biased, shift), f.op("v128.and", isLow, f.constant(-1, true))),
  );
  const doubled = f.op("f32x4.add", mantissa, f.op("v128.and", mantissa, isLow));
  const m = f.op("f32x4.sub", doubled, f.constant(1));
  const z = f.op("f32x4.mul", m, m);
  const p = polynomial(
    f,
    m,
    [
      7.0376836292e-2, -1.151461031e-1, 1.167699874e-1, -1.2420140846e-1, 1.4249322787e-1, -1.6668057665e-1,
      2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1,
    ],
  );
  const tail = f.op(
    "f32x4.add",
    f.op("f32x4.mul", f.op("f32x4.mul", p, m), z),
    f.op("f32x4.mul", e, f.constant(-2.1219444e-4)),
  );
  const low = f.op("f32x4.sub", tail, f.op("f32x4.mul", z, f.constant(0.5)));
  const y = f.op("f32x4.add", f.op("f32x4.add", m, low), f.op("f32x4.mul", e, f.constant(0.693359375)));
  const isBounded = f.op("f32x4.lt", x, f.constant(Number.POSITIVE_INFINITY));
  const regular = f.op("v128.bitselect", y, x, isBounded);
  const isZero = f.op("f32x4.eq", x, f.constant(0));
  const withZero = f.op("v128.bitselect", f.constant(Number.NEGATIVE_INFINITY), regular, isZero);
  return f.op("v128.bitselect", f.constant(Number.NaN), withZero, f.op("f32x4.lt", x, f.constant(0)));
}

/** tanh x: a polynomial near 0, else 1 − 2 / (e²ˣ + 1), within 2 ulp. */
function tanh(f: Func, x: Local): Local {
  const z = f.op("f32x4.mul", x, x);
  const p = polynomial(
    f,
    z,
    [-5.70498872745e-3, 2.06390887954e-2, -5.37397155531e-2, 1.33314422036e-1, -3.33332819422e-1],
  );
  const near = f.op("f32x4.add", f.op("f32x4.mul", f.op("f32x4.mul", p, z), x), x);
  const size = f.op("f32x4.abs", x);
  const e = f.op("f32x4.add", exp(f, f.op("f32x4.add", size, size)), f.constant(1));
  const far = f.op("f32x4.sub", f.constant(1), f.op("f32x4.div", f.constant(2), e));
  const sign = f.op("v128.and", x, f.constant(-(2 ** 31), true));
  const isNear = f.op("f32x4.lt", size, f.constant(0.625));
  // The polynomial gives 0 for −0, which is −0.
  return f.op("v128.or", f.op("v128.bitselect", near, far, isNear), sign);
}

/** e^(−|x|), and 1 or it over 1 + it: no overflow, and small values keep their digits. */
function sigmoid(f: Func, x: Local): Local {
  const e = exp(f, f.op("f32x4.neg", f.op("f32x4.abs", x)));
  const one = f.constant(1);
  const top = f.op("v128.bitselect", e, one, f.op("f32x4.lt", x, f.constant(0)));
  return f.op("f32x4.div", top, f.op("f32x4.add", one, e));
}

/** max(x, 0) + log(1 + e^(−|x|)), within 8 ulp: log u times e / (u − 1) takes back what u = 1 + e has lost. */
function softplus(f: Func, x: Local): Local {
  const one = f.constant(1);
  const e = exp(f, f.op("f32x4.neg", f.op("f32x4.abs", x)));
  const u = f.op("f32x4.add", one, e);
  const near = f.op("f32x4.div", f.op("f32x4.mul", log(f, u), e), f.op("f32x4.sub", u, one));
  const tail = f.op("v128.bitselect", e, near, f.op("f32x4.eq", u, one));
  return f.op("f32x4.add", f.op("f32x4.max", x, f.constant(0)), tail);
}

/** eˣ − 1 within 8 ulp: u − 1 times x / log u, where u = eˣ. Source of both: W. Kahan. */
function expm1(f: Func, x: Local): Local {
  const one = f.constant(1);
  const u = exp(f, x);
  const y = f.op("f32x4.sub", u, one);
  const near = f.op("f32x4.div", f.op("f32x4.mul", y, x), log(f, u));
  const isLow = f.op("f32x4.eq", y, f.constant(-1));
  const bounded = f.op("v128.bitselect", y, near, isLow);
  return f.op("v128.bitselect", x, bounded, f.op("f32x4.eq", u, one));
}

/**
 * Φ(x): below 0 half of erfc z, z = |x| / √2, as t e^(−z² + p(t)), t = 1 / (1 + z / 2), within 16 ulp. The square is taken of an h
 * near |x| that has half the digits, so that it is exact: x² = h² − (h − |x|) (h + |x|).
 * Source: W. Press et al., Numerical Recipes in C (1992), 6.2 (erfcc).
 */
function normalCdf(f: Func, x: Local): Local {
  // Beyond 15 it is 0 or 1.
  const size = f.op("f32x4.min", f.op("f32x4.abs", x), f.constant(15));
  const h = f.op("v128.and", size, f.constant(-4096, true));
  const one = f.constant(1);
  const t = f.op("f32x4.div", one, f.op("f32x4.add", one, f.op("f32x4.mul", size, f.constant(Math.SQRT1_2 / 2))));
  const p = polynomial(
    f,
    t,
    [
      0.17087277, -0.82215223, 1.48851587, -1.13520398, 0.27886807, -0.18628806, 0.09678418, 0.37409196, 1.00002368,
      -1.26551223,
    ],
  );
  const half = f.constant(0.5);
  const rest = f.op("f32x4.mul", f.op("f32x4.sub", h, size), f.op("f32x4.mul", f.op("f32x4.add", h, size), half));
  const square = exp(f, f.op("f32x4.mul", f.op("f32x4.mul", h, h), f.constant(-0.5)));
  const factor = f.op("f32x4.mul", f.op("f32x4.mul", t, half), exp(f, f.op("f32x4.add", rest, p)));
  const tail = f.op("f32x4.mul", square, factor);
  return f.op("v128.bitselect", tail, f.op("f32x4.sub", one, tail), f.op("f32x4.lt", x, f.constant(0)));
}

/** −1, 0 or 1; zeros and NaN as they are. */
function sign(f: Func, x: Local, type: "f32x4" | "f64x2"): Local {
  const zero = f.number(0, type);
  const below = f.op("v128.bitselect", f.number(-1, type), x, f.op(`${type}.lt`, x, zero));
  return f.op("v128.bitselect", f.number(1, type), below, f.op(`${type}.gt`, x, zero));
}

/** An op that is an instruction. */
const by =
  (name: VectorInstruction): Lanes =>
  (f, inputs) =>
    f.op(name, ...inputs);

const comparisons = ["eq", "ne", "lt", "le", "gt", "ge"];

/** Ops that choose or copy bits. */
const bits: Readonly<Record<string, Lanes>> = {
  where: (f, [condition, a, b]) => f.op("v128.bitselect", a, b, condition),
  // What is copied from one layout to another.
  copy: (_, [x]) => x,
};

/** Ops on float32 and on float64 numbers. */
const ofReal = (type: "f32x4" | "f64x2"): Readonly<Record<string, Lanes>> => ({
  ...bits,
  ...Object.fromEntries(
    (
      ["add", "sub", "mul", "div", "eq", "ne", "lt", "le", "gt", "ge", "neg", "abs", "sqrt", "floor", "ceil"] as const
    ).map((name) => [name, by(`${type}.${name}`)]),
  ),
  maximum: by(`${type}.max`),
  minimum: by(`${type}.min`),
  round: by(`${type}.nearest`),
  relu: (f, [x]) => f.op(`${type}.max`, x, f.number(0, type)),
  leakyRelu: (f, [x], { slope }) => {
    const below = f.op(`${type}.mul`, x, f.number(slope as number, type));
    return f.op("v128.bitselect", x, below, f.op(`${type}.gt`, x, f.number(0, type)));
  },
  sign: (f, [x]) => sign(f, x, type),
  signed: (f, [g, x]) => f.op(`${type}.mul`, g, sign(f, x, type)),
  square: (f, [x]) => f.op(`${type}.mul`, x, x),
  softsign: (f, [x]) => f.op(`${type}.div`, x, f.op(`${type}.add`, f.op(`${type}.abs`, x), f.number(1, type))),
});

/** The ops by the dtype of their operands, the last of which says it. */
export const lanes: Readonly<Record<DType, Readonly<Record<string, Lanes>>>> = {
  float32: {
    ...ofReal("f32x4"),
    exp: (f, [x]) => exp(f, x),
    log: (f, [x]) => log(f, x),
    tanh: (f, [x]) => tanh(f, x),
    sigmoid: (f, [x]) => sigmoid(f, x),
    softplus: (f, [x]) => softplus(f, x),
    normalCdf: (f, [x]) => normalCdf(f, x),
    elu: (f, [x], { alpha }) => {
      const below = f.op("f32x4.mul", expm1(f, x), f.constant(alpha as number));
      return f.op("v128.bitselect", x, below, f.op("f32x4.gt", x, f.constant(0)));
    },
  },
  float64: ofReal("f64x2"),
  int32: {
    ...bits,
    ...Object.fromEntries(
      (["add", "sub", "mul", "eq", "ne", "neg", "abs"] as const).map((name) => [name, by(`i32x4.${name}`)]),
    ),
    ...Object.fromEntries((["lt", "le", "gt", "ge"] as const).map((name) => [name, by(`i32x4.${name}_s`)])),
    maximum: by("i32x4.max_s"),
    minimum: by("i32x4.min_s"),
    square: (f, [x]) => f.op("i32x4.mul", x, x),
  },
  bool: { ...bits, eq: by("i32x4.eq"), ne: by("v128.xor"), maximum: by("v128.or"), minimum: by("v128.and") },
};

/** Casts, by the dtypes that they are from and to; what may refuse a number is no loop. */
const casts: Readonly<Record<string, Lanes>> = {
  "int32 float32": by("f32x4.convert_i32x4_s"),
  "bool float32": (f, [x]) => f.op("v128.and", x, f.constant(1)),
  "bool float64": (f, [x]) => f.op("v128.and", x, f.number(1, "f64x2")),
  "bool int32": by("i32x4.neg"),
  "float32 bool": (f, [x]) => f.op("f32x4.ne", x, f.constant(0)),
  "float64 bool": (f, [x]) => f.op("f64x2.ne", x, f.number(0, "f64x2")),
  "int32 bool": (f, [x]) => f.op("i32x4.ne", x, f.constant(0, true)),
};

/** What computes the lanes of an op on such operands, and how many at once; null where no loop can be generated. */
export function lanesOf(op: string, dtypes: readonly DType[], result: DType): Vectorized | null {
  const dtype = dtypes.at(-1);
  if (dtype === undefined) return null;
  const width = dtype === "float64" || (op === "cast" && result === "float64") ? 2 : 4;
  const [table, name] = op === "cast" ? [casts, `${dtype} ${result}`] : [lanes[dtype], op];
  if (!Object.hasOwn(table, name)) return null;
  const isRight = dtypes.every((one, i) => one === (op === "where" && i === 0 ? "bool" : dtype));
  const expected = comparisons.includes(op) ? "bool" : dtype;
  return isRight && (op === "cast" || result === expected) ? { compute: table[name], width } : null;
}
