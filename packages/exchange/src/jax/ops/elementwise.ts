/** The elementwise ops in Python. Operands may be smaller than the result: NumPy broadcasts as `repeat` nodes say. */
import { type DType, isFloat } from "@adjoint/tensor";
import { call, type Expression, infix, literal, negated } from "../expression.ts";
import { cast, named, type OpCall, type Writer, writer } from "./writer.ts";

/** The operands, cast where the op takes real numbers, or numbers. */
function converted({ inputs, dtype }: OpCall): Expression[] {
  return inputs.map((x) => cast(x, x.dtype, dtype));
}

/** A function of numbers of the result's dtype: others become that first. */
function real(name: string): Writer {
  return (op) => call(name, ...converted(op));
}

/** An infix operator on numbers, and its form on truth values where that is another. */
function operator(symbol: Parameters<typeof infix>[1], onBool?: "|" | "&"): Writer {
  return (op) => {
    const [a, b] = converted(op);
    return infix(a, op.dtype === "bool" && onBool !== undefined ? onBool : symbol, b);
  };
}

/** A comparison: its operands stay as they are. */
function comparison(symbol: "==" | "!=" | "<" | "<=" | ">" | ">="): Writer {
  return ({ inputs: [a, b] }) => infix(a, symbol, b);
}

/** Of a whole dtype, functions that round leave numbers as they are. */
function rounding(name: string): Writer {
  return (op) => {
    const [x] = converted(op);
    return isFloat(op.dtype) ? call(name, x) : x;
  };
}

const numberOf = (value: number, { dtype }: { readonly dtype: DType }): Expression => literal(value, dtype);

const same: Writer = ({ inputs: [x] }) => x;

/** Truncation does not say what becomes of truth values: they are what is not 0. */
const castWriter: Writer = ({ inputs: [x], dtype }) =>
  dtype === "bool" ? infix(x, "!=", literal(0, "int32")) : cast(x, x.dtype, dtype);

export const elementwiseWriters = {
  add: operator("+", "|"),
  sub: operator("-"),
  mul: operator("*", "&"),
  div: operator("/"),
  neg: (op: OpCall<never>) => negated(converted(op)[0]),
  pow: operator("**"),
  square: real("jnp.square"),
  abs: real("jnp.abs"),
  sign: real("jnp.sign"),
  signed: ({ inputs: [g, x] }: OpCall<never>) => infix(g, "*", call("jnp.sign", x)),
  direction: ({ inputs, helper }: OpCall<never>) => call(helper("direction"), ...inputs),
  sqrt: real("jnp.sqrt"),
  exp: real("jnp.exp"),
  expm1: real("jnp.expm1"),
  log: real("jnp.log"),
  log1p: real("jnp.log1p"),
  log2: real("jnp.log2"),
  log10: real("jnp.log10"),
  sin: real("jnp.sin"),
  cos: real("jnp.cos"),
  tan: real("jnp.tan"),
  asin: real("jnp.arcsin"),
  acos: real("jnp.arccos"),
  atan: real("jnp.arctan"),
  sinh: real("jnp.sinh"),
  cosh: real("jnp.cosh"),
  tanh: real("jnp.tanh"),
  atan2: real("jnp.arctan2"),
  erf: real("jax.scipy.special.erf"),
  erfc: real("jax.scipy.special.erfc"),
  lgamma: real("jax.scipy.special.gammaln"),
  polygamma: writer<{ readonly n: number }>((op) => {
    const [x] = converted(op);
    return op.attributes.n === 0
      ? call("jax.scipy.special.digamma", x)
      : call("jax.scipy.special.polygamma", String(op.attributes.n), x);
  }),
  normalCdf: real("jax.scipy.special.ndtr"),
  floor: rounding("jnp.floor"),
  ceil: rounding("jnp.ceil"),
  round: rounding("jnp.round"),
  remainder: real("jnp.remainder"),
  sigmoid: real("jax.nn.sigmoid"),
  relu: ({ inputs: [x], dtype }: OpCall<never>) =>
    isFloat(dtype) ? call("jax.nn.relu", x) : call("jnp.maximum", x, numberOf(0, { dtype })),
  leakyRelu: writer<{ readonly slope: number }>((op) =>
    call("jax.nn.leaky_relu", ...converted(op), numberOf(op.attributes.slope, op)),
  ),
  elu: writer<{ readonly alpha: number }>((op) =>
    call("jax.nn.elu", ...converted(op), numberOf(op.attributes.alpha, op)),
  ),
  softplus: real("jax.nn.softplus"),
  softsign: real("jax.nn.soft_sign"),
  eq: comparison("=="),
  ne: comparison("!="),
  lt: comparison("<"),
  le: comparison("<="),
  gt: comparison(">"),
  ge: comparison(">="),
  where: named("jnp.where"),
  maximum: named("jnp.maximum"),
  minimum: named("jnp.minimum"),
  identity: same,
  detach: same,
  cast: castWriter,
} satisfies Readonly<Record<string, Writer>>;
