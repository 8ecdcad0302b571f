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
import { kernels, rng, type Tensor } from "@adjoint/tensor";
import type { DiagnosisKind } from "../report/report.ts";
import { type Context, offZero, values, type WrongRule } from "./wrong-rule.ts";

const f64 = { dtype: "float64" } as const;
const x = values([2, 4], 51);

/** An op whose forward pass is written in ops, with rules of its own. */
export function fused(
  op: string,
  mistake: string,
  expected: DiagnosisKind,
  inputs: readonly Tensor[],
  forward: (...xs: Variable[]) => Variable,
  ...rules: readonly ((context: Context) => Variable)[]
): WrongRule {
  const value = (xs: readonly Tensor[]): Tensor => forward(...xs.map((t) => constant(t))).value;
  const definition: OpDefinition<never> = {
    name: op,
    infer: (specs) => {
      const { shape, dtype } = value(
        specs.map(({ shape, dtype }) => kernels.broadcastTo(constant(1, { dtype }).value, shape)),
      );
      return { shape, dtype };
    },
    forward: (xs) => value(xs),
    backward: rules,
  };
  return {
    op,
    mistake,
    expected,
    inputs,
    attributes: {},
    definition,
  };
}

/** Rows less their mean, over their deviation. */
export const normalized = (z: Variable): Variable =>
  div(
    sub(z, mean(z, { axis: 1, keepDims: true })),
    sqrt(add(variance(z, { axis: 1, keepDims: true, correction: 0 }), 1e-7)),
  );
/** The deviation of each row. */
export const deviation = (z: Variable): Variable =>
  sqrt(add(variance(z, { axis: 1, keepDims: true, correction: 0 }), 1e-7));
const affine = (a: Variable, w: Variable, b: Variable): Variable => add(matmul(a, w), b);
const affineInputs = [values([4, 2], 52), values([2, 3], 53), values([3], 54)];
const toA = ({ grad, inputs: [, w] }: Context): Variable => matmul(grad, transpose(w));
const toW = ({ grad, inputs: [a] }: Context): Variable => matmul(transpose(a), grad);
const toB = ({ grad }: Context): Variable => sum(grad, { axis: 0 });
const swish = (z: Variable): Variable => mul(z, sigmoid(z));
const swishRule = ({ grad, inputs: [z], output }: Context): Variable => {
  const s = sigmoid(z);
  return mul(grad, add(s, mul(output, sub(1, s))));
};
let drawn = 0;

