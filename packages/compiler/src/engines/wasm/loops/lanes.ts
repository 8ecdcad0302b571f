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

/** The instructions for float32 numbers as functions, for formulas: numbers among operands stand for as many lanes. */
function formula(f: Func) {
  const by =
    (name: VectorInstruction) =>
    (...operands: readonly (Local | number)[]): Local =>
      f.op(name, ...operands.map((x) => (typeof x === "number" ? f.constant(x) : x)));
  const [add, mul] = [by("f32x4.add"), by("f32x4.mul")];
  return {
    add,
    sub: by("f32x4.sub"),
    mul,
    div: by("f32x4.div"),
    min: by("f32x4.min"),
    max: by("f32x4.max"),
    abs: by("f32x4.abs"),
    neg: by("f32x4.neg"),
    nearest: by("f32x4.nearest"),
    lt: by("f32x4.lt"),
    gt: by("f32x4.gt"),
    eq: by("f32x4.eq"),
    /** The first where the mask holds, the second elsewhere. */
    select: by("v128.bitselect"),
    and: by("v128.and"),
    or: by("v128.or"),
    integerAdd: by("i32x4.add"),
    integerSub: by("i32x4.sub"),
    integerOf: by("i32x4.trunc_sat_f32x4_s"),
    ofInteger: by("f32x4.convert_i32x4_s"),
    /** Lanes of the bits of an integer. */
    bits: (value: number): Local => f.constant(value, "i32x4"),
    /** c₀xⁿ + c₁xⁿ⁻¹ + … */
    polynomial: (x: Local, [first, ...rest]: readonly number[]): Local =>
      rest.reduce<Local>((sum, c) => add(mul(sum, x), c), f.constant(first)),
  };
}

/** eˣ: x = k log 2 + r, |r| ≤ ½ log 2, within 2 ulp; 0 and ∞ beyond the range, NaN for NaN. */
function exp(f: Func, x: Local): Local {
  const { add, sub, mul, min, max, nearest, integerAdd, integerSub, integerOf, bits, polynomial } = formula(f);
  const held = max(min(x, 89), -105);
  const k = nearest(mul(held, Math.LOG2E));
  const r = add(sub(held, mul(k, 0.693359375)), mul(k, 2.1219444e-4));
  const p = polynomial(r, [1.98756915e-4, 1.39819995e-3, 8.33345191e-3, 4.16657959e-2, 1.66666655e-1, 5.00000012e-1]);
  const y = add(add(mul(p, mul(r, r)), r), 1);
  // 2ⁿ of integers −126 … 127.
  const powerOfTwo = (n: Local): Local => f.shift("i32x4.shl", integerAdd(n, bits(127)), 23);
  // In two steps, since 2ᵏ itself may be no float32 number.
  const n = integerOf(k);
  const half = f.shift("i32x4.shr_s", n, 1);
  return mul(mul(y, powerOfTwo(half)), powerOfTwo(integerSub(n, half)));
}

/** log x: x = 2ᵉ m, ½√2 ≤ m < √2, within 2 ulp; −∞ at 0, NaN below. */
function log(f: Func, x: Local): Local {
  const { add, sub, mul, lt, eq, select, and, or, integerAdd, integerSub, ofInteger, bits, polynomial } = formula(f);
  const isSmall = lt(x, 2 ** -126);
  const scaled = select(mul(x, 2 ** 23), x, isSmall);
  const mantissa = or(and(scaled, bits(0x7fffff)), bits(0x3f000000));
  const isLow = lt(mantissa, Math.SQRT1_2);
  const biased = integerSub(f.shift("i32x4.shr_u", scaled, 23), bits(126));
  // A mask is −1.
  const e = ofInteger(integerAdd(integerSub(biased, and(bits(23), isSmall)), and(isLow, bits(-1))));
  const m = sub(add(mantissa, and(mantissa, isLow)), 1);
  const z = mul(m, m);
  const p = polynomial(
    m,
    [
      7.0376836292e-2, -1.151461031e-1, 1.167699874e-1, -1.2420140846e-1, 1.4249322787e-1, -1.6668057665e-1,
      2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1,
    ],
  );
  const tail = add(mul(mul(p, m), z), mul(e, -2.1219444e-4));
  const y = add(add(m, sub(tail, mul(z, 0.5))), mul(e, 0.693359375));
  const regular = select(y, x, lt(x, Number.POSITIVE_INFINITY));
  const withZero = select(Number.NEGATIVE_INFINITY, regular, eq(x, 0));
  return select(Number.NaN, withZero, lt(x, 0));
}

