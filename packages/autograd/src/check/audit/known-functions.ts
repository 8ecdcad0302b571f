/**
 * Functions of one number whose first two derivatives are known in closed form, each with its rule: what an audit of
 * the checker is made from. A derivative is written so that it keeps its digits at every size of x.
 */
import { kernels, type Tensor } from "@adjoint/tensor";
import type { Variable } from "../../core/variable.ts";
import { relu } from "../../ops/activation.ts";
import { add, div, mul, neg, sub } from "../../ops/arithmetic.ts";
import { gt, where } from "../../ops/comparison.ts";
import { exp, log, sign, sqrt, square } from "../../ops/elementary.ts";
import { cos, sin, tanh } from "../../ops/trigonometric.ts";

/** A function of one number, as an op computes it, and its derivatives. */
export interface KnownFunction {
  readonly name: string;
  /** Forward, as a kernel: its intermediate values are hidden. */
  readonly kernel: (x: Tensor) => Tensor;
  /** The same written in ops, where that is another computation. */
  readonly inOps?: (x: Variable) => Variable;
  /** The rule: f′(x), in ops. */
  readonly rule: (x: Variable) => Variable;
  readonly value: (x: number) => number;
  readonly first: (x: number) => number;
  readonly second: (x: number) => number;
  /** Where f is defined: for all x, for x > 0, or for x > −1 (and x < 700, where e to the x is finite). */
  readonly domain: "all" | "positive" | "above -1";
  /** Whether f has no derivative at 0. */
  readonly kinkAt0?: boolean;
}

const sech2 = (x: number): number => 1 / Math.cosh(x) ** 2;
const half = (x: Tensor): Tensor => kernels.mul(x, 0.5);

/** All of them. */
export const knownFunctions: readonly KnownFunction[] = [
  {
    name: "2x",
    kernel: (x) => kernels.mul(x, 2),
    rule: (x) => add(mul(x, 0), 2),
    value: (x) => 2 * x,
    first: () => 2,
    second: () => 0,
    domain: "all",
  },
  {
    name: "x²",
    kernel: kernels.square,
    rule: (x) => mul(x, 2),
    value: (x) => x * x,
    first: (x) => 2 * x,
    second: () => 2,
    domain: "all",
  },
  {
    name: "x³",
    kernel: (x) => kernels.mul(kernels.square(x), x),
    rule: (x) => mul(square(x), 3),
    value: (x) => x ** 3,
    first: (x) => 3 * x * x,
    second: (x) => 6 * x,
    domain: "all",
  },
  {
    name: "eˣ",
    kernel: kernels.exp,
    rule: exp,
    value: Math.exp,
    first: Math.exp,
    second: Math.exp,
    domain: "all",
  },
  {
    name: "eˣ − 1",
    kernel: (x) => kernels.sub(kernels.exp(x), 1),
    inOps: (x) => sub(exp(x), 1),
    rule: exp,
    value: Math.expm1,
    first: Math.exp,
    second: Math.exp,
    domain: "all",
  },
  {
    name: "log(1 + x)",
    kernel: (x) => kernels.log(kernels.add(x, 1)),
    inOps: (x) => log(add(x, 1)),
    rule: (x) => div(1, add(x, 1)),
    value: Math.log1p,
    first: (x) => 1 / (1 + x),
    second: (x) => -1 / (1 + x) ** 2,
    domain: "above -1",
  },
  {
    name: "log x",
    kernel: kernels.log,
    rule: (x) => div(1, x),
    value: Math.log,
    first: (x) => 1 / x,
    second: (x) => -1 / x / x,
    domain: "positive",
  },
  {
    name: "√x",
    kernel: kernels.sqrt,
    rule: (x) => div(0.5, sqrt(x)),
    value: Math.sqrt,
    first: (x) => 0.5 / Math.sqrt(x),
    second: (x) => -0.25 / Math.sqrt(x) / x,
    domain: "positive",
  },
  {
    name: "√(1 + x) − 1",
    kernel: (x) => kernels.sub(kernels.sqrt(kernels.add(x, 1)), 1),
    inOps: (x) => sub(sqrt(add(x, 1)), 1),
    rule: (x) => div(0.5, sqrt(add(x, 1))),
    value: (x) => Math.expm1(0.5 * Math.log1p(x)),
    first: (x) => 0.5 / Math.sqrt(1 + x),
    second: (x) => -0.25 / Math.sqrt(1 + x) / (1 + x),
    domain: "above -1",
  },
  {
    name: "1/x",
    kernel: (x) => kernels.div(1, x),
    rule: (x) => neg(div(div(1, x), x)),
    value: (x) => 1 / x,
    first: (x) => -1 / x / x,
    second: (x) => 2 / x / x / x,
    domain: "positive",
  },
  {
    name: "sin x",
    kernel: kernels.sin,
    rule: cos,
    value: Math.sin,
    first: Math.cos,
    second: (x) => -Math.sin(x),
    domain: "all",
  },
  {
    name: "cos x",
    kernel: kernels.cos,
    rule: (x) => neg(sin(x)),
    value: Math.cos,
    first: (x) => -Math.sin(x),
    second: (x) => -Math.cos(x),
    domain: "all",
  },
  {
    name: "1 − cos x",
    kernel: (x) => kernels.sub(1, kernels.cos(x)),
    inOps: (x) => sub(1, cos(x)),
    rule: sin,
    value: (x) => 2 * Math.sin(x / 2) ** 2,
    first: Math.sin,
    second: Math.cos,
    domain: "all",
  },
  {
    name: "tanh x",
    kernel: kernels.tanh,
    rule: (x) => sub(1, square(tanh(x))),
    value: Math.tanh,
    first: sech2,
    second: (x) => -2 * Math.tanh(x) * sech2(x),
    domain: "all",
  },
  {
    name: "x² + x",
    kernel: (x) => kernels.add(kernels.square(x), x),
    rule: (x) => add(mul(x, 2), 1),
    value: (x) => x * x + x,
    first: (x) => 2 * x + 1,
    second: () => 2,
    domain: "all",
  },
  {
    name: "|x|",
    kernel: kernels.abs,
    rule: sign,
    value: Math.abs,
    first: Math.sign,
    second: () => 0,
    domain: "all",
    kinkAt0: true,
  },
  {
    name: "relu",
    kernel: kernels.relu,
    inOps: relu,
    rule: (x) => where(gt(x, 0), add(mul(x, 0), 1), mul(x, 0)),
    value: (x) => Math.max(0, x),
    first: (x) => (x > 0 ? 1 : 0),
    second: () => 0,
    domain: "all",
    kinkAt0: true,
  },
  {
    name: "(x + |x|)/2",
    kernel: (x) => half(kernels.add(x, kernels.abs(x))),
    rule: (x) => mul(add(sign(x), 1), 0.5),
    value: (x) => Math.max(0, x),
    first: (x) => (x > 0 ? 1 : 0),
    second: () => 0,
    domain: "all",
    kinkAt0: true,
  },
];
