/**
 * Kindness above the strict elementwise primitives: numbers become constants, dtypes are promoted by explicit casts,
 * and shapes meet through explicit repeats.
 */
import {
  allocate,
  broadcastShapes,
  DTypeError,
  formatShape,
  isFloat,
  promote,
  promoteNumber,
  ShapeError,
  sameShape,
  Tensor,
} from "@adjoint/tensor";
import { apply } from "../core/apply.ts";
import { asVariable, locating } from "../core/leaf.ts";
import type { BinaryOp } from "../core/op.ts";
import {
  type BackwardRule,
  type NoAttributes,
  type OpDefinition,
  type ValueSpec,
  Variable,
  type VariableLike,
} from "../core/variable.ts";
import { cast } from "./cast-detach.ts";
import { repeat } from "./repeat-sum.ts";

/** A number as a constant of the shape of `like`, with stride 0; it never widens a float dtype. */
function numberLike(value: number, like: Variable): Variable {
  const data = allocate(promoteNumber(like.dtype, value), 1);
  data[0] = value;
  return new Variable(new Tensor(data, like.shape, new Array<number>(like.ndim).fill(0)), null, false);
}

/** Two operands in one dtype. */
export function promoted(x: Variable, y: Variable): readonly [Variable, Variable] {
  const dtype = promote(x.dtype, y.dtype);
  return [cast(x, dtype), cast(y, dtype)];
}

/** Two operands as Variables of one shape and dtype. */
export function aligned(op: string, a: VariableLike, b: VariableLike): readonly [Variable, Variable] {
  let x: Variable;
  let y: Variable;
  if (typeof b === "number") {
    x = asVariable(op, a, "first operand");
    y = numberLike(b, x);
  } else if (typeof a === "number") {
    y = asVariable(op, b, "second operand");
    x = numberLike(a, y);
  } else {
    x = asVariable(op, a, "first operand");
    y = asVariable(op, b, "second operand");
  }
  if (x.dtype !== y.dtype) [x, y] = promoted(x, y);
  if (sameShape(x.shape, y.shape)) return [x, y];
  return locating([x, y], () => {
    const shape = broadcastShapes(op, x.shape, y.shape);
    return [repeat(x, shape), repeat(y, shape)];
  });
}

/** The shape rule of elementwise primitives: equal shapes and dtypes, and the output has them too. */
export function sameSpec(op: string, a: ValueSpec, b: ValueSpec): ValueSpec {
  if (!sameShape(a.shape, b.shape)) {
    throw ShapeError.of(op, "operands", `${formatShape(a.shape)} and ${formatShape(b.shape)}`, "equal shapes", {
      problem: `the primitive got shapes ${formatShape(a.shape)} and ${formatShape(b.shape)}`,
      hint: "Repeat the smaller operand first, or call the op itself, which does.",
    });
  }
  if (a.dtype !== b.dtype) {
    throw DTypeError.of(op, "operands", `${a.dtype} and ${b.dtype}`, "one dtype", {
      problem: `the primitive got dtypes ${a.dtype} and ${b.dtype}`,
      hint: "Cast one operand first, or call the op itself, which does.",
    });
  }
  return a;
}

/** What an elementwise op of two operands says of itself: the shape rule and batches follow. */
interface BinaryParts extends Omit<OpDefinition, "name" | "infer" | "batch" | "backward"> {
  readonly backward: readonly [BackwardRule<NoAttributes> | null, BackwardRule<NoAttributes> | null];
  /** Of the operands' common shape and dtype, those of the output. Default: the same. */
  readonly spec?: (operands: ValueSpec) => ValueSpec;
}

const noAttributes: NoAttributes = {};

/** An elementwise op of two operands, which are cast and repeated until they fit each other. Its primitive is strict. */
export function binary(name: string, { spec = (operands) => operands, ...parts }: BinaryParts): BinaryOp {
  const infer: OpDefinition["infer"] = ([a, b]) => spec(sameSpec(name, a, b));
  const definition: OpDefinition = { name, ...parts, infer, batch: "elementwise" };
  const op = (a: VariableLike, b: VariableLike): Variable => apply(definition, aligned(name, a, b), noAttributes);
  return Object.assign(op, { definition });
}

/** The parts of an elementwise op of one input that follow from its name, its kernel and the rule of its shape. */
const elementwise =
  (spec: (x: ValueSpec) => ValueSpec) =>
  <Attributes extends object = NoAttributes>(name: string, kernel: (x: Tensor, attributes: Attributes) => Tensor) => ({
    name,
    infer: ([x]: readonly ValueSpec[]) => spec(x),
    forward: ([x]: readonly Tensor[], attributes: Attributes) => kernel(x, attributes),
    batch: "elementwise" as const,
  });

/** A function to real numbers, elementwise: {@link realSpec}. */
export const real = elementwise(realSpec);

/** A function of numbers to numbers, elementwise: {@link countedSpec}. */
export const counted = elementwise(countedSpec);

/** The shape rule of a function to real numbers: real dtypes stay, integers become float64. */
export function realSpec(x: ValueSpec): ValueSpec {
  return isFloat(x.dtype) ? x : { shape: x.shape, dtype: "float64" };
}

/** The shape rule of arithmetic: numbers keep their dtype, truth values are counted. */
export function countedSpec(x: ValueSpec): ValueSpec {
  return x.dtype === "bool" ? { shape: x.shape, dtype: "int32" } : x;
}
