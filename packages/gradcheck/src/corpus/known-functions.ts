/**
 * Functions of one number whose first two derivatives are known in closed form, each with its rule: what an audit of
 * the checker is made from. A derivative is written so that it keeps its digits at every size of x.
 */
import {
  add,
  cos,
  div,
  exp,
  gt,
  log,
  mul,
  neg,
  relu,
  sign,
  sin,
  sqrt,
  square,
  sub,
  tanh,
  type Variable,
  where,
} from "@adjoint/autograd";
import { kernels, type Tensor } from "@adjoint/tensor";

type Exact = (x: number) => number;

/** A function of one number, as an op computes it, and its derivatives. */
export interface KnownFunction {
  readonly name: string;
  /** Forward, as a kernel: its intermediate values are hidden. */
  readonly kernel: (x: Tensor) => Tensor;
  /** The same written in ops, where that is another computation. */
  readonly inOps?: (x: Variable) => Variable;
  /** The rule: f′(x), in ops. */
  readonly rule: (x: Variable) => Variable;
  /** f, f′ and f″. */
  readonly exact: readonly [Exact, Exact, Exact];
  /** Where f is defined. Default: for all x. */
  readonly domain?: "positive" | "above -1";
  /** Whether f has no derivative at 0. */
  readonly kinkAt0?: boolean;
}

const sech2 = (x: number): number => 1 / Math.cosh(x) ** 2;
const half = (x: Tensor): Tensor => kernels.mul(x, 0.5);

/** All of them. */
export const knownFunctions: readonly KnownFunction[] = [
  {
    name: "2x",
    exact: [(x) => 2 * x, () => 2, () => 0],
    kernel: (x) => kernels.mul(x, 2),
    rule: (x) => add(mul(x, 0), 2),
  },
  { name: "x²", exact: [(x) => x * x, (x) => 2 * x, () => 2], kernel: kernels.square, rule: (x) => mul(x, 2) },
  {
    name: "x³",
    exact: [(x) => x ** 3, (x) => 3 * x * x, (x) => 6 * x],
    kernel: (x) => kernels.mul(kernels.square(x), x),
    rule: (x) => mul(square(x), 3),
  },
  { name: "eˣ", exact: [Math.exp, Math.exp, Math.exp], kernel: kernels.exp, rule: exp },
  {
    name: "eˣ − 1",
    exact: [Math.expm1, Math.exp, Math.exp],
    kernel: (x) => kernels.sub(kernels.exp(x), 1),
    inOps: (x) => sub(exp(x), 1),
    rule: exp,
  },
  {
    name: "log(1 + x)",
    exact: [Math.log1p, (x) => 1 / (1 + x), (x) => -1 / (1 + x) ** 2],
    kernel: (x) => kernels.log(kernels.add(x, 1)),
    inOps: (x) => log(add(x, 1)),
    rule: (x) => div(1, add(x, 1)),
    domain: "above -1",
  },
  {
    name: "log x",
    exact: [Math.log, (x) => 1 / x, (x) => -1 / x / x],
    kernel: kernels.log,
    rule: (x) => div(1, x),
    domain: "positive",
  },
  {
    name: "√x",
    exact: [Math.sqrt, (x) => 0.5 / Math.sqrt(x), (x) => -0.25 / Math.sqrt(x) / x],
    kernel: kernels.sqrt,
    rule: (x) => div(0.5, sqrt(x)),
    domain: "positive",
  },
  {
    name: "√(1 + x) − 1",
    exact: [
      (x) => Math.expm1(0.5 * Math.log1p(x)),
      (x) => 0.5 / Math.sqrt(1 + x),
      (x) => -0.25 / Math.sqrt(1 + x) / (1 + x),
    ],
    kernel: (x) => kernels.sub(kernels.sqrt(kernels.add(x, 1)), 1),
    inOps: (x) => sub(sqrt(add(x, 1)), 1),
    rule: (x) => div(0.5, sqrt(add(x, 1))),
    domain: "above -1",
  },
  {
    name: "1/x",
    exact: [(x) => 1 / x, (x) => -1 / x / x, (x) => 2 / x / x / x],
    kernel: (x) => kernels.div(1, x),
    rule: (x) => neg(div(div(1, x), x)),
    domain: "positive",
  },
  { name: "sin x", exact: [Math.sin, Math.cos, (x) => -Math.sin(x)], kernel: kernels.sin, rule: cos },
  {
    name: "cos x",
    exact: [Math.cos, (x) => -Math.sin(x), (x) => -Math.cos(x)],
    kernel: kernels.cos,
    rule: (x) => neg(sin(x)),
  },
  {
    name: "1 − cos x",
    exact: [(x) => 2 * Math.sin(x / 2) ** 2, Math.sin, Math.cos],
    kernel: (x) => kernels.sub(1, kernels.cos(x)),
    inOps: (x) => sub(1, cos(x)),
    rule: sin,
  },
  {
    name: "tanh x",
    exact: [Math.tanh, sech2, (x) => -2 * Math.tanh(x) * sech2(x)],
    kernel: kernels.tanh,
    rule: (x) => sub(1, square(tanh(x))),
  },
  {
    name: "x² + x",
    exact: [(x) => x * x + x, (x) => 2 * x + 1, () => 2],
    kernel: (x) => kernels.add(kernels.square(x), x),
    rule: (x) => add(mul(x, 2), 1),
  },
  { name: "|x|", exact: [Math.abs, Math.sign, () => 0], kernel: kernels.abs, rule: sign, kinkAt0: true },
  {
    name: "relu",
    exact: [(x) => Math.max(0, x), (x) => (x > 0 ? 1 : 0), () => 0],
    kernel: kernels.relu,
    inOps: relu,
    rule: (x) => where(gt(x, 0), add(mul(x, 0), 1), mul(x, 0)),
    kinkAt0: true,
  },
  {
    name: "(x + |x|)/2",
    exact: [(x) => Math.max(0, x), (x) => (x > 0 ? 1 : 0), () => 0],
    kernel: (x) => half(kernels.add(x, kernels.abs(x))),
    rule: (x) => mul(add(sign(x), 1), 0.5),
    kinkAt0: true,
  },
];
