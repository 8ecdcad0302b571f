/** Arithmetic: strict primitives on equal shapes, and public functions that repeat and cast their operands. */
import { kernels } from "@adjoint/tensor";
import { type BinaryOp, defineOp, type UnaryOp } from "../core/op.ts";
import { binary, counted, countedSpec, realSpec } from "./broadcast.ts";

/** y = a + b, elementwise with broadcasting. The book's addition node: passes the gradient on as it is. */
export const add: BinaryOp = binary("add", {
  forward: ([a, b]) => kernels.add(a, b),
  backward: [({ grad }) => grad, ({ grad }) => grad],
  saves: "none",
  linear: true,
  // y = a + b ⇒ ā = ȳ, b̄ = ȳ
  // The addition node passes the gradient on as it is, to both inputs.
  // […], […] → […]; source: the book, 5.4.2
});

/** y = a − b, elementwise with broadcasting. */
export const sub: BinaryOp = binary("sub", {
  forward: ([a, b]) => kernels.sub(a, b),
  spec: countedSpec,
  backward: [({ grad }) => grad, ({ grad }) => neg(grad)],
  saves: "none",
  linear: true,
  // y = a − b ⇒ ā = ȳ, b̄ = −ȳ
  // The gradient goes to the first input as it is, to the second with its sign flipped.
});

/** y = a · b, elementwise with broadcasting. The book's multiplication node: the gradient times the other input. */
export const mul: BinaryOp = binary("mul", {
  forward: ([a, b]) => kernels.mul(a, b),
  backward: [({ grad, inputs: [, b] }) => mul(grad, b), ({ grad, inputs: [a] }) => mul(grad, a)],
  saves: "inputs",
  linear: [0, 1],
  // y = a · b ⇒ ā = ȳ · b, b̄ = ȳ · a
  // The multiplication node multiplies the gradient with the other input.
  // […], […] → […]; source: the book, 5.4.1
});

/** y = a / b, elementwise with broadcasting; integers divide to real ones. Division by 0 gives ±∞ or NaN. */
export const div: BinaryOp = binary("div", {
  forward: ([a, b]) => kernels.div(a, b),
  spec: realSpec,
  backward: [
    ({ grad, inputs: [, b] }) => div(grad, b),
    ({ grad, inputs: [, b], output }) => neg(div(mul(grad, output), b)),
  ],
  saves: "both",
  linear: [0],
  // y = a / b ⇒ ā = ȳ / b, b̄ = −ȳ · y / b
  // The gradient is divided by the divisor; the divisor gets it times −y/b.
  // […], […] → […]; source: the book, 5.5.2
});

/** y = −x, elementwise. Linear, its own adjoint. */
export const neg: UnaryOp = defineOp({
  ...counted("neg", kernels.neg),
  backward: [({ grad }) => neg(grad)],
  saves: "none",
  linear: true,
  // y = −x ⇒ x̄ = −ȳ
  // The sign of the gradient flips.
  // […] → […]; adjoint: neg
});

export const primitives = { add, sub, mul, div, neg };
export default primitives;
