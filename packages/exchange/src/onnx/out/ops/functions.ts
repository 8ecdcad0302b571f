/** Functions of one real number, elementwise, as ONNX: those that it has, and those that are made of others. */
import type { Emitter, OnnxValue } from "../emitter.ts";
import { checkFloat32, elementwise, type LoweredNode, type Lowering, refused } from "../lowering.ts";
import { asNode, choose } from "./arithmetic.ts";

/** The value at x, a real number already. */
type Real<Attributes = never> = (out: Emitter, x: OnnxValue, attributes: Attributes) => OnnxValue;

/** A function to real numbers: integers become real ones first. */
const real = <Attributes = never>(value: Real<Attributes>, note?: string): Lowering =>
  elementwise((out, [x], node: LoweredNode<Attributes>) => value(out, asNode(out, x, node), node.attributes), note);

/** A function that ONNX has. */
const op = (name: string): Lowering => real((out, x) => out.map(name, [x]));

/** A function that ONNX Runtime has of float32 only. */
const single = (name: string): Lowering =>
  real((out, x) => {
    checkFloat32(name, x);
    return out.map(name, [x]);
  }, "float32 only");

/** Sums, products and their like with numbers. */
const plus = (out: Emitter, x: OnnxValue, c: number): OnnxValue => out.map("Add", [x, c]);
const times = (out: Emitter, x: OnnxValue, c: number): OnnxValue => out.map("Mul", [x, c]);
const neg = (out: Emitter, x: OnnxValue): OnnxValue => out.map("Neg", [x]);
const exp = (out: Emitter, x: OnnxValue): OnnxValue => out.map("Exp", [x]);
const square = (out: Emitter, x: OnnxValue): OnnxValue => out.map("Mul", [x, x]);

/** eˣ − 1 = tanh(x/2) (eˣ + 1), in which nothing cancels. */
const expm1: Real = (out, x) => out.map("Mul", [out.map("Tanh", [times(out, x, 0.5)]), plus(out, exp(out, x), 1)]);

/**
 * log(1 + x) = x log(u) / (u − 1) with u = 1 + x as it was rounded: the errors of both cancel.
 * Source: W. Kahan; Higham, Accuracy and Stability of Numerical Algorithms (2002), 1.14.1.
 */
const log1p: Real = (out, x) => {
  const u = plus(out, x, 1);
  const log = out.map("Log", [u]);
  const corrected = out.map("Mul", [log, out.map("Div", [x, out.map("Sub", [u, 1])])]);
  // At ∞ the quotient has no value, and where u rounds to 1 it divides by 0.
  const far = choose(out, out.map("IsInf", [x]), log, corrected);
  return choose(out, out.map("Equal", [u, 1]), x, far);
};

/** σ(x), or 1 / (1 + e^(−x)): ONNX Runtime's σ has no digits below −18 in float32, and too few of float64. */
const sigmoid: Real = (out, x) =>
  out.keepsTails ? out.map("Div", [1, plus(out, exp(out, neg(out, x)), 1)]) : out.map("Sigmoid", [x]);

/** σ′(x) = e / (1 + e)² with e = exp(−|x|), in which nothing cancels where σ saturates. */
const logisticDensity: Real = (out, x) => {
  const e = exp(out, neg(out, out.map("Abs", [x])));
  return out.map("Div", [e, square(out, plus(out, e, 1))]);
};

/** 1 − tanh² x = 4 σ′(2x). */
const sech2: Real = (out, x, attributes) => times(out, logisticDensity(out, times(out, x, 2), attributes), 4);

/**
 * erfc |x| = t e^(−x² + P(t)), t = 2 / (2 + |x|), in float64, with a relative error of 1.2e-7; erfc x = 2 − erfc |x| for
 * x < 0. Source: Press et al., Numerical Recipes in C (1992), 6.2, erfcc.
 */
const erfc: Real = (out, x) => {
  checkFloat32("erfc", x);
  const double = out.cast(x, "float64");
  const size = out.map("Abs", [double]);
  const t = out.map("Div", [2, plus(out, size, 2)]);
  const coefficients = [
    0.17087277, -0.82215223, 1.48851587, -1.13520398, 0.27886807, -0.18628806, 0.09678418, 0.37409196, 1.00002368,
    -1.26551223,
  ];
  const [leading, ...rest] = coefficients;
  const polynomial = rest.reduce((sum, c) => plus(out, out.map("Mul", [sum, t]), c), out.scalar(leading, "float64"));
  const tail = out.map("Mul", [t, exp(out, out.map("Sub", [polynomial, square(out, size)]))]);
  const whole = choose(out, out.map("Less", [double, 0]), out.map("Sub", [2, tail]), tail);
  return out.cast(whole, "float32");
};

