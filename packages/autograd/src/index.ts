/** The contents of @adjoint/autograd: names only. */
export { detectAnomaly } from "./anomaly.ts";
export { backward } from "./backward.ts";
export { assertGradcheck, GradcheckError } from "./check/assert.ts";
export type { CheckedFunction } from "./check/engine/subject.ts";
export { type GradcheckOptions, gradcheck } from "./check/gradcheck.ts";
export { numericalGradient, type ScalarFunction } from "./check/numerical-gradient.ts";
export { type RenderOptions, renderReport } from "./check/report/render.ts";
export type {
  Diagnosis,
  DiagnosisKind,
  GradcheckEntry,
  GradcheckReport,
  InputReport,
  KinkEntry,
} from "./check/report/report.ts";
export { type Estimate, ridders } from "./check/ridders.ts";
export {
  type GradOptions,
  grad,
  hessian,
  hvp,
  jacobian,
  jvp,
  type VariableFunction,
  valueAndGrad,
  vjp,
} from "./derivatives.ts";
export { type DotOptions, toDot } from "./graph/dot.ts";
export { type Graph, type GraphNode, type GraphOptions, graphOf, type Role } from "./graph/graph.ts";

import "./methods.ts";

export { noGrad, recordAll, scope } from "./modes.ts";
export { type GradientHook, Node } from "./node.ts";
export {
  type BackwardRule,
  defineOp,
  type NoAttributes,
  type Op,
  type OpDefinition,
  type RuleContext,
  type UnaryOp,
  type ValueSpec,
} from "./op.ts";
export { elu, gelu, leakyRelu, relu, sigmoid, silu, softplus } from "./ops/activation.ts";
export { add, div, mul, neg, sub } from "./ops/arithmetic.ts";
export { cast, detach, identity } from "./ops/cast-detach.ts";
export { type ClipOptions, clip, eq, ge, gt, le, lt, ne, where } from "./ops/comparison.ts";
export { einsum } from "./ops/composite/einsum.ts";
export { logSoftmax, logsumexp, type SoftmaxOptions, softmax } from "./ops/composite/softmax.ts";
export {
  mean,
  type NormOptions,
  norm,
  prod,
  std,
  type VarianceOptions,
  variance,
  variance as var,
} from "./ops/composite/statistics.ts";
export { concat, split, stack } from "./ops/concat-split.ts";
export { argsort, type CumsumOptions, cumsum, type SortOptions, sort, topk } from "./ops/cumsum-sort.ts";
export { abs, cos, erf, exp, expm1, log, log1p, pow, sign, sin, sqrt, square, tanh } from "./ops/elementary.ts";
export { type AxisOptions, gather, indexAdd, indexSelect, oneHot, scatterAdd } from "./ops/gather-scatter.ts";
export { col2im, im2col } from "./ops/im2col-col2im.ts";
export { dot, matmul, outer } from "./ops/matmul.ts";
export { type ArgOptions, argmax, argmin, max, maximum, min, minimum } from "./ops/max.ts";
export { type RandomOptions, randomBernoulli, randomNormal, randomUniform } from "./ops/random.ts";
export { broadcastTo, type ReduceOptions, repeat, sum, sumTo } from "./ops/repeat-sum.ts";
export { flatten, flip, permute, reshape, squeeze, transpose, unsqueeze } from "./ops/reshape-transpose.ts";
export { pad, padSlice, roll, type SliceOptions, slice } from "./ops/slice-pad.ts";
export { tril, triu } from "./ops/triangle.ts";
export { topologicalOrder } from "./order.ts";
export { type PrimitiveName, primitives } from "./primitives.ts";
export {
  asVariable,
  type BackwardOptions,
  constant,
  type ValueLike,
  Variable,
  type VariableLike,
  type VariableOptions,
  variable,
} from "./variable.ts";
