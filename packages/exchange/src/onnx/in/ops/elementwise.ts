/** Arithmetic, comparisons, logic and elementary functions. */
import {
  abs,
  acos,
  add,
  asin,
  atan,
  cast,
  ceil,
  cos,
  cosh,
  div,
  eq,
  erf,
  exp,
  floor,
  ge,
  gt,
  isnan,
  le,
  log,
  log1p,
  logicalAnd,
  logicalNot,
  logicalOr,
  lt,
  maximum,
  minimum,
  mul,
  ne,
  neg,
  pow,
  reciprocal,
  remainder,
  round,
  sign,
  sin,
  sinh,
  sqrt,
  square,
  sub,
  tan,
  tanh,
  type Variable,
  where,
} from "@adjoint/autograd";
import { isFloat } from "@adjoint/tensor";
import type { NodeCall } from "../nodes/call.ts";
import type { Lowering, Lowerings } from "./lowering.ts";

type Unary = (x: Variable) => Variable;
type Binary = (a: Variable, b: Variable) => Variable;

/** A function of real numbers. */
export const unary =
  (fn: Unary): Lowering =>
  (node) =>
    fn(node.x());

const binary =
  (fn: Binary): Lowering =>
  (node) => {
    node.checkSameType(0, 2);
    return fn(node.x(0), node.x(1));
  };

/** Of truth values. */
const logical =
  (fn: Binary): Lowering =>
  (node) => {
    node.checkTruth(0);
    node.checkTruth(1);
    return fn(node.x(0), node.x(1));
  };

/** The inputs one after the other, joined from the left. */
const folded =
  (fn: Binary): Lowering =>
  (node) => {
    node.checkSameType(0, node.count);
    return node.xs().reduce(fn);
  };

/** a / b; of integers the quotient without its fraction. */
function quotient(a: Variable, b: Variable): Variable {
  if (isFloat(a.dtype) || isFloat(b.dtype)) return div(a, b);
  // The quotient of two integers of 32 bits is exact up to half a unit in float64's 53, and casts cut fractions off.
  return cast(div(a, b), "int32");
}

/** What is left of a divided by b: with the sign of b; with that of a where `fmod` is 1, as in C. */
function modulo(node: NodeCall): Variable {
  const [a, b] = [node.x(0), node.x(1)];
  if (node.int("fmod", 0) === 0) return remainder(a, b);
  return mul(sign(a), remainder(abs(a), abs(b)));
}

/** aᵇ in the dtype of a. */
function power(a: Variable, b: Variable): Variable {
  if (isFloat(a.dtype)) return cast(pow(a, cast(b, a.dtype)), a.dtype);
  return cast(round(pow(cast(a, "float64"), cast(b, "float64"))), a.dtype);
}

/** −1 for negative x, 1 for others: a constant. */
function sideOf(x: Variable): Variable {
  return where(lt(x, 0), cast(-1 as never, x.dtype), cast(1 as never, x.dtype));
}

/** Without cancellation on either side: log(x + √(x² + 1)) for x ≥ 0, and odd. */
function asinh(x: Variable): Variable {
  const side = sideOf(x);
  const size = mul(x, side);
  return mul(side, log1p(add(size, div(square(size), add(sqrt(add(square(size), 1)), 1)))));
}

/** log(x + √(x² − 1)), in t = x − 1, which keeps its digits near 1. */
function acosh(x: Variable): Variable {
  const t = sub(x, 1);
  return log1p(add(t, sqrt(add(mul(t, 2), square(t)))));
}

function atanh(x: Variable): Variable {
  return mul(log1p(div(mul(x, 2), sub(1, x))), 0.5);
}

/** x held between bounds that are there; where they cross the upper one counts. */
function clipped(node: NodeCall): Variable {
  const x = node.x();
  for (const i of [1, 2]) {
    if (node.has(i) && node.shape(i).length > 0 && node.shape(i).join() !== "1") node.checkShape(i, []);
  }
  const [low, high] = node.version < 11 ? [node.float("min"), node.float("max")] : [node.optional(1), node.optional(2)];
  let y = x;
  if (low !== undefined && low !== null) y = where(lt(y, low), typeof low === "number" ? low : cast(low, x.dtype), y);
  if (high !== undefined && high !== null) {
    y = where(gt(y, high), typeof high === "number" ? high : cast(high, x.dtype), y);
  }
  return y;
}

function isInfinite(node: NodeCall): Variable {
  const x = node.x();
  const [negative, positive] = [node.int("detect_negative", 1), node.int("detect_positive", 1)];
  const up = eq(x, positive === 0 ? Number.NaN : Number.POSITIVE_INFINITY);
  const down = eq(x, negative === 0 ? Number.NaN : Number.NEGATIVE_INFINITY);
  return logicalOr(up, down);
}

export const elementwise: Lowerings = {
  Add: binary(add),
  Sub: binary(sub),
  Mul: binary(mul),
  Div: binary(quotient),
  Mod: modulo,
  Pow: (node) => power(node.x(0), node.x(1)),
  Sum: folded(add),
  Max: folded(maximum),
  Min: folded(minimum),
  Mean: (node) => {
    const total = node.xs().reduce((a, b) => add(a, b));
    return div(total, node.count);
  },
  Neg: unary(neg),
  Abs: unary(abs),
  Sign: unary(sign),
  Sqrt: unary(sqrt),
  Exp: unary(exp),
  Log: unary(log),
  Reciprocal: unary(reciprocal),
  Floor: unary(floor),
  Ceil: unary(ceil),
  Round: unary(round),
  Erf: unary(erf),
  Sin: unary(sin),
  Cos: unary(cos),
  Tan: unary(tan),
  Asin: unary(asin),
  Acos: unary(acos),
  Atan: unary(atan),
  Sinh: unary(sinh),
  Cosh: unary(cosh),
  Tanh: unary(tanh),
  Asinh: unary(asinh),
  Acosh: unary(acosh),
  Atanh: unary(atanh),
  Equal: binary(eq),
  Greater: binary(gt),
  GreaterOrEqual: binary(ge),
  Less: binary(lt),
  LessOrEqual: binary(le),
  And: logical(logicalAnd),
  Or: logical(logicalOr),
  Xor: logical(ne),
  Not: (node) => {
    node.checkTruth(0);
    return logicalNot(node.x());
  },
  IsNaN: unary(isnan),
  IsInf: isInfinite,
  Where: (node) => {
    node.checkTruth(0);
    node.checkSameType(1, 3);
    return where(node.x(0), node.x(1), node.x(2));
  },
  Clip: clipped,
};
