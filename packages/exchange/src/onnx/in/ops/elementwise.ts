/** Arithmetic, comparisons, logic and elementary functions. */
import * as ops from "@adjoint/autograd";
import { isFloat } from "@adjoint/tensor";
import type { NodeCall } from "../nodes/call.ts";
import type { Lowering, Lowerings } from "./lowering.ts";

type Variable = ops.Variable;
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
  if (isFloat(a.dtype) || isFloat(b.dtype)) return a.div(b);
  // The quotient of two integers of 32 bits is exact up to half a unit in float64's 53, and casts cut fractions off.
  return a.div(b).cast("int32");
}

/** What is left of a divided by b: with the sign of b; with that of a where `fmod` is 1, as in C. */
function modulo(node: NodeCall): Variable {
  const [a, b] = [node.x(0), node.x(1)];
  if (node.int("fmod", 0) === 0) return a.remainder(b);
  return a.sign().mul(a.abs().remainder(b.abs()));
}

/** aᵇ in the dtype of a. */
function power(a: Variable, b: Variable): Variable {
  if (isFloat(a.dtype)) return a.pow(b.cast(a.dtype)).cast(a.dtype);
  return a.cast("float64").pow(b.cast("float64")).round().cast(a.dtype);
}

/** −1 for negative x, 1 for others: a constant. */
function sideOf(x: Variable): Variable {
  return x.lt(0).where(ops.cast(-1 as never, x.dtype), ops.cast(1 as never, x.dtype));
}

/** Without cancellation on either side: log(x + √(x² + 1)) for x ≥ 0, and odd. */
function asinh(x: Variable): Variable {
  const side = sideOf(x);
  const size = x.mul(side);
  return side.mul(size.add(size.square().div(size.square().add(1).sqrt().add(1))).log1p());
}

/** log(x + √(x² − 1)), in t = x − 1, which keeps its digits near 1. */
function acosh(x: Variable): Variable {
  const t = x.sub(1);
  return t.add(t.mul(2).add(t.square()).sqrt()).log1p();
}

function atanh(x: Variable): Variable {
  return x.mul(2).div(ops.sub(1, x)).log1p().mul(0.5);
}

/** x held between bounds that are there; where they cross the upper one counts. */
function clipped(node: NodeCall): Variable {
  const x = node.x();
  for (const i of [1, 2]) {
    if (node.has(i) && node.shape(i).length > 0 && node.shape(i).join() !== "1") node.checkShape(i, []);
  }
  const [low, high] = node.version < 11 ? [node.float("min"), node.float("max")] : [node.optional(1), node.optional(2)];
  const held = (bound: number | Variable) => (typeof bound === "number" ? bound : bound.cast(x.dtype));
  const y = low === undefined || low === null ? x : x.lt(low).where(held(low), x);
  return high === undefined || high === null ? y : y.gt(high).where(held(high), y);
}

function isInfinite(node: NodeCall): Variable {
  const x = node.x();
  const [negative, positive] = [node.int("detect_negative", 1), node.int("detect_positive", 1)];
  const up = x.eq(positive === 0 ? Number.NaN : Number.POSITIVE_INFINITY);
  const down = x.eq(negative === 0 ? Number.NaN : Number.NEGATIVE_INFINITY);
  return up.logicalOr(down);
}

export const elementwise: Lowerings = {
  Add: binary(ops.add),
  Sub: binary(ops.sub),
  Mul: binary(ops.mul),
  Div: binary(quotient),
  Mod: modulo,
  Pow: (node) => power(node.x(0), node.x(1)),
  Sum: folded(ops.add),
  Max: folded(ops.maximum),
  Min: folded(ops.minimum),
  Mean: (node) => {
    const total = node.xs().reduce((a, b) => a.add(b));
    return total.div(node.count);
  },
  Neg: unary(ops.neg),
  Abs: unary(ops.abs),
  Sign: unary(ops.sign),
  Sqrt: unary(ops.sqrt),
  Exp: unary(ops.exp),
  Log: unary(ops.log),
  Reciprocal: unary(ops.reciprocal),
  Floor: unary(ops.floor),
  Ceil: unary(ops.ceil),
  Round: unary(ops.round),
  Erf: unary(ops.erf),
  Sin: unary(ops.sin),
  Cos: unary(ops.cos),
  Tan: unary(ops.tan),
  Asin: unary(ops.asin),
  Acos: unary(ops.acos),
  Atan: unary(ops.atan),
  Sinh: unary(ops.sinh),
  Cosh: unary(ops.cosh),
  Tanh: unary(ops.tanh),
  Asinh: unary(asinh),
  Acosh: unary(acosh),
  Atanh: unary(atanh),
  Equal: binary(ops.eq),
  Greater: binary(ops.gt),
  GreaterOrEqual: binary(ops.ge),
  Less: binary(ops.lt),
  LessOrEqual: binary(ops.le),
  And: logical(ops.logicalAnd),
  Or: logical(ops.logicalOr),
  Xor: logical(ops.ne),
  Not: (node) => {
    node.checkTruth(0);
    return node.x().logicalNot();
  },
  IsNaN: unary(ops.isnan),
  IsInf: isInfinite,
  Where: (node) => {
    node.checkTruth(0);
    node.checkSameType(1, 3);
    return node.x(0).where(node.x(1), node.x(2));
  },
  Clip: clipped,
};
