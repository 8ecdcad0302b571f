/**
 * Mistakes in rules of ops that people fuse themselves: softmax, normalization, affine, losses; and rules that
 * misbehave.
 */
import {
  abs,
  add,
  cast,
  clip,
  constant,
  div,
  gt,
  logsumexp,
  lt,
  matmul,
  max,
  mean,
  mul,
  norm,
  type OpDefinition,
  sigmoid,
  softmax,
  sort,
  sqrt,
  square,
  sub,
  sum,
  transpose,
  type Variable,
  variance,
  where,
} from "@adjoint/autograd";
import { kernels, rng, Tensor } from "@adjoint/tensor";
import type { DiagnosisKind } from "../report/report.ts";
import { type Context, offZero, values, type WrongRule } from "./wrong-rule.ts";

const f64 = { dtype: "float64" } as const;
const x = values([2, 4], 51);
const w6 = values([6], 65);

/** Mistakes in the rules of an op whose forward pass is written in ops. */
export const fused =
  (op: string, forward: (...xs: Variable[]) => Variable) =>
  (
    mistake: string,
    expected: DiagnosisKind,
    inputs: readonly Tensor[],
    ...backward: readonly ((context: Context) => Variable)[]
  ): WrongRule => {
    const value = (xs: readonly Tensor[]): Tensor => forward(...xs.map((t) => constant(t))).value;
    const infer: OpDefinition<never>["infer"] = (specs) => {
      const ones = specs.map(({ shape, dtype }) => kernels.broadcastTo(constant(1, { dtype }).value, shape));
      const { shape, dtype } = value(ones);
      return { shape, dtype };
    };
    return { op, mistake, expected, inputs, attributes: {}, definition: { name: op, infer, forward: value, backward } };
  };

const rows = { axis: 1, keepDims: true };

/** The deviation of each row. */
export const deviation = (z: Variable): Variable => sqrt(add(variance(z, { ...rows, correction: 0 }), 1e-7));
const centered = (z: Variable): Variable => sub(z, mean(z, rows));
export const softmaxes = fused("softmax", (z) => softmax(z));
export const sorts = fused("sort", (z) => sort(z));
export const normalizations = fused("normalize", (z) => div(centered(z), deviation(z)));
const affines = fused("affine", (a, w, b) => add(matmul(a, w), b));
const losses = fused("mse", (p, t) => mean(square(sub(p, t))));
const affineInputs = [values([4, 2], 52), values([2, 3], 53), values([3], 54)];
const toA = ({ grad, inputs: [, w] }: Context): Variable => matmul(grad, transpose(w));
const toW = ({ grad, inputs: [a] }: Context): Variable => matmul(transpose(a), grad);
const toB = ({ grad }: Context): Variable => sum(grad, { axis: 0 });
const swishes = fused("swish", (z) => mul(z, sigmoid(z)));
const swishRule = ({ grad, inputs: [z], output }: Context): Variable => {
  const s = sigmoid(z);
  return mul(grad, add(s, mul(output, sub(1, s))));
};
let drawn = 0;