/** (1 + erf(x/√2)) / 2. */
const normalCdf: Real = (out, x) => {
  checkFloat32("erf", x);
  return times(out, plus(out, out.map("Erf", [times(out, x, Math.SQRT1_2)]), 1), 0.5);
};

/** σ(2u), u = √(2/π) (x + 0.044715 x³) = √(2/π) x (1 + 0.044715 x²). */
const geluGate: Real = (out, x, attributes) => {
  const slope = plus(out, times(out, square(out, x), 0.044715), 1);
  return sigmoid(out, out.map("Mul", [times(out, x, 2 * Math.sqrt(2 / Math.PI)), slope]), attributes);
};

/** The angle of the point (b, a): arctan of the slope, turned by half a circle to the left of the origin. */
function atan2(out: Emitter, a: OnnxValue, b: OnnxValue): OnnxValue {
  checkFloat32("atan", a);
  // Of infinite coordinates the signs count, and finite ones beside them do not.
  const [aIsFar, bIsFar] = [a, b].map((x) => out.map("IsInf", [x]));
  const isFar = out.map("Or", [aIsFar, bIsFar]);
  const [y, x] = [
    [a, aIsFar],
    [b, bIsFar],
  ].map(([coordinate, far]) =>
    choose(out, isFar, out.map("Mul", [out.map("Sign", [coordinate]), out.cast(far, a.type)]), coordinate),
  );
  const slope = out.map("Atan", [out.map("Div", [y, x])]);
  const half = choose(out, out.map("Less", [y, 0]), out.scalar(-Math.PI, a.type), out.scalar(Math.PI, a.type));
  const turned = choose(out, out.map("Less", [x, 0]), out.map("Add", [slope, half]), slope);
  const upright = times(out, out.map("Sign", [y]), Math.PI / 2);
  return choose(out, out.map("Equal", [x, 0]), upright, turned);
}

const digits = "correct to 1e-7 of the largest value: digits of the tail are lost";

export const functions = {
  sqrt: op("Sqrt"),
  exp: op("Exp"),
  expm1: real(expm1),
  log: op("Log"),
  log2: real((out, x) => times(out, out.map("Log", [x]), Math.LOG2E)),
  log10: real((out, x) => times(out, out.map("Log", [x]), Math.LOG10E)),
  log1p: real(log1p),
  sin: op("Sin"),
  cos: op("Cos"),
  tan: real((out, x) =>
    x.type === "float32" ? out.map("Tan", [x]) : out.map("Div", [out.map("Sin", [x]), out.map("Cos", [x])]),
  ),
  asin: single("Asin"),
  acos: single("Acos"),
  atan: single("Atan"),
  sinh: single("Sinh"),
  cosh: real((out, x) =>
    x.type === "float32" ? out.map("Cosh", [x]) : times(out, out.map("Add", [exp(out, x), exp(out, neg(out, x))]), 0.5),
  ),
  tanh: op("Tanh"),
  sech2: real(sech2),
  atan2: elementwise((out, [a, b], node) => atan2(out, asNode(out, a, node), asNode(out, b, node)), "float32 only"),
  erf: single("Erf"),
  erfc: real(erfc, "float32 only"),
  normalCdf: real(normalCdf, `float32 only; ${digits}`),
  gaussian: real((out, x, { c }: { readonly c: number }) => exp(out, times(out, square(out, x), -c))),
  lgamma: refused("ONNX has no gamma function"),
  polygamma: refused("ONNX has no gamma function"),
  sigmoid: real(sigmoid),
  logisticDensity: real(logisticDensity),
  relu: elementwise((out, [x]) =>
    // Truth values are what they are.
    x.type === "bool" ? x : out.map("Relu", [x]),
  ),
  leakyRelu: real((out, x, { slope }: { readonly slope: number }) =>
    x.type === "float32"
      ? out.map("LeakyRelu", [x], { alpha: slope })
      : choose(out, out.map("Greater", [x, 0]), x, times(out, x, slope)),
  ),
  elu: real((out, x, { alpha }: { readonly alpha: number }) => {
    if (x.type === "float32") return out.map("Elu", [x], { alpha });
    // The branch that is not taken must not overflow.
    const below = out.map("Min", [x, 0]);
    return choose(out, out.map("Greater", [x, 0]), x, times(out, expm1(out, below, {} as never), alpha));
  }),
  softplus: op("Softplus"),
  softsign: op("Softsign"),
  geluGate: real(geluGate, digits),
};