/** tanh x: a polynomial near 0, else 1 − 2 / (e²ˣ + 1), within 2 ulp. */
function tanh(f: Func, x: Local): Local {
  const { add, sub, mul, div, abs, lt, select, and, or, bits, polynomial } = formula(f);
  const z = mul(x, x);
  const p = polynomial(
    z,
    [-5.70498872745e-3, 2.06390887954e-2, -5.37397155531e-2, 1.33314422036e-1, -3.33332819422e-1],
  );
  const near = add(mul(mul(p, z), x), x);
  const size = abs(x);
  const sign = and(x, bits(-(2 ** 31)));
  const far = sub(1, div(2, add(exp(f, add(size, size)), 1)));
  // The polynomial gives 0 for −0, which is −0.
  return or(select(near, far, lt(size, 0.625)), sign);
}

/** e^(−|x|), and 1 or it over 1 + it: no overflow, and small values keep their digits. */
function sigmoid(f: Func, x: Local): Local {
  const { add, div, abs, neg, lt, select } = formula(f);
  const e = exp(f, neg(abs(x)));
  return div(select(e, 1, lt(x, 0)), add(1, e));
}

/** max(x, 0) + log(1 + e^(−|x|)), within 8 ulp: log u times e / (u − 1) takes back what u = 1 + e has lost. */
function softplus(f: Func, x: Local): Local {
  const { add, sub, mul, div, max, abs, neg, eq, select } = formula(f);
  const e = exp(f, neg(abs(x)));
  const u = add(1, e);
  const near = div(mul(log(f, u), e), sub(u, 1));
  return add(max(x, 0), select(e, near, eq(u, 1)));
}

/** eˣ − 1 within 8 ulp: u − 1 times x / log u, where u = eˣ. Source of both: W. Kahan. */
function expm1(f: Func, x: Local): Local {
  const { sub, mul, div, eq, select } = formula(f);
  const u = exp(f, x);
  const y = sub(u, 1);
  return select(x, select(y, div(mul(y, x), log(f, u)), eq(y, -1)), eq(u, 1));
}

/**
 * Φ(x): below 0 half of erfc z, z = |x| / √2, as t e^(−z² + p(t)), t = 1 / (1 + z / 2), within 16 ulp. The square is taken of an h
 * near |x| that has half the digits, so that it is exact: x² = h² − (h − |x|) (h + |x|).
 * Source: W. Press et al., Numerical Recipes in C (1992), 6.2 (erfcc).
 */
function normalCdf(f: Func, x: Local): Local {
  const { add, sub, mul, div, min, abs, lt, select, and, bits, polynomial } = formula(f);
  // Beyond 15 it is 0 or 1.
  const size = min(abs(x), 15);
  const h = and(size, bits(-4096));
  const t = div(1, add(1, mul(size, Math.SQRT1_2 / 2)));
  const p = polynomial(
    t,
    [
      0.17087277, -0.82215223, 1.48851587, -1.13520398, 0.27886807, -0.18628806, 0.09678418, 0.37409196, 1.00002368,
      -1.26551223,
    ],
  );
  const rest = mul(sub(h, size), mul(add(h, size), 0.5));
  const square = exp(f, mul(mul(h, h), -0.5));
  const tail = mul(square, mul(mul(t, 0.5), exp(f, add(rest, p))));
  return select(tail, sub(1, tail), lt(x, 0));
}