/** Rules of several steps. */
export const fusedMistakes: readonly WrongRule[] = [
  fused(
    "softmax",
    "the sum detached",
    "detached",
    [x],
    (z) => softmax(z),
    ({ grad, output }) => mul(grad, output),
  ),
  fused(
    "softmax",
    "elementwise, as for a sigmoid",
    "detached",
    [x],
    (z) => softmax(z),
    ({ grad, output }) => mul(grad, mul(output, sub(1, output))),
  ),
  fused(
    "softmax",
    "lost at the largest entry",
    "masked",
    [values([6], 61)],
    (z) => softmax(z),
    ({ grad, inputs: [z], output: y }) => where(lt(z, max(z)), mul(y, sub(grad, sum(mul(grad, y)))), 0),
  ),
  fused(
    "softmax",
    "the sum detached, in float32",
    "detached",
    [kernels.cast(values([2, 3], 62), "float32")],
    (z) => softmax(z),
    ({ grad, output }) => mul(grad, output),
  ),
  fused(
    "sort",
    "left in sorted order",
    "permuted",
    [values([6], 63)],
    (z) => sort(z),
    ({ grad }) => mul(grad, 1),
  ),
  fused(
    "hardTanh",
    "mask the wrong way round",
    "masked",
    [values([3, 4], 64)],
    (z) => clip(z, { min: -0.5, max: 0.5 }),
    ({ grad, inputs: [z] }) => where(gt(abs(z), 0.5), grad, 0),
  ),
  fused(
    "logSoftmax",
    "the sum detached",
    "detached",
    [x],
    (z) => sub(z, logsumexp(z, { axis: 1, keepDims: true })),
    ({ grad }) => grad,
  ),
  fused(
    "center",
    "the mean detached",
    "detached",
    [x],
    (z) => sub(z, mean(z, { axis: 1, keepDims: true })),
    ({ grad }) => grad,
  ),
  fused(
    "normalize",
    "mean and deviation detached",
    "detached",
    [values([2, 8], 55)],
    normalized,
    ({ grad, inputs: [z] }) => div(grad, deviation(z)),
  ),
  fused("normalize", "deviation detached", "detached", [values([2, 8], 56)], normalized, ({ grad, inputs: [z] }) =>
    div(sub(grad, mean(grad, { axis: 1, keepDims: true })), deviation(z)),
  ),
  fused("swish", "the sigmoid detached", "detached", [offZero([2, 3], 57)], swish, ({ grad, inputs: [z] }) =>
    mul(grad, sigmoid(z)),
  ),
  fused("affine", "bias not summed over the batch", "missing-sum", affineInputs, affine, toA, toW, ({ grad }) => grad),
  fused("affine", "bias averaged over the batch", "scale", affineInputs, affine, toA, toW, ({ grad }) =>
    mean(grad, { axis: 0 }),
  ),
  fused(
    "affine",
    "gradient of the weights transposed",
    "transposed",
    affineInputs,
    affine,
    toA,
    (c) => transpose(toW(c)),
    toB,
  ),
  fused(
    "affine",
    "weights not transposed",
    "transposed",
    affineInputs,
    affine,
    ({ grad, inputs: [, w] }) => matmul(grad, w),
    toW,
    toB,
  ),
  fused(
    "mse",
    "the 1/N forgotten",
    "scale",
    [values([5], 58), values([5], 59)],
    (p, t) => mean(square(sub(p, t))),
    ({ grad, inputs: [p, t] }) => mul(grad, mul(sub(p, t), 2)),
    ({ grad, inputs: [p, t] }) => mul(grad, mul(sub(t, p), 2 / 5)),
  ),
  fused(
    "mse",
    "the sign of the target's gradient",
    "sign",
    [values([5], 58), values([5], 59)],
    (p, t) => mean(square(sub(p, t))),
    ({ grad, inputs: [p, t] }) => mul(grad, mul(sub(p, t), 2 / 5)),
    ({ grad, inputs: [p, t] }) => mul(grad, mul(sub(p, t), 2 / 5)),
  ),
  fused(
    "mse",
    "1/N twice",
    "scale",
    [values([7], 60)],
    (p) => mean(square(p)),
    ({ grad, inputs: [p] }) => mul(grad, mul(p, 2 / 49)),
  ),
  fused(
    "norm",
    "not divided by the norm",
    "scale",
    [values([5], 61)],
    (z) => norm(z),
    ({ grad, inputs: [z] }) => mul(grad, z),
  ),
  fused("swish", "draws a random mask in its rule", "nondeterministic", [x], swish, (c) =>
    mul(swishRule(c), constant(rng(++drawn).uniform([2, 4], { ...f64, low: 0.5 }))),
  ),
  fused("swish", "a constant in float32", "dtype", [x], swish, (c) => cast(swishRule(c), "float32")),
  fused("swish", "writes into the upstream gradient", "mutates", [x], swish, (c) => {
    c.grad.value.data[0] = Number(c.grad.value.data[0]) * 2;
    return swishRule(c);
  }),
  fused("swish", "reads storage without strides", "layout", [x], swish, (c) => {
    const { data } = c.grad.value;
    return mul(
      swishRule({
        ...c,
        inputs: c.inputs,
        output: c.output,
        attributes: {},
        grad: constant(kernels.reshape(constant(Float64Array.from(data.slice(0, 8))).value, [2, 4])),
      }),
      1,
    );
  }),
  fused("swish", "throws for negative numbers", "throws", [x], swish, ({ inputs: [z] }) => {
    throw new RangeError(`no rule for ${z.shape}`);
  }),
  fused(
    "swish",
    "0 / 0 at zero",
    "not-finite",
    [kernels.mul(x, kernels.cast(kernels.gt(x, constant(0, f64).value), "float64"))],
    swish,
    ({ grad, inputs: [z], output }) => mul(grad, add(div(output, z), mul(output, sub(1, sigmoid(z))))),
  ),
];
