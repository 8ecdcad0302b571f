/** Arithmetic, comparisons and choices between values as ONNX. */
import type { DType } from "@adjoint/tensor";
import type { Emitter, OnnxValue } from "../emitter.ts";
import { elementwise, type Lowering } from "../lowering.ts";

/** Truth values as numbers: ONNX Runtime neither counts nor orders them. */
export const counted = (out: Emitter, x: OnnxValue): OnnxValue => (x.type === "bool" ? out.cast(x, "int32") : x);

/** An op of numbers that ONNX has too, or a comparison of them. */
const same = (op: string): Lowering =>
  elementwise((out, xs) => {
    const numbers = xs.map((x) => counted(out, x));
    return out.map(op, numbers);
  });

/** An op of numbers, and another one of truth values. */
const either = (op: string, ofBool: string): Lowering =>
  elementwise((out, xs) => out.map(xs[0].type === "bool" ? ofBool : op, xs));

/** An op that leaves integers as they are. */
const rounding = (op: string): Lowering =>
  elementwise((out, [x]) => {
    const number = counted(out, x);
    return number.type === "int32" ? number : out.map(op, [number]);
  });

export const asNode = (out: Emitter, x: OnnxValue, { dtype }: { readonly dtype: DType }): OnnxValue =>
  out.cast(x, dtype);

/** a where c holds, b elsewhere. ONNX Runtime chooses between numbers only. */
export function choose(out: Emitter, c: OnnxValue, a: OnnxValue, b: OnnxValue): OnnxValue {
  if (a.type !== "bool") return out.map("Where", [c, a, b]);
  return out.cast(out.map("Where", [c, out.cast(a, "int32"), out.cast(b, "int32")]), "bool");
}

export const arithmetic = {
  add: either("Add", "Or"),
  sub: same("Sub"),
  mul: either("Mul", "And"),
  div: elementwise((out, [a, b], node) => out.map("Div", [asNode(out, a, node), asNode(out, b, node)])),
  neg: same("Neg"),
  pow: same("Pow"),
  square: elementwise((out, [x]) => out.map("Mul", [counted(out, x), counted(out, x)])),
  abs: same("Abs"),
  sign: same("Sign"),
  signed: elementwise((out, [g, x]) => out.map("Mul", [g, out.map("Sign", [x])])),
  direction: elementwise((out, [g, x, y]) => {
    const zero = out.scalar(0, x.type);
    const share = choose(out, out.map("Equal", [y, zero]), zero, out.map("Div", [x, y]));
    return out.map("Mul", [g, share]);
  }),
  floor: rounding("Floor"),
  ceil: rounding("Ceil"),
  round: rounding("Round"),
  remainder: elementwise((out, [a, b], { dtype }) => {
    // Of integers by real numbers: a division of integers by 0 would end the process.
    const type = dtype === "int32" ? "float64" : dtype;
    const [dividend, divisor] = [out.cast(a, type), out.cast(b, type)];
    // C's remainder has the sign of the dividend.
    const rest = out.map("Mod", [dividend, divisor], { fmod: 1 });
    const isOther = out.map("Less", [out.map("Mul", [out.map("Sign", [rest]), out.map("Sign", [divisor])]), 0]);
    return out.cast(choose(out, isOther, out.map("Add", [rest, divisor]), rest), dtype);
  }, "integers divided by 0 are no error"),
  maximum: either("Max", "Or"),
  minimum: either("Min", "And"),
  eq: elementwise((out, xs) => out.map("Equal", xs)),
  ne: elementwise((out, xs) => out.map("Not", [out.map("Equal", xs)])),
  lt: same("Less"),
  le: same("LessOrEqual"),
  gt: same("Greater"),
  ge: same("GreaterOrEqual"),
  where: elementwise((out, [c, a, b]) => choose(out, c, a, b)),
  identity: elementwise((_, [x]) => x),
  detach: elementwise((_, [x]) => x),
  cast: elementwise((out, [x], node) => asNode(out, x, node), "numbers that do not fit are no error"),
};
