/**
 * Mistakes in rules of arithmetic and of elementwise functions: signs, factors, wrong operands, masks.
 */
import { abs, add, constant, detach, div, exp, gt, lt, mul, neg, sin, square, sub, where } from "@adjoint/autograd";
import { kernels, Tensor } from "@adjoint/tensor";
import { of, offZero, values, type WrongRule, wrongRule } from "./wrong-rule.ts";

const x = offZero([2, 3], 1);
const positive = values([2, 3], 2, 0.3, 3);
const a = offZero([2, 3], 3);
const b = values([2, 3], 4, 0.5, 2.5);
const mask = new Tensor(Uint8Array.of(1, 0, 1, 1, 0, 0), [2, 3]);

/** Mistakes in rules of two operands, then of functions of one number. */
export const elementwiseMistakes: readonly WrongRule[] = [
  wrongRule(of("sub", {}, 1), "the minus forgotten", "sign", [a, b], ({ grad }) => grad),
  wrongRule(of("add", {}, 1), "second operand forgotten", "detached", [a, b], null),
  wrongRule(of("add"), "gradient shared by halves", "scale", [a, b], ({ grad }) => mul(grad, 0.5)),
  wrongRule(of("mul"), "own operand instead of the other", "swapped-inputs", [a, b], ({ grad, inputs }) =>
    mul(grad, inputs[0]),
  ),
  wrongRule(of("mul", {}, 1), "both rules exchanged", "swapped-inputs", [a, b], ({ grad, inputs }) =>
    mul(grad, inputs[1]),
  ),
  wrongRule(of("mul"), "divides by the other operand", "reciprocal", [a, b], ({ grad, inputs }) =>
    div(grad, inputs[1]),
  ),
  wrongRule(of("mul"), "upstream ignored", "upstream-ignored", [a, b], ({ inputs }) => mul(inputs[1], 1)),
  wrongRule(of("div", {}, 1), "the minus forgotten", "sign", [a, b], (c, right) => neg(right(c))),
  wrongRule(of("div", {}, 1), "b instead of b²", "factor", [a, b], (c, right) => mul(right(c), c.inputs[1])),
  wrongRule(of("div"), "multiplies by b", "reciprocal", [a, b], ({ grad, inputs }) => mul(grad, inputs[1])),
  wrongRule(of("pow"), "exponent not lowered", "factor", [positive, b], (c, right) => mul(right(c), c.inputs[0])),
  wrongRule(of("pow", {}, 1), "no logarithm for the exponent", "factor", [positive, b], ({ grad, output }) =>
    mul(grad, output),
  ),
  wrongRule(of("neg"), "passed on as it is", "sign", [a], ({ grad }) => grad),
  wrongRule(of("where", {}, 1), "branches exchanged", "swapped-inputs", [mask, a, b], ({ grad, inputs }) =>
    where(inputs[0], 0, grad),
  ),
  wrongRule(of("where", {}, 2), "mask forgotten", "masked", [mask, a, b], ({ grad }) => grad),
  wrongRule(of("maximum"), "to the smaller operand", "swapped-inputs", [a, b], ({ grad, inputs: [p, q] }) =>
    where(lt(p, q), grad, 0),
  ),
  wrongRule(
    of("maximum"),
    "to both operands",
    "masked",
    [a, kernels.mul(b, constant(0.5, { dtype: "float64" }).value)],
    ({ grad }) => grad,
  ),
  wrongRule(of("minimum"), "negated where it won", "sign", [kernels.neg(b), a], ({ grad, inputs: [p, q] }) =>
    where(lt(p, q), neg(grad), 0),
  ),
  wrongRule(of("square"), "the 2 forgotten", "scale", [x], ({ grad, inputs: [z] }) => mul(grad, z)),
  wrongRule(of("square"), "output instead of input", "factor", [x], ({ grad, output }) => mul(grad, mul(output, 2))),
  wrongRule(of("square", {}, 0, 2), "value taken out of the graph", "second-order", [x], ({ grad, inputs: [z] }) =>
    mul(grad, mul(detach(z), 2)),
  ),
  wrongRule(of("sqrt"), "the 2 forgotten", "scale", [positive], ({ grad, output }) => div(grad, output)),
  wrongRule(of("sqrt"), "multiplied instead of divided", "reciprocal", [positive], ({ grad, output }) =>
    mul(grad, mul(output, 2)),
  ),
  wrongRule(of("exp"), "passed on as it is", "factor", [x], ({ grad }) => mul(grad, 1)),
  wrongRule(of("exp"), "input instead of output", "wrong-value", [positive], ({ grad, inputs: [z] }) => mul(grad, z)),
  wrongRule(of("log"), "multiplied instead of divided", "reciprocal", [positive], ({ grad, inputs: [z] }) =>
    mul(grad, z),
  ),
  wrongRule(of("log"), "base 10", "scale", [positive], (c, right) => div(right(c), Math.LN10)),
  wrongRule(of("log"), "output instead of input", "wrong-value", [values([6], 8, 1.5, 4)], ({ grad, output }) =>
    div(grad, output),
  ),
  wrongRule(of("log1p"), "the 1 forgotten", "unknown", [positive], ({ grad, inputs: [z] }) => div(grad, z)),
  wrongRule(of("expm1"), "output for its exponential", "missing-term", [x], ({ grad, output }) => mul(grad, output)),
  wrongRule(of("sin"), "sine again", "unknown", [x], ({ grad, inputs: [z] }) => mul(grad, sin(z))),
  wrongRule(of("cos"), "the minus forgotten", "sign", [x], ({ grad, inputs: [z] }) => mul(grad, sin(z))),
  wrongRule(of("tanh"), "input instead of output", "wrong-value", [x], ({ grad, inputs: [z] }) =>
    mul(grad, sub(1, square(z))),
  ),
  wrongRule(of("tanh"), "1 + y²", "sign", [x], ({ grad, output }) => mul(grad, add(1, square(output)))),
  wrongRule(of("erf"), "2/√π forgotten", "scale", [x], ({ grad, inputs: [z] }) => mul(grad, exp(neg(square(z))))),
  wrongRule(of("abs"), "passed on as it is", "masked", [x], ({ grad }) => grad),
  wrongRule(of("abs"), "upstream masked by its own sign", "nonlinear", [x], ({ grad }) => abs(grad)),
  wrongRule(of("sigmoid"), "input instead of output", "wrong-value", [x], ({ grad, inputs: [z] }) =>
    mul(grad, mul(z, sub(1, z))),
  ),
  wrongRule(of("sigmoid"), "y alone", "factor", [x], ({ grad, output }) => mul(grad, output)),
  wrongRule(of("sigmoid"), "upstream squared", "nonlinear", [x], (c, right) => mul(right(c), c.grad)),
  wrongRule(of("relu"), "mask forgotten", "masked", [x], ({ grad }) => grad),
  wrongRule(of("relu"), "mask the wrong way round", "masked", [x], ({ grad, inputs: [z] }) => where(lt(z, 0), grad, 0)),
  wrongRule(of("relu"), "mask on the upstream gradient", "nonlinear", [x], ({ grad }) => where(gt(grad, 0), grad, 0)),
  wrongRule(of("relu"), "threshold 1", "masked", [x], ({ grad, inputs: [z] }) => where(gt(z, 1), grad, 0)),
  wrongRule(of("leakyRelu", { slope: 0.1 }), "slope forgotten", "masked", [x], ({ grad, inputs: [z] }) =>
    where(gt(z, 0), grad, 0),
  ),
  wrongRule(of("leakyRelu", { slope: 0.1 }), "slope on the wrong side", "masked", [x], ({ grad, inputs: [z] }) =>
    where(gt(z, 0), mul(grad, 0.1), grad),
  ),
  wrongRule(of("elu", { alpha: 0.7 }), "negative branch passed on", "masked", [x], ({ grad }) => grad),
  wrongRule(of("softplus"), "y instead of its derivative", "unknown", [x], ({ grad, output }) => mul(grad, output)),
  wrongRule(of("softplus"), "step instead of sigmoid", "unknown", [x], ({ grad, inputs: [z] }) =>
    where(gt(z, 0), grad, 0),
  ),
  wrongRule(
    of("relu"),
    "mask forgotten, where all is negative",
    "masked",
    [values([2, 3], 5, -2, -0.3)],
    (c) => c.grad,
  ),
  wrongRule(of("erf"), "2/√π with few digits", "scale", [x], ({ grad, inputs: [z] }) =>
    mul(mul(grad, 1.128379), exp(neg(square(z)))),
  ),
  wrongRule(of("erf"), "2/√π twice", "scale", [x], (c, right) => mul(right(c), 2 / Math.sqrt(Math.PI))),
  wrongRule(of("sin"), "too large by 1e-7", "scale", [x], (c, right) => mul(right(c), 1 + 1e-7)),
  wrongRule(of("tanh"), "lost beyond index 2", "masked", [values([5], 7)], (c, right) =>
    mul(right(c), constant(new Tensor(Float64Array.of(1, 1, 1, 0, 0), [5]))),
  ),
];