/** −1, 0 or 1; zeros and NaN as they are. */
function sign(f: Func, x: Local, type: "f32x4" | "f64x2"): Local {
  const zero = f.constant(0, type);
  const below = f.op("v128.bitselect", f.constant(-1, type), x, f.op(`${type}.lt`, x, zero));
  return f.op("v128.bitselect", f.constant(1, type), below, f.op(`${type}.gt`, x, zero));
}

/** An op that is an instruction. */
const by =
  (name: VectorInstruction): Lanes =>
  (f, inputs) =>
    f.op(name, ...inputs);

const comparisons = ["eq", "ne", "lt", "le", "gt", "ge"] as const;

/** Ops whose instructions have their names. */
const named = <Name extends string>(names: readonly Name[], instruction: (name: Name) => VectorInstruction) =>
  Object.fromEntries(names.map((name) => [name, by(instruction(name))]));

/** Ops that choose or copy bits. */
const bits: Readonly<Record<string, Lanes>> = {
  where: (f, [condition, a, b]) => f.op("v128.bitselect", a, b, condition),
  // What is copied from one layout to another.
  copy: (_, [x]) => x,
};

/** Ops on float32 and on float64 numbers. */
const ofReal = (type: "f32x4" | "f64x2"): Readonly<Record<string, Lanes>> => ({
  ...bits,
  ...named(
    ["add", "sub", "mul", "div", "neg", "abs", "sqrt", "floor", "ceil", ...comparisons],
    (name) => `${type}.${name}` as const,
  ),
  maximum: by(`${type}.max`),
  minimum: by(`${type}.min`),
  round: by(`${type}.nearest`),
  relu: (f, [x]) => f.op(`${type}.max`, x, f.constant(0, type)),
  leakyRelu: (f, [x], { slope }) => {
    const below = f.op(`${type}.mul`, x, f.constant(slope as number, type));
    return f.op("v128.bitselect", x, below, f.op(`${type}.gt`, x, f.constant(0, type)));
  },
  sign: (f, [x]) => sign(f, x, type),
  signed: (f, [g, x]) => f.op(`${type}.mul`, g, sign(f, x, type)),
  square: (f, [x]) => f.op(`${type}.mul`, x, x),
  softsign: (f, [x]) => f.op(`${type}.div`, x, f.op(`${type}.add`, f.op(`${type}.abs`, x), f.constant(1, type))),
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
      const { mul, gt, select } = formula(f);
      return select(x, mul(expm1(f, x), alpha as number), gt(x, 0));
    },
  },
  float64: ofReal("f64x2"),
  int32: {
    ...bits,
    ...named(["add", "sub", "mul", "neg", "abs", "eq", "ne"], (name) => `i32x4.${name}` as const),
    ...named(["lt", "le", "gt", "ge"], (name) => `i32x4.${name}_s` as const),
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
  "bool float64": (f, [x]) => f.op("v128.and", x, f.constant(1, "f64x2")),
  "bool int32": by("i32x4.neg"),
  "float32 bool": (f, [x]) => f.op("f32x4.ne", x, f.constant(0)),
  "float64 bool": (f, [x]) => f.op("f64x2.ne", x, f.constant(0, "f64x2")),
  "int32 bool": (f, [x]) => f.op("i32x4.ne", x, f.constant(0, "i32x4")),
};

/** What computes the lanes of an op on such operands, and how many at once; null where no loop can be generated. */
export function lanesOf(op: string, dtypes: readonly DType[], result: DType): Vectorized | null {
  const dtype = dtypes.at(-1);
  if (dtype === undefined) return null;
  const width = dtype === "float64" || (op === "cast" && result === "float64") ? 2 : 4;
  const [table, name] = op === "cast" ? [casts, `${dtype} ${result}`] : [lanes[dtype], op];
  if (!Object.hasOwn(table, name)) return null;
  const isRight = dtypes.every((one, i) => one === (op === "where" && i === 0 ? "bool" : dtype));
  const expected = comparisons.some((name) => name === op) ? "bool" : dtype;
  return isRight && (op === "cast" || result === expected) ? { compute: table[name], width } : null;
}