/** Rules of several steps. */
export const fusedMistakes: readonly WrongRule[] = [
  softmaxes("the sum detached", "detached", [x], ({ grad, output }) => mul(grad, output)),
  softmaxes("elementwise, as for a sigmoid", "detached", [x], ({ grad, output }) =>
    mul(grad, mul(output, sub(1, output))),
  ),
  softmaxes("lost at the largest entry", "masked", [values([6], 61)], ({ grad, inputs: [z], output: y }) =>
    where(lt(z, max(z)), mul(y, sub(grad, sum(mul(grad, y)))), 0),
  ),
  softmaxes(
    "the sum detached, in float32",
    "detached",
    [kernels.cast(values([2, 3], 62), "float32")],
    ({ grad, output }) => mul(grad, output),
  ),
  sorts("left in sorted order", "permuted", [values([6], 63)], ({ grad }) => mul(grad, 1)),
  fused("hardTanh", (z) => clip(z, { min: -0.5, max: 0.5 }))(
    "mask the wrong way round",
    "masked",
    [values([3, 4], 64)],
    ({ grad, inputs: [z] }) => where(gt(abs(z), 0.5), grad, 0),
  ),
  fused("logSoftmax", (z) => sub(z, logsumexp(z, rows)))("the sum detached", "detached", [x], ({ grad }) => grad),
  fused("center", centered)("the mean detached", "detached", [x], ({ grad }) => grad),
  fused("margin", (z) => sum(mul(constant(w6), sub(z, mean(z)))))(
    "the mean detached",
    "detached",
    [values([6], 66)],
    ({ grad }) => mul(grad, constant(w6)),
  ),
  normalizations("mean and deviation detached", "detached", [values([2, 8], 55)], ({ grad, inputs: [z] }) =>
    div(grad, deviation(z)),
  ),
  normalizations("deviation detached", "detached", [values([2, 8], 56)], ({ grad, inputs: [z] }) =>
    div(centered(grad), deviation(z)),
  ),
  swishes("the sigmoid detached", "detached", [offZero([2, 3], 57)], ({ grad, inputs: [z] }) => mul(grad, sigmoid(z))),
  affines("bias not summed over the batch", "missing-sum", affineInputs, toA, toW, ({ grad }) => grad),
  affines("bias averaged over the batch", "scale", affineInputs, toA, toW, ({ grad }) => mean(grad, { axis: 0 })),
  affines("gradient of the weights transposed", "transposed", affineInputs, toA, (c) => transpose(toW(c)), toB),
  affines("weights not transposed", "transposed", affineInputs, ({ grad, inputs: [, w] }) => matmul(grad, w), toW, toB),
  losses(
    "the 1/N forgotten",
    "scale",
    [values([5], 58), values([5], 59)],
    ({ grad, inputs: [p, t] }) => mul(grad, mul(sub(p, t), 2)),
    ({ grad, inputs: [p, t] }) => mul(grad, mul(sub(t, p), 2 / 5)),
  ),
  losses(
    "the sign of the target's gradient",
    "sign",
    [values([5], 58), values([5], 59)],
    ({ grad, inputs: [p, t] }) => mul(grad, mul(sub(p, t), 2 / 5)),
    ({ grad, inputs: [p, t] }) => mul(grad, mul(sub(p, t), 2 / 5)),
  ),
  fused("mse", (p) => mean(square(p)))("1/N twice", "scale", [values([7], 60)], ({ grad, inputs: [p] }) =>
    mul(grad, mul(p, 2 / 49)),
  ),
  fused("norm", (z) => norm(z))("not divided by the norm", "scale", [values([5], 61)], ({ grad, inputs: [z] }) =>
    mul(grad, z),
  ),
  swishes("draws a random mask in its rule", "nondeterministic", [x], (c) =>
    mul(swishRule(c), constant(rng(++drawn).uniform([2, 4], { ...f64, low: 0.5 }))),
  ),
  swishes("a constant in float32", "dtype", [x], (c) => cast(swishRule(c), "float32")),
  swishes("writes into the upstream gradient", "mutates", [x], (c) => {
    c.grad.value.data[0] = Number(c.grad.value.data[0]) * 2;
    return swishRule(c);
  }),
  swishes("reads storage without strides", "layout", [x], ({ grad: { value }, inputs, output }) => {
    const grad = constant(new Tensor(Float64Array.from(value.data.slice(0, 8)), [2, 4]));
    return swishRule({ grad, inputs, output, attributes: {} });
  }),
  swishes("throws for negative numbers", "throws", [x], ({ inputs: [z] }) => {
    throw new RangeError(`no rule for ${z.shape}`);
  }),
  swishes(
    "0 / 0 at zero",
    "not-finite",
    [kernels.mul(x, kernels.cast(kernels.gt(x, constant(0, f64).value), "float64"))],
    ({ grad, inputs: [z], output }) => mul(grad, add(div(output, z), mul(output, sub(1, sigmoid(z))))),
  ),
];
