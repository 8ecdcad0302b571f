/** Comparisons (no derivative), the choice between values (where), and clip. */
import { broadcastShapes, calledAs, checkOptions, DTypeError, kernels, SpecError, sameShape } from "@adjoint/tensor";
import { asVariable, constant, locating } from "../core/leaf.ts";
import { type BinaryOp, defineOp, type Op } from "../core/op.ts";
import type { Variable, VariableLike } from "../core/variable.ts";
import { aligned, binary, sameSpec } from "./broadcast.ts";
import { repeat } from "./repeat-sum.ts";

function comparison(name: string, kernel: typeof kernels.eq): BinaryOp {
  return binary(name, {
    forward: ([a, b]) => kernel(a, b),
    spec: ({ shape }) => ({ shape, dtype: "bool" }),
    backward: [null, null],
    saves: "none",
    // y = (a ⋄ b) ⇒ no derivative
    // An answer of yes or no has no derivative.
    // […], […] → bool […]
  });
}

/** a = b, elementwise with broadcasting: bool. NaN equals nothing. */
export const eq: BinaryOp = comparison("eq", kernels.eq); // =

/** a ≠ b, elementwise with broadcasting: bool. NaN is unequal to everything, itself included. */
export const ne: BinaryOp = comparison("ne", kernels.ne); // ≠

/** a < b, elementwise with broadcasting: bool; false where one is NaN. */
export const lt: BinaryOp = comparison("lt", kernels.lt); // <

/** a ≤ b, elementwise with broadcasting: bool; false where one is NaN. */
export const le: BinaryOp = comparison("le", kernels.le); // ≤

/** a > b, elementwise with broadcasting: bool; false where one is NaN. */
export const gt: BinaryOp = comparison("gt", kernels.gt); // >

/** a ≥ b, elementwise with broadcasting: bool; false where one is NaN. */
export const ge: BinaryOp = comparison("ge", kernels.ge); // ≥

const wherePrimitive: Op = defineOp({
  name: "where",
  infer: ([condition, a, b]) => {
    if (condition.dtype !== "bool") {
      throw DTypeError.of("where", "condition", condition, "bool", {
        hint: "Compare first, for example with ne(condition, 0).",
      });
    }
    sameSpec("where", { shape: condition.shape, dtype: a.dtype }, a);
    return sameSpec("where", a, b);
  },
  forward: ([condition, a, b]) => kernels.where(condition, a, b),
  backward: [
    null,
    ({ grad, inputs: [condition] }) => where(condition, grad, 0),
    ({ grad, inputs: [condition] }) => where(condition, 0, grad),
  ],
  saves: "inputs",
  linear: true,
  batch: "elementwise",
  // y = c ? a : b ⇒ ā = c ? ȳ : 0, b̄ = c ? 0 : ȳ
  // The gradient goes to the input that was chosen; the other gets 0.
  // c […], a […], b […] → […]
});

/**
 * a where the condition holds, b elsewhere; all three broadcast. A condition that is not bool is compared with 0.
 * The branch not taken gets gradient 0. What computed that branch multiplies the 0 with its own derivative, so that an
 * infinite one (√x at 0, log x at 0) gives NaN, as in the field: keep its input in range by another where.
 */
export function where(condition: VariableLike, a: VariableLike, b: VariableLike): Variable {
  let c = asVariable("where", condition, "condition");
  if (c.dtype !== "bool") c = ne(c, 0);
  const [x, y] = typeof a === "number" && typeof b === "number" ? [constant(a), constant(b)] : aligned("where", a, b);
  if (sameShape(c.shape, x.shape)) return wherePrimitive(c, x, y);
  const [chosen, one, other] = locating([c, x, y], () => {
    const shape = broadcastShapes("where", c.shape, x.shape);
    return [c, x, y].map((operand) => repeat(operand, shape));
  });
  return wherePrimitive(chosen, one, other);
}

/** Options of {@link clip}: at least one of the two, min ≤ max. */
export interface ClipOptions {
  /** The least value. Default: none. */
  readonly min?: number;
  /** The greatest value. Default: none. */
  readonly max?: number;
}

/**
 * x held between `min` and `max`. The gradient is 1 inside (the bounds included) and 0 outside.
 * @throws SpecError when no bound is given, one is NaN, or min > max
 */
export function clip(x: VariableLike, options: ClipOptions): Variable {
  checkOptions("clip", options, ["min", "max"]);
  const { min, max } = options;
  const given = [min, max].filter((bound) => bound !== undefined);
  if (
    given.length === 0 ||
    given.some((bound) => typeof bound !== "number" || Number.isNaN(bound)) ||
    given[0]! > given[given.length - 1]!
  ) {
    throw SpecError.of("clip", "bounds", `min ${min}, max ${max}`, "{ min }, { max } or both, with min ≤ max", {
      problem: `bounds are min ${min}, max ${max}`,
    });
  }
  const input = asVariable("clip", x);
  let y = input;
  if (min !== undefined) y = where(lt(input, min), min, y);
  if (max !== undefined) y = where(gt(input, max), max, y);
  return y;
}

/** PyTorch's name for {@link clip}. */
export const clamp: typeof clip = (x, options) => calledAs("clamp", () => clip(x, options));

const comparisons = { eq, ne, lt, le, gt, ge };

export const primitives = { ...comparisons, where: wherePrimitive };
export default {
  ...comparisons,
  clip,
  clamp,
  /** The method of a condition: a where it holds, b elsewhere. */
  where,
};
