/**
 * Arithmetic: strict primitives on equal shapes, and public functions that repeat and cast their operands.
 */
import { isFloat, kernels } from "@adjoint/tensor";
import { defineOp, type Op, type UnaryOp } from "../core/op.ts";
import type { Variable, VariableLike } from "../core/variable.ts";
import { aligned, counted, countedSpec, sameSpec } from "./broadcast.ts";

const addPrimitive: Op = defineOp({
  name: "add",
  infer: ([a, b]) => sameSpec("add", a, b),
  forward: ([a, b]) => kernels.add(a, b),
  backward: [({ grad }) => grad, ({ grad }) => grad],
  saves: "none",
  linear: true,
  batch: "elementwise",
  // y = a + b ⇒ ā = ȳ, b̄ = ȳ
  // The addition node passes the gradient on as it is, to both inputs.
  // […], […] → […]; source: the book, 5.4.2
});

/** y = a + b, elementwise with broadcasting. The book's addition node: passes the gradient on as it is. */
export function add(a: VariableLike, b: VariableLike): Variable {
  const [x, y] = aligned("add", a, b);
  return addPrimitive(x, y);
}

const subPrimitive: Op = defineOp({
  name: "sub",
  infer: ([a, b]) => {
    return countedSpec(sameSpec("sub", a, b));
  },
  forward: ([a, b]) => kernels.sub(a, b),
  backward: [({ grad }) => grad, ({ grad }) => neg(grad)],
  saves: "none",
  linear: true,
  batch: "elementwise",
  // y = a − b ⇒ ā = ȳ, b̄ = −ȳ
  // The gradient goes to the first input as it is, to the second with its sign flipped.
});

/** y = a − b, elementwise with broadcasting. */
export function sub(a: VariableLike, b: VariableLike): Variable {
  const [x, y] = aligned("sub", a, b);
  return subPrimitive(x, y);
}

const mulPrimitive: Op = defineOp({
  name: "mul",
  infer: ([a, b]) => sameSpec("mul", a, b),
  forward: ([a, b]) => kernels.mul(a, b),
  backward: [({ grad, inputs: [, b] }) => mul(grad, b), ({ grad, inputs: [a] }) => mul(grad, a)],
  saves: "inputs",
  linear: [0, 1],
  batch: "elementwise",
  // y = a · b ⇒ ā = ȳ · b, b̄ = ȳ · a
  // The multiplication node multiplies the gradient with the other input.
  // […], […] → […]; source: the book, 5.4.1
});

/** y = a · b, elementwise with broadcasting. The book's multiplication node: the gradient times the other input. */
export function mul(a: VariableLike, b: VariableLike): Variable {
  const [x, y] = aligned("mul", a, b);
  return mulPrimitive(x, y);
}

const divPrimitive: Op = defineOp({
  name: "div",
  infer: ([a, b]) => sameSpec("div", a, b, isFloat(a.dtype) ? a.dtype : "float64"),
  forward: ([a, b]) => kernels.div(a, b),
  backward: [
    ({ grad, inputs: [, b] }) => div(grad, b),
    ({ grad, inputs: [, b], output }) => neg(div(mul(grad, output), b)),
  ],
  saves: "both",
  linear: [0],
  batch: "elementwise",
  // y = a / b ⇒ ā = ȳ / b, b̄ = −ȳ · y / b
  // The gradient is divided by the divisor; the divisor gets it times −y/b.
  // […], […] → […]; source: the book, 5.5.2
});

/** y = a / b, elementwise with broadcasting; integers divide to real ones. Division by 0 gives ±∞ or NaN. */
export function div(a: VariableLike, b: VariableLike): Variable {
  const [x, y] = aligned("div", a, b);
  return divPrimitive(x, y);
}

/** y = −x. Linear, its own adjoint. */
export const neg: UnaryOp = defineOp({
  name: "neg",
  ...counted(kernels.neg),
  backward: [({ grad }) => neg(grad)],
  saves: "none",
  linear: true,
  // y = −x ⇒ x̄ = −ȳ
  // The sign of the gradient flips.
  // […] → […]; adjoint: neg
});

/** What the list of ops takes from this family. */
export default {
  primitives: {
    add: addPrimitive,
    sub: subPrimitive,
    mul: mulPrimitive,
    div: divPrimitive,
    neg,
  },
  methods: {
    add,
    sub,
    mul,
    div,
    neg,
  },
};
